//! A crawler that behaves: all day at an even, low pace, over everything that is public, or one that asks what robots may read.
//! Its name proves nothing and is not read here.

use crate::collect::{IdSet, PROFILE_TICK};
use crate::detect::World;
use crate::detect::robots::Robots;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;
use crate::request::Client;
use crate::time::{HOUR, MINUTE};

/// A crawler keeps on for at least this long, in microseconds.
const KEEPS_ON: i64 = 6 * HOUR;

/// A pace above this many requests a minute is no politeness.
const POLITE: u64 = 20;

/// Where more than this share of what a client asks for are objects of one route (in tenths of a percent), it is after them
/// and crawls nothing.
const ONE_ROUTE: u64 = 800;

/// Who is refused more often than this, in tenths of a percent, does not keep to what is public.
const REFUSED: u64 = 100;

/// How much a client that reads objects which are not for everybody behaves like a crawler, which reads everything that is
/// linked to, and comes without a name.
pub(super) fn of_objects(world: &World<'_>, client: Client, ids: &IdSet) -> Option<ConfounderNote> {
    let (nameless, all) = world.profile(client, |profile| (profile.others.is_empty(), profile.requests))?;
    if !nameless || permille(ids.refused, ids.requests) > REFUSED {
        return None;
    }
    if permille(ids.missing, ids.requests) <= REFUSED && is_robot(world, client) {
        let reason =
            "a robot without a name, that asks what it may read, is given nearly all of them".to_owned();
        return Some(super::note("crawler", 80, reason));
    }
    let is_after_them = permille(ids.requests, all) > ONE_ROUTE;
    if is_after_them { None } else { of_client(world, client) }
}

/// How much a client behaves like a crawler.
pub(super) fn of_client(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    let (requests, length, busy, slots) = world.profile(client, |profile| {
        let width = profile.activity.width(PROFILE_TICK).micros();
        let slots = u64::try_from(profile.span.micros() / width.max(1)).unwrap_or(0) + 1;
        (profile.requests, profile.span.micros(), profile.activity.len() as u64, slots)
    })?;
    let minutes = u64::try_from(length / MINUTE).unwrap_or(0).max(1);
    let is_even = busy * 10 >= slots * 9;
    let score = if length >= KEEPS_ON && requests / minutes <= POLITE && is_even { 75 } else { 0 };
    (score > 0).then(|| {
        super::note(
            "crawler",
            score,
            format!("{} requests an hour, evenly over {} h", requests * 60 / minutes, length / HOUR),
        )
    })
}

/// Whether a client, or others who name its agent, ask what robots may read.
fn is_robot(world: &World<'_>, client: Client) -> bool {
    let robots = Robots::of(world);
    robots.is_one(world, client, &robots.agents(world))
}
