//! People whose work it is to look at other people's objects: scattered ids, all of them allowed, by several hands.

use crate::collect::IdSet;
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;

/// Nobody reads more objects than this in an hour by hand.
const BY_HAND: u64 = 2_000;

/// Agents of one account or address from which on several people share it.
const HANDS: u64 = 3;

/// How much a walk over objects looks like work.
pub(super) fn of_objects(world: &World<'_>, actor: Actor, ids: &IdSet) -> Option<ConfounderNote> {
    let allowed = permille(ids.ok, ids.requests);
    let scattered = ids.coverage().is_none_or(|coverage| coverage < 30);
    let hours = u64::try_from(ids.span.micros()).unwrap_or(0) / 3_600_000_000 + 1;
    let agents = actor.profile(world, |profile| profile.agents.count()).unwrap_or(1);
    if allowed < 950 || !scattered || ids.requests / hours > BY_HAND {
        return None;
    }
    let score = if agents >= HANDS { 80 } else { 20 };
    Some(super::note(
        "support-desk",
        score,
        format!(
            "{} % of scattered ids are answered, {} in an hour, with {agents} agents",
            allowed / 10,
            ids.requests / hours
        ),
    ))
}
