//! How the whole service fared while a load was on: what share of its work was the load, and whether others suffered.

use crate::collect::Work;
use crate::detect::World;
use crate::detect::statistics::permille;
use crate::tally::FLEET_TICK;
use crate::time::{Seconds, Time};

/// Fewer requests of others tell nothing about how they fared.
const OTHERS: u64 = 30;
/// Others suffer from this share of theirs on that takes long or fails, in tenths of a percent…
const SUFFERING: u64 = 100;
/// …if it is so many times what it is otherwise.
const WORSE: u64 = 3;

/// What the service did in some stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Did {
    requests: u64,
    micros: u64,
    long: u64,
    failed: u64,
}

/// The service while a load was on, and otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Service {
    during: Did,
    /// As long before it.
    before: Did,
    /// All other time.
    otherwise: Did,
}

impl Service {
    /// In the stretch of so long from `start`, before it, and otherwise.
    pub(super) fn around(world: &World<'_>, start: Time, length: Seconds) -> Self {
        let width = world.tally().fleet.minutes.width(FLEET_TICK).micros();
        let end = start.0 + length.micros();
        let mut service = Self::default();
        for (tick, minute) in world.tally().fleet.minutes.ticks(FLEET_TICK) {
            let did = if tick.0 < end && start.0 < tick.0 + width {
                &mut service.during
            } else if tick.0 < start.0 && start.0 - length.micros() < tick.0 + width {
                &mut service.before
            } else {
                &mut service.otherwise
            };
            did.requests += minute.requests;
            did.micros += minute.micros;
            did.long += minute.long;
            did.failed += minute.failed + minute.throttled;
        }
        service
    }

    /// The share of the service's work that `micros` of it are, in tenths of a percent.
    pub(super) fn share(&self, micros: u64) -> u64 {
        permille(micros, self.during.micros).min(1000)
    }

    /// The share of the others' requests that failed while the load, which is `mine`, was on, in tenths of a percent.
    pub(super) fn failed_of_others(&self, mine: Work) -> u64 {
        permille(
            self.during.failed.saturating_sub(mine.failed),
            self.during.requests.saturating_sub(mine.requests),
        )
    }

    /// Whether others fared worse than otherwise while the load, which is `mine`, was on: the shares of theirs that took long
    /// or failed, in tenths of a percent, if so.
    pub(super) fn suffering(&self, mine: Work) -> Option<(u64, u64)> {
        let others = self.during.requests.saturating_sub(mine.requests);
        if others < OTHERS {
            return None;
        }
        let of = |part: u64, mine: u64| permille(part.saturating_sub(mine), others);
        let long = of(self.during.long, mine.requests);
        let failed = self.failed_of_others(mine);
        let is_worse = |now: u64, part: fn(&Did) -> u64| {
            let than = |did: &Did| now >= WORSE * permille(part(did), did.requests);
            now >= SUFFERING && than(&self.before) && than(&self.otherwise)
        };
        let suffer = is_worse(long, |did| did.long) || is_worse(failed, |did| did.failed);
        suffer.then_some((long, failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_suffer_only_where_theirs_and_not_only_the_loads_own_requests_are_slow_or_fail() {
        let otherwise = Did { requests: 10_000, micros: 500_000_000, long: 50, failed: 20 };
        let during = Did { requests: 1_000, micros: 2_000_000_000, long: 400, failed: 300 };
        let service = Service { during, otherwise, before: Did::default() };
        let mine = |requests, failed| Work { requests, failed, ..Work::default() };
        assert_eq!(service.share(1_000_000_000), 500);
        assert_eq!(service.suffering(mine(400, 300)), None);
        assert_eq!(service.suffering(mine(200, 300)), Some((250, 0)));
        assert_eq!(service.suffering(mine(400, 100)), Some((0, 333)));
        assert_eq!(service.suffering(mine(990, 0)), None);
        let always = Service { otherwise: Did { long: 3_000, ..otherwise }, ..service };
        assert_eq!(always.suffering(mine(200, 300)), None);
        let already = Service { before: Did { requests: 100, long: 30, ..otherwise }, ..service };
        assert_eq!(already.suffering(mine(200, 300)), None, "it was so before the load began");
    }
}
