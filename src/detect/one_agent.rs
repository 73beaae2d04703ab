//! Whether clients name the same agent more often than chance would have it.

use std::collections::BTreeMap;

use crate::collect::{ClientProfiles, KeyKind, Profile};
use crate::detect::World;
use crate::detect::statistics::binomial_tail_tenths;
use crate::request::Client;

/// So many clients with one agent are no chance: one in 10^4, in tenths of a power of ten.
pub(super) const NO_CHANCE: i64 = 40;

/// The agent that a client names most.
pub(super) fn agent(profile: &Profile) -> Option<u64> {
    profile.agents.iter().map(|(agent, tries)| (tries.0, agent)).max().map(|(_, agent)| agent)
}

/// Whether more of these clients name one agent than chance would have it, as often as all others name it.
pub(super) fn share_an_agent(world: &World<'_>, clients: &[Client]) -> bool {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for agent in clients.iter().filter_map(|&client| world.profile(client, agent)).flatten() {
        *counts.entry(agent).or_default() += 1;
    }
    let Some((count, most)) = counts.into_iter().map(|(agent, count)| (count, agent)).max() else {
        return false;
    };
    let sample = world.sample(KeyKind::Client);
    let others = world.population::<ClientProfiles>().collect_where(
        |key, _, _| sample.has(key) && !clients.contains(&Client(key)),
        |_, profile| Some(agent(profile) == Some(most)),
    );
    let same = others.iter().filter(|(_, is_same)| *is_same).count();
    tail_tenths(count, clients.len() as u64, same as u64, others.len() as u64) >= NO_CHANCE
}

/// -log10 of the chance, in tenths, that so many of so many clients name an agent that `same` of `others` name.
pub(super) fn tail_tenths(count: u64, of: u64, same: u64, others: u64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let expected = (same + 1) as f64 / (others + 2) as f64;
    binomial_tail_tenths(count, of, expected)
}
