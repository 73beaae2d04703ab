//! What was taken route by route, and what of it is nothing new: one file in pieces, one document again and again.

use super::Taken;
use crate::collect::{Bytes, RouteBytes, Volume};
use crate::detect::World;
use crate::request::RouteKey;
use crate::route::Method;

/// Everything that was taken in bulk, fullest first.
pub(super) fn all_routes(world: &World<'_>, volume: &Volume) -> Vec<Taken> {
    let of_route =
        |(number, route): (u64, &RouteBytes)| Some((route.taken, world.route(number)?, route.pages));
    let mut routes: Vec<Taken> = volume.routes.iter().filter_map(of_route).collect();
    routes.sort_unstable_by_key(|&(taken, route, _)| (std::cmp::Reverse(taken.bytes), route));
    routes
}

/// What was taken of a route that is news: of a document that was asked for again and again, one; nothing where `many` use the
/// route and watch a file in pieces, or send what is answered alike.
pub(super) fn news(world: &World<'_>, key: RouteKey, route: &RouteBytes, many: bool) -> Option<Bytes> {
    let is_read = key.1 == Method::Get as u8;
    if is_same_answer(world, key, route) && (is_read || many) {
        return is_read.then_some(Bytes { bytes: route.largest, requests: 1 });
    }
    (!many || !is_one_file(route)).then_some(route.taken)
}

/// Whether what was taken of a route is one file in pieces, or two: watching a film takes hundreds of answers.
fn is_one_file(route: &RouteBytes) -> bool {
    route.pieces * 10 >= route.taken.bytes * 8 && route.things.count() <= 2
}

/// Whether what was taken of a route is one document again and again: its address has no variable, or it is one of its objects,
/// and all answers are the same size within one in a hundred.
fn is_same_answer(world: &World<'_>, key: RouteKey, route: &RouteBytes) -> bool {
    let is_fixed =
        world.template_text(key.0).is_some_and(|text| !text.contains(&b'{')) || route.things.count() == 1;
    let whole = route.largest.saturating_mul(route.taken.requests);
    is_fixed && route.later == 0 && whole.saturating_mul(99) <= route.taken.bytes.saturating_mul(100)
}
