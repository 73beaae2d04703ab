//! Sizes of answers that say nothing of what was asked for: those of a site that answers whatever it is asked, and of misses.

use std::collections::BTreeMap;

use super::worked::Catchall;
use crate::request::RouteKey;

/// Sizes that say nothing: those that a site answers with to whatever it is asked for, and those of misses on a route.
pub(super) struct Nothing<'n> {
    pub(super) catchall: &'n Catchall,
    pub(super) misses: &'n Misses,
}

impl Nothing<'_> {
    /// Whether an answer of this size from `route` says nothing.
    pub(super) fn holds(&self, route: RouteKey, size: u16) -> bool {
        size == 0 || self.catchall.holds(size) || self.misses.hold(route, size)
    }
}

/// By route, the sizes that say nothing: from one to another, ascending and apart.
#[derive(Default)]
pub(super) struct Misses(BTreeMap<RouteKey, Vec<(u16, u16)>>);

impl Misses {
    /// These, in any order, some of them within others.
    pub(super) fn of(all: impl Iterator<Item = (RouteKey, (u16, u16))>) -> Self {
        let mut all: Vec<(RouteKey, (u16, u16))> = all.collect();
        all.sort_unstable();
        let mut routes: BTreeMap<RouteKey, Vec<(u16, u16)>> = BTreeMap::new();
        for (route, (least, most)) in all {
            let of_route = routes.entry(route).or_default();
            match of_route.last_mut() {
                Some((_, end)) if least <= *end => *end = most.max(*end),
                _ => of_route.push((least, most)),
            }
        }
        Self(routes)
    }

    fn hold(&self, route: RouteKey, size: u16) -> bool {
        let Some(sizes) = self.0.get(&route) else { return false };
        let behind = sizes.partition_point(|&(least, _)| least <= size);
        behind.checked_sub(1).and_then(|at| sizes.get(at)).is_some_and(|&(_, most)| size <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_that_say_nothing_are_kept_as_stretches_each_once() {
        let route = |nth| RouteKey(crate::hash::TemplateHash(nth), 0);
        let all = [(1, (50, 60)), (1, (10, 20)), (1, (15, 30)), (1, (55, 58)), (2, (0, u16::MAX))];
        let misses = Misses::of(all.map(|(nth, sizes)| (route(nth), sizes)).into_iter());
        assert_eq!(misses.0[&route(1)], [(10, 30), (50, 60)]);
        let held = [9, 10, 30, 31, 49, 50, 60, 61].map(|size| misses.hold(route(1), size));
        assert_eq!(held, [false, true, true, false, false, true, true, false]);
        assert!(misses.hold(route(2), 777) && !misses.hold(route(3), 777));
    }
}
