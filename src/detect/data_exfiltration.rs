//! More data taken than this principal or client has cause to: against its peers and against its own past hours.

use std::collections::BTreeMap;

use crate::collect::{Bytes, Collector, VOLUME_TICK, Volume, VolumeByClient, VolumeByPrincipal};
use crate::detect::sample::Sample;
use crate::detect::statistics::{LogScale, permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{About, Actor, Detector, Needs, Threshold, World, people};
use crate::detect::{confounder, pool};
use crate::evidence::Span;
use crate::hash::NameHash;
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Scale, Tenths};
use crate::request::{Client, Flags, RouteKey};
use crate::series::Evidence;
use crate::time::HOUR;

/// The detector.
pub(super) struct DataExfiltration {
    /// Bytes below which nothing is worth the name, over the whole log.
    least: u64,
    /// Robust deviations above all others, in tenths, on a logarithmic scale.
    deviations: i64,
    /// Times the largest ordinary taker (99th percentile).
    beyond_peers: u64,
}

impl Default for DataExfiltration {
    fn default() -> Self {
        Self { least: 50_000_000, deviations: 50, beyond_peers: 5 }
    }
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "data-exfiltration",
    kinds: &[Kind::DataExfiltration],
    summary: "One client or principal that takes far more data than its peers, or than it ever took.",
    why: "A stolen token or a leaving colleague needs no exploit: listing pages or exporting reports until all is gone.",
    looks_like: "Volume far beyond the other users of the same routes: a burst of pages or exports, or an export every few \
                 minutes all day.",
    look_alikes: "A partner's sync (the same volume at the same distance), a nightly backup on its own endpoint, a crowd \
                  behind one address (many agents, many routes), a large download that everybody takes.",
    blind_spots: "A theft below 50 MB. A theft by somebody whose ordinary volume is as large. The first day of a log has no \
                  past to compare with.",
    thresholds: &[
        Threshold {
            name: "least",
            value: 50,
            unit: "MB",
            meaning: "taken in 2xx answers, over the whole log",
        },
        Threshold {
            name: "deviations",
            value: 5,
            unit: "robust z",
            meaning: "above all others, on a logarithmic scale",
        },
        Threshold {
            name: "beyond peers",
            value: 5,
            unit: "times",
            meaning: "the 99th percentile of the others",
        },
    ],
    needs: &[
        Needs {
            any_of: &[Flags::BYTES_OUT],
            missing: "response sizes",
            fix: "log the size of the answer: nginx `$body_bytes_sent`, Apache `%b`, Envoy `%BYTES_SENT%`",
        },
        Needs {
            any_of: &[Flags::USER, Flags::TOKEN, Flags::SESSION],
            missing: "principals or tokens",
            fix: "log who asks: nginx `$remote_user` or a JWT claim, or a hash of the token (never the token itself)",
        },
    ],
    attack: &["T1567", "T1530"],
    owasp_api: &["API3:2023", "API6:2023"],
    oat: &["OAT-011"],
    cwe: &["CWE-200"],
};

/// What an ordinary taker takes.
struct Peers {
    /// How many takers there are.
    takers: u64,
    /// The sample of them that the rest is told from.
    sample: Sample,
    /// Volumes, ascending.
    volumes: Vec<u64>,
    /// Their centre and spread.
    scale: LogScale,
    /// The 99th percentile of those below the threshold or within reach of the median.
    ordinary: u64,
    /// Of each route: volumes of all who use it, ascending.
    routes: BTreeMap<RouteKey, Vec<u64>>,
}

impl Peers {
    /// How many use a route.
    fn users(&self, route: RouteKey) -> u64 {
        self.sample.scaled(self.routes.get(&route).map_or(0, Vec::len))
    }
}

impl Detector for DataExfiltration {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let principals = self.thefts::<VolumeByPrincipal>(world, |key| {
            Actor::Principal(NameHash(u64::try_from(key).unwrap_or(0)))
        });
        let clients = self.thefts::<VolumeByClient>(world, |key| Actor::Client(Client(key)));
        principals.into_iter().chain(clients).collect()
    }
}

/// What was taken of one route, and from which page to which.
type Taken = (Bytes, RouteKey, Option<(u32, u32)>);

/// Somebody who took too much.
struct Theft {
    taker: Actor,
    volume: Volume,
    /// What was taken from routes on which this taker stands out, and those routes, fullest first.
    own: Bytes,
    routes: Vec<Taken>,
    /// Robust deviations above all others, in tenths.
    deviations: i64,
    /// Enough to be told without others.
    stands_alone: bool,
}

impl pool::Member for Theft {
    fn span(&self) -> Span {
        self.volume.span
    }

    fn size(&self) -> u64 {
        self.own.bytes
    }
}

impl DataExfiltration {
    /// The thefts by one kind of key.
    fn thefts<C: Collector<Evidence = Volume>>(
        &self,
        world: &World<'_>,
        taker: impl Fn(u128) -> Actor + Sync,
    ) -> Vec<Finding> {
        let peers = peers::<C>(world);
        if peers.volumes.len() < 5 {
            return Vec::new();
        }
        let found = world.population::<C>().collect_where(
            |_, _, bytes| bytes >= self.least / 10,
            |subject, volume| {
                let taker = taker(subject.key());
                self.theft(world, taker, volume, &peers, || people(C::KEY, subject))
            },
        );
        let mut by_route: BTreeMap<RouteKey, Vec<Theft>> = BTreeMap::new();
        for (_, theft) in found {
            by_route.entry(theft.routes[0].1).or_default().push(theft);
        }
        let pools = by_route.into_iter().flat_map(|(route, thefts)| {
            let users = peers.users(route);
            pool::gather(thefts).into_iter().flat_map(move |pool| {
                // A pool is most of those who use the route at all; others that look alike are a fashion.
                let is_pool =
                    pool.len() >= pool::SOURCES && (users >= MANY_USERS || pool.len() as u64 * 2 >= users);
                let enough = pool.iter().map(|theft| theft.own.bytes).sum::<u64>() >= self.least;
                if is_pool && enough {
                    vec![pool]
                } else {
                    pool.into_iter().filter(|theft| theft.stands_alone).map(|theft| vec![theft]).collect()
                }
            })
        });
        pools.map(|pool| self.finding(world, &pool, &peers)).collect()
    }

    /// What one taker took too much of, if it is enough to look at.
    fn theft(
        &self,
        world: &World<'_>,
        taker: Actor,
        volume: &Volume,
        peers: &Peers,
        people: impl FnOnce() -> u64,
    ) -> Option<Theft> {
        if volume.total.bytes < self.least / 10 {
            return None;
        }
        let mut own = Bytes::default();
        let mut routes = Vec::new();
        let mut rare = 0;
        for (number, route) in volume.routes.iter() {
            let Some(key) = world.route(number) else { continue };
            // What many take is no theft; what few take at all says nothing about what is usual.
            let others = peers.routes.get(&key).filter(|_| peers.users(key) >= MANY_USERS);
            let usual = others.map_or(0, |volumes| quantile(volumes, 90));
            rare += if others.is_none() { route.taken.bytes } else { 0 };
            if route.taken.bytes > usual.saturating_mul(2) {
                own.merge(route.taken);
                routes.push((route.taken, key, route.pages));
            }
        }
        routes.sort_unstable_by_key(|&(taken, route, _)| (std::cmp::Reverse(taken.bytes), route));
        // A crowd shares its volume, but not what comes from routes that hardly anybody uses: that is one of them.
        let people = people();
        let each = (own.bytes / people).max(if people > 1 { rare } else { 0 });
        let deviations = peers.scale.z_tenths(each);
        let far = |least: u64, deviations_needed: i64, beyond: u64| {
            own.bytes >= least && deviations >= deviations_needed && each >= peers.ordinary * beyond
        };
        let stands_alone = far(self.least, self.deviations, self.beyond_peers);
        let stands_out = stands_alone || far(self.least / 10, self.deviations - 10, 2);
        (stands_out && !routes.is_empty()).then(|| Theft {
            taker,
            volume: volume.clone(),
            own,
            routes,
            deviations,
            stands_alone,
        })
    }

    /// The finding against one taker or a pool.
    fn finding(&self, world: &World<'_>, thefts: &[Theft], peers: &Peers) -> Finding {
        let mut volume = Volume::default();
        let mut own = Bytes::default();
        for theft in thefts {
            volume.merge(theft.volume.clone());
            own.merge(theft.own);
        }
        let hours = u64::try_from(volume.span.micros() / HOUR).unwrap_or(0);
        let variant = match (thefts.len(), hours) {
            (2.., _) => "pool",
            (_, 6..) => "slow",
            _ => "burst",
        };
        let deviations = thefts.iter().map(|theft| theft.deviations).max().unwrap_or(0);
        let mut finding = Finding::new(ABOUT.id, variant, Kind::DataExfiltration);
        finding.outcome = Outcome::Exfiltrated;
        finding.scale = if thefts.len() > 1 { Scale::Large } else { Scale::Sustained };
        finding.test("volume", own.bytes / 100_000, self.least / 100_000, "MB");
        let needed = u64::try_from(self.deviations).unwrap_or(0);
        finding.test("deviations", u64::try_from(deviations).unwrap_or(0), needed, "robust z");
        (finding.first, finding.last) = (volume.span.first, volume.span.last);
        finding.requests = own.requests;
        finding.bytes_out = own.bytes;
        finding.bytes_read = own.bytes;
        finding.activity = Over::of(VOLUME_TICK, &volume.activity, |taken| taken.requests).activity();
        finding.samples = story::choose(story::ends(&volume.samples.all()));
        let routes = &thefts[0].routes;
        finding.endpoints = routes
            .iter()
            .take(5)
            .flat_map(|&(taken, route, _)| story::endpoint(route, taken.requests))
            .collect();
        self.name_takers(world, thefts, &mut finding);
        finding.metrics.insert("bytes", own.bytes);
        finding.metrics.insert("bytes of a median taker", quantile(&peers.volumes, 50));
        finding.metrics.insert("takers", peers.takers);
        let top = permille(routes[0].0.bytes, thefts[0].own.bytes).min(1000);
        let sure = 65 + top / 50 + u64::from(deviations >= 80) * 10;
        finding.confidence = u8::try_from(sure.min(95)).unwrap_or(95);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.reason = reason(thefts, own, peers);
        if let [theft] = thefts {
            finding.confounders = confounder::of_volume(world, theft.taker, own, self.least, &theft.volume);
        }
        story::suppress(&mut finding);
        finding
    }

    /// Whom a finding is held against, and what to do about them.
    fn name_takers(&self, world: &World<'_>, thefts: &[Theft], finding: &mut Finding) {
        let place = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
        for theft in thefts {
            match theft.taker {
                Actor::Client(client) => {
                    finding.clients.push(Count { of: client, requests: theft.own.requests });
                    finding.joins.push(Join::Client(client));
                }
                Actor::Principal(principal) => {
                    let place = theft.volume.samples.first().map_or(place, |(_, place)| place);
                    let named = Named { hash: principal, place };
                    finding.users.push(Count { of: named, requests: theft.own.requests });
                    finding.users_total += 1;
                    finding.joins.push(Join::Principal(principal));
                    story::come_from(world, principal, finding);
                }
            }
        }
        finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        finding.recommendations = vec![
            format!(
                "Revoke the tokens and sessions of {} and keep the logs: this may have to be notified.",
                if thefts.len() == 1 { "this source" } else { "these sources" }
            ),
            "List what was taken: the endpoints and pages above.".to_owned(),
            format!(
                "Cap page sizes and exports per principal and day (this took more than {}).",
                story::bytes(self.least)
            ),
        ];
    }
}

/// A route with fewer users than this says nothing about what is usual on it.
const MANY_USERS: u64 = 40;

/// What happened, in one sentence with numbers.
fn reason(thefts: &[Theft], own: Bytes, peers: &Peers) -> String {
    let who = match thefts {
        [Theft { taker: Actor::Client(_), .. }] => "One address".to_owned(),
        [_] => "One user".to_owned(),
        many => format!("{} addresses that take turns", many.len()),
    };
    let pages = thefts.iter().filter_map(|theft| theft.routes[0].2);
    let pages =
        pages.reduce(|(a, b), (c, d)| (a.min(c), b.max(d))).filter(|(least, most)| most - least >= 20);
    let pages = pages.map_or(String::new(), |(least, most)| format!(", pages {least} to {most}"));
    format!(
        "{who} took {} in {} requests{pages}; a median one of {} takes {}",
        story::bytes(own.bytes),
        story::count(own.requests),
        story::count(peers.takers),
        story::bytes(quantile(&peers.volumes, 50)),
    )
}

/// What an ordinary taker takes, altogether and of each route.
fn peers<C: Collector<Evidence = Volume>>(world: &World<'_>) -> Peers {
    let sample = world.sample(C::KEY);
    let takers = world.population::<C>().collect_where(
        |key, _, _| sample.has(key),
        |subject, volume| {
            let people = people(C::KEY, subject);
            let routes: Vec<(RouteKey, u64)> = volume
                .routes
                .iter()
                .filter_map(|(number, route)| Some((world.route(number)?, route.taken.bytes / people)))
                .collect();
            Some((volume.total.bytes / people, routes))
        },
    );
    let mut routes: BTreeMap<RouteKey, Vec<u64>> = BTreeMap::new();
    let mut volumes = Vec::with_capacity(takers.len());
    for (_, (total, of_routes)) in takers {
        volumes.push(total);
        for (route, bytes) in of_routes {
            routes.entry(route).or_default().push(bytes);
        }
    }
    volumes.sort_unstable();
    for volumes in routes.values_mut() {
        volumes.sort_unstable();
    }
    let ordinary = quantile(&volumes, 98);
    let takers = world.population::<C>().count();
    Peers { scale: LogScale::of(&volumes), volumes, takers, ordinary, routes, sample }
}
