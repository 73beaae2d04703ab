//! What visitors of a door ask for beside it whatever they are answered: the page with the form, which a login with a session
//! code makes everybody fetch. It tells nothing of who got in.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, route_number};
use crate::detect::visits::Visit;
use crate::tally::Tally;

/// So many visitors that got one kind of answer are looked at.
const SOME: u64 = 200;

/// So many visitors tell what those do who get one kind of answer.
const TELLING: u64 = 5;

/// Nearly all, in percent.
const NEARLY_ALL: u64 = 80;

/// Visitors that got one kind of answer and no other.
#[derive(Default)]
struct Alike {
    visitors: u64,
    /// How many of them asked for each route.
    routes: BTreeMap<u64, u64>,
}

/// The routes, as profiles know them, that nearly all of the `visitors` of one door ask for, whichever of several statuses
/// they are answered with.
pub(super) fn routes<'v>(visitors: impl Iterator<Item = &'v Visit>, tally: &Tally) -> BTreeSet<u64> {
    let mut by_status: BTreeMap<u16, Alike> = BTreeMap::new();
    for visit in visitors {
        let Some(status) = only_status(visit) else { continue };
        let alike = by_status.entry(status).or_default();
        if alike.visitors == SOME {
            continue;
        }
        alike.visitors += 1;
        let door = route_number(visit.at.template.0, visit.at.method as u8);
        tally.population::<ClientProfiles>().with(visit.client.0, |profile| {
            let others = profile.routes.iter().filter(|&(route, _)| route != door);
            others.for_each(|(route, _)| *alike.routes.entry(route).or_default() += 1);
        });
    }
    by_status.retain(|_, alike| alike.visitors >= TELLING);
    let Some(first) = by_status.values().next().filter(|_| by_status.len() >= 2) else {
        return BTreeSet::new();
    };
    let by_nearly_all = |route: &u64| {
        by_status.values().all(|alike| {
            alike.routes.get(route).is_some_and(|asked| asked * 100 >= alike.visitors * NEARLY_ALL)
        })
    };
    first.routes.keys().copied().filter(by_nearly_all).collect()
}

/// The one status of all answers to a visitor, if there is one.
fn only_status(visit: &Visit) -> Option<u16> {
    let mut statuses = visit.answers.iter().map(|(answer, _)| answer.status);
    let first = statuses.next()?;
    statuses.all(|status| status == first).then_some(first)
}
