//! A walk that is shared out: many addresses, each of which asks for a few objects of one route and for nothing else, none for
//! what another asked for, and all with one agent. Each alone is no more than a person.

use std::collections::{BTreeMap, BTreeSet};

use super::peers::{Peers, Readers};
use super::told::together;
use super::{Judge, LONG, Walk, Way};
use crate::collect::{ClientProfiles, IdSet, KeyKind, ObjectsByClient};
use crate::detect::one_agent::share_an_agent;
use crate::detect::statistics::{permille, quantile};
use crate::detect::walks::{LEAST, is_public_route};
use crate::detect::{Actor, World, story};
use crate::incident::{Finding, Scale};
use crate::request::{Client, RouteKey};
use crate::series::Evidence;

/// Fewer addresses than this are not many.
const ADDRESSES: usize = 8;

/// Share of an address's requests that go to the one route (in tenths of a percent): it does nothing else.
const SINGLE_MINDED: u64 = 900;

/// Share of objects (in tenths of a percent) that are asked for once, and by one address: who shares out the work does none
/// of it twice.
const ONCE: u64 = 800;

/// So many times the objects of a median reader each asks for at least.
const BEYOND_MEDIAN: u64 = 3;

/// The findings against those who share out a route.
pub(super) fn findings(world: &World<'_>, judge: &Judge) -> Vec<Finding> {
    let by_route = readers(world, judge);
    let routes: BTreeSet<RouteKey> = by_route.keys().copied().collect();
    let peers = Peers::of::<ObjectsByClient>(world, &routes);
    let shared_out = by_route
        .into_iter()
        .filter_map(|(route, readers)| judge.shared_out(world, route, &readers, &peers.of_route(route)));
    shared_out.collect()
}

/// Addresses that ask for a few objects of one route and for nothing else, by route.
fn readers<'w>(world: &'w World<'_>, judge: &Judge) -> BTreeMap<RouteKey, Vec<(Client, &'w IdSet)>> {
    let profiles = world.population::<ClientProfiles>();
    let mut by_route: BTreeMap<RouteKey, Vec<(Client, &IdSet)>> = BTreeMap::new();
    for walker in world.walks(KeyKind::Client) {
        for (&route, ids) in &walker.routes {
            let few = (LEAST..judge.objects).contains(&ids.asked());
            let once = permille(ids.asked(), ids.requests) >= ONCE;
            let share = || permille(ids.requests, profiles.wanted(walker.key));
            if few && once && share() >= SINGLE_MINDED && !is_public_route(world, route) {
                by_route.entry(route).or_default().push((Client(walker.key), ids));
            }
        }
    }
    by_route.retain(|_, readers| readers.len() >= ADDRESSES);
    by_route
}

impl Judge {
    /// The finding against those who share out one route, if they do.
    fn shared_out(
        &self,
        world: &World<'_>,
        route: RouteKey,
        readers: &[(Client, &IdSet)],
        peers: &Readers<'_>,
    ) -> Option<Finding> {
        let median = quantile(peers.objects, 50);
        let apart: Vec<_> = readers.iter().filter(|(_, ids)| ids.asked() >= BEYOND_MEDIAN * median).collect();
        let mut union = IdSet::default();
        for (_, ids) in &apart {
            union.merge((*ids).clone());
        }
        let all: u64 = apart.iter().map(|(_, ids)| ids.asked()).sum();
        let once = permille(union.asked.count().min(all), all);
        // Where most who read a route read it so, that is how it is read.
        let are_few = apart.len() as u64 * 2 <= peers.count;
        let clients: Vec<Client> = apart.iter().map(|&&(client, _)| client).collect();
        let is_walk = apart.len() >= ADDRESSES && are_few && once >= ONCE && all >= LONG * self.objects;
        if !is_walk || !share_an_agent(world, &clients) {
            return None;
        }
        let walks = apart.iter().map(|&&(client, ids)| Walk {
            route,
            span: ids.span,
            requests: ids.requests,
            way: Way::Scatter,
            is_exact: ids.is_exact(),
            finding: self.finding(world, Actor::Client(client), route, ids, Way::Scatter, peers),
        });
        // What a look-alike explains is no part of it.
        let walks: Vec<Walk> = walks.filter(|walk| walk.finding.suppressed_by.is_none()).collect();
        if walks.len() < ADDRESSES {
            return None;
        }
        let mut finding = together(world, walks);
        finding.variant = "shared-out";
        finding.scale = Scale::Large;
        finding.tests.clear();
        finding.test("objects", all * 10, LONG * self.objects * 10, "objects");
        finding.test("no object twice", once, ONCE, "%");
        finding.reason = format!(
            "{} addresses with one agent asked for {} different objects and for nothing else, none for another\u{2019}s; a median \
             reader asks for {median}",
            finding.clients.len(),
            story::about(all, false),
        );
        Some(finding)
    }
}
