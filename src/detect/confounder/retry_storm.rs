//! Clients that retry through an outage: what fails is the service, not the password.

use crate::detect::World;
use crate::detect::siege::Siege;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;

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
