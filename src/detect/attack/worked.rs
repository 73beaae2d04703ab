//! Whether an attack worked: by how its answers stand out from the ordinary ones of the same route.

use std::collections::{BTreeMap, BTreeSet};

use super::answered;
use super::nothing::Nothing;
use crate::collect::{Attacked, Target};
use crate::detect::World;
use crate::detect::confounder::Usual;
use crate::evidence::size_class;
use crate::hash::TemplateHash;
use crate::incident::{Outcome, Sample};
use crate::request::{Client, RouteKey};
use crate::signal::Class;

/// And so many classes of size larger: eight are half as much again.
const LARGER: i64 = 8;
/// Answers that came as late as was asked for, from which on that is no chance.
const WAITS: u64 = 2;
/// A route fails by itself where more than this of its answers are 5xx, in a thousand.
const FAILS: u64 = 50;
/// A file that scores less may be public.
pub(super) const SECRET: u8 = 60;

/// What became of an attack on one target.
#[derive(Clone, Debug)]
pub(super) struct Worked {
    pub(super) outcome: Outcome,
    /// What tells so, where it got further than a try.
    pub(super) because: Option<String>,
    /// The answer that tells so.
    pub(super) sample: Option<Sample>,
    /// How many bytes were read by it.
    pub(super) bytes: u64,
}

impl Worked {
    fn tried(outcome: Outcome) -> Self {
        Self { outcome, because: None, sample: None, bytes: 0 }
    }
}

/// The learned route of a target.
pub(in crate::detect) fn route(world: &World<'_>, target: &Target) -> Option<RouteKey> {
    let (template, method, _) = target.what?;
    Some(RouteKey(world.fold(template), method as u8))
}

/// How a route answers texts of which none worked.
pub(super) struct Ways<'n> {
    /// Those of people at work.
    pub(super) usual: Usual,
    /// Answers that say nothing.
    pub(super) nothing: &'n Nothing<'n>,
}

/// What became of the attacks on `target`.
pub(super) fn judge(world: &World<'_>, target: &Target, ways: &Ways<'_>) -> Worked {
    let catchall = ways.nothing.catchall;
    let (Some(class), Some(route)) = (target.class(), route(world, target)) else {
        return Worked::tried(Outcome::Attempted);
    };
    if target.refused == target.requests {
        return Worked::tried(Outcome::Blocked);
    }
    let found = match class {
        Class::SensitiveFile | Class::Webshell => exposed(world, target, catchall),
        Class::Scanner | Class::Protocol | Class::Sigma => None,
        _ => {
            let found = waited(target)
                .or_else(|| enlarged(world, target, (class, route), catchall).filter(|_| !ways.usual.sizes))
                .or_else(|| {
                    answered::unlike(world, target, (class, route), ways.nothing)
                        .filter(|_| !ways.usual.texts)
                });
            let says_more = |two: &Worked| found.as_ref().is_none_or(|one| one.outcome < two.outcome);
            answered::in_two(target, class).filter(says_more).or(found)
        }
    };
    found.or_else(|| broken(world, target, route)).unwrap_or_else(|| Worked::tried(Outcome::Attempted))
}

/// Code that was told to wait, and did.
fn waited(target: &Target) -> Option<Worked> {
    let (time, place) = target.first_waited?;
    let times = target.waited;
    Some(Worked {
        outcome: if times >= WAITS { Outcome::Succeeded } else { Outcome::Probed },
        because: Some(format!("the answer came as late as the request asked for, {times} times")),
        sample: Some(Sample { time, place, why: "success" }),
        bytes: 0,
    })
}

/// An answer larger than any ordinary one.
fn enlarged(
    world: &World<'_>,
    target: &Target,
    (class, route): (Class, RouteKey),
    catchall: &Catchall,
) -> Option<Worked> {
    let reads = !matches!(class, Class::Xss | Class::SessionFixation | Class::Jndi | Class::Mail);
    let (bytes, time, place) = target.largest.filter(|_| reads)?;
    let size = size_class(bytes);
    if catchall.holds(size) {
        return None;
    }
    let norm = world.norm(route);
    let off = norm.and_then(|norm| norm.answers.deviation_tenths(size));
    let mode = target
        .sizes
        .iter()
        .max_by_key(|(size, tries)| (tries.0, std::cmp::Reverse(*size)))
        .map(|(size, _)| size);
    // Most payloads miss, and all misses look the same.
    let beyond_own =
        mode.is_some_and(|mode| i64::from(size) - i64::try_from(mode).unwrap_or(0) >= 2 * LARGER);
    let far = i64::try_from(world.threshold(&super::injection::ABOUT, "stands out") * 10).unwrap_or(i64::MAX);
    let beyond_others = off.is_some_and(|off| off >= far);
    let (outcome, because) = match off {
        Some(off) if beyond_others => (
            Outcome::Succeeded,
            format!(
                "an answer of {} is {} standard deviations above the ordinary ones",
                words(bytes),
                off / 10
            ),
        ),
        None if beyond_own && target.ok >= 4 => (
            Outcome::Probed,
            format!("an answer of {} is far above the others to such requests", words(bytes)),
        ),
        _ => return None,
    };
    let sample = Some(Sample { time, place, why: "success" });
    Some(Worked { outcome, because: Some(because), sample, bytes })
}

/// A file that should not be there, and was given.
fn exposed(world: &World<'_>, target: &Target, catchall: &Catchall) -> Option<Worked> {
    let (bytes, time, place) = target.largest.filter(|&(bytes, ..)| bytes > 0)?;
    // What is given to those who have logged in does not lie open.
    let is_open = target.named < target.ok;
    if target.ok_score < SECRET || !is_open || catchall.holds(size_class(bytes)) {
        return None;
    }
    let large = world.threshold(&super::vulnerability_scan::ABOUT, "taken") * 1_000_000;
    Some(Worked {
        outcome: if bytes >= large { Outcome::Exfiltrated } else { Outcome::Succeeded },
        because: Some(format!("the server answered with {}", words(bytes))),
        sample: Some(Sample { time, place, why: "success" }),
        bytes,
    })
}

/// A server that failed over it, and does not otherwise.
fn broken(world: &World<'_>, target: &Target, route: RouteKey) -> Option<Worked> {
    let norm = world.norm(route)?;
    let is_new = norm.answers.ok >= 30 && norm.answers.failed_permille() < FAILS;
    (target.failed > 0 && is_new).then(|| Worked {
        outcome: Outcome::Probed,
        because: Some(format!("the server failed over it {} times", target.failed)),
        sample: None,
        bytes: 0,
    })
}

/// A size in words.
pub(super) fn words(bytes: u64) -> String {
    crate::detect::story::bytes(bytes)
}

/// Sizes that a site answers with whatever it is asked for: its front page, or a friendly "not found" with 200.
pub(super) struct Catchall {
    sizes: BTreeSet<u16>,
}

/// So many different templates with answers of one size are none.
const SAME: usize = 3;

impl Catchall {
    /// Of the site, as far as those who probe it show.
    pub(super) fn of(world: &World<'_>, attacks: &[(Client, Attacked)]) -> Self {
        let mut templates: BTreeMap<u16, BTreeSet<TemplateHash>> = BTreeMap::new();
        let targets = attacks.iter().flat_map(|(_, attacked)| attacked.targets.all());
        for target in targets.filter(|target| target.ok > 0) {
            let Some((template, ..)) = target.what else { continue };
            // Where people come, answers have sizes of their own.
            if route(world, target)
                .and_then(|route| world.norm(route))
                .is_some_and(|norm| norm.answers.ok >= 30)
            {
                continue;
            }
            for (size, _) in target.sizes.iter() {
                templates.entry(u16::try_from(size).unwrap_or(u16::MAX)).or_default().insert(template);
            }
        }
        let mut sizes: BTreeSet<u16> =
            templates.iter().filter(|(_, some)| some.len() >= SAME).map(|(&size, _)| size).collect();
        sizes.extend(
            world
                .norms()
                .filter(|(_, norm)| &*norm.text == b"/")
                .filter_map(|(_, norm)| norm.answers.middle()),
        );
        Self { sizes }
    }

    /// Whether an answer of this size may be one.
    pub(super) fn holds(&self, size: u16) -> bool {
        self.sizes.range(size.saturating_sub(1)..=size.saturating_add(1)).next().is_some()
    }
}
