//! Who asked for many objects of one route: whoever judges walks over objects begins here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::collect::{Collector, IdSet, KeyKind, Objects};
use crate::detect::{World, turned_away};
use crate::evidence::Distinct;
use crate::request::RouteKey;
use crate::route::Method;
use crate::series::Evidence;
use crate::tally::RouteNorm;

/// Fewer different objects of one route than this are no walk for anybody.
pub(super) const LEAST: u64 = 12;

/// A key that asked for at least [`LEAST`] different objects of one route.
pub(super) struct Walker {
    /// The client or principal.
    pub(super) key: u128,
    /// Every route of which it asked for objects.
    pub(super) routes: BTreeMap<RouteKey, IdSet>,
    /// Everything that it asked for.
    pub(super) paths: Distinct<128>,
}

/// All walkers of one kind of key, by key.
pub(super) fn all<C: Collector<Evidence = Objects>>(world: &World<'_>) -> Vec<Walker> {
    let found = world.population::<C>().collect_from(LEAST, |subject, objects| {
        // Whoever asked for few paths asked for no more objects.
        if objects.paths.is_exact() && objects.paths.count() < LEAST {
            return None;
        }
        let routes = by_route(world, objects);
        let walks = routes.values().any(|ids| ids.asked() >= LEAST);
        walks.then(|| Walker { key: subject.key(), routes, paths: objects.paths.clone() })
    });
    let mut walkers: Vec<Walker> = found.into_iter().map(|(_, walker)| walker).collect();
    if C::KEY == KeyKind::Client {
        turned_away::refuse(world, &mut walkers);
    }
    walkers
}

/// A route whose objects many clients read is a public catalogue: half of the objects that were asked for more than once
/// had several readers, or some of them, and a quarter, had three and more.
pub(super) fn is_public(norm: &RouteNorm) -> bool {
    let readers: Vec<usize> = norm.readers.counts().collect();
    let shared = readers.iter().filter(|&&count| count >= 2).count();
    let very_shared = readers.iter().filter(|&&count| count >= 3).count();
    let many = readers.len() >= 8;
    (many && shared * 2 >= readers.len()) || (very_shared >= 3 && very_shared * 4 >= readers.len())
}

/// Whether the objects of a route are public: those that are asked for by HEAD are those that others read by GET.
pub(super) fn is_public_route(world: &World<'_>, route: RouteKey) -> bool {
    let public = |route| world.norm(route).is_some_and(is_public);
    let is_public =
        public(route) || route.1 == Method::Head as u8 && public(RouteKey(route.0, Method::Get as u8));
    is_public && !world.is_owned(route)
}

/// The objects of each route as learned: ids of the routes that evidence knows, and paths that a learned template makes
/// objects of, as far as the sample shows them.
pub(super) fn by_route(world: &World<'_>, objects: &Objects) -> BTreeMap<RouteKey, IdSet> {
    let mut routes: BTreeMap<RouteKey, IdSet> = BTreeMap::new();
    for ids in objects.routes.iter().map(|(_, ids)| ids) {
        let Some((template, method)) = ids.route else { continue };
        let route = RouteKey(world.fold(template), method as u8);
        match routes.entry(route) {
            Entry::Vacant(free) => drop(free.insert(ids.clone())),
            Entry::Occupied(mut known) => known.get_mut().merge(ids.clone()),
        }
    }
    let mut sampled: BTreeMap<RouteKey, (IdSet, u64)> = BTreeMap::new();
    for (path, asked) in objects.some.iter() {
        let folded = world.fold(asked.template);
        if folded != asked.template {
            let (ids, paths) = sampled.entry(RouteKey(folded, asked.method)).or_default();
            ids.add_sampled(path, asked);
            *paths += 1;
        }
    }
    let (all, kept) = (objects.paths.count(), objects.some.len() as u64);
    for (route, (mut ids, _)) in sampled {
        let known = routes.get(&route).map_or(0, |ids| ids.asked.count());
        if ids.asked.count() > known {
            ids.scale(all, kept);
            ids.route = Some((route.0, Method::from_number(route.1)));
            (ids.span, ids.samples, ids.activity) =
                (objects.span, objects.samples.clone(), objects.activity.clone());
            routes.insert(route, ids);
        }
    }
    routes
}
