//! Walking the ids of objects of one route: broken object level authorisation, whether it is allowed or refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Collector, IdSet, OBJECT_TICK, Objects, ObjectsByClient, ObjectsByPrincipal};
use crate::detect::about::ANSWERS;
use crate::detect::nearness::{in_tenths, test};
use crate::detect::sample::Sample;
use crate::detect::statistics::{LogScale, permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::walks::{by_route, is_public};
use crate::detect::{About, Actor, Detector, Needs, Sight, Threshold, World, people};
use crate::detect::{confounder, pool};
use crate::evidence::Span;
use crate::hash::NameHash;
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Scale, Tenths, Test};
use crate::request::{Client, Flags, RouteKey};

/// The detector.
pub(super) struct ObjectEnumeration;

/// It judges by these thresholds.
struct Judge {
    /// Different objects of one route, over the whole log.
    objects: u64,
    /// Share of the ids between the smallest and the largest, in percent, from which on it is a walk.
    coverage: u64,
    /// Refused or missing objects among those asked for, in tenths of a percent, from which on it is probing.
    refused: u64,
    /// How many objects the busiest ordinary reader (99th percentile) asks for, times this, for scattered ids that are all
    /// allowed.
    beyond_peers: u64,
}

impl Judge {
    /// The thresholds in force.
    fn of(world: &World<'_>) -> Self {
        let of = |name| world.threshold(&ABOUT, name);
        Self {
            objects: of("objects"),
            coverage: of("coverage"),
            refused: of("refused share") * 10,
            beyond_peers: of("beyond peers"),
        }
    }
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "object-enumeration",
    kinds: &[Kind::ObjectEnumeration],
    summary: "One client or principal that walks through the objects of others.",
    why: "An API that checks who you are but not whose object you ask for gives all of them away, one id at a time.",
    looks_like: "Dozens of different ids of one route: neighbours (a walk), or many refused and missing among them (probing), \
                 or many more than any peer reads, on a route whose objects mostly belong to one reader each.",
    look_alikes: "A catalogue that everybody reads (that is scraping at most); a support desk (scattered ids, all allowed, by \
                  hand); a backup on its own endpoint; a crawler; a crowd behind one address.",
    blind_spots: "Ids in request bodies are not logged. A walk of fewer than 25 objects. Where the log names no principal, an \
                  attacker who changes address after each object.",
    thresholds: &[
        Threshold {
            name: "objects",
            value: 25,
            unit: "objects",
            meaning: "different ones of one route, over the whole log",
        },
        Threshold {
            name: "coverage",
            value: 50,
            unit: "%",
            meaning: "of the ids between the smallest and the largest",
        },
        Threshold {
            name: "refused share",
            value: 30,
            unit: "%",
            meaning: "of the requests answered 401, 403, 404",
        },
        Threshold {
            name: "beyond peers",
            value: 4,
            unit: "times",
            meaning: "the 99th percentile of the route's other readers, for scattered ids",
        },
    ],
    needs: &[
        Needs { without: Sight::Less, ..ANSWERS },
        Needs {
            any_of: &[Flags::USER, Flags::TOKEN, Flags::SESSION],
            missing: "principals or tokens",
            fix: "log who asks: nginx `$remote_user` or a JWT claim, or a hash of the token (never the token itself)",
            without: Sight::Less,
        },
    ],
    attack: &["T1530"],
    owasp_api: &["API1:2023"],
    oat: &["OAT-011"],
    cwe: &["CWE-639"],
};

/// How a walk goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Neighbouring ids.
    Walk,
    /// Many refused or missing.
    Probing,
    /// Scattered, allowed, far more than peers.
    Scatter,
}

impl Detector for ObjectEnumeration {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let judge = Judge::of(world);
        let principals = judge.walks::<ObjectsByPrincipal>(world, |key| {
            Actor::Principal(NameHash(u64::try_from(key).unwrap_or(0)))
        });
        let clients = judge.walks::<ObjectsByClient>(world, |key| Actor::Client(Client(key)));
        principals.into_iter().chain(clients).collect()
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let judge = Judge::of(world);
        let walks = |objects: &Objects| judge.measure_walks(world, objects);
        let walks = match actor {
            Actor::Client(client) => world.population::<ObjectsByClient>().with(client.0, walks),
            Actor::Principal(one) => world.population::<ObjectsByPrincipal>().with(one.0.into(), walks),
        };
        walks.unwrap_or_default()
    }
}

impl Judge {
    /// The walks of one kind of key.
    fn walks<C: Collector<Evidence = Objects>>(
        &self,
        world: &World<'_>,
        walker: impl Fn(u128) -> Actor,
    ) -> Vec<Finding> {
        let found = world.walks(C::KEY).iter().flat_map(|walker| {
            let routes = walker.routes.iter().map(|(&route, ids)| (walker.key, route, ids));
            routes.filter(|&(_, route, ids)| self.may_be_walk(world, route, ids))
        });
        let found: Vec<(u128, RouteKey, &IdSet)> = found.collect();
        let peers = Peers::of::<C>(world, &found.iter().map(|&(_, route, _)| route).collect());
        let found = found.into_iter().filter_map(|(key, route, ids)| {
            let others = peers.of_route(route);
            let way = self.way(ids, &others)?;
            let finding = self.finding(world, walker(key), route, ids, way, &others);
            Some(Walk {
                route,
                span: ids.span,
                requests: ids.requests,
                way,
                is_exact: ids.is_exact(),
                finding,
            })
        });
        let mut by_route: BTreeMap<RouteKey, Vec<Walk>> = BTreeMap::new();
        let mut alone = Vec::new();
        for walk in found {
            // What a look-alike explains is no part of a pool.
            match walk.finding.suppressed_by {
                Some(_) => alone.push(walk.finding),
                None => by_route.entry(walk.route).or_default().push(walk),
            }
        }
        let pools =
            by_route.into_values().flat_map(|one| pool::gather(world, one)).map(|pool| together(world, pool));
        pools.chain(alone).collect()
    }

    /// How near somebody came to a walk on each route, by neighbouring ids or by those that are refused.
    fn measure_walks(&self, world: &World<'_>, objects: &Objects) -> Vec<Vec<Test>> {
        let own = |(route, _): &(RouteKey, IdSet)| !world.norm(*route).is_some_and(is_public);
        let ways = |(_, ids): (RouteKey, IdSet)| {
            let objects = || test("objects", ids.asked(), self.objects, "objects");
            let refused = permille(ids.refused + ids.missing, ids.requests);
            let coverage = test("coverage", ids.coverage().unwrap_or(0), self.coverage, "%");
            [
                vec![objects(), coverage],
                vec![objects(), in_tenths("refused share", refused, self.refused, "%")],
            ]
        };
        by_route(world, objects).into_iter().filter(own).flat_map(ways).collect()
    }

    /// Whether so many objects of somebody's own were asked for that it may be a walk.
    fn may_be_walk(&self, world: &World<'_>, route: RouteKey, ids: &IdSet) -> bool {
        let is_public = world.norm(route).is_some_and(is_public);
        // What everybody may read is nobody's; but who mostly asks for what is not there, or not for him, guesses.
        let refused = permille(ids.refused + ids.missing, ids.requests);
        let guesses = refused >= 2 * self.refused && ids.asked() >= LONG * self.objects;
        ids.asked() >= self.objects && (guesses || !is_public)
    }

    /// How a walk goes, if it is one.
    fn way(&self, ids: &IdSet, peers: &Readers<'_>) -> Option<Way> {
        let objects = ids.asked();
        let beyond = peers.elsewhere.is_some() || objects >= quantile(peers.objects, 95);
        let refused = permille(ids.refused + ids.missing, ids.requests);
        if refused >= self.refused && beyond {
            return Some(Way::Probing);
        }
        // Whoever works with objects comes back to them; a walk sees each once.
        let once = objects * 10 >= ids.requests * 7;
        if ids.coverage().is_some_and(|covered| covered >= self.coverage_of_walk(ids)) && beyond {
            return Some(Way::Walk);
        }
        let known = peers.elsewhere.is_none_or(|objects| objects.len() >= FEW);
        // What is usual elsewhere is a weak witness, so it takes a long walk.
        let enough = peers.elsewhere.is_none() || objects >= LONG * self.objects;
        let scattered = known && once && enough && objects >= self.beyond_peers * peers.busiest();
        scattered.then_some(Way::Scatter)
    }

    /// The coverage from which on it is a walk, in percent: a long one may leave out every second number and more.
    fn coverage_of_walk(&self, ids: &IdSet) -> u64 {
        let is_long = ids.asked() >= LONG * self.objects && ids.asked() * 10 >= ids.requests * 7;
        if is_long { self.coverage / 2 } else { self.coverage }
    }

    /// What the walker was measured by.
    fn tell_tests(&self, finding: &mut Finding, ids: &IdSet, way: Way, peers: &Readers<'_>) {
        let objects = ids.asked() * 10;
        finding.test("objects", objects, self.objects * 10, "objects");
        match way {
            Way::Walk => {
                let needed = self.coverage_of_walk(ids);
                finding.test("coverage", ids.coverage().unwrap_or(0) * 10, needed * 10, "%");
            }
            Way::Probing => {
                let share = permille(ids.refused + ids.missing, ids.requests);
                finding.test("refused share", share, self.refused, "%");
            }
            Way::Scatter => {
                let needed = self.beyond_peers * peers.busiest();
                finding.test("beyond peers", objects, needed * 10, "objects");
            }
        }
    }

    /// The finding against one walker.
    fn finding(
        &self,
        world: &World<'_>,
        walker: Actor,
        route: RouteKey,
        ids: &IdSet,
        way: Way,
        peers: &Readers<'_>,
    ) -> Finding {
        let variant = match way {
            Way::Walk => "sequential",
            Way::Probing => "probing",
            Way::Scatter => "scattered",
        };
        let objects = ids.asked();
        let read = ids.read();
        let mut finding = Finding::new(ABOUT.id, variant, Kind::ObjectEnumeration);
        finding.outcome = match (ids.ok, ids.missing) {
            (0, 0) => Outcome::Blocked,
            (0, _) if ids.refused == 0 => Outcome::Attempted,
            // Refused or missing: it learned which there are.
            (0, _) => Outcome::Probed,
            _ if read * 20 < objects => Outcome::Probed,
            _ => Outcome::Succeeded,
        };
        self.tell_tests(&mut finding, ids, way, peers);
        (finding.first, finding.last) = (ids.span.first, ids.span.last);
        finding.requests = ids.requests;
        finding.bytes_out = ids.bytes;
        finding.bytes_read = ids.given;
        finding.objects_read = read;
        finding.activity = Over::of(OBJECT_TICK, &ids.activity, |tries| tries.0).activity();
        finding.endpoints = story::endpoint(route, ids.requests);
        finding.samples = story::choose(story::ends(&ids.samples.all()));
        let place = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
        let (who, actor) = match walker {
            Actor::Client(client) => {
                finding.clients = vec![Count { of: client, requests: ids.requests }];
                finding.joins.push(Join::Client(client));
                ("one address", Actor::Client(client))
            }
            Actor::Principal(principal) => {
                finding.users = vec![Count { of: Named { hash: principal, place }, requests: ids.requests }];
                finding.users_total = 1;
                finding.joins.push(Join::Principal(principal));
                story::come_from(world, principal, &mut finding);
                ("one user", Actor::Principal(principal))
            }
        };
        finding.metrics.insert("objects", objects);
        finding.metrics.insert("read", read);
        finding.metrics.insert("refused", ids.refused);
        finding.metrics.insert("missing", ids.missing);
        finding.metrics.insert("readers of the route", peers.count);
        finding.metrics.insert("objects of a median reader", quantile(peers.objects, 50));
        finding.confidence = confidence(way, objects, self.objects);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.reason = reason(ids, way, who, peers);
        finding.confounders = confounder::of_objects(world, actor, route, ids);
        finding.recommendations = vec![
            "Check on this route that the object belongs to whoever asks.".to_owned(),
            match read {
                0 => format!("End the sessions of {who}."),
                _ => format!(
                    "End the sessions of {who} and list the objects that were read: {}.",
                    story::about(read, ids.is_exact())
                ),
            },
        ];
        story::suppress(&mut finding);
        finding
    }
}

/// So many times the least objects are a long walk.
const LONG: u64 = 4;

/// Fewer readers than this do not tell what is usual.
const FEW: usize = 20;

/// How many objects of a route each of its readers asks for.
struct Readers<'p> {
    /// Of a fair sample of readers, ascending.
    objects: &'p [u64],
    /// The same of readers of any route, where this one has few.
    elsewhere: Option<&'p [u64]>,
    /// How many readers there are altogether.
    count: u64,
}

impl Readers<'_> {
    /// How many objects the busiest ordinary reader asks for: the 99th percentile; where the route has few readers, no more than
    /// three deviations above the centre of all.
    fn busiest(&self) -> u64 {
        match self.elsewhere {
            Some(objects) => quantile(objects, 99).min(LogScale::of(objects).at_tenths(30)),
            None => quantile(self.objects, 99),
        }
    }
}

/// Readers of the routes that somebody may walk over; crowds behind one address are none.
struct Peers {
    routes: BTreeMap<RouteKey, Vec<u64>>,
    /// Of each reader of anything that is not public: the most objects of one route. What is usual where a route has too
    /// few readers to say.
    any: Vec<u64>,
    sample: Sample,
}

impl Peers {
    /// Those of `walked`, of one kind of key.
    fn of<C: Collector<Evidence = Objects>>(world: &World<'_>, walked: &BTreeSet<RouteKey>) -> Self {
        let sample = world.sample(C::KEY);
        let mut routes: BTreeMap<RouteKey, Vec<u64>> = BTreeMap::new();
        if walked.is_empty() {
            return Self { routes, any: Vec::new(), sample };
        }
        let readers = world.population::<C>().collect_where(
            |key, _, _| sample.has(key),
            |subject, objects| {
                let own = |(route, _): &(RouteKey, IdSet)| !world.norm(*route).is_some_and(is_public);
                let here = by_route(world, objects).into_iter().filter(own);
                let here: Vec<(RouteKey, u64)> = here.map(|(route, ids)| (route, ids.asked())).collect();
                (!here.is_empty() && people(C::KEY, subject) == 1).then_some(here)
            },
        );
        let mut any = Vec::with_capacity(readers.len());
        for (_, of_routes) in readers {
            any.extend(of_routes.iter().map(|&(_, objects)| objects).max());
            for (route, objects) in of_routes.into_iter().filter(|(route, _)| walked.contains(route)) {
                routes.entry(route).or_default().push(objects);
            }
        }
        for counts in routes.values_mut() {
            counts.sort_unstable();
        }
        any.sort_unstable();
        Self { routes, any, sample }
    }

    /// Those of one route.
    fn of_route(&self, route: RouteKey) -> Readers<'_> {
        let objects = self.routes.get(&route).map_or(&[][..], Vec::as_slice);
        let count = self.sample.scaled(objects.len());
        let elsewhere = (objects.len() < FEW).then_some(&*self.any);
        Readers { objects, elsewhere, count }
    }
}

/// One walker's walk.
struct Walk {
    route: RouteKey,
    span: Span,
    requests: u64,
    way: Way,
    is_exact: bool,
    finding: Finding,
}

impl pool::Member for Walk {
    fn span(&self) -> Span {
        self.span
    }

    fn size(&self) -> u64 {
        self.requests
    }
}

/// One finding against walkers that take turns; that of the first, where it walks alone.
fn together(world: &World<'_>, pool: Vec<Walk>) -> Finding {
    let walkers = pool.len();
    let way = pool[0].way;
    let exact = pool.iter().all(|walk| walk.is_exact);
    let mut walks = pool.into_iter();
    let mut all = walks.next().expect("a pool has members").finding;
    for Walk { finding, .. } in walks {
        all.first = all.first.min(finding.first);
        all.last = all.last.max(finding.last);
        all.outcome = all.outcome.max(finding.outcome);
        all.requests += finding.requests;
        all.bytes_out += finding.bytes_out;
        all.bytes_read += finding.bytes_read;
        all.objects_read += finding.objects_read;
        all.clients.extend(finding.clients);
        all.clients_total += finding.clients_total;
        all.users.extend(finding.users);
        all.users_total += finding.users_total;
        all.joins.extend(finding.joins);
        all.samples.extend(finding.samples);
        for (name, value) in finding.metrics {
            *all.metrics.entry(name).or_default() += value;
        }
        all.activity = Over::sum(&all.activity, &finding.activity);
    }
    if walkers > 1 {
        all.variant = "pool";
        all.scale = Scale::Large;
        all.samples = story::choose(all.samples);
        all.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        all.clients.dedup_by_key(|count| count.of);
        let clients: Vec<Client> = all.clients.iter().map(|count| count.of).collect();
        all.joins.extend(story::common_principal(world, &clients).map(Join::Principal));
        all.endpoints =
            story::endpoint(RouteKey(all.endpoints[0].of.1, all.endpoints[0].of.0 as u8), all.requests);
        let how = match way {
            Way::Walk => "neighbouring ids",
            Way::Probing => "many of them refused or missing",
            Way::Scatter => "scattered over the id space",
        };
        all.reason = format!(
            "{walkers} sources that take turns asked for {} different objects, {how}; {} were read",
            story::about(all.metrics.get("objects").copied().unwrap_or(0), exact),
            story::about(all.objects_read, exact),
        );
    }
    all
}

/// How surely it is one, in hundredths.
fn confidence(way: Way, objects: u64, needed: u64) -> u8 {
    let base = match way {
        Way::Walk => 75,
        Way::Probing => 70,
        Way::Scatter => 60,
    };
    u8::try_from((base + (objects / needed.max(1)).min(20)).min(97)).unwrap_or(97)
}

/// What happened, in one sentence with numbers.
fn reason(ids: &IdSet, way: Way, who: &str, peers: &Readers<'_>) -> String {
    let objects = story::about(ids.asked(), ids.is_exact());
    let how = match way {
        Way::Walk => {
            format!("{} % of all ids between the smallest and the largest", ids.coverage().unwrap_or(0))
        }
        Way::Probing => {
            let refused = permille(ids.refused + ids.missing, ids.requests) / 10;
            format!("{refused} % of them refused or missing")
        }
        Way::Scatter => "scattered over the id space".to_owned(),
    };
    let who = if who == "one user" { "One user" } else { "One address" };
    let others = match peers.objects {
        [] | [_] => "nobody else reads this route; ".to_owned(),
        objects => format!("a median reader asks for {}, and ", quantile(objects, 50)),
    };
    format!(
        "{who} asked for {objects} different objects, {how}; {others}{} were read",
        story::about(ids.read(), ids.is_exact())
    )
}
