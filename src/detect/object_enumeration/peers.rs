//! How many objects ordinary readers of a route ask for.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Collector, IdSet, Objects};
use crate::detect::sample::Sample;
use crate::detect::statistics::{LogScale, quantile};
use crate::detect::walks::{by_route, is_public_route};
use crate::detect::{World, people};
use crate::request::RouteKey;

/// Fewer readers than this do not tell what is usual.
pub(super) const FEW: usize = 20;

/// How many objects of a route each of its readers asks for.
pub(super) struct Readers<'p> {
    /// Of a fair sample of readers, ascending.
    pub(super) objects: &'p [u64],
    /// The same of readers of any route, where this one has few.
    pub(super) elsewhere: Option<&'p [u64]>,
    /// How many readers there are altogether.
    pub(super) count: u64,
}

impl Readers<'_> {
    /// How many objects the busiest ordinary reader asks for: the 99th percentile; where the route has few readers, no more than
    /// three deviations above the centre of all.
    pub(super) fn busiest(&self) -> u64 {
        match self.elsewhere {
            Some(objects) => quantile(objects, 99).min(LogScale::of(objects).at_tenths(30)),
            None => quantile(self.objects, 99),
        }
    }
}

/// Readers of the routes that somebody may walk over; crowds behind one address are none.
pub(super) struct Peers {
    routes: BTreeMap<RouteKey, Vec<u64>>,
    /// Of each reader of anything that is not public: the most objects of one route. What is usual where a route has too
    /// few readers to say.
    any: Vec<u64>,
    sample: Sample,
}

impl Peers {
    /// Those of `walked`, of one kind of key.
    pub(super) fn of<C: Collector<Evidence = Objects>>(
        world: &World<'_>,
        walked: &BTreeSet<RouteKey>,
    ) -> Self {
        let sample = world.sample(C::KEY);
        let mut routes: BTreeMap<RouteKey, Vec<u64>> = BTreeMap::new();
        if walked.is_empty() {
            return Self { routes, any: Vec::new(), sample };
        }
        let readers = world.population::<C>().collect_where(
            |key, _, _| sample.has(key),
            |subject, objects| {
                let own = |(route, _): &(RouteKey, IdSet)| !is_public_route(world, *route);
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
    pub(super) fn of_route(&self, route: RouteKey) -> Readers<'_> {
        let objects = self.routes.get(&route).map_or(&[][..], Vec::as_slice);
        let count = self.sample.scaled(objects.len());
        let elsewhere = (objects.len() < FEW).then_some(&*self.any);
        Readers { objects, elsewhere, count }
    }
}
