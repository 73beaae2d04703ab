//! A public catalogue taken whole: its ids one after another, by one client or by a pool that takes turns.

mod alone;
mod shared_out;

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, IdSet, KeyKind, OBJECT_TICK, ObjectsByClient};
use crate::detect::about::ANSWERS;
use crate::detect::confounder;
use crate::detect::nearness::{in_tenths, test};
use crate::detect::pool;
use crate::detect::statistics::permille;
use crate::detect::story::{self, Over};
use crate::detect::team::teams;
use crate::detect::walks::{self, is_public, is_public_route};
use crate::detect::{About, Actor, Detector, Threshold, World};
use crate::evidence::{Distinct, Span};
use crate::hash::mix;
use crate::incident::{ConfounderNote, Count, Finding, Join, Kind, Outcome, Scale, Tenths, Test};
use crate::request::{Client, RouteKey};
use crate::route::{Method, Methods};
use crate::series::Evidence;

/// The detector.
pub(super) struct Scraping;

/// It judges by these thresholds.
struct Judge {
    /// Different objects of one public route, over the whole log.
    objects: u64,
    /// Different objects of public routes that are read in no order, by one client or by many with one agent.
    alone: u64,
    /// Share of a client's requests that go to the one route, in tenths of a percent, from which on it does nothing else.
    single_minded: u64,
    /// Different objects of each of a pool.
    objects_each: u64,
    /// Share of the ids between the smallest and the largest that a pool covers, in percent.
    coverage: u64,
    /// Share of the objects that only one of a pool reads, in percent.
    disjoint: u64,
    /// Share of the requests that are refused or missing, in tenths of a percent, from which on it is guessing.
    guessed: u64,
}

impl Judge {
    /// The thresholds in force.
    fn of(world: &World<'_>) -> Self {
        let of = |name| world.threshold(&ABOUT, name);
        Self {
            objects: of("objects"),
            alone: of("objects alone"),
            single_minded: of("single-minded") * 10,
            objects_each: of("objects of each"),
            coverage: of("coverage"),
            disjoint: of("no object twice"),
            guessed: of("refused share") * 10,
        }
    }
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "scraping",
    kinds: &[Kind::Scraping, Kind::ObjectEnumeration],
    summary: "A public catalogue taken whole, by one client or by a pool of addresses that take turns.",
    why: "Prices and texts end up elsewhere, and the catalogue's readers pay for the load.",
    looks_like: "Clients that do nothing but read the objects of one route, without pages or files between, and together read \
                 id after id; or one that reads many more objects of public routes than others do, each once.",
    look_alikes: "A search engine's crawler: all day at an even, low pace, ids in no order; or one that asks what robots may \
                  read. Readers who follow links. A machine of the house itself; a sync that comes at the same distance again \
                  and again.",
    blind_spots: "A pool of which each address reads fewer than five objects or names another agent. One client that reads several hundred objects in no order.",
    thresholds: &[
        Threshold {
            name: "objects",
            value: 150,
            unit: "objects",
            meaning: "different ones of one public route, over the whole log",
        },
        Threshold {
            name: "objects alone",
            value: 600,
            unit: "objects",
            meaning: "different ones of public routes that are read in no order, by one client or by many with one agent",
        },
        Threshold {
            name: "objects of each",
            value: 12,
            unit: "objects",
            meaning: "different ones that each address of a pool reads",
        },
        Threshold {
            name: "no object twice",
            value: 80,
            unit: "%",
            meaning: "of a pool's objects that only one of its addresses reads",
        },
        Threshold {
            name: "refused share",
            value: 80,
            unit: "%",
            meaning: "of the requests, from which on it is guessing (object enumeration)",
        },
        Threshold {
            name: "single-minded",
            value: 90,
            unit: "%",
            meaning: "of a client's requests go to the one route",
        },
        Threshold {
            name: "coverage",
            value: 50,
            unit: "%",
            meaning: "of the ids between the smallest and the largest",
        },
    ],
    needs: &[ANSWERS],
    attack: &["T1594"],
    owasp_api: &["API6:2023"],
    oat: &["OAT-011"],
    cwe: &["CWE-799"],
};

/// One client that does nothing but read one route.
struct Reader {
    client: Client,
    ids: IdSet,
    paths: Distinct<128>,
}

impl pool::Member for Reader {
    fn span(&self) -> Span {
        self.ids.span
    }

    fn size(&self) -> u64 {
        self.ids.requests
    }
}

impl Detector for Scraping {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let mut groups: BTreeMap<RouteKey, Vec<Reader>> = BTreeMap::new();
        let judge = Judge::of(world);
        for (route, reader) in judge.readers(world) {
            groups.entry(route).or_default().push(reader);
        }
        let pools = groups.into_iter().flat_map(|(route, readers)| {
            pool::gather(world, readers).into_iter().map(move |readers| (route, readers))
        });
        let found = pools.filter_map(|(route, readers)| {
            judge.finding(world, route, &readers).or_else(|| judge.hidden(world, route, readers))
        });
        let found: Vec<Finding> = found.collect();
        let named = |found: &[Finding]| -> BTreeSet<Client> {
            found.iter().flat_map(|finding| finding.clients.iter().map(|count| count.of)).collect()
        };
        let mut told = named(&found);
        let together = if world.tells_clusters() { judge.shared_out(world, &told) } else { Vec::new() };
        told.extend(named(&together));
        let alone = judge.alone(world, &told);
        found.into_iter().chain(together).chain(alone).collect()
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let Actor::Client(client) = actor else { return Vec::new() };
        let judge = Judge::of(world);
        let requests = world.population::<ClientProfiles>().wanted(client.0);
        let routes =
            world.population::<ObjectsByClient>().with(client.0, |objects| walks::by_route(world, objects));
        let public = |(route, _): &(RouteKey, IdSet)| world.norm(*route).is_some_and(is_public);
        let tests = |(_, ids): (RouteKey, IdSet)| {
            let share = permille(ids.requests, requests);
            let objects = test("objects", ids.asked(), judge.objects, "objects");
            vec![objects, in_tenths("single-minded", share, judge.single_minded, "%")]
        };
        routes.into_iter().flatten().filter(public).map(tests).collect()
    }
}

impl Judge {
    /// Clients that do nothing but read one public route.
    fn readers(&self, world: &World<'_>) -> Vec<(RouteKey, Reader)> {
        let profiles = world.population::<ClientProfiles>();
        let found = world.walks(KeyKind::Client).iter().filter_map(|walker| {
            let (&route, ids) = walker.routes.iter().max_by_key(|&(&route, ids)| (ids.requests, route))?;
            let norm = world.norm(route)?;
            let share = permille(ids.requests, profiles.wanted(walker.key));
            let single_minded = share >= self.single_minded && ids.asked() >= self.objects_each;
            let reader =
                || Reader { client: Client(walker.key), ids: ids.clone(), paths: walker.paths.clone() };
            (single_minded && is_public(norm) && !is_stream(&norm.text)).then(|| (route, reader()))
        });
        found.collect()
    }

    /// The finding against those of some readers that share out the work, where others read at the same time.
    fn hidden(&self, world: &World<'_>, route: RouteKey, mut readers: Vec<Reader>) -> Option<Finding> {
        let clients: Vec<Client> = readers.iter().map(|reader| reader.client).collect();
        let teams: BTreeSet<Client> = teams(world, &clients).into_iter().flatten().collect();
        readers.retain(|reader| teams.contains(&reader.client));
        if readers.is_empty() { None } else { self.finding(world, route, &readers) }
    }

    /// The finding against one pool.
    fn finding(&self, world: &World<'_>, route: RouteKey, readers: &[Reader]) -> Option<Finding> {
        let mut ids = IdSet::default();
        for reader in readers {
            ids.merge(reader.ids.clone());
        }
        // Readers that pick what they like meet at what others like as well; those that take turns never do.
        let mut union = Distinct::<128>::default();
        for reader in readers {
            union.merge(reader.paths.clone());
        }
        let apart: u64 = readers.iter().map(|reader| reader.ids.asked()).sum();
        let objects = union.count().min(ids.requests);
        let disjoint = permille(objects, apart.max(1)).min(1000) / 10;
        let repeats = permille(apart, ids.requests.max(1)).min(1000) / 10;
        let coverage = ids.coverage();
        let in_order = coverage.is_some_and(|coverage| coverage >= self.coverage);
        let takes_turns =
            readers.len() >= pool::SOURCES && disjoint >= self.disjoint && repeats >= self.disjoint;
        if apart < self.objects || !(in_order && repeats >= 70 || takes_turns) {
            return None;
        }
        let variant = if readers.len() > 1 { "pool" } else { "single-source" };
        // Who is hardly given anything takes nothing whole, but guesses what there is.
        let guesses = permille(ids.refused + ids.missing, ids.requests) >= self.guessed;
        let kind = if guesses { Kind::ObjectEnumeration } else { Kind::Scraping };
        let mut finding = Finding::new(ABOUT.id, variant, kind);
        finding.outcome = match (guesses, ids.ok, ids.refused) {
            (false, ..) => Outcome::Succeeded,
            (true, 0, 0) => Outcome::Attempted,
            (true, ..) => Outcome::Probed,
        };
        finding.scale = if readers.len() > 1 { Scale::Large } else { Scale::Sustained };
        finding.test("objects", apart * 10, self.objects * 10, "objects");
        match coverage {
            Some(coverage) if in_order => finding.test("coverage", coverage * 10, self.coverage * 10, "%"),
            _ => finding.test("no object twice", disjoint * 10, self.disjoint * 10, "%"),
        }
        tell(&mut finding, route, &ids, readers);
        finding.metrics.insert("objects", objects);
        finding.metrics.insert("addresses", readers.len() as u64);
        let sure = coverage.unwrap_or(0).max(disjoint);
        finding.confidence = u8::try_from((60 + sure / 4).min(90)).unwrap_or(90);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        let order = match coverage {
            Some(coverage) if in_order => format!("{coverage} % of all ids in their range"),
            _ => format!("{disjoint} % of them read by one address only"),
        };
        finding.reason = reason(&story::about(objects, union.is_exact()), guesses, &order, readers.len());
        finding.confounders = crawlers(world, readers);
        story::suppress(&mut finding);
        Some(finding)
    }
}

/// Whether a route gives a catalogue: what many read, by its name.
fn is_catalogue(world: &World<'_>, route: RouteKey) -> bool {
    let is_stream = || world.template_text(route.0).is_some_and(is_stream);
    Methods::READ.has(Method::from_number(route.1)) && is_public_route(world, route) && !is_stream()
}

/// Whether a route gives pieces of films and songs: one is hundreds of them, and who watches reads nothing else.
fn is_stream(text: &[u8]) -> bool {
    const PIECES: [&[u8]; 7] = [b".ts", b".m4s", b".m4v", b".m4a", b".aac", b".cmfv", b".cmfa"];
    PIECES.iter().any(|piece| text.ends_with(piece))
}

/// When, how much, by whom, and what to do.
fn tell(finding: &mut Finding, route: RouteKey, ids: &IdSet, readers: &[Reader]) {
    (finding.first, finding.last) = (ids.span.first, ids.span.last);
    finding.requests = ids.requests;
    finding.bytes_out = ids.bytes;
    finding.bytes_read = ids.given;
    finding.objects_read = ids.read();
    finding.activity = Over::of(OBJECT_TICK, &ids.activity, |tries| tries.0).activity();
    finding.endpoints = story::endpoint(route, ids.requests);
    finding.samples = story::choose(story::ends(&ids.samples.all()));
    finding.clients =
        readers.iter().map(|reader| Count { of: reader.client, requests: reader.ids.requests }).collect();
    finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    finding.joins = match readers {
        [only] => vec![Join::Client(only.client)],
        _ => vec![Join::Campaign(mix(route.0.0, mix(u64::from(route.1), 0x7363_7261)))],
    };
    finding.recommendations = vec![
        "Limit how many objects of this route one session reads in an hour; ask the rest to prove a browser."
            .to_owned(),
    ];
}

/// What happened, in one sentence with numbers.
fn reason(objects: &str, guesses: bool, order: &str, readers: usize) -> String {
    let given = if guesses { ", hardly any of which was given" } else { "" };
    let who = if readers == 1 { "one address".to_owned() } else { format!("{readers} addresses") };
    format!("{objects} objects of a public route{given}, {order}, by {who} that read nothing else")
}

/// Whether most of the readers behave like crawlers: then the pool is one. A search engine crawls from networks of its own;
/// readers in as many networks as there are readers are no search engine, however politely they read.
fn crawlers(world: &World<'_>, readers: &[Reader]) -> Vec<ConfounderNote> {
    let networks: BTreeSet<Client> = readers.iter().map(|reader| reader.client.network()).collect();
    if networks.len() >= MANY_NETWORKS && networks.len() * 2 > readers.len() {
        return Vec::new();
    }
    let mut notes: Vec<ConfounderNote> = readers
        .iter()
        .filter_map(|reader| confounder::of_reader(world, reader.client, &reader.ids))
        .collect();
    notes.sort_by_key(|note| note.score);
    if notes.len() * 2 > readers.len() { notes.pop().into_iter().collect() } else { Vec::new() }
}

/// From so many networks on, a pool that hardly has two readers in one is spread on purpose.
const MANY_NETWORKS: usize = 8;
