//! A film, a release, a map: a route whose objects several people take each. Whoever steals pages takes what others do not.

use crate::detect::World;
use crate::detect::statistics::permille;
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
