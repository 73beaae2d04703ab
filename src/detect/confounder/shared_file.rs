//! A film, a release, a map: a route whose objects several people take each. Whoever steals pages takes what others do not.

use crate::collect::Volume;
use crate::detect::statistics::permille;
use crate::detect::walks::is_public_route;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::RouteKey;

/// Readers of an object from which on it is everybody's.
const READERS: usize = 3;

/// How many of a route's objects are everybody's.
pub(super) fn of_route(world: &World<'_>, route: RouteKey) -> Option<ConfounderNote> {
    let readers: Vec<usize> = world.norm(route)?.readers.counts().collect();
    let shared = readers.iter().filter(|&&count| count >= READERS).count();
    let share = permille(shared as u64, readers.len() as u64) / 10;
    (shared > 0).then(|| {
        super::note(
            "shared-file",
            share,
            format!("{share} % of what this route gives was taken by {READERS} and more each"),
        )
    })
}

/// From this share of its bytes on (in tenths of a percent), a volume is of what everybody reads.
const MOSTLY: u64 = 800;

/// Whether what somebody without a name took is of routes whose objects many read: whoever takes those whole scrapes.
pub(super) fn of_public(world: &World<'_>, actor: Actor, volume: &Volume) -> Option<ConfounderNote> {
    let Actor::Client(client) = actor else { return None };
    let (mut public, mut all) = (0, 0);
    for (number, route) in volume.routes.iter() {
        let is_public = world.route(number).is_some_and(|key| is_public_route(world, key));
        public += if is_public { route.taken.bytes } else { 0 };
        all += route.taken.bytes;
    }
    let share = permille(public, all);
    let is_nameless = world.profile(client, |profile| profile.others.is_empty())?;
    (is_nameless && share >= MOSTLY).then(|| {
        super::note("shared-file", 75, format!("{} % of it is what several others read as well", share / 10))
    })
}
