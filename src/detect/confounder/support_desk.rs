//! People whose work it is to look at other people's objects: scattered ids, all of them allowed, by hand.

use crate::collect::IdSet;
use crate::detect::World;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;
use crate::request::Client;

/// Nobody reads more objects than this in an hour by hand.
const BY_HAND: u64 = 2_000;

/// How much a walk over objects looks like work.
pub(super) fn of_objects(world: &World<'_>, client: Option<Client>, ids: &IdSet) -> Option<ConfounderNote> {
    let allowed = permille(ids.ok, ids.requests);
    let scattered = ids.coverage().is_none_or(|coverage| coverage < 30);
    let hours = u64::try_from(ids.span.micros()).unwrap_or(0) / 3_600_000_000 + 1;
    let agents =
        client.and_then(|client| world.profile(client, |profile| profile.agents.count())).unwrap_or(1);
    let by_hand = ids.requests / hours <= BY_HAND;
    if allowed < 980 || !scattered || !by_hand {
        return None;
    }
    let score = if agents >= 2 || client.is_none() { 80 } else { 40 };
    Some(super::note(
        "support-desk",
        score,
        format!(
            "{} % of scattered ids are answered, {} in an hour, from {agents} agents",
            allowed / 10,
            ids.requests / hours
        ),
    ))
}
