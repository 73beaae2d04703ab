//! Work that is shared out and done drop by drop: many addresses, hardly two of them in one network, that ask one by one for
//! hours and do nothing else. A person comes, looks at much in a few minutes, and goes.

use std::collections::BTreeSet;

use crate::collect::{IdSet, OBJECT_TICK};
use crate::detect::World;
use crate::detect::one_agent::agent;
use crate::detect::pool::{self, Member};
use crate::evidence::Span;
use crate::request::Client;
use crate::series::{Series, Tries};
use crate::time::{HOUR, MINUTE, Seconds, Time};

/// Fewer addresses than this that have nothing in common but their pace are no team.
pub(super) const ADDRESSES: usize = 10;

/// They name so many agents.
const AGENTS: usize = 2;

/// Whoever drips is at it for so long, …
const LONG: i64 = HOUR;
/// … with so much between two requests, on average, in microseconds, …
const APART: i64 = 2 * MINUTE;
/// … and, of so many stretches of that, in so many of those that there could be a request in, in percent.
const STRETCHES: i64 = 24;
const SPREAD: u64 = 50;

/// When one address asked.
pub(super) struct Pace {
    span: Span,
    requests: u64,
    /// The ticks in which it did, and how wide they are, in microseconds.
    ticks: Vec<Time>,
    width: i64,
}

impl Pace {
    /// That of so many requests, in a series whose ticks began as `tick` wide.
    pub(super) fn of<const N: usize>(
        requests: u64,
        span: Span,
        tick: Seconds,
        activity: &Series<Tries, N>,
    ) -> Self {
        let ticks = activity.ticks(tick).map(|(time, _)| time).collect();
        Self { span, requests, ticks, width: activity.width(tick).micros() }
    }

    /// When these were asked for.
    pub(super) fn of_objects(ids: &IdSet) -> Self {
        Self::of(ids.requests, ids.span, OBJECT_TICK, &ids.activity)
    }

    /// Whether it asked one by one, for hours.
    fn drips(&self) -> bool {
        let gaps = i64::try_from(self.requests.saturating_sub(1)).unwrap_or(i64::MAX);
        let length = self.span.micros();
        if length < LONG.max(APART.saturating_mul(gaps)) {
            return false;
        }
        let width = self.width.max(length / STRETCHES + 1);
        let stretch = |time: &Time| (time.0 - self.span.first.0).div_euclid(width);
        let busy: BTreeSet<i64> = self.ticks.iter().map(stretch).collect();
        let could = self.requests.min(u64::try_from(length / width + 1).unwrap_or(0));
        busy.len() as u64 * 100 >= could * SPREAD
    }
}

/// One address that drips.
struct Drop<T>(T, Pace);

impl<T> Member for Drop<T> {
    fn span(&self) -> Span {
        self.1.span
    }

    fn size(&self) -> u64 {
        self.1.requests
    }
}

/// Those of `all` who drip, in pools that are alike and at it together; `of` says who each is and when it asked. One program that
/// all have may work so, or be a robot's: whoever shares an agent is told by that.
pub(super) fn pools<T>(world: &World<'_>, all: Vec<T>, of: impl Fn(&T) -> (Client, Pace)) -> Vec<Vec<T>> {
    let mut pools = alike(all, &of);
    pools.retain(|some| {
        let agents = some.iter().filter_map(|one| world.profile(of(one).0, agent).flatten());
        agents.collect::<BTreeSet<u64>>().len() >= AGENTS
    });
    pools
}

/// As [`pools`], whatever their agents.
fn alike<T>(all: Vec<T>, of: impl Fn(&T) -> (Client, Pace)) -> Vec<Vec<T>> {
    let drops = all.into_iter().filter_map(|one| {
        let (_, pace) = of(&one);
        pace.drips().then_some(Drop(one, pace))
    });
    let pools = pool::together(drops.collect()).into_iter();
    let pools = pools.map(|pool| pool.into_iter().map(|Drop(one, _)| one).collect::<Vec<T>>());
    let are_apart = |some: &Vec<T>| {
        let networks: BTreeSet<Client> = some.iter().map(|one| of(one).0.network()).collect();
        networks.len() * 2 > some.len()
    };
    pools.filter(|some| some.len() >= ADDRESSES && are_apart(some)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::Evidence;

    const TICK: Seconds = Seconds(60);

    /// When somebody asked who asked at these minutes.
    fn asking(minutes: impl Iterator<Item = i64>) -> Pace {
        let (mut requests, mut span, mut activity) = (0, Span::default(), Series::<Tries, 24>::default());
        for minute in minutes {
            let time = Time(minute * MINUTE);
            requests += 1;
            activity.at(TICK, time).0 += 1;
            span.merge(Span { first: time, last: time });
        }
        Pace::of(requests, span, TICK, &activity)
    }

    /// How many are in pools, of so many in networks that are so far apart, each of whom begins a minute later.
    fn pooled(members: i64, network: u128) -> usize {
        let minutes = |nth: i64| (0..20).map(move |one| one * 41 + nth);
        let client = |nth: i64| Client(u128::from(nth.unsigned_abs()) * network);
        let pools = alike((0..members).collect(), |&nth| (client(nth), asking(minutes(nth))));
        pools.iter().map(Vec::len).sum()
    }

    #[test]
    fn who_asks_one_by_one_for_hours_drips_and_who_comes_and_goes_does_not() {
        assert!(asking((0..20).map(|nth| nth * 41)).drips());
        assert!(!asking((0..20).map(|nth| nth / 10)).drips(), "two minutes");
        assert!(!asking((0..20).map(|nth| nth / 7 * 300 + nth % 7)).drips(), "three visits");
        assert!(!asking((0..900).map(|nth| nth / 10)).drips(), "ten a minute");
    }

    #[test]
    fn a_pool_drips_alike_from_many_networks() {
        assert_eq!(pooled(12, 1 << 112), 12);
        assert_eq!(pooled(12, 1), 0, "one network");
        assert_eq!(pooled(9, 1 << 112), 0, "few");
    }
}
