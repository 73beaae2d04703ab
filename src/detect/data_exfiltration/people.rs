//! Who is no pool: people who like the same, people who get in by themselves, and the end of a tail.

use std::collections::BTreeSet;

use super::Theft;
use super::peers::Peers;
use crate::collect::Profile;
use crate::detect::{Actor, World};
use crate::evidence::Distinct;
use crate::request::{Client, RouteKey};

/// Whether most of what comes from an address is of one of these principals.
pub(super) fn is_mostly(world: &World<'_>, taker: Actor, principals: &BTreeSet<u128>) -> bool {
    let mostly = |profile: &Profile| {
        let others = profile.others.iter().filter(|(_, other)| principals.contains(&other.key));
        others.map(|(_, other)| other.requests).sum::<u64>() * 10 >= profile.requests * 8
    };
    !principals.is_empty() && taker.profile(world, mostly).unwrap_or(false)
}

/// Whether the takers of a pool are people: most addresses got in at a login of their own, or most users come from addresses
/// of their own. Who takes turns at one stolen key does neither.
pub(super) fn is_crowd(world: &World<'_>, pool: &[Theft]) -> bool {
    let came_in = |client: Client| {
        world.visits_of(client).any(|visit| {
            visit.at.class.takes_credentials()
                && world.doors().count(visit.door, visit.answers.iter().copied()).accepted > 0
        })
    };
    let mut addresses = BTreeSet::new();
    let people = pool.iter().filter(|theft| match theft.taker {
        Actor::Client(client) => came_in(client),
        Actor::Principal(_) => {
            let most = |profile: &Profile| {
                profile.others.iter().map(|(_, other)| (other.requests, other.key)).max().map(|(_, key)| key)
            };
            theft.taker.profile(world, most).flatten().is_some_and(|address| addresses.insert(address))
        }
    });
    people.count() * 2 > pool.len()
}

/// Whether a pool took the same things: what many want is a fashion; those who share the work share out the things.
pub(super) fn is_fashion(world: &World<'_>, route: RouteKey, pool: &[Theft]) -> bool {
    // Each took one document, and they are of one size: it is the same.
    let sizes = || pool.iter().map(|theft| theft.own.bytes);
    let (least, most) = (sizes().min().unwrap_or(0), sizes().max().unwrap_or(0));
    if pool.iter().all(|theft| theft.own.requests == 1) && least * 100 >= most * 95 {
        return true;
    }
    let mut all = Distinct::<16>::default();
    let mut each = 0;
    for theft in pool {
        let of_route = theft.volume.routes.iter().filter(|&(number, _)| world.route(number) == Some(route));
        for (_, taken) in of_route {
            all.absorb(&taken.things);
            each += taken.things.count();
        }
    }
    all.count() * 10 < each * 7
}

/// Whether a pool is but the end of a tail: as many take a little less than the least of it. A pool stands apart.
pub(super) fn is_tail(peers: &Peers, route: RouteKey, pool: &[Theft]) -> bool {
    let least = pool.iter().map(|theft| theft.own.bytes).min().unwrap_or(0);
    peers.between(route, least / 4, least) >= pool.len() as u64
}
