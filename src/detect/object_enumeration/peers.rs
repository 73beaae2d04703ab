//! How many objects ordinary readers of a route ask for.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Collector, IdSet, Objects};
use crate::detect::sample::Sample;
use crate::detect::statistics::{LogScale, permille, quantile};
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
    /// How much of what they ask for they are refused, in tenths of a percent, ascending.
    refused: &'p [u64],
    /// How many readers there are altogether.
    pub(super) count: u64,
}

impl Readers<'_> {
    /// Whether nine of ten are refused no more than `share` of what they ask for, in tenths of a percent; false where they are
    /// too few to say.
    pub(super) fn are_refused_less(&self, share: u64) -> bool {
        self.refused.len() >= FEW && quantile(self.refused, 90) <= share
    }

    /// How many objects the busiest ordinary reader asks for: the 99th percentile; where the route has few readers, no more than
    /// three deviations above the centre of all.
    pub(super) fn busiest(&self) -> u64 {
        match self.elsewhere {
            Some(objects) => quantile(objects, 99).min(LogScale::of(objects).at_tenths(30)),
            None => quantile(self.objects, 99),
        }
    }
}

/// What readers of one route ask for, each sorted by itself.
#[derive(Default)]
struct OfRoute {
    /// Different objects of each.
    objects: Vec<u64>,
    /// How much of it each is refused, in tenths of a percent.
    refused: Vec<u64>,
}

/// Readers of the routes that somebody may walk over; crowds behind one address are none.
pub(super) struct Peers {
    routes: BTreeMap<RouteKey, OfRoute>,
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
        let mut routes: BTreeMap<RouteKey, OfRoute> = BTreeMap::new();
        if walked.is_empty() {
            return Self { routes, any: Vec::new(), sample };
        }
        let readers = world.population::<C>().collect_where(
            |key, _, _| sample.has(key),
            |subject, objects| {
                let own = |(route, _): &(RouteKey, IdSet)| !is_public_route(world, *route);
                let here = by_route(world, objects).into_iter().filter(own);
                let here: Vec<(RouteKey, u64, u64)> = here
                    .map(|(route, ids)| (route, ids.asked(), permille(ids.refused, ids.requests)))
                    .collect();
                (!here.is_empty() && people(C::KEY, subject) == 1).then_some(here)
            },
        );
        let mut any = Vec::with_capacity(readers.len());
        for (_, of_routes) in readers {
            any.extend(of_routes.iter().map(|&(_, objects, _)| objects).max());
            for (route, objects, refused) in
                of_routes.into_iter().filter(|(route, ..)| walked.contains(route))
            {
                let of_route = routes.entry(route).or_default();
                of_route.objects.push(objects);
                of_route.refused.push(refused);
            }
        }
        for of_route in routes.values_mut() {
            of_route.objects.sort_unstable();
            of_route.refused.sort_unstable();
        }
        any.sort_unstable();
        Self { routes, any, sample }
    }

    /// Those of one route.
    pub(super) fn of_route(&self, route: RouteKey) -> Readers<'_> {
        let of_route = self.routes.get(&route);
        let objects = of_route.map_or(&[][..], |of_route| of_route.objects.as_slice());
        let refused = of_route.map_or(&[][..], |of_route| of_route.refused.as_slice());
        let count = self.sample.scaled(objects.len());
        let elsewhere = (objects.len() < FEW).then_some(&*self.any);
        Readers { objects, elsewhere, refused, count }
    }
}
