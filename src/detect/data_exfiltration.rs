//! More data taken than this principal or client has cause to: against its peers and against its own past hours.

use std::collections::BTreeMap;

use crate::collect::{Bytes, Collector, VOLUME_TICK, Volume, VolumeByClient, VolumeByPrincipal};
use crate::detect::confounder;
use crate::detect::statistics::{log_z_tenths, permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{About, Actor, Detector, Needs, Threshold, World};
use crate::hash::NameHash;
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Tenths};
use crate::request::{Client, Flags, RouteKey};
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
    /// Volumes of all, ascending.
    volumes: Vec<u64>,
    /// The 99th percentile of those below the threshold or within reach of the median.
    ordinary: u64,
    /// Of each route: volumes of all who use it, ascending.
    routes: BTreeMap<RouteKey, Vec<u64>>,
}

impl Detector for DataExfiltration {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let principals = self.takers::<VolumeByPrincipal>(world, |key| {
            Actor::Principal(NameHash(u64::try_from(key).unwrap_or(0)))
        });
        let clients = self.takers::<VolumeByClient>(world, |key| Actor::Client(Client(key)));
        principals.into_iter().chain(clients).collect()
    }
}

impl DataExfiltration {
    /// The takers of one kind of key.
    fn takers<C: Collector<Evidence = Volume>>(
        &self,
        world: &World<'_>,
        taker: impl Fn(u128) -> Actor + Sync,
    ) -> Vec<Finding> {
        let peers = peers::<C>(world, &taker);
        let found = world.population::<C>().collect(|key, volume| {
            // What many take, or what everybody takes alike, is no theft: only what stands out on its own routes counts.
            let own = self.excess(world, volume, &peers);
            let deviations = log_z_tenths(own.bytes, &peers.volumes);
            let is_far = deviations >= self.deviations && own.bytes >= peers.ordinary * self.beyond_peers;
            let few_peers = peers.volumes.len() < 5;
            (own.bytes >= self.least && is_far && !few_peers)
                .then(|| self.finding(world, taker(key), volume, own, deviations, &peers))
        });
        found.into_iter().map(|(_, finding)| finding).collect()
    }

    /// The bytes taken from routes on which this taker stands out among those who use them.
    fn excess(&self, world: &World<'_>, volume: &Volume, peers: &Peers) -> Bytes {
        let mut excess = Bytes::default();
        for (number, route) in volume.routes.iter() {
            let others = world.route(number).and_then(|route| peers.routes.get(&route));
            let usual = others.map_or(0, |volumes| if volumes.len() < 5 { 0 } else { quantile(volumes, 90) });
            if route.taken.bytes > usual.saturating_mul(2) {
                excess.bytes += route.taken.bytes;
                excess.requests += route.taken.requests;
            }
        }
        excess
    }

    /// The finding against one taker.
    fn finding(
        &self,
        world: &World<'_>,
        taker: Actor,
        volume: &Volume,
        own: Bytes,
        deviations: i64,
        peers: &Peers,
    ) -> Finding {
        let hours = u64::try_from(volume.span.micros() / HOUR).unwrap_or(0);
        let variant = if hours >= 6 { "slow" } else { "burst" };
        let mut finding = Finding::new(ABOUT.id, variant, Kind::DataExfiltration);
        finding.outcome = Outcome::Exfiltrated;
        finding.test("volume", own.bytes / 100_000, self.least / 100_000, "MB");
        finding.test("deviations", u64::try_from(deviations).unwrap_or(0), 50, "robust z");
        (finding.first, finding.last) = (volume.span.first, volume.span.last);
        finding.requests = own.requests;
        finding.bytes_out = own.bytes;
        finding.bytes_read = own.bytes;
        finding.activity = Over::of(VOLUME_TICK, &volume.activity, |taken| taken.requests).activity();
        finding.samples = story::choose(story::ends(&volume.samples.all()));
        let mut routes: Vec<_> = volume
            .routes
            .iter()
            .filter_map(|(number, route)| Some((route.taken, world.route(number)?, route.pages)))
            .collect();
        routes.sort_unstable_by_key(|&(taken, route, _)| (std::cmp::Reverse(taken.bytes), route));
        finding.endpoints = routes
            .iter()
            .take(5)
            .flat_map(|&(taken, route, _)| story::endpoint(route, taken.requests))
            .collect();
        let place = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
        let (who, actor) = match taker {
            Actor::Client(client) => {
                finding.clients = vec![Count { of: client, requests: own.requests }];
                finding.joins.push(Join::Client(client));
                ("one address", taker)
            }
            Actor::Principal(principal) => {
                finding.users = vec![Count { of: Named { hash: principal, place }, requests: own.requests }];
                finding.users_total = 1;
                finding.joins.push(Join::Principal(principal));
                story::come_from(world, principal, &mut finding);
                ("one user", taker)
            }
        };
        let median = quantile(&peers.volumes, 50);
        finding.metrics.insert("bytes", own.bytes);
        finding.metrics.insert("bytes of a median taker", median);
        finding.metrics.insert("takers", peers.volumes.len() as u64);
        let top = routes.first().map_or(0, |(taken, ..)| permille(taken.bytes, own.bytes.max(1)).min(1000));
        finding.confidence =
            u8::try_from((65 + top / 50 + u64::from(deviations >= 80) * 10).min(95)).unwrap_or(95);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        let pages =
            routes.first().and_then(|(_, _, pages)| *pages).filter(|(least, most)| most - least >= 20);
        let pages = pages.map_or(String::new(), |(least, most)| format!(", pages {least} to {most}"));
        finding.reason = format!(
            "{who} took {} in {} requests{pages}; a median one of {} takes {}",
            story::bytes(own.bytes),
            story::count(own.requests),
            story::count(peers.volumes.len() as u64),
            story::bytes(median),
        );
        finding.confounders = confounder::of_volume(world, actor, own, self.least, volume);
        finding.recommendations = vec![
            format!(
                "Revoke the tokens and sessions of {who} and keep the logs: this may have to be notified."
            ),
            "List what was taken: the endpoints and pages above.".to_owned(),
            "Cap page sizes and exports per principal and day.".to_owned(),
        ];
        story::suppress(&mut finding);
        finding
    }
}

/// What an ordinary taker takes, altogether and of each route.
fn peers<C: Collector<Evidence = Volume>>(
    world: &World<'_>,
    taker: &(impl Fn(u128) -> Actor + Sync),
) -> Peers {
    let takers = world.population::<C>().collect(|key, volume| {
        let people = taker(key).people(world);
        let routes: Vec<(RouteKey, u64)> = volume
            .routes
            .iter()
            .filter_map(|(number, route)| Some((world.route(number)?, route.taken.bytes / people)))
            .collect();
        Some((volume.total.bytes / people, routes))
    });
    let mut routes: BTreeMap<RouteKey, Vec<u64>> = BTreeMap::new();
    let mut volumes = Vec::with_capacity(takers.len());
    for (_, (total, of_routes)) in takers {
        volumes.push(total);
        for (route, bytes) in of_routes {
            routes.entry(route).or_default().push(bytes);
        }
    }
    volumes.sort_unstable();
    routes.values_mut().for_each(|volumes| volumes.sort_unstable());
    let ordinary = quantile(&volumes, 98);
    Peers { volumes, ordinary, routes }
}
