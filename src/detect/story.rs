//! What findings of all detectors have in common when they are told: numbers in words, activity, samples.

use std::collections::BTreeMap;

use crate::collect::{PrincipalProfiles, Try};
use crate::detect::World;
use crate::evidence::Bounded;
use crate::hash::NameHash;
use crate::incident::{Count, Finding, Join, Named, Sample};
use crate::request::{Client, Place, RouteKey};
use crate::route::Method;
use crate::series::{Evidence, Series};
pub(super) use crate::text::number as count;
use crate::time::{Seconds, Time};

/// The score of a confounder, in hundredths, from which on it explains a finding.
pub const EXPLAINS: u8 = 70;

/// Requests over time as a finding has them: the tick's length, and start and count of each tick.
type Activity = (Seconds, Vec<(Time, u64)>);

/// Requests over time, from one or many series.
#[derive(Clone, Debug, Default)]
pub(super) struct Over {
    width: u32,
    ticks: BTreeMap<i64, u64>,
}

impl Over {
    /// The activity of one series.
    pub(super) fn of<E: Evidence, const N: usize>(
        tick: Seconds,
        series: &Series<E, N>,
        value: impl Fn(&E) -> u64,
    ) -> Self {
        let width = series.width(tick);
        let number = |start: Time| start.0.div_euclid(width.micros());
        Self {
            width: width.0,
            ticks: series.ticks(tick).map(|(start, one)| (number(start), value(one))).collect(),
        }
    }

    /// Adds another's activity; the wider ticks win.
    pub(super) fn join(&mut self, other: &Self) {
        if self.width < other.width {
            let ours = std::mem::replace(self, Self { width: other.width, ticks: BTreeMap::new() });
            self.add(&ours);
        }
        self.add(other);
    }

    /// Adds another's activity, the ticks of which are no wider.
    fn add(&mut self, other: &Self) {
        let width = i64::from(self.width.max(1));
        for (&number, &count) in &other.ticks {
            let start = number * i64::from(other.width);
            *self.ticks.entry(start.div_euclid(width)).or_default() += count;
        }
    }

    /// Two activities as findings have them, as one.
    pub(super) fn sum(a: &Activity, b: &Activity) -> Activity {
        let mut over = Self::default();
        for (width, ticks) in [a, b] {
            let number = |start: Time| start.0.div_euclid(width.micros());
            over.join(&Self {
                width: width.0,
                ticks: ticks.iter().map(|&(start, one)| (number(start), one)).collect(),
            });
        }
        over.activity()
    }

    /// As a finding has it.
    pub(super) fn activity(&self) -> Activity {
        let start = |number: i64| Time::from_seconds(number * i64::from(self.width));
        (Seconds(self.width), self.ticks.iter().map(|(&number, &count)| (start(number), count)).collect())
    }
}

/// The first and the last of some requests.
pub(super) fn ends(all: &[(Time, Place)]) -> Vec<Sample> {
    let sample = |&(time, place): &(Time, Place), why| Sample { time, place, why };
    match all {
        [] => Vec::new(),
        [only] => vec![sample(only, "first")],
        [first, .., last] => vec![sample(first, "first"), sample(last, "last")],
    }
}

/// The earliest `first`, the latest `last` and the earliest successes of many samples.
pub(super) fn choose(mut samples: Vec<Sample>) -> Vec<Sample> {
    samples.sort_unstable();
    samples.dedup();
    let first = samples.iter().find(|sample| sample.why == "first").copied();
    let last = samples.iter().rev().find(|sample| sample.why == "last").copied();
    let others = samples.iter().filter(|sample| !matches!(sample.why, "first" | "last")).take(3).copied();
    first.into_iter().chain(others).chain(last).collect()
}

/// Agents, heaviest first, each to be read again at `example`'s source.
pub(super) fn agents(counts: &BTreeMap<u64, u64>, example: Place) -> Vec<Count<Named>> {
    let mut agents: Vec<Count<Named>> = counts
        .iter()
        .map(|(&agent, &requests)| Count { of: Named { hash: NameHash(agent), place: example }, requests })
        .collect();
    agents.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    agents
}

/// Names the clients that a principal comes from, and joins what is held against the one that it mostly comes from.
pub(super) fn come_from(world: &World<'_>, principal: NameHash, finding: &mut Finding) {
    let from = world.population::<PrincipalProfiles>().with(u128::from(principal.0), |profile| {
        let from =
            profile.others.iter().map(|(_, other)| Count { of: Client(other.key), requests: other.requests });
        (profile.requests, profile.others.count(), from.collect::<Vec<_>>())
    });
    let Some((requests, total, mut clients)) = from else { return };
    finding.clients_total += total;
    clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    if let Some(most) = clients.first().filter(|most| most.requests * 2 >= requests) {
        finding.joins.push(Join::Client(most.of));
    }
    finding.clients.extend(clients);
}

/// The principal that hides behind several clients, if it is one: behind four of five of them.
pub(super) fn common_principal(world: &World<'_>, clients: &[Client]) -> Option<NameHash> {
    let mut behind: BTreeMap<u128, usize> = BTreeMap::new();
    for &client in clients {
        let principals = world
            .profile(client, |profile| profile.others.iter().map(|(_, other)| other.key).collect::<Vec<_>>());
        for principal in principals.unwrap_or_default() {
            *behind.entry(principal).or_default() += 1;
        }
    }
    let (&principal, &count) = behind.iter().max_by_key(|&(&principal, &count)| (count, principal))?;
    let common = clients.len() > 1 && count * 5 >= clients.len() * 4;
    common.then(|| NameHash(u64::try_from(principal).unwrap_or(0)))
}

/// Accounts that were named, most tried first.
pub(super) fn accounts<const K: usize>(tried: &Bounded<Try, K>) -> Vec<Count<Named>> {
    let named = |(hash, one): (u64, &Try)| {
        Some(Count { of: Named { hash: NameHash(hash), place: one.place? }, requests: one.tries })
    };
    let mut accounts: Vec<Count<Named>> = tried.iter().filter_map(named).collect();
    accounts.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    accounts
}

/// One endpoint, as a finding has it.
pub(super) fn endpoint(route: RouteKey, requests: u64) -> Vec<Count<(Method, crate::hash::TemplateHash)>> {
    vec![Count { of: (Method::from_number(route.1), route.0), requests }]
}

/// Lets the look-alike that explains a finding best hold it back, if one does.
pub(super) fn suppress(finding: &mut Finding) {
    let best = finding.confounders.iter().max_by_key(|note| note.score);
    let name = best.filter(|note| note.score.0 >= EXPLAINS).map(|note| note.name.clone());
    finding.suppressed_by = name.and_then(|name| match name {
        std::borrow::Cow::Borrowed(name) => Some(name),
        std::borrow::Cow::Owned(_) => None,
    });
}

/// A count that may be an estimate, which is told with two digits: `about 1,900`.
pub(super) fn about(number: u64, is_exact: bool) -> String {
    if is_exact || number < 100 {
        return count(number);
    }
    let step = 10_u64.pow(number.ilog10() - 1);
    format!("about {}", count((number + step / 2) / step * step))
}

/// So many requests: `1 request`, `3,512 requests`.
pub(super) fn requests(number: u64) -> String {
    crate::text::count(number, "request")
}

/// Bytes in the unit that fits: `3.2 GB`, powers of ten.
pub(super) fn bytes(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit)
}
