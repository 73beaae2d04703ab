//! What users of a route cost the service, and how much they ask for.

use std::collections::BTreeMap;

use crate::collect::{Collector, Costs, MUCH};
use crate::detect::World;
use crate::detect::statistics::{LogScale, quantile};
use crate::request::RouteKey;

/// A route with fewer users than this says nothing about what is usual on it.
const SOME_USERS: u64 = 8;
/// So many users whose requests are dear tell how dear one is.
const SOME_DEAR: usize = 3;
/// Robust deviations above the centre, in tenths, up to which something is usual.
const USUAL: i64 = 30;

/// What is usual on one route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usual {
    /// How long the service is at work for a heavy user, in microseconds.
    pub(super) micros: u64,
    /// How long it is at work for one dear request of a median user, in microseconds; 0 where hardly any is dear.
    pub(super) each: u64,
    /// How many entries a heavy user asks for.
    pub(super) demand: u64,
}

/// What is usual on every route that is ever dear.
pub(super) struct Norms(BTreeMap<RouteKey, Usual>);

/// What one client made of a route: time, requests, entries asked for.
type One = (u64, u64, u64);

impl Norms {
    /// Learns them from a sample of all clients.
    pub(super) fn of(world: &World<'_>) -> Self {
        let sample = world.sample(Costs::KEY);
        let spenders = world.population::<Costs>().collect_where(
            |key, _, _| sample.has(key),
            |_, cost| {
                let of_route = |(number, of): (u64, &crate::collect::RouteCost)| {
                    Some((world.route(number)?, (of.work.micros, of.work.requests, u64::from(of.demand))))
                };
                Some(cost.dear.routes.iter().filter_map(of_route).collect::<Vec<(RouteKey, One)>>())
            },
        );
        let mut routes: BTreeMap<RouteKey, Vec<One>> = BTreeMap::new();
        for (route, one) in spenders.into_iter().flat_map(|(_, routes)| routes) {
            routes.entry(route).or_default().push(one);
        }
        // So many of all clients stand behind a thousand of the sample.
        let thousand = sample.scaled(1000).max(1000);
        let usual = |(route, all): (RouteKey, Vec<One>)| {
            let users = world.norm(route).map_or(0, |norm| norm.clients.count());
            (users >= SOME_USERS).then(|| (route, Usual::of(&all, users * 1000 / thousand)))
        };
        Self(routes.into_iter().filter_map(usual).collect())
    }

    /// What is usual on a route; `None` where too few use it.
    pub(super) fn of_route(&self, route: RouteKey) -> Option<Usual> {
        self.0.get(&route).copied()
    }
}

impl Usual {
    /// Of those whose requests were dear, among so many users.
    fn of(dear: &[One], users: u64) -> Self {
        let cheap = usize::try_from(users).unwrap_or(usize::MAX).saturating_sub(dear.len()).min(1 << 16);
        let heavy = |value: fn(&One) -> u64| {
            let mut all = vec![0; cheap];
            all.extend(dear.iter().map(value));
            all.sort_unstable();
            quantile(&all, 98).min(LogScale::of(&all).at_tenths(USUAL))
        };
        let mut each: Vec<u64> = dear.iter().map(|&(micros, requests, _)| micros / requests.max(1)).collect();
        each.sort_unstable();
        Self {
            micros: heavy(|one| one.0),
            each: if dear.len() >= SOME_DEAR { quantile(&each, 50) } else { 0 },
            demand: heavy(|one| one.2).max(u64::from(MUCH)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spender_among_many_does_not_make_its_own_cost_usual() {
        let one = [(900_000_000, 300, 100_000)];
        let usual = Usual::of(&one, 40);
        assert_eq!((usual.each, usual.demand), (0, 500));
        assert!(usual.micros < 100, "{usual:?}");
    }

    #[test]
    fn what_everybody_pays_is_usual() {
        let all: Vec<One> = (0..40).map(|nth| (10_000_000 + nth, 5, 2000)).collect();
        let usual = Usual::of(&all, 40);
        assert!(usual.micros >= 10_000_000 && usual.each >= 2_000_000 && usual.demand == 2000, "{usual:?}");
    }
}
