//! What users of a route cost the service, and how much they ask for.

use std::collections::BTreeMap;

use crate::collect::{Collector, Costs, MUCH};
use crate::detect::World;
use crate::detect::statistics::{LogScale, quantile};
use crate::request::RouteKey;

/// A route with fewer users than this says nothing about what is usual on it.
const SOME_USERS: u64 = 8;
/// So many others whose requests are dear tell how dear one is.
const SOME_DEAR: usize = 2;
/// Robust deviations above the centre, in tenths, up to which something is usual.
const USUAL: i64 = 30;

/// What is usual on one route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usual {
    /// How long the service is at work for a heavy user, in microseconds.
    pub(super) micros: u64,
    /// How many entries a heavy user asks for.
    pub(super) demand: u64,
}

/// What is usual on every route that is ever dear.
pub(super) struct Norms(BTreeMap<RouteKey, (Usual, Vec<u64>)>);

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
            (users >= SOME_USERS).then(|| (route, (Usual::of(&all, users * 1000 / thousand), each(&all))))
        };
        Self(routes.into_iter().filter_map(usual).collect())
    }

    /// What is usual on a route; `None` where too few use it.
    pub(super) fn of_route(&self, route: RouteKey) -> Option<Usual> {
        self.0.get(&route).map(|&(usual, _)| usual)
    }

    /// How long the service is at work for one dear request of a median user but `own`, what it takes for those who are judged,
    /// in microseconds; 0 where hardly anybody else has dear requests.
    pub(super) fn each_of_others(&self, route: RouteKey, own: impl Iterator<Item = u64>) -> u64 {
        let mut others = self.0.get(&route).map_or_else(Vec::new, |(_, each)| each.clone());
        for one in own {
            if let Ok(at) = others.binary_search(&one) {
                others.remove(at);
            }
        }
        if others.len() >= SOME_DEAR { quantile(&others, 50) } else { 0 }
    }
}

/// How long the service is at work for one dear request of each of these, ascending.
fn each(dear: &[One]) -> Vec<u64> {
    let mut each: Vec<u64> = dear.iter().map(|&(micros, requests, _)| micros / requests.max(1)).collect();
    each.sort_unstable();
    each
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
        Self { micros: heavy(|one| one.0), demand: heavy(|one| one.2).max(u64::from(MUCH)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spender_among_many_does_not_make_its_own_cost_usual() {
        let one = [(900_000_000, 300, 100_000)];
        let usual = Usual::of(&one, 40);
        assert_eq!(usual.demand, 500);
        assert!(usual.micros < 100, "{usual:?}");
    }

    #[test]
    fn what_everybody_pays_is_usual() {
        let all: Vec<One> = (0..40).map(|nth| (10_000_000 + nth, 5, 2000)).collect();
        let usual = Usual::of(&all, 40);
        assert!(usual.micros >= 10_000_000 && usual.demand == 2000, "{usual:?}");
    }

    #[test]
    fn those_who_are_judged_do_not_make_their_own_cost_usual() {
        let route = RouteKey(crate::hash::TemplateHash(7), 1);
        let each: Vec<u64> =
            (0..4).map(|nth| 600_000 + nth).chain((0..25).map(|nth| 20_000_000 + nth)).collect();
        let norms = Norms(BTreeMap::from([(route, (Usual::default(), each))]));
        let pool = || (0..25).map(|nth| 20_000_000 + nth);
        assert_eq!(norms.each_of_others(route, pool()), 600_002);
        assert_eq!(norms.each_of_others(route, pool().chain((0..3).map(|nth| 600_000 + nth))), 0);
        assert!(norms.each_of_others(route, std::iter::empty()) >= 20_000_000);
    }
}
