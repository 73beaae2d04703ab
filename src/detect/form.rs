//! What visitors of a door ask for beside it whatever they are answered: the page with the form, which a login with a session
//! code makes everybody fetch, or to which it sends back whoever it refuses. It tells nothing of who got in.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, route_number};
use crate::detect::habits::Habits;
use crate::detect::visits::Visit;
use crate::evidence::Answer;
use crate::tally::Tally;

/// So many visitors that got one kind of answer are looked at.
const SOME: usize = 200;

/// So many visitors tell what those do who get one kind of answer.
const TELLING: usize = 5;

/// So many kinds of answers are looked at.
const KINDS: usize = 16;

/// The routes, as profiles know them, that nearly all of the `visitors` of one door ask for who ask for anything else,
/// whichever of several statuses they are answered with. Where there is one status, whichever of several sizes; then those
/// who got several must show that it is no page behind the door, which they would ask for once they got in.
pub(super) fn routes<'v>(visitors: impl Iterator<Item = &'v Visit>, tally: &Tally) -> BTreeSet<u64> {
    let mut by_status: BTreeMap<u16, Vec<&Visit>> = BTreeMap::new();
    let mut by_answer: BTreeMap<Answer, Vec<&Visit>> = BTreeMap::new();
    let mut mixed = Vec::new();
    // Who came to another door as well may have got in there.
    let only_here = |visit: &&Visit| visit.tries == visit.at_doors && visit.requests > visit.at_doors;
    for visit in visitors.filter(only_here) {
        let Some(status) = only(visit, |answer| answer.status).filter(|&status| tells(status)) else {
            continue;
        };
        keep(by_status.entry(status).or_default(), visit);
        match only(visit, |answer| answer) {
            Some(answer) if (300..400).contains(&status) => keep(by_answer.entry(answer).or_default(), visit),
            Some(_) => {}
            None => keep(&mut mixed, visit),
        }
    }
    by_status.retain(|_, visits| visits.len() >= TELLING);
    by_answer.retain(|_, visits| visits.len() >= TELLING);
    let of = |visits: Vec<&Visit>| habits(&visits, tally, |_| 1);
    let all: Vec<Habits> = if by_status.len() >= 2 {
        by_status.into_values().map(of).collect()
    } else {
        let each_time = habits(&mixed, tally, |visit| visit.tries);
        by_answer.into_values().take(KINDS).map(of).chain([each_time]).collect()
    };
    let Some(first) = all.first().filter(|_| all.len() >= 2) else { return BTreeSet::new() };
    first.routes().filter(|&route| all.iter().all(|one| one.are_of_nearly_all(route))).collect()
}

/// What these visitors ask for beside the door, so many times at `least`.
fn habits(visits: &[&Visit], tally: &Tally, least: impl Fn(&Visit) -> u64) -> Habits {
    let mut habits = Habits::default();
    for visit in visits {
        let door = route_number(visit.at.template.0, visit.at.method as u8);
        let least = least(visit);
        tally.population::<ClientProfiles>().with(visit.client.0, |profile| {
            habits.add(profile, |route, asked| route != door && asked.requests >= least);
        });
    }
    habits
}

/// Whether an answer with this status is one to what was sent: a failure, or being told to wait, is none.
fn tells(status: u16) -> bool {
    status < 500 && status != 429
}

/// Keeps a visit, if there are not enough.
fn keep<'v>(visits: &mut Vec<&'v Visit>, visit: &'v Visit) {
    if visits.len() < SOME {
        visits.push(visit);
    }
}

/// The one kind of all answers to a visitor, if there is one.
fn only<K: PartialEq>(visit: &Visit, kind: impl Fn(Answer) -> K) -> Option<K> {
    let mut kinds = visit.answers.iter().map(|&(answer, _)| kind(answer));
    let first = kinds.next()?;
    kinds.all(|other| other == first).then_some(first)
}
