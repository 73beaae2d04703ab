//! Clients that retry through an outage: what fails is the service, not the password.

use crate::collect::{REFUSAL_TICK, Refusals};
use crate::detect::World;
use crate::detect::siege::Siege;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;
use crate::series::{Series, Tries};

/// How much of a siege falls into outages of the whole service.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Option<ConfounderNote> {
    let (_, ticks) = siege.over.activity();
    let tries: u64 = ticks.iter().map(|&(_, tries)| tries).sum();
    let within: u64 =
        ticks.iter().filter(|&&(start, _)| world.in_outage(start)).map(|&(_, tries)| tries).sum();
    let share = permille(within, tries);
    (within > 0).then(|| {
        super::note("retry-storm", share / 10, format!("{} % of the tries fall into an outage", share / 10))
    })
}

/// Nobody who waits at all between two tries is refused more often than this within a minute.
const WITHOUT_WAITING: u64 = 300;

/// How much of many refusals, of which each source got so many within a minute, falls into minutes in which the service failed
/// for others, too; `pushes` are the refusals of all who are no others.
pub(super) fn of_refusals(
    world: &World<'_>,
    refusals: &Refusals,
    pushes: &Series<Tries, 60>,
    pace: u64,
) -> Option<ConfounderNote> {
    let width = pushes.width(REFUSAL_TICK).micros();
    let ticks = || refusals.activity.ticks(REFUSAL_TICK).map(|(start, tries)| (start.0, tries.0));
    let pushes = || pushes.ticks(REFUSAL_TICK).map(|(start, tries)| (start.0, tries.0));
    let mine = |from: i64, to: i64| {
        pushes().filter(|(start, _)| *start < to && from < start + width).map(|(_, tries)| tries).sum::<u64>()
    };
    let all: u64 = ticks().map(|(_, tries)| tries).sum();
    let within: u64 =
        ticks().filter(|&(start, _)| world.fails_for_others(start, mine)).map(|(_, tries)| tries).sum();
    let share = permille(within, all) / 10;
    let score = if pace >= WITHOUT_WAITING { share / 4 } else { share };
    (within > 0).then(|| {
        super::note(
            "retry-storm",
            score,
            format!("{share} % of the refusals fall into minutes in which others failed, too"),
        )
    })
}
