//! What ordinary takers take, altogether and of each route.

use std::collections::{BTreeMap, BTreeSet};

use super::exports::exported;
use super::kin::{self, Kin};
use crate::collect::{Collector, Volume};
use crate::detect::sample::Sample;
use crate::detect::statistics::{LogScale, quantile};
use crate::detect::{World, people};
use crate::request::RouteKey;

/// A route with fewer users than this says nothing about what is usual on it.
const SOME_USERS: u64 = 8;

/// From so many users on the larger of them tell what is usual, before that only their median.
const MANY_USERS: u64 = 40;

/// Robust deviations above the centre, in tenths, up to which something is usual.
const USUAL: i64 = 30;

/// What ordinary takers take.
pub(super) struct Peers {
    /// How many takers there are.
    pub(super) takers: u64,
    /// Volumes of a sample of them without downloads, ascending.
    pub(super) volumes: Vec<u64>,
    /// The centre and the spread of these.
    pub(super) scale: LogScale,
    /// What hardly anybody exceeds: the 98th percentile, or three deviations where thieves are many among few.
    pub(super) ordinary: u64,
    routes: BTreeMap<RouteKey, Users>,
    kin: BTreeMap<Kin, Users>,
    /// What each of a sample takes of exports, ascending, of those who take any.
    exports: Vec<u64>,
    sample: Sample,
}

/// What somebody took of routes of a kind.
pub(super) struct OfKin(BTreeMap<Kin, u64>);

impl OfKin {
    /// By one taker.
    pub(super) fn of(world: &World<'_>, volume: &Volume) -> Self {
        let mut taken = BTreeMap::new();
        for (number, route) in volume.routes.iter() {
            if let Some(kin) = world.route(number).and_then(|key| kin::of(world, key)) {
                *taken.entry(kin).or_default() += route.taken.bytes;
            }
        }
        Self(taken)
    }

    /// More than this of a route is unusual by those who use others of its kind: anything, where it is too much of them all;
    /// `None` where too few use any.
    pub(super) fn usual(&self, world: &World<'_>, peers: &Peers, route: RouteKey) -> Option<u64> {
        let kin = kin::of(world, route)?;
        let users = peers.kin.get(&kin).filter(|users| users.count >= SOME_USERS)?;
        let taken = self.0.get(&kin).copied().unwrap_or(0);
        Some(if taken > users.usual { 0 } else { users.usual })
    }
}

/// Those who use one route.
struct Users {
    /// How many.
    count: u64,
    /// More than this is unusual.
    usual: u64,
    /// What each of a sample of them takes of it, ascending.
    volumes: Vec<u64>,
}

impl Peers {
    /// Those of one kind of key. A route of which the median user takes `download` bytes or more is a download that
    /// everybody takes, and says nothing about how much a taker takes otherwise.
    pub(super) fn of<C: Collector<Evidence = Volume>>(world: &World<'_>, download: u64) -> Self {
        let sample = world.sample(C::KEY);
        let takers = world.population::<C>().collect_where(
            |key, _, _| sample.has(key),
            |subject, volume| {
                let people = people(C::KEY, subject);
                let of_route = |(number, route): (u64, &crate::collect::RouteBytes)| {
                    Some((world.route(number)?, route.taken.bytes / people))
                };
                let routes: Vec<(RouteKey, u64)> = volume.routes.iter().filter_map(of_route).collect();
                let kin = OfKin::of(world, volume).0.into_iter().map(|(kin, bytes)| (kin, bytes / people));
                let exported = exported(volume).bytes / people;
                Some((volume.total.bytes / people, routes, kin.collect::<Vec<_>>(), exported))
            },
        );
        let mut routes: BTreeMap<RouteKey, Vec<u64>> = BTreeMap::new();
        for &(route, bytes) in takers.iter().flat_map(|(_, (_, routes, ..))| routes) {
            routes.entry(route).or_default().push(bytes);
        }
        let mut kin: BTreeMap<Kin, Vec<u64>> = BTreeMap::new();
        for (one, bytes) in takers.iter().flat_map(|(_, (_, _, kin, _))| kin) {
            kin.entry(one.clone()).or_default().push(*bytes);
        }
        let mut exports: Vec<u64> =
            takers.iter().map(|&(_, (.., bytes))| bytes).filter(|&bytes| bytes > 0).collect();
        exports.sort_unstable();
        for volumes in routes.values_mut().chain(kin.values_mut()) {
            volumes.sort_unstable();
        }
        let is_download =
            |volumes: &[u64]| sample.scaled(volumes.len()) >= SOME_USERS && quantile(volumes, 50) >= download;
        let downloads: BTreeSet<RouteKey> =
            routes.iter().filter(|(_, volumes)| is_download(volumes)).map(|(&route, _)| route).collect();
        let mut volumes: Vec<u64> = takers
            .iter()
            .map(|(_, (total, routes, ..))| {
                let downloaded = routes.iter().filter(|(route, _)| downloads.contains(route));
                total.saturating_sub(downloaded.map(|(_, bytes)| bytes).sum())
            })
            .collect();
        volumes.sort_unstable();
        let scale = LogScale::of(&volumes);
        let ordinary = quantile(&volumes, 98).min(scale.at_tenths(USUAL));
        let takers = world.population::<C>().count();
        let users = |volumes: Vec<u64>| {
            let count = sample.scaled(volumes.len());
            let usual = if is_download(&volumes) {
                // Who takes the same file again takes nothing new.
                quantile(&volumes, 50).saturating_mul(10)
            } else if count >= MANY_USERS {
                quantile(&volumes, 90).saturating_mul(2).min(LogScale::of(&volumes).at_tenths(USUAL))
            } else {
                quantile(&volumes, 50).saturating_mul(3)
            };
            Users { count, usual, volumes }
        };
        let routes = routes.into_iter().map(|(route, volumes)| (route, users(volumes))).collect();
        let kin = kin.into_iter().map(|(kin, volumes)| (kin, users(volumes))).collect();
        Self { takers, volumes, scale, ordinary, routes, kin, exports, sample }
    }

    /// How many use a route.
    pub(super) fn users(&self, route: RouteKey) -> u64 {
        self.routes.get(&route).map_or(0, |users| users.count)
    }

    /// How many take so much of a route, or more, and less than `below`.
    pub(super) fn between(&self, route: RouteKey, from: u64, below: u64) -> u64 {
        let Some(users) = self.routes.get(&route) else { return 0 };
        let place = |bytes: u64| users.volumes.partition_point(|&volume| volume < bytes);
        self.sample.scaled(place(below) - place(from))
    }

    /// How much the taker takes of all exports who stands so many places from the top, where enough take any to tell.
    pub(super) fn exports_from_top(&self, places: usize) -> Option<u64> {
        let is_enough = self.sample.scaled(self.exports.len()) >= SOME_USERS;
        let at = self.exports.len().checked_sub(places).filter(|_| is_enough)?;
        self.exports.get(at).copied()
    }

    /// Whether enough use a route to say what is usual on it.
    pub(super) fn has_many(&self, route: RouteKey) -> bool {
        self.users(route) >= MANY_USERS
    }

    /// More than this of a route is unusual: twice its 90th percentile, or three deviations above its centre where thieves
    /// are many among its users; of some users three times the median, of a download ten times; `None` where too few use it.
    pub(super) fn usual(&self, route: RouteKey) -> Option<u64> {
        self.routes.get(&route).filter(|users| users.count >= SOME_USERS).map(|users| users.usual)
    }
}
