//! Who is sent elsewhere, mostly to a login, from what others are given: a 302 refuses him as a 403 would.

use std::collections::BTreeMap;

use crate::collect::IdSet;
use crate::detect::World;
use crate::detect::walks::Walker;
use crate::request::{Client, RouteKey};

/// Nobody has so many pages open that all ask for a login when the session ends.
const OPEN: u64 = 60;

/// A route that gave fewer answers than this is not one that others are given.
const GIVEN: u64 = 30;

/// Counts as refused what sent `walkers` elsewhere, if they did not go there, on routes that others are given.
pub(super) fn refuse(world: &World<'_>, walkers: &mut [Walker]) {
    let mut found: Vec<(usize, RouteKey)> = Vec::new();
    let mut turned: BTreeMap<RouteKey, u64> = BTreeMap::new();
    for (at, walker) in walkers.iter().enumerate() {
        for (&route, ids) in &walker.routes {
            if is_turned_away(ids) && !goes_where_it_is_sent(world, walker, ids) {
                found.push((at, route));
                *turned.entry(route).or_default() += ids.turned;
            }
        }
    }
    for (at, route) in found {
        let Some(answers) = world.norm(route).map(|norm| norm.answers) else { continue };
        let others = answers.turned.saturating_sub(turned[&route]);
        if answers.ok >= GIVEN
            && others * 10 <= answers.ok
            && let Some(ids) = walkers[at].routes.get_mut(&route)
        {
            ids.refuse_turned();
        }
    }
}

/// Whether nearly all of many different objects were answered with another address, each asked for once.
fn is_turned_away(ids: &IdSet) -> bool {
    let asked = ids.asked();
    asked >= OPEN && asked * 10 >= ids.requests * 7 && ids.turned * 10 >= ids.requests * 9
}

/// Whether a walker goes on to what it is sent to: it is given about as much elsewhere, the pages of logins aside.
fn goes_where_it_is_sent(world: &World<'_>, walker: &Walker, ids: &IdSet) -> bool {
    let turned: u64 = walker.routes.values().map(|ids| ids.turned).sum();
    let given = world.profile(Client(walker.key), |profile| {
        let at_doors = profile.routes.iter().filter(|&(route, _)| world.doors().is_form(route));
        let at_doors: u64 = at_doors.map(|(_, visit)| visit.ok).sum();
        profile.ok.saturating_sub(turned + profile.companions + at_doors)
    });
    given.unwrap_or(0) * 2 > ids.turned
}
