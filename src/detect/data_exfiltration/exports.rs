//! Exports, of which most take one, taken page by page until all is gone. Where other routes of the site give much as well, what
//! is usual altogether does not show it; what others export does.

use super::elsewhere::OTHERS;
use super::peers::Peers;
use super::{Judge, Taken, Theft};
use crate::collect::{Bytes, RouteBytes, Volume};
use crate::detect::World;
use crate::route::EndpointClass;
use crate::series::Evidence;

/// So many times as much as another heavy user of exports.
pub(super) const BEYOND: u64 = 20;

/// Fewer answers than this are a few exports that somebody needed.
const ANSWERS: u64 = 25;

impl Judge {
    /// The same theft, or that of exports where somebody took many times what anybody else takes of them but one or two.
    pub(super) fn exported(&self, world: &World<'_>, mut theft: Theft, peers: &Peers) -> Theft {
        let all = exported(&theft.volume);
        if theft.stands_alone || all.bytes < self.least || all.requests < ANSWERS {
            return theft;
        }
        let times = peers.exports_from_top(OTHERS).map_or(0, |others| all.bytes / others.max(1));
        if times >= BEYOND {
            let of_route = |(number, route): (u64, &RouteBytes)| -> Option<Taken> {
                is_export(route).then_some((route.taken, world.route(number)?, route.pages))
            };
            theft.routes = theft.volume.routes.iter().filter_map(of_route).collect();
            theft.routes.sort_unstable_by_key(|&(taken, route, _)| (std::cmp::Reverse(taken.bytes), route));
            (theft.own, theft.stands_alone, theft.exported) = (all, true, Some(times));
        }
        theft
    }
}

/// What was taken of all exports.
pub(super) fn exported(volume: &Volume) -> Bytes {
    let mut all = Bytes::default();
    volume.routes.iter().filter(|(_, route)| is_export(route)).for_each(|(_, route)| all.merge(route.taken));
    all
}

/// Whether a route gives data away in bulk.
fn is_export(route: &RouteBytes) -> bool {
    route.route.is_some_and(|(.., class)| class == EndpointClass::Export)
}
