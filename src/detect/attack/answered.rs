//! How the answers to payloads differ: from the ordinary ones of their route, and from one another. Most payloads miss, and all
//! misses look the same; what was read or run has a size of its own.

use super::nothing::{Misses, Nothing};
use super::worked::{Worked, words};
use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Attacked, Target};
use crate::detect::World;
use crate::detect::confounder::CERTAIN;
use crate::evidence::{size_class, size_of_class};
use crate::incident::{Outcome, Sample};
use crate::request::{Client, RouteKey};
use crate::signal::Class;

/// Answers differ if they are so many classes of size apart, a fifth …
const APART: u64 = 4;
/// … and so many bytes: a page that repeats what it was asked for differs by less.
const ECHO: u64 = 256;
/// So many different answers, each unlike the ordinary ones, are no error page.
const KINDS: usize = 3;
/// Who asks for a page that nobody else asks for comes from no more addresses than this.
pub(super) const ALONE: u64 = 2;
/// So many ordinary answers make a route that is used.
const USED: u64 = 30;
/// So many answers to what slipped past a filter are no chance.
const SLIPPED: u64 = 2;
/// So many paths that lead nowhere show that not everything is answered.
const STEPS: u64 = 2;
/// Payloads of so many classes cannot all have worked alike.
const ALIKE: usize = 3;
/// A question is asked so often, and each of its two answers given so often.
const ASKED: u64 = 8;
const GIVEN: u64 = 3;
/// Nobody goes on asking for so long, answered so often each way, in a share of tries, if he learns nothing: a character of a
/// table takes seven questions.
const READ: u64 = 100;
const EACH_WAY: u64 = 5;

/// Whether payloads of a class read files or run code where they pass, so that the answer is what they read or ran.
pub(super) fn reads(class: Class) -> bool {
    matches!(
        class,
        Class::PathTraversal
            | Class::FileInclusion
            | Class::CommandInjection
            | Class::CodeInjection
            | Class::Ssrf
            | Class::Xxe
            | Class::Webshell
    )
}

/// An answer unlike any ordinary one of its route, or from where nobody else comes.
pub(super) fn unlike(
    world: &World<'_>,
    target: &Target,
    (class, route): (Class, RouteKey),
    nothing: &Nothing<'_>,
) -> Option<Worked> {
    // A database is asked on routes that others use as well; where nobody else comes, it answered.
    let is_alone = is_alone(world, route);
    let asks = matches!(class, Class::Sqli | Class::Nosql | Class::Ldap) && is_alone;
    if !(reads(class) || asks) {
        return None;
    }
    let most = if is_alone {
        sizes(target).map(|(size, _)| size).filter(|&size| !nothing.holds(route, size)).max()
    } else {
        off(world, target, route, nothing).max()
    };
    let because = format!("an answer of {} is like no ordinary one", about(most?.into()));
    Some(Worked { outcome: Outcome::Probed, because: Some(because), sample: sample(target), bytes: 0 })
}

/// What payloads that read, of all classes, got from a route that others use: different things, each unlike what others get.
pub(super) fn read(
    world: &World<'_>,
    targets: &[&Target],
    route: RouteKey,
    nothing: &Nothing<'_>,
) -> Option<Worked> {
    let targets: Vec<&Target> =
        targets.iter().copied().filter(|target| target.class().is_some_and(reads)).collect();
    // Where nobody else comes, no answer is ordinary.
    let is_alone = is_alone(world, route);
    let mut all: Vec<u64> = if is_alone {
        let own = targets.iter().flat_map(|target| sizes(target)).map(|(size, _)| size);
        own.filter(|&size| !nothing.holds(route, size)).map(u64::from).collect()
    } else {
        targets.iter().flat_map(|target| off(world, target, route, nothing)).map(u64::from).collect()
    };
    all.sort_unstable();
    let kinds = kinds(&all);
    let (least, most) = (*all.first()?, *all.last()?);
    let best = targets.iter().max_by_key(|target| target.largest)?;
    // What nobody types by chance needs no third witness.
    let certain = targets.iter().filter(|target| target.score >= CERTAIN);
    let certain = certain.filter(|target| off(world, target, route, nothing).next().is_some()).count();
    let because = if kinds >= KINDS || !is_alone && (certain >= 2 || certain == 1 && kinds == 2) {
        format!(
            "{} different answers, from {} to {}, are like no ordinary one: each is what was asked for",
            kinds.max(2),
            about(least),
            about(most)
        )
    } else if is_alone && targets.iter().any(|target| tells_apart(target)) {
        "one address of the inside was fetched and another was not: the page reaches what it fetches"
            .to_owned()
    } else {
        return None;
    };
    Some(Worked {
        outcome: Outcome::Succeeded,
        because: Some(because),
        sample: sample(best),
        bytes: best.largest.map_or(0, |(bytes, ..)| bytes),
    })
}

/// Whether a page fetched some of the addresses of the inside that it was told to, and not all.
fn tells_apart(target: &Target) -> bool {
    let is_inside = target.class() == Some(Class::Ssrf) && target.score >= CERTAIN;
    is_inside && (1..target.requests).contains(&target.ok)
}

/// The sizes of answers that lie off the ordinary ones of a route, either way.
fn off(
    world: &World<'_>,
    target: &Target,
    route: RouteKey,
    nothing: &Nothing<'_>,
) -> impl Iterator<Item = u16> {
    let far = i64::try_from(world.threshold(&super::injection::ABOUT, "stands out") * 10).unwrap_or(i64::MAX);
    let answers = world.norm(route).map(|norm| norm.answers);
    sizes(target).map(|(size, _)| size).filter(move |&size| {
        let off = answers.and_then(|answers| answers.deviation_tenths(size));
        !nothing.holds(route, size) && off.is_some_and(|off| off.abs() >= far)
    })
}

/// The sizes of answers that payloads of several classes, by whoever they came, got alike from a route: what none of them asked
/// for. Neither did markup ask for anything, nor a session that is forced upon somebody: between the smallest and the largest of
/// its answers all say nothing.
pub(super) fn misses(world: &World<'_>, attacks: &[(Client, Attacked)]) -> Misses {
    let mut given: BTreeMap<(RouteKey, u16), BTreeSet<Class>> = BTreeMap::new();
    let mut nothing: Vec<(RouteKey, (u16, u16))> = Vec::new();
    for target in attacks.iter().flat_map(|(_, attacked)| attacked.targets.all()) {
        let (Some(route), Some(class)) = (super::route_of(world, target), target.class()) else { continue };
        if matches!(class, Class::Xss | Class::SessionFixation) {
            let mut sizes = sizes(target).map(|(size, _)| size);
            if let Some(least) = sizes.next() {
                nothing.push((route, (least, sizes.last().unwrap_or(least))));
            }
        }
        // A page that repeats what it was asked for differs by a little.
        for size in sizes(target).flat_map(|(size, _)| size.saturating_sub(1)..=size.saturating_add(1)) {
            given.entry((route, size)).or_default().insert(class);
        }
    }
    let alike = given.into_iter().filter(|(_, classes)| classes.len() >= ALIKE);
    Misses::of(alike.map(|((route, size), _)| (route, (size, size))).chain(nothing))
}

/// Answers of two kinds that come about as often: a database says yes or no.
pub(super) fn in_two(target: &Target, class: Class) -> Option<Worked> {
    if !matches!(class, Class::Sqli | Class::Nosql | Class::Ldap) || target.ok < ASKED {
        return None;
    }
    let denied = target.stopped.saturating_sub(target.refused);
    let is_two = (target.ok + denied) * 10 >= target.requests * 9;
    if is_two && is_dialogue(target.ok + denied, target.ok.min(denied)) {
        return Some(Worked {
            outcome: Outcome::Succeeded,
            because: Some(format!(
                "{} of its questions were answered and {denied} were not, as a database says yes or no",
                target.ok
            )),
            sample: sample(target),
            bytes: 0,
        });
    }
    let mut sizes: Vec<(u16, u64)> = sizes(target).collect();
    sizes.sort_unstable_by_key(|&(size, tries)| (std::cmp::Reverse(tries), size));
    let [(one, ones), (other, others), ..] = *sizes.as_slice() else { return None };
    let is_two = ones.min(others) >= GIVEN && (ones + others) * 10 >= target.ok * 9;
    let reads = is_dialogue(target.ok, ones.min(others));
    (is_two && differ(u64::from(one.min(other)), u64::from(one.max(other)))).then(|| Worked {
        outcome: if reads { Outcome::Succeeded } else { Outcome::Probed },
        because: Some(format!(
            "its answers have two sizes, {ones} times {} and {others} times {}, as a database that says yes or no",
            about(one.into()),
            about(other.into()),
        )),
        sample: sample(target),
        bytes: 0,
    })
}

/// Whether so many questions, of which so many got the rarer of two answers, read something bit by bit.
fn is_dialogue(asked: u64, rarer: u64) -> bool {
    asked >= READ && rarer * EACH_WAY >= asked
}

/// What payloads of all classes got from one page that nobody else asks for, where each was answered with a size of its own: it
/// runs what it is told.
pub(super) fn shell(
    world: &World<'_>,
    targets: &[&Target],
    route: RouteKey,
    nothing: &Nothing<'_>,
) -> Option<Worked> {
    let runs = targets.iter().any(|target| {
        let is_code =
            |class| matches!(class, Class::Webshell | Class::CommandInjection | Class::CodeInjection);
        target.ok > 0 && target.class().is_some_and(is_code)
    });
    if !runs || !is_alone(world, route) {
        return None;
    }
    let kinds = kinds(&all_sizes(targets, |size| nothing.holds(route, size)));
    let best = targets.iter().max_by_key(|target| target.largest)?;
    (kinds >= KINDS).then(|| Worked {
        outcome: Outcome::Succeeded,
        because: Some(format!(
            "nobody else asks for this page, and it gave {kinds} different answers, up to {}: it runs what it is told",
            words(best.largest.map_or(0, |(bytes, ..)| bytes)),
        )),
        sample: sample(best),
        bytes: 0,
    })
}

/// What paths that climb got where nobody else comes, after others of them that led nowhere: once there are steps enough, each
/// gives what it names.
pub(super) fn reached(world: &World<'_>, attacked: &Attacked, nothing: &Nothing<'_>) -> Option<Worked> {
    let climbs = |target: &&Target| {
        let is_path = matches!(target.class(), Some(Class::PathTraversal | Class::FileInclusion));
        is_path && super::route_of(world, target).is_some_and(|route| is_alone(world, route))
    };
    let targets: Vec<&Target> = attacked.targets.all().filter(climbs).collect();
    let missed: u64 = targets.iter().map(|target| target.missing).sum();
    let given = kinds(&all_sizes(&targets, |size| nothing.catchall.holds(size)));
    let best = targets.iter().max_by_key(|target| target.largest)?;
    (missed >= STEPS && given >= 2).then(|| Worked {
        outcome: Outcome::Succeeded,
        because: Some(format!(
            "{missed} paths that climb led nowhere, and others gave {given} different answers, up to {}: what they name",
            words(best.largest.map_or(0, |(bytes, ..)| bytes)),
        )),
        sample: sample(best),
        bytes: best.largest.map_or(0, |(bytes, ..)| bytes),
    })
}

/// Payloads that were refused as they are, and answered with different things once they were written so that filters miss them.
pub(super) fn slipped(targets: &[&Target], route: RouteKey, nothing: &Nothing<'_>) -> Option<Worked> {
    let of_class: Vec<&Target> =
        targets.iter().copied().filter(|target| target.class().is_some_and(reads)).collect();
    let slipped: u64 = of_class.iter().map(|target| target.slipped).sum();
    let stopped: u64 = of_class.iter().map(|target| target.stopped).sum();
    if slipped < SLIPPED
        || stopped == 0
        || kinds(&all_sizes(&of_class, |size| nothing.holds(route, size))) < 2
    {
        return None;
    }
    let best = of_class.iter().max_by_key(|target| target.largest)?;
    Some(Worked {
        outcome: Outcome::Succeeded,
        because: Some(format!(
            "written plainly it was refused, and written to slip past filters it was answered {slipped} times, each with \
             something else"
        )),
        sample: sample(best),
        bytes: best.largest.map_or(0, |(bytes, ..)| bytes),
    })
}

/// The sizes of all answers but those that say nothing, ascending.
fn all_sizes(targets: &[&Target], says_nothing: impl Fn(u16) -> bool) -> Vec<u64> {
    let all = targets.iter().flat_map(|target| sizes(target)).map(|(size, _)| size);
    let mut all: Vec<u64> = all.filter(|&size| !says_nothing(size)).map(u64::from).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether nobody else asks for a route.
pub(super) fn is_alone(world: &World<'_>, route: RouteKey) -> bool {
    world.norm(route).is_none_or(|norm| norm.clients.count() <= ALONE && norm.answers.ok < USED)
}

/// The sizes of the answers, ascending, and how often each was given.
fn sizes(target: &Target) -> impl Iterator<Item = (u16, u64)> {
    let mut all: Vec<(u16, u64)> =
        target.sizes.iter().map(|(size, tries)| (u16::try_from(size).unwrap_or(u16::MAX), tries.0)).collect();
    all.sort_unstable();
    all.into_iter()
}

/// How many of these sizes, ascending, differ.
fn kinds(sizes: &[u64]) -> usize {
    let mut last = None;
    sizes
        .iter()
        .filter(|&&size| {
            let is_new = last.is_none_or(|last| differ(last, size));
            last = if is_new { Some(size) } else { last };
            is_new
        })
        .count()
}

/// Whether answers of two classes, the smaller first, say different things.
fn differ(less: u64, more: u64) -> bool {
    bytes(more).saturating_sub(bytes(less)) >= ECHO && more.saturating_sub(less) >= APART
}

/// The smallest size of a class.
fn bytes(class: u64) -> u64 {
    size_of_class(u16::try_from(class).unwrap_or(size_class(u64::MAX)))
}

/// A class of size in words.
fn about(class: u64) -> String {
    words(bytes(class))
}

/// The largest answer, as what tells.
fn sample(target: &Target) -> Option<Sample> {
    target.largest.map(|(_, time, place)| Sample { time, place, why: "success" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(bytes: &[u64]) -> Vec<u64> {
        let mut all: Vec<u64> = bytes.iter().map(|&bytes| size_class(bytes).into()).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn a_page_that_repeats_what_it_was_asked_for_is_one_answer() {
        assert_eq!(kinds(&classes(&[300, 340, 390, 500])), 1);
        assert_eq!(kinds(&classes(&[2710, 2900, 3420, 5530])), 3);
        assert_eq!(kinds(&classes(&[9, 54, 140, 3300, 9100])), 3);
        assert_eq!(kinds(&classes(&[80_000, 81_000, 82_000])), 1);
    }

    #[test]
    fn a_long_dialogue_of_yes_and_no_reads_and_a_wall_of_no_does_not() {
        let of = |ok, stopped, refused| Target {
            requests: ok + stopped,
            ok,
            stopped,
            refused,
            ..Target::default()
        };
        let worked = |target| in_two(&target, Class::Sqli).map(|worked| worked.outcome);
        assert_eq!(worked(of(103, 103, 0)), Some(Outcome::Succeeded));
        // A filter that refuses half, a form that hardly ever says yes, a few tries.
        for target in [of(103, 103, 103), of(9, 191, 0), of(20, 20, 0)] {
            assert_eq!(worked(target), None);
        }
    }

    #[test]
    fn yes_and_no_are_told_from_answers_that_scatter() {
        let of = |sizes: &[u64]| {
            let mut target = Target { ok: sizes.len() as u64, ..Target::default() };
            for &size in sizes {
                target.sizes.at(size_class(size).into()).0 += 1;
            }
            target
        };
        let yes_or_no = of(&[5200, 1100, 5200, 1100, 5200, 1100, 1100, 5200]);
        assert!(in_two(&yes_or_no, Class::Sqli).is_some());
        assert!(in_two(&yes_or_no, Class::Xss).is_none());
        let outcome = |target: &Target| in_two(target, Class::Sqli).map(|worked| worked.outcome);
        assert_eq!(outcome(&yes_or_no), Some(Outcome::Probed));
        assert_eq!(outcome(&of(&[5200, 1100].repeat(60))), Some(Outcome::Succeeded));
        assert!(in_two(&of(&[4000, 5000, 6000, 7000, 4500, 5500, 6500, 3900]), Class::Sqli).is_none());
        assert!(in_two(&of(&[5200, 5200, 5200, 5200, 5200, 5200, 5200, 1100]), Class::Sqli).is_none());
        assert!(in_two(&of(&[1200, 1210, 1300, 1300, 1200, 1200, 1300, 1300]), Class::Sqli).is_none());
    }
}
