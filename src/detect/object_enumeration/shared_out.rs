//! A walk that is shared out: many addresses, each of which asks for a few objects of one route and for nothing else, none for
//! what another asked for, and all with one agent. Each alone is no more than a person.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::peers::{Peers, Readers};
use super::told::together;
use super::{Judge, LONG, Walk, Way};
use crate::collect::{ClientProfiles, IdSet, KeyKind, Objects, ObjectsByClient};
use crate::detect::statistics::{permille, quantile};
use crate::detect::team::{ADDRESSES, teams};
use crate::detect::walks::{LEAST, by_route, is_public_route};
use crate::detect::{Actor, World, story};
use crate::incident::{Finding, Scale};
use crate::request::{Client, RouteKey};
use crate::series::Evidence;
use crate::tally::Subject;

/// Fewer objects than this of one address are nothing.
const HANDFUL: u64 = 5;

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

/// One address that asks for a few objects of a route and for nothing else.
type Reader<'w> = (Client, Cow<'w, IdSet>);

/// Addresses that ask for a few objects of one route and for nothing else, by route.
fn readers<'w>(world: &'w World<'_>, judge: &Judge) -> BTreeMap<RouteKey, Vec<Reader<'w>>> {
    let profiles = world.population::<ClientProfiles>();
    let mut by_route: BTreeMap<RouteKey, Vec<Reader<'w>>> = BTreeMap::new();
    for walker in world.walks(KeyKind::Client) {
        for (&route, ids) in &walker.routes {
            let few = (LEAST..LONG * judge.objects).contains(&ids.asked());
            let once = permille(ids.asked(), ids.requests) >= ONCE;
            let share = || permille(ids.requests, profiles.wanted(walker.key));
            if few && once && share() >= SINGLE_MINDED && !is_public_route(world, route) {
                by_route.entry(route).or_default().push((Client(walker.key), Cow::Borrowed(ids)));
            }
        }
    }
    for (client, route, ids) in handfuls(world) {
        by_route.entry(route).or_default().push((client, Cow::Owned(ids)));
    }
    by_route.retain(|_, readers| readers.len() >= ADDRESSES);
    by_route
}

/// Addresses that ask for a handful of objects of one route, fewer than a walker, and for nothing else.
fn handfuls(world: &World<'_>) -> Vec<(Client, RouteKey, IdSet)> {
    let found = world.population::<ObjectsByClient>().survey::<Objects, _>(
        |_, wanted, _| (HANDFUL..LEAST).contains(&wanted),
        |subject, objects| {
            let route = only_route(world, subject)?;
            let ids = |objects: &Objects| by_route(world, objects).remove(&route);
            let ids = subject.read_into::<ObjectsByClient, _>(objects, ids)??;
            (ids.asked() >= HANDFUL).then_some((route, ids))
        },
    );
    found.into_iter().map(|(key, (route, ids))| (Client(key), route, ids)).collect()
}

/// The route of which an address asks for objects, each once, and for nothing else; what is public does not count.
fn only_route(world: &World<'_>, subject: Subject<'_>) -> Option<RouteKey> {
    let all = subject.wanted::<ClientProfiles>();
    if permille(subject.wanted::<ObjectsByClient>(), all) < SINGLE_MINDED {
        return None;
    }
    let mut first = None;
    let mut objects = BTreeSet::new();
    let mut requests = 0;
    for request in subject.requests::<ObjectsByClient>()? {
        let route = RouteKey(world.fold(request.template), request.method as u8);
        if *first.get_or_insert(route) == route {
            requests += 1;
            objects.insert((request.template, request.object));
        }
    }
    let once = permille(objects.len() as u64, requests) >= ONCE;
    let is_all = permille(requests, all) >= SINGLE_MINDED;
    first.filter(|&route| once && is_all && !is_public_route(world, route))
}

impl Judge {
    /// The finding against those who share out one route, if they do.
    fn shared_out(
        &self,
        world: &World<'_>,
        route: RouteKey,
        readers: &[Reader<'_>],
        peers: &Readers<'_>,
    ) -> Option<Finding> {
        let median = quantile(peers.objects, 50);
        let mut apart: Vec<_> =
            readers.iter().filter(|(_, ids)| ids.asked() >= BEYOND_MEDIAN * median).collect();
        let clients: Vec<Client> = apart.iter().map(|&&(client, _)| client).collect();
        let teams: BTreeSet<Client> = teams(world, &clients).into_iter().flatten().collect();
        apart.retain(|(client, _)| teams.contains(client));
        let mut union = IdSet::default();
        for (_, ids) in &apart {
            union.merge(ids.clone().into_owned());
        }
        let all: u64 = apart.iter().map(|(_, ids)| ids.asked()).sum();
        let once = permille(union.asked.count().min(all), all);
        // Where most who read a route read it so, that is how it is read.
        let are_few = apart.len() as u64 * 2 <= peers.count;
        let is_walk = apart.len() >= ADDRESSES && are_few && once >= ONCE && all >= LONG * self.objects;
        if !is_walk {
            return None;
        }
        let walks = apart.iter().map(|(client, ids)| Walk {
            route,
            span: ids.span,
            requests: ids.requests,
            way: Way::Scatter,
            is_exact: ids.is_exact(),
            finding: self.finding(world, Actor::Client(*client), route, ids, Way::Scatter, peers),
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
