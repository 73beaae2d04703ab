//! Silences within a file whose traffic never pauses otherwise: the service was down, or lines were taken out.

use std::collections::{BTreeMap, BTreeSet};

use super::{ABOUT, doubtful, samples};
use crate::collect::{ATTACK_TICK, Attacked, Attacks};
use crate::detect::World;
use crate::detect::story;
use crate::incident::{Count, Finding, Join, Scale, Tenths};
use crate::request::Client;
use crate::tally::{FLEET_TICK, Step};
use crate::time::{MINUTE, Time};

/// So many requests must have been expected.
pub(super) const EXPECTED: u64 = 100;
/// This share of all other ticks holds requests, in percent.
pub(super) const BUSY: u64 = 95;
/// More silences than this are how the traffic is.
const MOST: usize = 3;
/// A log is at least so many ticks long without its silences, and so many times as long as they are.
const LONG: (u64, u64) = (60, 10);
/// A silence is at least so many ticks long.
const TICKS: u64 = 3;
/// Traffic before and behind is looked at over no more ticks than these.
const BESIDE: u64 = 60;
/// Whoever attacked within this of a silence may profit from it, in microseconds.
const NEAR: i64 = 10 * MINUTE;
/// Whoever attacks so often within that time on either side of a silence was at it before and behind.
const EACH_SIDE: u64 = 5;
/// Attacks are rare where they take up at most this share of a log: then it is no chance that a silence falls into one.
const RARE: (i64, i64) = (1, 10);
/// Clients that are named.
const NAMED: usize = 20;

/// The minutes of the whole service, by number.
struct Minutes {
    width: i64,
    requests: BTreeMap<i64, u64>,
}

/// A silence of the whole service: its first and last tick, and the step over it.
struct Silence {
    ticks: (i64, i64),
    step: Step,
}

/// Every silence that traffic on both sides speaks against.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let minutes = Minutes::of(world);
    let mut silences: Vec<Silence> = Vec::new();
    let mut known = BTreeSet::new();
    for sequence in world.tally().trail.sources.values() {
        let steps = sequence.forth.all();
        let silent =
            steps.into_iter().filter_map(|step| Some(Silence { ticks: minutes.silent(&step)?, step }));
        silences.extend(silent.filter(|silence| known.insert(silence.ticks)));
    }
    if silences.is_empty()
        || silences.len() > MOST
        || !minutes.are_steady_but_for(&silences, world.threshold(&ABOUT, "busy"))
    {
        return Vec::new();
    }
    silences.sort_unstable_by_key(|silence| silence.ticks);
    silences.iter().filter_map(|silence| told(world, &minutes, silence)).collect()
}

impl Minutes {
    fn of(world: &World<'_>) -> Self {
        let series = &world.tally().fleet.minutes;
        let width = series.width(FLEET_TICK).micros();
        let number = |start: Time| start.0.div_euclid(width);
        Self {
            width,
            requests: series.ticks(FLEET_TICK).map(|(start, one)| (number(start), one.requests)).collect(),
        }
    }

    /// From the first to the last, in microseconds.
    fn length(&self) -> i64 {
        let ends = self.requests.first_key_value().zip(self.requests.last_key_value());
        ends.map_or(0, |((first, _), (last, _))| (last - first + 1).saturating_mul(self.width))
    }

    /// The ticks within a step forth, if nobody asked for anything in them.
    fn silent(&self, step: &Step) -> Option<(i64, i64)> {
        let (first, last) = (step.from.0.div_euclid(self.width) + 1, step.to.0.div_euclid(self.width) - 1);
        let is_long = last - first + 1 >= i64::try_from(TICKS).unwrap_or(i64::MAX);
        (is_long && self.requests.range(first..=last).next().is_none()).then_some((first, last))
    }

    /// Whether hardly any other tick is empty, and the log is long.
    fn are_steady_but_for(&self, silences: &[Silence], busy: u64) -> bool {
        let (Some((&first, _)), Some((&last, _))) =
            (self.requests.first_key_value(), self.requests.last_key_value())
        else {
            return false;
        };
        let silent: u64 = silences.iter().map(Silence::len).sum();
        let others = (last - first + 1).unsigned_abs().saturating_sub(silent);
        others >= LONG.0.max(silent * LONG.1) && self.requests.len() as u64 * 100 >= others * busy
    }

    /// How many requests there would have been, by the quieter side.
    fn expected(&self, silence: &Silence) -> u64 {
        let beside = silence.len().min(BESIDE);
        let reach = i64::try_from(beside).unwrap_or(i64::MAX);
        let (first, last) = silence.ticks;
        let sum =
            |from: i64, to: i64| self.requests.range(from..=to).map(|(_, requests)| requests).sum::<u64>();
        // The ticks in which it begins and ends are only partly its own.
        let (before, behind) = (sum(first - 1 - reach, first - 2), sum(last + 2, last + 1 + reach));
        before.min(behind) * silence.len() / beside.max(1)
    }
}

impl Silence {
    /// In ticks.
    fn len(&self) -> u64 {
        (self.ticks.1 - self.ticks.0 + 1).unsigned_abs()
    }
}

/// One silence, if requests were to be expected in it.
fn told(world: &World<'_>, minutes: &Minutes, silence: &Silence) -> Option<Finding> {
    let expected = minutes.expected(silence);
    let least = world.threshold(&ABOUT, "expected");
    if expected < least {
        return None;
    }
    let step = silence.step;
    let mut finding = doubtful("silence");
    (finding.first, finding.last) = (step.from, step.to);
    let through = cut_through(world, minutes, &step);
    finding.clients = if through.is_empty() { profiting(world, &step) } else { through.clone() };
    if !through.is_empty() {
        (finding.scale, finding.confidence, finding.score) = (Scale::Sustained, 60, Tenths(600));
    }
    if let [only] = finding.clients.as_slice() {
        finding.joins = vec![Join::Client(only.of)];
    }
    finding.samples = samples(&step);
    finding.metrics = BTreeMap::from([("expected", expected), ("minutes", minutes_of(&step))]);
    finding.test("expected requests", expected * 10, least * 10, "requests");
    finding.reason = format!(
        "no request from {} to {}, in traffic that never pauses otherwise and of which {} were to be expected: {}",
        step.from.rfc3339(0),
        step.to.rfc3339(0),
        story::count(expected),
        if through.is_empty() {
            "the service was down, or lines were taken out"
        } else {
            "an attack was under way before and behind it, and took the service down, or lines of it were taken out"
        },
    );
    finding.recommendations = vec![
        "Ask whether the service was down; if it was not, look for the lines where they were sent besides, and at who can write \
         to the file."
            .to_owned(),
    ];
    Some(finding)
}

/// Who attacked up to a silence and on behind it, heaviest first; nobody where attacks are so usual that one or another stands
/// on both sides of any silence.
fn cut_through(world: &World<'_>, minutes: &Minutes, step: &Step) -> Vec<Count<Client>> {
    let tries = |attacked: &Attacked, from: i64, to: i64| -> u64 {
        let ticks = attacked.activity.ticks(ATTACK_TICK);
        ticks.filter(|(start, _)| (from..=to).contains(&start.0)).map(|(_, tries)| tries.0).sum()
    };
    let spans = world.population::<Attacks>().collect_from(EACH_SIDE * 2, |_, attacked| {
        let before = tries(attacked, step.from.0 - NEAR, step.from.0);
        // A tick begins before what happens in it.
        let behind = tries(attacked, step.to.0 - ATTACK_TICK.micros(), step.to.0 + NEAR);
        Some((attacked.span, before >= EACH_SIDE && behind >= EACH_SIDE, attacked.requests))
    });
    let mut all: Vec<(i64, i64)> = spans.iter().map(|(_, (span, ..))| (span.first.0, span.last.0)).collect();
    all.sort_unstable();
    let is_over_it = |&(first, last): &(i64, i64)| first <= step.from.0 && last >= step.to.0;
    // Nobody attacks in the silence itself.
    let mut attacked = if all.iter().any(is_over_it) { step.from.0 - step.to.0 } else { 0 };
    let mut until = i64::MIN;
    for (first, last) in all {
        attacked += (last - first.max(until)).max(0);
        until = until.max(last);
    }
    let log = minutes.length();
    if attacked.saturating_mul(RARE.1) > log.saturating_mul(RARE.0) {
        return Vec::new();
    }
    let through = spans.into_iter().filter(|(_, (_, through, _))| *through);
    let mut through: Vec<Count<Client>> =
        through.map(|(key, (.., requests))| Count { of: Client(key), requests }).collect();
    through.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    through.truncate(NAMED);
    through
}

/// How long a step is, in minutes.
fn minutes_of(step: &Step) -> u64 {
    ((step.to.0 - step.from.0) / MINUTE).unsigned_abs()
}

/// Who attacked just before or after, heaviest first.
fn profiting(world: &World<'_>, step: &Step) -> Vec<Count<Client>> {
    let is_near = |time: Time| {
        (step.from.0 - NEAR..=step.from.0).contains(&time.0)
            || (step.to.0..=step.to.0 + NEAR).contains(&time.0)
    };
    let mut near: BTreeMap<Client, u64> = BTreeMap::new();
    let attacks = world.population::<Attacks>().collect(|_, attacked| {
        let ticks = attacked.activity.ticks(ATTACK_TICK).filter(|(start, _)| is_near(*start));
        let requests: u64 = ticks.map(|(_, tries)| tries.0).sum();
        (requests > 0).then_some(requests)
    });
    near.extend(attacks.into_iter().map(|(key, requests)| (Client(key), requests)));
    for siege in world.sieges().iter().filter(|siege| is_near(siege.span.first) || is_near(siege.span.last)) {
        siege.clients.iter().for_each(|count| *near.entry(count.of).or_default() += count.requests);
    }
    let mut near: Vec<Count<Client>> =
        near.into_iter().map(|(of, requests)| Count { of, requests }).collect();
    near.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    near.truncate(NAMED);
    near
}
