//! Whether several takers that stand out by a little are led by one hand: they are alike in more than how much they took.

use std::collections::BTreeMap;

use super::Theft;
use crate::collect::{ClientProfiles, KeyKind, Profile};
use crate::detect::statistics::binomial_tail_tenths;
use crate::detect::story;
use crate::detect::{Actor, World};
use crate::evidence::Span;
use crate::request::Client;
use crate::series::Evidence;

/// So many takers with one agent are no chance: one in 10^4, in tenths of a power of ten.
const NO_CHANCE: i64 = 40;

/// Whether takers share a principal, an agent that few others have, or their time. Of people who happened to take much on
/// one day each comes when he likes and with what he has.
pub(super) fn is_one_hand(world: &World<'_>, pool: &[Theft]) -> bool {
    let clients: Vec<Client> = pool
        .iter()
        .filter_map(|theft| match theft.taker {
            Actor::Client(client) => Some(client),
            Actor::Principal(_) => None,
        })
        .collect();
    clients.len() < pool.len()
        || share_their_time(pool)
        || story::common_principal(world, &clients).is_some()
        || share_an_agent(world, &clients)
}

/// Whether half of the takers were there for half of the time at least.
fn share_their_time(pool: &[Theft]) -> bool {
    let mut all = Span::default();
    pool.iter().for_each(|theft| all.merge(theft.volume.span));
    let long = pool.iter().filter(|theft| theft.volume.span.micros() * 2 >= all.micros()).count();
    long * 2 >= pool.len()
}

/// The agent that a client names most.
fn agent(profile: &Profile) -> Option<u64> {
    profile.agents.iter().map(|(agent, tries)| (tries.0, agent)).max().map(|(_, agent)| agent)
}

/// Whether more of the takers name one agent than chance would have it.
fn share_an_agent(world: &World<'_>, clients: &[Client]) -> bool {
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
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let expected = (same + 1) as f64 / (others.len() + 2) as f64;
    binomial_tail_tenths(count, clients.len() as u64, expected) >= NO_CHANCE
}
