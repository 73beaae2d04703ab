//! A catalogue that is shared out: many addresses, with one agent or drop by drop for hours, each of which reads a few objects of
//! public routes, each once, and nothing else. Alone each is no more than a person; what they read together is more than
//! anybody reads.

use std::collections::{BTreeMap, BTreeSet};

use super::{Judge, Reader, crawlers, is_catalogue, tell};
use crate::collect::{ClientProfiles, IdSet, KeyKind, Objects, ObjectsByClient};
use crate::detect::drip::{self, Pace};
use crate::detect::statistics::permille;
use crate::detect::team::teams;
use crate::detect::walks::{LEAST, by_route};
use crate::detect::{World, story};
use crate::evidence::Distinct;
use crate::incident::{Finding, Kind, Outcome, Scale, Tenths};
use crate::request::{Client, RouteKey};
use crate::series::Evidence;

/// Fewer objects than this of one address are nothing.
const HANDFUL: u64 = 5;

/// Fewer addresses than this do not need to share out a catalogue.
const ADDRESSES: usize = 20;

/// Share of its requests (in tenths of a percent) that go to objects of public routes: it does nothing else.
const SINGLE_MINDED: u64 = 900;

/// Share of them (in tenths of a percent) that ask for an object for the first time.
const ONCE: u64 = 800;

impl Judge {
    /// The findings against addresses that share out a catalogue and are not `told` of yet.
    pub(super) fn shared_out(&self, world: &World<'_>, told: &BTreeSet<Client>) -> Vec<Finding> {
        let mut readers = readers(world);
        readers.retain(|client, _| !told.contains(client));
        if readers.len() < ADDRESSES {
            return Vec::new();
        }
        let clients: Vec<Client> = readers.keys().copied().collect();
        let teams = teams(world, &clients).into_iter().filter(|team| team.len() >= ADDRESSES);
        let of_team = |team: Vec<Client>| team.into_iter().filter_map(|one| readers.remove(&one)).collect();
        let teams: Vec<Vec<(RouteKey, Reader)>> = teams.map(of_team).collect();
        let mut by_route: BTreeMap<RouteKey, Vec<(RouteKey, Reader)>> = BTreeMap::new();
        for (route, reader) in readers.into_values() {
            by_route.entry(route).or_default().push((route, reader));
        }
        let dripping = by_route.into_values().flat_map(|readers| {
            drip::pools(world, readers, |(_, reader)| (reader.client, Pace::of_objects(&reader.ids)))
                .into_iter()
        });
        let dripping = dripping.filter(|pool| pool.len() >= ADDRESSES && are_disjoint(pool));
        let by_agent = teams.into_iter().map(|team| (team, "with one agent"));
        by_agent
            .chain(dripping.map(|pool| (pool, "that read one by one for hours")))
            .filter_map(|(team, how)| self.told_together(world, team, how))
            .collect()
    }

    /// The finding against one team, if it reads more than anybody.
    fn told_together(&self, world: &World<'_>, team: Vec<(RouteKey, Reader)>, how: &str) -> Option<Finding> {
        let mut most: BTreeMap<RouteKey, u64> = BTreeMap::new();
        let (mut ids, mut union) = (IdSet::default(), Distinct::<128>::default());
        for (route, reader) in &team {
            *most.entry(*route).or_default() += reader.ids.requests;
            ids.merge(reader.ids.clone());
            union.absorb(&reader.paths);
        }
        let (route, _) = most.into_iter().max_by_key(|&(route, requests)| (requests, route))?;
        let objects = union.count().min(ids.requests);
        if objects < self.alone || permille(ids.refused + ids.missing, ids.requests) >= super::alone::GUESSES
        {
            return None;
        }
        let readers: Vec<Reader> = team.into_iter().map(|(_, reader)| reader).collect();
        let mut finding = Finding::new(super::ABOUT.id, "shared-out", Kind::Scraping);
        finding.outcome = Outcome::Succeeded;
        finding.scale = Scale::Large;
        finding.test("objects alone", objects * 10, self.alone * 10, "objects");
        finding.test("addresses", readers.len() as u64 * 10, ADDRESSES as u64 * 10, "addresses");
        tell(&mut finding, route, &ids, &readers);
        finding.metrics.insert("objects", objects);
        finding.metrics.insert("addresses", readers.len() as u64);
        finding.confidence = 80;
        finding.score = Tenths(800);
        finding.reason = format!(
            "{} objects of public routes by {} addresses {how}, hardly two of them in one network; each reads a few of them, \
             each once, and nothing else",
            story::about(objects, union.is_exact()),
            readers.len()
        );
        finding.confounders = crawlers(world, &readers);
        story::suppress(&mut finding);
        Some(finding)
    }
}

/// Whether what some read is mostly not what others of them read. People who read what is new all read the same.
fn are_disjoint(some: &[(RouteKey, Reader)]) -> bool {
    let mut union = Distinct::<128>::default();
    for (_, reader) in some {
        union.absorb(&reader.paths);
    }
    let apart: u64 = some.iter().map(|(_, reader)| reader.ids.asked()).sum();
    union.count() * 2 >= apart
}

/// Addresses that read objects of public routes, each once, and nothing else; with the route of which each read most.
fn readers(world: &World<'_>) -> BTreeMap<Client, (RouteKey, Reader)> {
    let public: BTreeSet<RouteKey> =
        world.norms().map(|(route, _)| route).filter(|&route| is_catalogue(world, route)).collect();
    let walkers = world.walks(KeyKind::Client).iter().filter_map(|walker| {
        let one = reader(world, &public, Client(walker.key), &walker.routes, &walker.paths)?;
        Some((Client(walker.key), one))
    });
    let mut readers: BTreeMap<Client, (RouteKey, Reader)> = walkers.collect();
    let handfuls = world.population::<ObjectsByClient>().survey::<Objects, _>(
        |_, wanted, _| (HANDFUL..LEAST).contains(&wanted),
        |subject, objects| {
            let mut requests = subject.requests::<ObjectsByClient>()?;
            let is_public = requests.all(|request| {
                public.contains(&RouteKey(world.fold(request.template), request.method as u8))
            });
            let read = |objects: &Objects| {
                let routes = by_route(world, objects);
                reader(world, &public, Client(subject.key()), &routes, &objects.paths)
            };
            if is_public { subject.read_into::<ObjectsByClient, _>(objects, read)? } else { None }
        },
    );
    readers.extend(handfuls.into_iter().map(|(key, one)| (Client(key), one)));
    readers
}

/// One client as such a reader, if it is one.
fn reader(
    world: &World<'_>,
    public: &BTreeSet<RouteKey>,
    client: Client,
    routes: &BTreeMap<RouteKey, IdSet>,
    paths: &Distinct<128>,
) -> Option<(RouteKey, Reader)> {
    let of_public = || routes.iter().filter(|(route, _)| public.contains(route));
    let (&route, _) = of_public().max_by_key(|&(&route, ids)| (ids.requests, route))?;
    let (mut ids, mut objects) = (IdSet::default(), 0);
    for (_, one) in of_public() {
        objects += one.asked();
        ids.merge(one.clone());
    }
    let all = world.population::<ClientProfiles>().wanted(client.0);
    let is_one = objects >= HANDFUL
        && permille(ids.requests, all) >= SINGLE_MINDED
        && permille(objects, ids.requests) >= ONCE;
    is_one.then(|| (route, Reader { client, ids, paths: paths.clone() }))
}
