//! What visitors of a door ask for beside it whatever they are answered: the page with the form, which a login with a session
//! code makes everybody fetch. It tells nothing of who got in.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, route_number};
use crate::detect::visits::Visit;
use crate::evidence::Answer;
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
/// they are answered with; or sizes, where there is but one status.
pub(super) fn routes<'v>(visitors: impl Iterator<Item = &'v Visit>, tally: &Tally) -> BTreeSet<u64> {
    let visitors: Vec<&Visit> = visitors.collect();
    let by_status = asked(&visitors, |answer| (answer.status, 0), tally);
    // A door may redirect whoever comes; its answers differ in size alone.
    let alike =
        if by_status.len() >= 2 { by_status } else { asked(&visitors, |one| (one.status, one.size), tally) };
    let Some(first) = alike.values().next().filter(|_| alike.len() >= 2) else {
        return BTreeSet::new();
    };
    let by_nearly_all = |route: &u64| {
        alike.values().all(|alike| {
            alike.routes.get(route).is_some_and(|asked| asked * 100 >= alike.visitors * NEARLY_ALL)
        })
    };
    first.routes.keys().copied().filter(by_nearly_all).collect()
}

/// What some visitors ask for that got one kind of answer and no other, for each kind that tells.
fn asked(
    visitors: &[&Visit],
    kind: impl Fn(Answer) -> (u16, u16),
    tally: &Tally,
) -> BTreeMap<(u16, u16), Alike> {
    let mut by_kind: BTreeMap<(u16, u16), Alike> = BTreeMap::new();
    for visit in visitors {
        let Some(only) = only(visit, &kind) else { continue };
        let alike = by_kind.entry(only).or_default();
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
    by_kind.retain(|_, alike| alike.visitors >= TELLING);
    by_kind
}

/// The one kind of all answers to a visitor, if there is one.
fn only(visit: &Visit, kind: impl Fn(Answer) -> (u16, u16)) -> Option<(u16, u16)> {
    let mut kinds = visit.answers.iter().map(|&(answer, _)| kind(answer));
    let first = kinds.next()?;
    kinds.all(|kind| kind == first).then_some(first)
}
