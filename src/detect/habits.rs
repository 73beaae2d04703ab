//! Which routes nearly all of some clients ask for.

use std::collections::BTreeMap;

use crate::collect::{Profile, Visit};
use crate::evidence::Bounded;

/// Nearly all, in percent.
const NEARLY_ALL: u64 = 80;

/// So many clients tell what those like them ask for.
const TELLING: u64 = 5;

/// What some clients ask for.
#[derive(Default)]
pub(super) struct Habits {
    /// Of each client, up to where in the order of names its routes are known.
    bounds: Vec<u64>,
    /// How many of the clients asked for each route.
    routes: BTreeMap<u64, u64>,
}

type Routes = Bounded<Visit, 24>;

impl Habits {
    /// Adds a client and those of its routes that `counts`.
    pub(super) fn add(&mut self, profile: &Profile, counts: impl Fn(u64, &Visit) -> bool) {
        self.bounds.push(profile.routes.bound());
        for (route, _) in profile.routes.iter().filter(|&(route, visit)| counts(route, visit)) {
            *self.routes.entry(route).or_default() += 1;
        }
    }

    /// Every route that any of them asked for.
    pub(super) fn routes(&self) -> impl Iterator<Item = u64> {
        self.routes.keys().copied()
    }

    /// Whether nearly all ask for `route` of whom that is known.
    pub(super) fn are_of_nearly_all(&self, route: u64) -> bool {
        let order = Routes::order(route);
        let known = self.bounds.iter().filter(|&&bound| order <= bound).count() as u64;
        let asked = self.routes.get(&route).copied().unwrap_or(0);
        known >= TELLING && asked * 100 >= known * NEARLY_ALL
    }
}
