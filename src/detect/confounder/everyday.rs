//! Somebody who does what everybody does, only more of it: each route as often as its share of all requests. Whoever takes
//! something away asks for that, and for little else.

use std::collections::BTreeMap;

use crate::collect::{Bytes, Volume};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::RouteKey;

/// Shares of fewer routes than this are no habit.
const ROUTES: usize = 6;

/// From this share of its requests on (in tenths of a percent) that fall as everybody's do, it is everybody's work.
const ALIKE: u64 = 600;

/// A volume of which more than this share (in tenths of a percent) came in large answers was asked for.
const LARGE: u64 = 200;

/// Whether a great volume is that of somebody who does more of what everybody does.
pub(super) fn of_volume(
    world: &World<'_>,
    actor: Actor,
    excess: Bytes,
    volume: &Volume,
) -> Option<ConfounderNote> {
    let large: u64 = volume.routes.iter().map(|(_, route)| route.taken.bytes).sum();
    if permille(large, excess.bytes) > LARGE {
        return None;
    }
    let visits = actor.profile(world, |profile| {
        let mut visits: BTreeMap<RouteKey, (u64, u64)> = BTreeMap::new();
        for (number, visit) in profile.routes.iter() {
            if let Some(route) = world.route(number)
                && let Some(norm) = world.norm(route)
            {
                visits.entry(route).or_insert((0, norm.answers.ok)).0 += visit.ok;
            }
        }
        visits.into_values().collect::<Vec<_>>()
    })?;
    let alike = overlap(&visits);
    (visits.len() >= ROUTES && alike >= ALIKE).then(|| {
        let reason = format!("{} % of its requests fall on routes as everybody's do", alike / 10);
        super::note("everyday", 80, reason)
    })
}

/// The share of requests that two have in common (in tenths of a percent), of routes with so many of the one and of the other.
fn overlap(visits: &[(u64, u64)]) -> u64 {
    let own: u64 = visits.iter().map(|(own, _)| own).sum();
    let all: u64 = visits.iter().map(|(_, all)| all).sum();
    visits.iter().map(|&(one, other)| permille(one, own).min(permille(other, all))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_more_of_the_same_overlaps_and_who_takes_one_thing_does_not() {
        let everybody = [40_000, 20_000, 9_000, 4_000, 2_000, 900];
        let with = |own: [u64; 6]| overlap(&own.into_iter().zip(everybody).collect::<Vec<_>>());
        assert!(with([2_100, 900, 500, 180, 110, 40]) > 900);
        assert!(with([30, 12, 8, 4_000, 2, 1]) < 200);
        assert_eq!(with([0; 6]), 0);
    }
}
