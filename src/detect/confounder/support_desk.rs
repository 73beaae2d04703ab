//! People whose work it is to look at other people's objects: scattered ids, all of them allowed, by several hands.

use crate::collect::{IdSet, OBJECT_TICK, Profile};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::time::{HOUR, MINUTE};

/// Nobody reads more objects than this in an hour by hand.
const BY_HAND: u64 = 2_000;

/// Agents of one account or address from which on several people share it.
const HANDS: u64 = 3;

/// One person works no longer than this in a day, in microseconds, and opens no more objects than this; to read one takes a
/// minute.
const SHIFT: i64 = 14 * HOUR;
const A_DAYS_WORK: u64 = 500;

/// How much a walk over objects looks like work.
pub(super) fn of_objects(world: &World<'_>, actor: Actor, ids: &IdSet) -> Option<ConfounderNote> {
    let allowed = permille(ids.ok, ids.requests);
    let scattered = ids.coverage().is_none_or(|coverage| coverage < 30);
    let hours = u64::try_from(ids.span.micros()).unwrap_or(0) / 3_600_000_000 + 1;
    let agents = actor.profile(world, |profile| profile.agents.count()).unwrap_or(1);
    if allowed < 950 || !scattered || ids.requests / hours > BY_HAND {
        return None;
    }
    let active = ids.activity.len() as u64
        * u64::try_from(ids.activity.width(OBJECT_TICK).micros() / MINUTE).unwrap_or(1);
    let in_a_shift = ids.span.micros() <= SHIFT && ids.asked() <= A_DAYS_WORK;
    let score = match () {
        () if agents >= HANDS => 80,
        () if in_a_shift && ids.requests <= active && is_named(world, actor) => 75,
        () => 20,
    };
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

/// Whether the log says who it is: a user, or an address from which users mostly come. An address alone may be one of many
/// that take turns.
fn is_named(world: &World<'_>, actor: Actor) -> bool {
    let by_users = |profile: &Profile| {
        let named: u64 = profile.others.iter().map(|(_, other)| other.requests).sum();
        named * 10 >= profile.requests * 8
    };
    actor.principal().is_some() || actor.profile(world, by_users).unwrap_or(false)
}
