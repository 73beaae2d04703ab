//! Scattered objects, all allowed, that are no theft by what else is known of the route and of whoever asks: he makes them, does
//! more of everything, or goes over everything.

use super::peers::Readers;
use super::{Judge, LONG};
use crate::collect::IdSet;
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::request::RouteKey;
use crate::route::{Method, Methods};
use crate::tally::RouteNorm;

/// Whether a walker who asks for scattered objects of a route does what he is there for.
pub(super) fn is_harmless(
    judge: &Judge,
    world: &World<'_>,
    (walker, route): (Actor, RouteKey),
    (ids, peers): (&IdSet, &Readers<'_>),
) -> bool {
    let is_scant = ids.asked() < LONG * judge.objects && !is_after_them(world, walker, ids);
    is_scant || makes_them(world, route) || does_more(world, walker, ids, peers)
}

/// Up to this share of his requests (in tenths of a percent) somebody does other things as well.
const EVERYTHING: u64 = 500;

/// Whoever asks for a few scattered objects, all allowed, is after them only if so much of what he asks for (in tenths of a
/// percent) is of their route: else he goes over everything, as a mirror does, or works.
const AFTER_THEM: u64 = 800;

/// Whether what is sent to a route makes things, as an upload does: hardly any is changed a second time, or nobody else puts
/// any there. What is changed again and again was there before, and is somebody's.
fn makes_them(world: &World<'_>, route: RouteKey) -> bool {
    let changes = Methods::SEND.has(Method::from_number(route.1));
    let is_alone = |norm: &RouteNorm| route.1 == Method::Put as u8 && norm.clients.count() <= 1;
    let hardly_again = |norm: &RouteNorm| norm.readers.counts().count() * 2 < norm.readers.sampled();
    changes && world.norm(route).is_some_and(|norm| is_alone(norm) || hardly_again(norm))
}

/// Whether a walker asks for these objects no more often than others who read them, beside the other things that he does: a
/// large customer does more of everything. Who does hardly anything else is after them.
fn does_more(world: &World<'_>, walker: Actor, ids: &IdSet, peers: &Readers<'_>) -> bool {
    let share = walker.profile(world, |profile| permille(ids.requests, profile.requests)).unwrap_or(1000);
    peers.elsewhere.is_none() && share <= EVERYTHING && share * 2 <= peers.share * 3
}

/// Whether a walker asks for little else than these objects.
fn is_after_them(world: &World<'_>, walker: Actor, ids: &IdSet) -> bool {
    walker.profile(world, |profile| permille(ids.requests, profile.requests) >= AFTER_THEM).unwrap_or(false)
}
