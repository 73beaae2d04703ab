//! More data taken than this principal or client has cause to: against its peers and against its own past hours.

mod elsewhere;
mod exports;
mod kin;
mod no_news;
mod one_hand;
mod peers;
mod people;
mod told;
mod turns;

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Bytes, Collector, Volume, VolumeByClient, VolumeByPrincipal};
use crate::detect::about::ANSWERS;
use crate::detect::confounder::is_scheduled;
use crate::detect::nearness::in_tenths;
use crate::detect::pool;
use crate::detect::{About, Actor, Detector, Needs, Sight, Threshold, World, people};
use crate::evidence::Span;
use crate::hash::NameHash;
use crate::incident::{Finding, Kind, Test};
use crate::request::{Client, Flags, RouteKey};
use crate::route::EndpointClass;
use crate::series::Evidence;
use no_news::news;
use one_hand::is_one_hand;
use peers::{OfKin, Peers};
use people::{is_crowd, is_fashion, is_mostly, is_tail};

/// The detector.
pub(super) struct DataExfiltration;

/// It judges by these thresholds.
struct Judge {
    /// Bytes below which nothing is worth the name, over the whole log.
    least: u64,
    /// Robust deviations above all others, in tenths, on a logarithmic scale.
    deviations: i64,
    /// Times the largest ordinary taker (99th percentile).
    beyond_peers: u64,
}

impl Judge {
    /// The thresholds in force.
    fn of(world: &World<'_>) -> Self {
        let of = |name| world.threshold(&ABOUT, name);
        Self {
            least: of("least") * 1_000_000,
            deviations: i64::try_from(of("deviations") * 10).unwrap_or(i64::MAX),
            beyond_peers: of("beyond peers"),
        }
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
    look_alikes: "A partner's sync (the same volume at the same distance), a nightly backup on its own endpoint, a \
                  machine that has its routes to itself, somebody who takes out what is his own from where he works, a crowd \
                  behind one address (many agents, many routes), a large download that everybody takes, one file watched in pieces, the end of a tail.",
    blind_spots: "A theft below 50 MB, or below 500 MB where it is fewer than 50 files and no export. One document of which each \
                  part has the same address and the same size. A theft by somebody whose ordinary volume is as large. The first day of a log has no \
                  past to compare with.",
    thresholds: &[
        Threshold {
            name: "least",
            value: 50,
            unit: "MB",
            meaning: "taken in 2xx answers, over the whole log; ten times as much of fewer than 50 files that are no exports",
        },
        Threshold {
            name: "deviations",
            value: 5,
            unit: "robust z",
            meaning: "above all others, on a logarithmic scale; one less where it is four times as far beyond the peers",
        },
        Threshold {
            name: "beyond peers",
            value: 5,
            unit: "times",
            meaning: "the 99th percentile of the others",
        },
    ],
    needs: &[
        ANSWERS,
        Needs {
            any_of: &[Flags::BYTES_OUT],
            missing: "response sizes",
            fix: "log the size of the answer: nginx `$body_bytes_sent`, Apache `%b`, Envoy `%BYTES_SENT%`",
            without: Sight::Less,
        },
        Needs {
            any_of: &[Flags::USER, Flags::TOKEN, Flags::SESSION],
            missing: "principals or tokens",
            fix: "log who asks: nginx `$remote_user` or a JWT claim, or a hash of the token (never the token itself)",
            without: Sight::Less,
        },
    ],
    attack: &["T1567", "T1530"],
    owasp_api: &["API3:2023", "API6:2023"],
    oat: &["OAT-011"],
    cwe: &["CWE-200"],
};

impl Detector for DataExfiltration {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let judge = Judge::of(world);
        let principals = Peers::of::<VolumeByPrincipal>(world, judge.least / 10);
        let clients = Peers::of::<VolumeByClient>(world, judge.least / 10);
        let principal = |key| Actor::Principal(NameHash(u64::try_from(key).unwrap_or(0)));
        let by_principals = judge.thefts::<VolumeByPrincipal>(world, &principals, principal);
        let mut by_clients =
            judge.thefts::<VolumeByClient>(world, &clients, |key| Actor::Client(Client(key)));
        let mut turns =
            if clients.volumes.len() < FEW { Vec::new() } else { turns::pools(world, judge.least, &clients) };
        turns::join(&mut turns, &mut by_clients);
        let in_turns: BTreeSet<Actor> = turns.iter().flatten().map(|theft| theft.taker).collect();
        // Whoever takes turns is told once, together with the others.
        by_clients.retain(|pool| pool.iter().any(|theft| !in_turns.contains(&theft.taker)));
        // Likewise a user who is told already, at each address that mostly is theirs.
        let told: BTreeSet<u128> =
            by_principals.iter().flatten().filter_map(|theft| theft.taker.principal()).collect();
        by_clients.retain(|pool| pool.iter().any(|theft| !is_mostly(world, theft.taker, &told)));
        let of_principals = by_principals.iter().map(|pool| judge.finding(world, pool, &principals));
        let of_clients = by_clients.iter().chain(&turns).map(|pool| judge.finding(world, pool, &clients));
        of_principals.chain(of_clients).collect()
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let judge = Judge::of(world);
        let tests = |bytes: u64, peers: &Peers| {
            let deviations = u64::try_from(peers.scale.z_tenths(bytes)).unwrap_or(0);
            let needed = u64::try_from(judge.deviations).unwrap_or(0);
            let volume = in_tenths("volume", bytes / 100_000, judge.least / 100_000, "MB");
            vec![volume, in_tenths("deviations", deviations, needed, "robust z")]
        };
        let total = |volume: &Volume| volume.total.bytes;
        let tests = match actor {
            Actor::Client(client) => world
                .population::<VolumeByClient>()
                .with(client.0, total)
                .map(|bytes| tests(bytes, &Peers::of::<VolumeByClient>(world, judge.least / 10))),
            Actor::Principal(one) => world
                .population::<VolumeByPrincipal>()
                .with(one.0.into(), total)
                .map(|bytes| tests(bytes, &Peers::of::<VolumeByPrincipal>(world, judge.least / 10))),
        };
        tests.into_iter().collect()
    }
}

/// Fewer takers than this are no population.
const FEW: usize = 5;

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
    /// Whether some of it is of routes that export.
    exports: bool,
    /// An account that works elsewhere.
    is_emptied: bool,
    /// So many times as much as another heavy user of the same export.
    exported: Option<u64>,
}

impl pool::Member for Theft {
    fn span(&self) -> Span {
        self.volume.span
    }

    fn size(&self) -> u64 {
        self.own.bytes
    }
}

impl Judge {
    /// The thefts by one kind of key, in pools.
    fn thefts<C: Collector<Evidence = Volume>>(
        &self,
        world: &World<'_>,
        peers: &Peers,
        taker: impl Fn(u128) -> Actor + Sync,
    ) -> Vec<Vec<Theft>> {
        if peers.volumes.len() < FEW {
            return Vec::new();
        }
        let found = world.population::<C>().collect_where(
            |_, _, bytes| bytes >= self.least / 10,
            |subject, volume| {
                let taker = taker(subject.key());
                self.theft(world, taker, volume, peers, || people(C::KEY, subject))
            },
        );
        let mut by_route: BTreeMap<RouteKey, Vec<Theft>> = BTreeMap::new();
        let mut scheduled = Vec::new();
        for (_, theft) in found {
            // Whoever comes by a schedule of their own shares nobody's work.
            if is_scheduled(&theft.volume) {
                scheduled.extend(theft.stands_alone.then(|| vec![theft]));
            } else {
                by_route.entry(theft.routes[0].1).or_default().push(theft);
            }
        }
        let pools = by_route.into_iter().flat_map(|(route, thefts)| {
            pool::gather(world, thefts).into_iter().flat_map(move |pool| {
                // A pool is most of those who use the route at all; others that look alike are a fashion.
                let is_pool = pool.len() >= pool::SOURCES
                    && (peers.has_many(route) || pool.len() as u64 * 2 >= peers.users(route))
                    && !is_crowd(world, &pool)
                    && !is_fashion(world, route, &pool)
                    && !is_tail(peers, route, &pool)
                    && is_one_hand(world, &pool);
                let mut own = Bytes::default();
                for theft in &pool {
                    own.merge(theft.own);
                }
                let exports = pool.iter().any(|theft| theft.exports);
                if is_pool && own.bytes >= self.least_of(own, exports) {
                    vec![pool]
                } else {
                    pool.into_iter().filter(|theft| theft.stands_alone).map(|theft| vec![theft]).collect()
                }
            })
        });
        pools.chain(scheduled).collect()
    }

    /// Below how many bytes so much in so many answers is not worth the name.
    fn least_of(&self, own: Bytes, exports: bool) -> u64 {
        if own.requests < FILES && !exports { self.least * FILES_WEIGH } else { self.least }
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
        let mut exports = false;
        let (mut rare, mut whole) = (0, volume.total.bytes);
        let kin = OfKin::of(world, volume);
        for (number, route) in volume.routes.iter() {
            let Some(key) = world.route(number) else { continue };
            // What many take is no theft; what few take at all says nothing about what is usual.
            let news = news(world, key, route, peers.users(key) >= FEW as u64);
            whole = whole.saturating_sub(route.taken.bytes - news.map_or(0, |news| news.bytes));
            let Some(news) = news else { continue };
            let usual = peers.usual(key).or_else(|| kin.usual(world, peers, key));
            rare += if usual.is_none() { news.bytes } else { 0 };
            if news.bytes > usual.unwrap_or(0) {
                own.merge(news);
                routes.push((news, key, route.pages));
                exports |= route.route.is_some_and(|(.., class)| class == EndpointClass::Export);
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
        // Where volumes scatter by orders of magnitude, nobody is many deviations above all: then the distance counts.
        let least = self.least_of(own, exports);
        let stands_alone = far(least, self.deviations, self.beyond_peers)
            || far(least, self.deviations - 10, self.beyond_peers * FAR_BEYOND);
        let stands_out = stands_alone || far(self.least / 10, self.deviations - 10, 2);
        if !stands_out && whole < self.least {
            return None;
        }
        let theft = Theft {
            taker,
            volume: volume.clone(),
            own,
            routes,
            deviations,
            stands_alone,
            exports,
            is_emptied: false,
            exported: None,
        };
        let theft = self.exported(world, self.whole(world, theft, (whole, people), peers), peers);
        ((stands_out || theft.stands_alone) && !theft.routes.is_empty()).then_some(theft)
    }
}

/// Fewer answers than this are files that somebody needed: of them it takes so many times as much, unless they are exports.
const FILES: u64 = 50;
const FILES_WEIGH: u64 = 10;

/// So many times farther beyond the peers than usual, a deviation less will do.
const FAR_BEYOND: u64 = 4;
