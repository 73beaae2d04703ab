//! Addresses that take turns at the pages of one route: one stolen token behind a pool of proxies.
//!
//! Whoever reads a list begins at its beginning. Of those who share one walk over its pages only one can.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, RouteBytes, Volume, VolumeByClient};
use crate::detect::pool;
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::evidence::Span;
use crate::request::{Client, RouteKey};
use crate::series::Evidence;

use super::Theft;
use super::peers::Peers;

/// Fewer addresses than this do not take turns.
const ADDRESSES: usize = 5;
/// Fewer requests than this of one address show no habit.
const REQUESTS: u64 = 3;
/// Share of an address's requests that go to the one route, in tenths of a percent: it does nothing else.
const SINGLE_MINDED: u64 = 800;
/// Share of the addresses that never asked for the first page, in tenths of a percent.
const BEGIN_LATER: usize = 700;
/// Fewer requests than this for later pages, of all addresses together, are no walk.
const PAGES: u64 = 20;

/// One address that does nothing but read pages of one route.
struct Reader {
    client: Client,
    volume: Volume,
    route: RouteKey,
    taken: RouteBytes,
}

impl pool::Member for Reader {
    fn span(&self) -> Span {
        self.volume.span
    }

    fn size(&self) -> u64 {
        self.taken.taken.bytes
    }
}

/// Every pool of addresses that take turns at a route and together took `least` bytes of it.
pub(super) fn pools(world: &World<'_>, least: u64, peers: &Peers) -> Vec<Vec<Theft>> {
    let profiles = world.population::<ClientProfiles>();
    let found = world.population::<VolumeByClient>().collect_where(
        |_, _, bytes| bytes >= least / 500,
        |subject, volume| {
            let (number, taken) =
                volume.routes.iter().max_by_key(|(number, route)| (route.taken.bytes, *number))?;
            let share = permille(taken.taken.requests, profiles.wanted(subject.key()));
            let reads_on = taken.later > 0 && taken.taken.requests >= REQUESTS && share >= SINGLE_MINDED;
            let (client, route) = (Client(subject.key()), world.route(number)?);
            reads_on.then(|| Reader { client, volume: volume.clone(), route, taken: taken.clone() })
        },
    );
    let mut by_route: BTreeMap<RouteKey, Vec<Reader>> = BTreeMap::new();
    for (_, reader) in found {
        by_route.entry(reader.route).or_default().push(reader);
    }
    let pools = by_route
        .into_values()
        .flat_map(|one| pool::gather(world, one))
        .filter(|pool| take_turns(pool, least));
    pools.map(|pool| pool.into_iter().map(|reader| reader.theft(peers)).collect()).collect()
}

/// Whether these share one walk over the pages.
fn take_turns(pool: &[Reader], least: u64) -> bool {
    let later = pool.iter().filter(|reader| reader.taken.later == reader.taken.taken.requests).count();
    pool.len() >= ADDRESSES
        && pool.iter().map(|reader| reader.taken.later).sum::<u64>() >= PAGES
        && later * 1000 >= pool.len() * BEGIN_LATER
        && pool.iter().map(|reader| reader.taken.taken.bytes).sum::<u64>() >= least
}

/// Takes from those who are told `alone` whoever reads on where a pool does: behind such an address somebody else lives as well.
pub(super) fn join(pools: &mut [Vec<Theft>], alone: &mut Vec<Vec<Theft>>) {
    for pool in pools {
        let (mut span, route) = (Span::default(), pool[0].routes[0].1);
        for theft in pool.iter() {
            span.merge(theft.volume.span);
        }
        let members: BTreeSet<Actor> = pool.iter().map(|theft| theft.taker).collect();
        let reads_on = |theft: &Theft| {
            let (taken, most, pages) = theft.routes[0];
            most == route
                && pages.is_some_and(|(first, _)| first > 1)
                && taken.bytes * 10 >= theft.volume.total.bytes * 8
                && theft.volume.span.first <= span.last
                && span.first <= theft.volume.span.last
        };
        let joins = alone.extract_if(
            ..,
            |some| matches!(&**some, [theft] if !members.contains(&theft.taker) && reads_on(theft)),
        );
        pool.extend(joins.flatten().collect::<Vec<_>>());
    }
}

impl Reader {
    fn theft(self, peers: &Peers) -> Theft {
        let own = self.taken.taken;
        Theft {
            taker: Actor::Client(self.client),
            own,
            routes: vec![(own, self.route, self.taken.pages)],
            deviations: peers.scale.z_tenths(own.bytes),
            stands_alone: false,
            exports: false,
            is_emptied: false,
            exported: None,
            volume: self.volume,
        }
    }
}
