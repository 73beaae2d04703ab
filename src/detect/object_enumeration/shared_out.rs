//! A walk that is shared out: many addresses, each of which asks for a few objects of one route and for nothing else, none for
//! what another asked for, and all with one agent, or drop by drop for hours, or number by number in turn. Each alone is no more
//! than a person.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::peers::{Peers, Readers};
use super::told::together;
use super::{Judge, LONG, Walk, Way};
use crate::collect::{ClientProfiles, IdSet, KeyKind, Objects, ObjectsByClient};
use crate::detect::drip::{self, Pace};
use crate::detect::pool::{self, Member};
use crate::detect::statistics::{permille, quantile};
use crate::detect::team::{ADDRESSES, teams};
use crate::detect::walks::{LEAST, by_route, is_public_route};
use crate::detect::{Actor, World, story};
use crate::evidence::Span;
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
pub(super) const ONCE: u64 = 800;

/// So many times the objects of a median reader each asks for at least.
pub(super) const BEYOND_MEDIAN: u64 = 3;

/// The findings against those who share out a route.
pub(super) fn findings(world: &World<'_>, judge: &Judge) -> Vec<Finding> {
    let by_route = readers(world);
    let routes: BTreeSet<RouteKey> = by_route.keys().copied().collect();
    let peers = Peers::of::<ObjectsByClient>(world, &routes);
    let shared_out = by_route
        .into_iter()
        .flat_map(|(route, readers)| judge.shared_out(world, route, &readers, &peers.of_route(route)));
    shared_out.collect()
}

/// One address that asks for a few objects of a route and for nothing else.
pub(super) type Reader<'w> = (Client, Cow<'w, IdSet>);

/// Addresses that ask for a few objects of one route and for nothing else, by route.
fn readers<'w>(world: &'w World<'_>) -> BTreeMap<RouteKey, Vec<Reader<'w>>> {
    let profiles = world.population::<ClientProfiles>();
    let mut by_route: BTreeMap<RouteKey, Vec<Reader<'w>>> = BTreeMap::new();
    for walker in world.walks(KeyKind::Client) {
        for (&route, ids) in &walker.routes {
            let few = ids.asked() >= LEAST;
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
    by_route.retain(|_, readers| readers.len() >= pool::SOURCES);
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

/// One of several that may take turns.
pub(super) struct Turn<'r, 'w>(pub(super) &'r Reader<'w>);

impl Member for Turn<'_, '_> {
    fn span(&self) -> Span {
        self.0.1.span
    }

    fn size(&self) -> u64 {
        self.0.1.requests
    }
}

impl Judge {
    /// The findings against those who share out one route, if they do.
    fn shared_out(
        &self,
        world: &World<'_>,
        route: RouteKey,
        readers: &[Reader<'_>],
        peers: &Readers<'_>,
    ) -> Vec<Finding> {
        let median = quantile(peers.objects, 50);
        // Whoever is mostly refused reads more than he may, however much others read.
        let is_apart = |ids: &IdSet| ids.asked() >= BEYOND_MEDIAN * median || self.is_refused(ids);
        let apart = || readers.iter().filter(|(_, ids)| is_apart(ids));
        let few = |(_, ids): &&Reader<'_>| ids.asked() < LONG * self.objects;
        let clients: Vec<Client> = apart().filter(few).map(|&(client, _)| client).collect();
        let teams: BTreeSet<Client> = teams(world, &clients).into_iter().flatten().collect();
        let (by_agent, others): (Vec<_>, Vec<_>) = apart().partition(|(client, _)| teams.contains(client));
        let mut told = BTreeSet::new();
        let dripping = drip::pools(world, others.iter().copied().filter(few).collect(), |(client, ids)| {
            (*client, Pace::of_objects(ids))
        });
        let groups = [(by_agent, "with one agent")].into_iter();
        let groups =
            groups.chain(dripping.into_iter().map(|some| (some, "one by one for hours, as no person does,")));
        let mut findings: Vec<Finding> = groups
            .filter(|(some, _)| some.len() >= ADDRESSES)
            .filter_map(|(some, how)| {
                let finding = self.walk(world, route, (&some, how), peers)?;
                told.extend(some.iter().map(|&&(client, _)| client));
                Some(finding)
            })
            .collect();
        let others = others.into_iter().filter(|(client, _)| !told.contains(client)).map(Turn).collect();
        let turns = pool::together(others).into_iter().filter(|some| some.len() >= pool::SOURCES);
        let turns = turns.map(|some| some.into_iter().map(|Turn(one)| one).collect::<Vec<_>>());
        findings.extend(turns.filter(|some| self.is_in_order(some)).filter_map(|some| {
            self.walk(world, route, (&some, "that take turns with neighbouring numbers"), peers)
        }));
        findings
    }

    /// Whether some go through the numbers of a route together that none of them goes through alone.
    fn is_in_order(&self, some: &[&Reader<'_>]) -> bool {
        let mut union = IdSet::default();
        for (_, ids) in some {
            union.merge(ids.clone().into_owned());
        }
        union.asked() >= LONG * self.objects
            && union.coverage().is_some_and(|covered| covered >= self.coverage)
            && some
                .iter()
                .all(|(_, ids)| ids.coverage().is_some_and(|covered| covered < self.coverage_of_walk(ids)))
    }

    /// Whether so much of what was asked for was refused that it was not the asker's.
    pub(super) fn is_refused(&self, ids: &IdSet) -> bool {
        permille(ids.refused, ids.requests) >= self.refused
    }

    /// The finding against some who are led by one hand, if what they do is a walk; and how that shows.
    pub(super) fn walk(
        &self,
        world: &World<'_>,
        route: RouteKey,
        (some, how): (&[&Reader<'_>], &str),
        peers: &Readers<'_>,
    ) -> Option<Finding> {
        let mut union = IdSet::default();
        for (_, ids) in some {
            union.merge(ids.clone().into_owned());
        }
        let all: u64 = some.iter().map(|(_, ids)| ids.asked()).sum();
        let once = permille(union.asked.count().min(all), all);
        // Where most who read a route read it so, that is how it is read.
        let are_few = some.len() as u64 * 2 <= peers.count || self.is_refused(&union);
        let is_walk = are_few && once >= ONCE && all >= LONG * self.objects;
        if !is_walk {
            return None;
        }
        let walks = some.iter().map(|(client, ids)| Walk {
            route,
            span: ids.span,
            requests: ids.requests,
            way: Way::Scatter,
            is_exact: ids.is_exact(),
            finding: self.finding(world, Actor::Client(*client), route, ids, Way::Scatter, peers),
        });
        // What a look-alike explains is no part of it.
        let walks: Vec<Walk> = walks.filter(|walk| walk.finding.suppressed_by.is_none()).collect();
        if walks.len() < some.len().min(ADDRESSES) {
            return None;
        }
        let mut finding = together(world, walks);
        finding.variant = "shared-out";
        finding.scale = Scale::Large;
        finding.tests.clear();
        finding.test("objects", all * 10, LONG * self.objects * 10, "objects");
        finding.test("no object twice", once, ONCE, "%");
        finding.reason = format!(
            "{} addresses {how} asked for {} different objects and for nothing else, none for another\u{2019}s; a median \
             reader asks for {}",
            finding.clients.len(),
            story::about(all, false),
            quantile(peers.objects, 50),
        );
        Some(finding)
    }
}
