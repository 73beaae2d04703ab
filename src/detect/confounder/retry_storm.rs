//! Clients that retry through an outage: what fails is the service, not the password.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{REFUSAL_TICK, Refusals};
use crate::detect::World;
use crate::detect::doors::Verdicts;
use crate::detect::siege::Siege;
use crate::detect::statistics::{permille, quantile};
use crate::incident::ConfounderNote;
use crate::request::Client;
use crate::tally::FLEET_TICK;
use crate::time::{MINUTE, Seconds, Time};

/// Fewer others than this do not tell how an outage answers whoever comes.
const OTHERS: usize = 3;

/// How much of a siege falls into outages in which its door refused others as well, if there were any. A service that fails
/// answers 5xx: who is told meanwhile that a password is wrong guessed it.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Option<ConfounderNote> {
    let (width, ticks) = siege.over.activity();
    let tries: u64 = ticks.iter().map(|&(_, tries)| tries).sum();
    // Whoever floods a service that has little to do makes an outage of his own.
    let mut own = ByMinute::default();
    own.add(width, ticks.iter().copied());
    let Verdicts { trouble, blocked, .. } = siege.verdicts;
    let fails = |start: Time| {
        let still = |(with_429, refused): (bool, u64)| {
            let own = |from, to| {
                let all = own.between(from, to);
                (all, permille(refused, siege.verdicts.tries()) * all / 1000)
            };
            world.refuses_others(start.0, with_429, own)
        };
        world.in_outage(start) && [(false, trouble), (true, blocked)].into_iter().any(still)
    };
    let within: u64 = ticks.iter().filter(|&&(start, _)| fails(start)).map(|&(_, tries)| tries).sum();
    if within == 0 {
        return None;
    }
    let share = permille(within, tries) / 10;
    let most = ticks.iter().map(|&(_, tries)| tries).max().unwrap_or(0);
    let pace = most * 60 / u64::from(width.0.max(60)) / siege.sources.max(1);
    let is_explained = pace < WITHOUT_WAITING && refuses_others(world, siege);
    Some(super::note(
        "retry-storm",
        if is_explained { share } else { share / 4 },
        format!(
            "{share} % of the tries fall into an outage, in which {}",
            if is_explained {
                "whoever else came here was refused"
            } else {
                "others were not refused here, or it is a flood"
            }
        ),
    ))
}

/// Whether most others who came to the door of a siege during an outage, and only then, were refused, or hardly anybody else
/// came: then it is everybody who was.
fn refuses_others(world: &World<'_>, siege: &Siege) -> bool {
    let ours: BTreeSet<Client> = siege.clients.iter().map(|count| count.of).collect();
    let others = world.visits().iter().filter(|visit| {
        visit.door == siege.door
            && !ours.contains(&visit.client)
            && world.in_outage(visit.span.first)
            && world.in_outage(visit.span.last)
    });
    let others: Vec<Verdicts> = others.map(|visit| world.doors().of_visit(visit)).collect();
    let refused = others.iter().filter(|verdicts| verdicts.refused > verdicts.accepted + verdicts.trouble);
    others.len() < OTHERS || refused.count() * 2 > others.len()
}

/// Refusals of several clients by minute, each client's at the finest that is known of it.
#[derive(Clone, Debug, Default)]
pub(in crate::detect) struct ByMinute(BTreeMap<i64, u64>);

impl ByMinute {
    /// Adds a client's.
    pub(in crate::detect) fn add_refusals(&mut self, refusals: &Refusals) {
        let ticks = refusals.activity.ticks(REFUSAL_TICK).map(|(start, tries)| (start, tries.0));
        self.add(refusals.activity.width(REFUSAL_TICK), ticks);
    }

    /// Adds those of ticks of this width; those of one that is wider than a minute are spread evenly over its minutes.
    fn add(&mut self, width: Seconds, ticks: impl Iterator<Item = (Time, u64)>) {
        let minutes = (width.micros() / MINUTE).max(1);
        for (start, tries) in ticks {
            for nth in 0..minutes {
                let before = |nth: i64| i128::from(tries) * i128::from(nth) / i128::from(minutes);
                let share = u64::try_from(before(nth + 1) - before(nth)).unwrap_or(0);
                *self.0.entry(start.0.div_euclid(MINUTE) + nth).or_default() += share;
            }
        }
    }

    /// How many there were from one time to another, in whole minutes.
    pub(in crate::detect) fn between(&self, from: i64, to: i64) -> u64 {
        self.0.range(from.div_euclid(MINUTE)..to.div_euclid(MINUTE)).map(|(_, tries)| tries).sum()
    }
}

/// Nobody who waits at all between two tries is refused more often than this within a minute.
const WITHOUT_WAITING: u64 = 300;

/// Nobody who waits a little is refused more often than this within a minute; whoever is makes the outage where the whole
/// service is mostly asked for half as much.
const FLOOD: u64 = 150;

/// How many requests the whole service mostly gets within a minute.
fn usual_pace(world: &World<'_>) -> u64 {
    let minutes = &world.tally().fleet.minutes;
    let wide = u64::from(minutes.width(FLEET_TICK).0.max(60)) / 60;
    let mut requests: Vec<u64> = minutes.ticks(FLEET_TICK).map(|(_, minute)| minute.requests).collect();
    requests.sort_unstable();
    quantile(&requests, 50) / wide
}

/// How much of many refusals, of which each source got so many within a minute, falls into minutes in which the service failed
/// for others, too; `pushes` are the refusals of all who are no others.
pub(super) fn of_refusals(
    world: &World<'_>,
    refusals: &Refusals,
    pushes: &ByMinute,
    pace: u64,
) -> Option<ConfounderNote> {
    let ticks = || refusals.activity.ticks(REFUSAL_TICK).map(|(start, tries)| (start.0, tries.0));
    // An outage answers 5xx. A 429 is about one client, unless others get it as well.
    let with_429 = refusals.throttled * 2 >= refusals.requests;
    let fails = |start: i64| {
        let theirs = |from, to| (pushes.between(from, to), pushes.between(from, to));
        world.refuses_others(start, with_429, theirs)
    };
    let all: u64 = ticks().map(|(_, tries)| tries).sum();
    let within: u64 = ticks().filter(|&(start, _)| fails(start)).map(|(_, tries)| tries).sum();
    let share = permille(within, all) / 10;
    let is_flood = pace >= WITHOUT_WAITING || pace >= FLOOD && pace >= 2 * usual_pace(world);
    let score = if is_flood { share / 4 } else { share };
    (within > 0).then(|| {
        super::note(
            "retry-storm",
            score,
            format!("{share} % of the refusals fall into minutes in which others were refused, too"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_a_wide_tick_are_spread_over_its_minutes_and_none_is_lost() {
        let mut refusals = Refusals::default();
        for minute in 0..120 {
            refusals.activity.at(REFUSAL_TICK, Time(minute * MINUTE)).0 += 3;
        }
        let mut all = ByMinute::default();
        all.add_refusals(&refusals);
        assert!(refusals.activity.width(REFUSAL_TICK).micros() > MINUTE);
        assert_eq!(all.between(0, 200 * MINUTE), 360);
        assert!((24..=36).contains(&all.between(20 * MINUTE, 30 * MINUTE)));
    }
}
