//! Walking the ids of objects of one route: broken object level authorisation, whether it is allowed or refused.

mod foreign;
mod harmless;
mod neighbours;
mod peers;
mod shared_out;
mod told;

use std::collections::BTreeMap;

use crate::collect::{Collector, IdSet, Objects, ObjectsByClient, ObjectsByPrincipal};
use crate::detect::about::ANSWERS;
use crate::detect::nearness::{in_tenths, test};
use crate::detect::statistics::{permille, quantile};
use crate::detect::walks::{by_route, is_public_route};
use crate::detect::{About, Actor, Detector, Needs, Sight, Threshold, World, pool};
use crate::evidence::Span;
use crate::hash::NameHash;
use crate::incident::{Finding, Kind, Test};
use crate::request::{Client, Flags, RouteKey};
use harmless::is_harmless;
use peers::{FEW, Peers, Readers, Refusals};
use told::together;

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
    /// Share of refused objects, in tenths of a percent, from which on it is probing where peers are hardly ever refused.
    refused_alone: u64,
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
            refused_alone: of("refused alone") * 10,
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
                  hand); somebody who works through a list after a login, as slowly as one reads; a backup on its own endpoint; a machine that has its routes to itself; somebody who logs in for many and reads what \
                  is each one's; a program that reads the same again and again; a crawler; a crowd behind one address.",
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
        Threshold {
            name: "refused alone",
            value: 10,
            unit: "%",
            meaning: "of the requests answered 401, 403, where nine of ten other readers are refused less than a fifth as often",
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
    /// Refused far more often than others who read the same.
    Refused,
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
        let shared_out =
            if world.tells_clusters() { shared_out::findings(world, &judge) } else { Vec::new() };
        let neighbours =
            if world.tells_clusters() { neighbours::findings(world, &judge) } else { Vec::new() };
        principals
            .into_iter()
            .chain(clients)
            .chain(shared_out)
            .chain(neighbours)
            .chain(foreign::findings(world, &judge))
            .collect()
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let judge = Judge::of(world);
        actor.objects(world, |objects| judge.measure_walks(world, objects)).unwrap_or_default()
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
            if way == Way::Scatter && is_harmless(self, world, (walker(key), route), (ids, &others)) {
                return None;
            }
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
        let pools = by_route
            .into_values()
            .flat_map(|one| pool::gather_relays(world, one))
            .map(|pool| together(world, pool));
        pools.chain(alone).collect()
    }

    /// How near somebody came to a walk on each route, by neighbouring ids or by those that are refused.
    fn measure_walks(&self, world: &World<'_>, objects: &Objects) -> Vec<Vec<Test>> {
        let own = |(route, _): &(RouteKey, IdSet)| !is_public_route(world, *route);
        let ways = |(_, ids): (RouteKey, IdSet)| {
            let objects = || test("objects", ids.asked(), self.objects, "objects");
            let refused = permille(ids.refused + ids.missing, ids.requests);
            let coverage = test("coverage", ids.coverage().unwrap_or(0), self.coverage, "%");
            let alone = permille(ids.refused, ids.requests);
            [
                vec![objects(), coverage],
                vec![objects(), in_tenths("refused share", refused, self.refused, "%")],
                vec![objects(), in_tenths("refused alone", alone, self.refused_alone, "%")],
            ]
        };
        by_route(world, objects).into_iter().filter(own).flat_map(ways).collect()
    }

    /// Whether so many objects of somebody's own were asked for that it may be a walk.
    fn may_be_walk(&self, world: &World<'_>, route: RouteKey, ids: &IdSet) -> bool {
        let is_public = is_public_route(world, route);
        // What everybody may read is nobody's; but who mostly asks for what is not there, or not for him, guesses.
        let refused = permille(ids.refused + ids.missing, ids.requests);
        let guesses = refused >= 2 * self.refused && ids.asked() >= LONG * self.objects;
        ids.asked() >= self.objects && (guesses || !is_public) && !self.are_paths(world, route, ids)
    }

    /// Whether names that somebody asks for are paths that he guesses, and no objects: nobody was ever given anything of that
    /// name, or many stand right below the root and are not there. They are told as path enumeration.
    fn are_paths(&self, world: &World<'_>, route: RouteKey, ids: &IdSet) -> bool {
        let is_missing = || {
            ids.asked() >= LONG * self.objects
                && permille(ids.missing, ids.requests) >= GONE
                && world.is_name_at_root(route.0)
        };
        let holds_name = |text: &[u8]| memchr::memmem::find(text, b"{name}").is_some();
        let is_name = || world.template_text(route.0).is_some_and(holds_name);
        ids.ok == 0 && (is_missing() || is_name() && !world.is_known(route.0))
    }

    /// How a walk goes, if it is one.
    fn way(&self, ids: &IdSet, peers: &Readers<'_>) -> Option<Way> {
        let objects = ids.asked();
        let beyond = peers.elsewhere.is_some() || objects >= quantile(peers.objects, 95);
        let refused = permille(ids.refused + ids.missing, ids.requests);
        // Where much is gone for everybody, so it is for whoever asks for much.
        let beyond_chance = || Refusals::of(ids).are_beyond_chance(peers.refusals);
        if refused >= self.refused && beyond && (refused >= 2 * self.refused || beyond_chance()) {
            return Some(Way::Probing);
        }
        // Whoever works with objects comes back to them; a walk sees each once.
        let once = objects * 10 >= ids.requests * 7;
        let is_told = ids.refused >= REFUSALS && permille(ids.refused, ids.requests) >= self.refused_alone;
        if is_told && once && beyond && peers.are_refused_less(permille(ids.refused, ids.requests) / RARELY) {
            return Some(Way::Refused);
        }
        if ids.coverage().is_some_and(|covered| covered >= self.coverage_of_walk(ids)) && beyond {
            return Some(Way::Walk);
        }
        let known = peers.elsewhere.is_none_or(|objects| objects.len() >= FEW);
        // What is usual elsewhere is a weak witness, so it takes a long walk.
        let enough = peers.elsewhere.is_none()
            || objects >= LONG * self.objects && !peers.are_alike(objects, self.beyond_peers);
        // Where hardly anybody else reads a route, and nothing was refused or missing, nothing speaks of theft.
        let says_nothing = peers.count <= ALONE && refused < NOTHING_REFUSED;
        let scattered =
            known && once && enough && !says_nothing && objects >= self.beyond_peers * peers.busiest();
        scattered.then_some(Way::Scatter)
    }

    /// The coverage from which on it is a walk, in percent: a long one may leave out every second number and more.
    fn coverage_of_walk(&self, ids: &IdSet) -> u64 {
        let is_long = ids.asked() >= LONG * self.objects && ids.asked() * 10 >= ids.requests * 7;
        if is_long { self.coverage / 2 } else { self.coverage }
    }
}

/// From this share of the requests on (in tenths of a percent), all is missing.
const GONE: u64 = 900;

/// So many times the least objects are a long walk.
const LONG: u64 = 4;

/// A route with no more readers than this is not read by people.
const ALONE: u64 = 2;

/// Below this share of the requests (in tenths of a percent), nothing is refused or missing.
const NOTHING_REFUSED: u64 = 10;

/// Fewer refusals than this may be links that were sent to the wrong person.
const REFUSALS: u64 = 10;

/// Who is refused so many times less often than a walker does not know such objects.
const RARELY: u64 = 5;

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
