//! Whoever reads in spaces that are not his: the objects of a tenant are shared among its people, so they pass for public, but
//! each reads in one space only. A walk through another, and going from one to the next though some refuse, are no work.

use std::collections::{BTreeMap, BTreeSet};

use super::peers::{FEW, Readers};
use super::{Judge, LONG, Way};
use crate::collect::{Collector, IdSet, KeyKind, Objects, ObjectsByPrincipal};
use crate::detect::statistics::permille;
use crate::detect::walks::is_public_route;
use crate::detect::{Actor, World, story};
use crate::hash::{NameHash, TemplateHash};
use crate::incident::Finding;
use crate::request::RouteKey;
use crate::series::Evidence;

/// Share of a route's readers (in tenths of a percent) that read in one space each, from which on spaces are tenants.
const AT_HOME: u64 = 900;

/// So many spaces are tenants; and who reads in so many goes from one to the next.
const SPACES: usize = 12;

/// Share of the requests (in tenths of a percent) that is refused or missing, from which on somebody has no business there.
const REFUSED: u64 = 50;

/// What a user reads of one route, by space: the templates of which the route was learned.
type Spaces = BTreeMap<TemplateHash, IdSet>;

/// A user who may read in spaces that are not his.
struct Stranger {
    key: u128,
    route: RouteKey,
    ids: IdSet,
    way: Way,
    spaces: usize,
}

/// The findings against users who read in spaces that are not theirs.
pub(super) fn findings(world: &World<'_>, judge: &Judge) -> Vec<Finding> {
    let mut strangers = strangers(world, judge);
    let routes: BTreeSet<RouteKey> = strangers.iter().map(|stranger| stranger.route).collect();
    let tenants = tenants(world, &routes);
    strangers.retain(|stranger| tenants.contains_key(&stranger.route));
    let told = strangers.into_iter().map(|stranger| {
        let (at_home, readers) = tenants.get(&stranger.route).copied().unwrap_or_default();
        let peers = Readers { count: readers, ..Readers::default() };
        let walker = Actor::Principal(NameHash(u64::try_from(stranger.key).unwrap_or(0)));
        let Stranger { route, ids, way, spaces, .. } = &stranger;
        let mut finding = judge.finding(world, walker, *route, ids, *way, &peers);
        finding.variant = "foreign-space";
        finding.reason = format!(
            "One user asked for {} different objects in {}, and reads in {spaces} spaces; {at_home} of {readers} users read in one \
             space only; {} were read",
            story::about(ids.asked(), ids.is_exact()),
            if *way == Way::Walk { "one space one after another" } else { "many spaces, some of which refuse" },
            story::about(ids.read(), ids.is_exact()),
        );
        finding
    });
    told.collect()
}

/// Users who walk through one of several spaces, or go through many and are refused by some.
fn strangers(world: &World<'_>, judge: &Judge) -> Vec<Stranger> {
    let long = LONG * judge.objects;
    let walks = world.walks(KeyKind::Principal).iter().flat_map(|walker| {
        let long = walker.routes.iter().filter(move |(_, ids)| ids.asked() >= long);
        long.map(|(&route, _)| (walker.key, route))
    });
    let of_walk = |(key, route): (u128, RouteKey)| {
        let spaces =
            world.population::<ObjectsByPrincipal>().with(key, |objects| spaces(world, objects, route))?;
        let count = spaces.len();
        let is_long = |ids: &IdSet| ids.asked() >= long && ids.asked() * 10 >= ids.requests * 7;
        let is_walk =
            |ids: &IdSet| ids.coverage().is_some_and(|covered| covered >= judge.coverage_of_walk(ids));
        let stranger = |ids, way| Stranger { key, route, ids, way, spaces: count };
        if let Some(ids) = spaces.values().find(|ids| count > 1 && is_long(ids) && is_walk(ids)) {
            return Some(stranger(ids.clone(), Way::Walk));
        }
        let mut all = IdSet::default();
        for ids in spaces.into_values() {
            all.merge(ids);
        }
        let refused = permille(all.refused + all.missing, all.requests) >= REFUSED;
        (count >= SPACES && refused).then(|| stranger(all, Way::Probing))
    };
    walks.filter(|&(_, route)| is_public_route(world, route)).filter_map(of_walk).collect()
}

/// What somebody reads of one route, by space.
fn spaces(world: &World<'_>, objects: &Objects, route: RouteKey) -> Spaces {
    let of_route = objects.routes.iter().filter_map(|(_, ids)| {
        let (template, method) = ids.route?;
        let is_space = template != route.0 && RouteKey(world.fold(template), method as u8) == route;
        is_space.then(|| (template, ids.clone()))
    });
    of_route.collect()
}

/// Those of `routes` that have tenants: how many of how many users read in one space only.
fn tenants(world: &World<'_>, routes: &BTreeSet<RouteKey>) -> BTreeMap<RouteKey, (u64, u64)> {
    if routes.is_empty() {
        return BTreeMap::new();
    }
    let sample = world.sample(ObjectsByPrincipal::KEY);
    let readers = world.population::<ObjectsByPrincipal>().collect_where(
        |key, _, _| sample.has(key),
        |_, objects| {
            let of_routes = routes.iter().map(|&route| (route, spaces(world, objects, route)));
            let read = of_routes.filter(|(_, spaces)| !spaces.is_empty());
            let read = read.map(|(route, spaces)| (route, spaces.into_keys().collect::<Vec<_>>()));
            Some(read.collect::<Vec<_>>()).filter(|read| !read.is_empty())
        },
    );
    let mut tenants: BTreeMap<RouteKey, (u64, u64, BTreeSet<TemplateHash>)> = BTreeMap::new();
    for (route, spaces) in readers.into_iter().flat_map(|(_, read)| read) {
        let (at_home, all, known) = tenants.entry(route).or_default();
        *at_home += u64::from(spaces.len() == 1);
        *all += 1;
        known.extend(spaces);
    }
    tenants.retain(|_, (at_home, all, known)| {
        *all >= FEW as u64 && permille(*at_home, *all) >= AT_HOME && known.len() >= SPACES
    });
    tenants.into_iter().map(|(route, (at_home, all, _))| (route, (at_home, all))).collect()
}
