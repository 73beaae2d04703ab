//! Going on at full speed when told to slow down: many 429 or 503, and no fewer in the end than in the beginning.

use std::collections::BTreeMap;

use super::service::Service;
use super::told::{Load, Source};
use super::{Judge, WINDOW};
use crate::collect::{Collector, Costs, PROFILE_TICK, REFUSAL_TICK, Refusals, Work};
use crate::detect::confounder::ByMinute;
use crate::detect::nearness::test;
use crate::detect::pool;
use crate::detect::statistics::{LogScale, permille, quantile};
use crate::detect::story::Over;
use crate::detect::{World, confounder, story};
use crate::evidence::Span;
use crate::incident::{Finding, Outcome, Scale, Test};
use crate::request::{Client, RouteKey};
use crate::series::Evidence;
use crate::time::Seconds;

/// A source that was refused less often than this is no part of a pool.
const EACH: u64 = 30;
/// Whoever slows down is refused in the second half of the time by less than this share of the first, in percent.
const KEEPS_ON: u64 = 70;
/// Who is told to slow down and does not is refused at least this share of what it asks meanwhile, in tenths of a percent; of a
/// service that fails now and then, everybody gets some.
const OFTEN: u64 = 333;
/// So many times the refusals that it takes are many: then half the pace is enough.
const LONG: u64 = 3;
/// Fewer refused clients than this say nothing about how often one is refused.
const SOME: usize = 8;
/// Robust deviations above the centre, in tenths, up to which something is usual.
const USUAL: i64 = 30;

/// A client that was refused again and again.
struct Pusher {
    client: Client,
    refusals: Refusals,
    route: RouteKey,
}

impl pool::Member for Pusher {
    fn span(&self) -> Span {
        self.refusals.span
    }

    fn size(&self) -> u64 {
        self.refusals.requests
    }
}

impl Judge {
    /// The findings against clients that go on when refused, and pools of them.
    pub(super) fn refused(&self, world: &World<'_>) -> Vec<Finding> {
        let usual = usual(world);
        let found = world.population::<Costs>().collect_from(EACH, |subject, cost| {
            let refusals = &cost.refusals;
            let most = refusals
                .routes
                .iter()
                .filter_map(|(number, tries)| Some((tries.0, world.route(number)?)))
                .max();
            let (_, route) = most.filter(|_| refusals.requests >= EACH)?;
            Some(Pusher { client: Client(subject.key()), refusals: refusals.clone(), route })
        });
        let mut by_route: BTreeMap<RouteKey, Vec<Pusher>> = BTreeMap::new();
        for (_, pusher) in found {
            by_route.entry(pusher.route).or_default().push(pusher);
        }
        // Those that stand out by themselves are nobody's others: two that push together do not excuse one another.
        let mut alone = ByMinute::default();
        let all = by_route.values().flatten().filter(|one| self.stands_out(one, usual));
        all.for_each(|one| alone.add_refusals(&one.refusals));
        let pools = by_route.into_values().flat_map(|one| pool::gather(world, one));
        pools
            .filter_map(|pushers| self.push(world, usual, &pushers, &alone))
            .map(|load| load.finding(world))
            .collect()
    }

    /// How near one client came to going on when refused, if it ever was.
    pub(super) fn measure_refusals(&self, refusals: &Refusals) -> Option<Vec<Test>> {
        let (_, pace) = refusals.activity.peak(REFUSAL_TICK, Seconds(60), |tries| tries.0);
        (refusals.requests > 0).then(|| {
            let pace = test("refusals within a minute", pace, self.pace, "requests");
            vec![test("refusals", refusals.requests, self.refusals, "requests"), pace]
        })
    }

    /// Whether one client pushes so hard that it is told by itself.
    fn stands_out(&self, one: &Pusher, usual: u64) -> bool {
        let (_, pace) = one.refusals.activity.peak(REFUSAL_TICK, Seconds(60), |tries| tries.0);
        one.refusals.requests >= self.enough(usual) && pace >= self.pace
    }

    /// How often one client must be refused.
    fn enough(&self, usual: u64) -> u64 {
        self.refusals.max(usual * self.beyond)
    }

    /// What some pushers do together, if it is worth telling.
    fn push(&self, world: &World<'_>, usual: u64, pushers: &[Pusher], alone: &ByMinute) -> Option<Load> {
        let route = pushers.first()?.route;
        let mut refusals = Refusals::default();
        for one in pushers {
            refusals.merge(one.refusals.clone());
        }
        let (start, pace) = refusals.activity.peak(REFUSAL_TICK, Seconds(60), |tries| tries.0);
        let width = refusals.activity.width(REFUSAL_TICK);
        // Where ticks have become wider than a minute, the pace is their mean.
        let pace = pace * 60 / u64::from(width.0.max(60));
        let needed = if pushers.len() > 1 { self.refusals } else { self.enough(usual) };
        // Who goes on for long need not be so fast.
        let needed_pace = if refusals.requests >= needed * LONG { self.pace / 2 } else { self.pace };
        if refusals.requests < needed || pace < needed_pace || !keeps_on(&refusals) {
            return None;
        }
        let mut all = alone.clone();
        for one in pushers.iter().filter(|one| !self.stands_out(one, usual)) {
            all.add_refusals(&one.refusals);
        }
        let length = WINDOW.max(width);
        let failed = all.between(start.0, start.0 + length.micros());
        let share = refused_share(world, pushers);
        // What was answered of theirs is not others' either.
        let requests = failed * 1000 / share.clamp(1, 1000);
        let mine = Work { requests, failed, ..Work::default() };
        let suffering = Service::around(world, start, length).suffering(mine);
        let answered = |one: &Pusher| world.profile(one.client, |profile| profile.ok).unwrap_or(0);
        let mut load = Load::new("refused", route, refusals.requests);
        // Whoever harms others has gone on, however much of it was answered.
        if suffering.is_none() && share < OFTEN {
            return None;
        }
        load.outcome = match suffering {
            Some(_) => Outcome::Succeeded,
            None if pushers.iter().all(|one| answered(one) == 0) => Outcome::Blocked,
            None => Outcome::Attempted,
        };
        let is_harmful_pool = pushers.len() > 1 && suffering.is_some();
        load.scale = if is_harmful_pool { Scale::Large } else { Scale::Sustained };
        load.confidence = if pace >= self.pace * 5 { 85 } else { 70 };
        load.tests = vec![
            ("refusals", refusals.requests * 10, needed * 10, "requests"),
            ("refusals within a minute", pace * 10, needed_pace * 10, "requests"),
        ];
        load.over = Over::of(REFUSAL_TICK, &refusals.activity, |tries| tries.0).activity();
        (load.span, load.samples) = (refusals.span, refusals.samples.all());
        load.metrics = vec![("refusals", refusals.requests), ("refusals within a minute", pace)];
        load.reason = format!(
            "{} went on through {} answers of 429 or 503, up to {} within a minute, without slowing down{}",
            if pushers.len() == 1 {
                "One address".to_owned()
            } else {
                format!("{} addresses", pushers.len())
            },
            story::count(refusals.requests),
            story::count(pace),
            suffering.map_or(String::new(), |(_, failed)| {
                format!("; {} % of the others' requests failed meanwhile", failed / 10)
            }),
        );
        load.sources = pushers
            .iter()
            .map(|one| Source { client: one.client, requests: one.refusals.requests })
            .collect();
        load.confounders = confounder::of_refusals(world, &load.clients(), &refusals, &all, pace);
        if suffering.is_none() {
            load.confounders.extend(confounder::of_polling(&load.clients(), &refusals, pace));
        }
        load.advice = vec![
            "Refuse this source before it reaches the service: at the load balancer or the firewall."
                .to_owned(),
            "If it is a partner's, tell them that their client does not heed 429 and Retry-After.".to_owned(),
        ];
        Some(load)
    }
}

/// The share of what some pushers asked while they were refused, that was refused, in tenths of a percent.
fn refused_share(world: &World<'_>, pushers: &[Pusher]) -> u64 {
    let asked = |one: &Pusher| {
        let Span { first, last } = one.refusals.span;
        let meanwhile = world.profile(one.client, |profile| {
            let width = profile.activity.width(PROFILE_TICK).micros();
            let ticks = profile.activity.ticks(PROFILE_TICK);
            let within = ticks.filter(|&(start, _)| start <= last && first.0 < start.0 + width);
            within.map(|(_, requests)| requests.0).sum::<u64>()
        });
        meanwhile.unwrap_or(0)
    };
    permille(pushers.iter().map(|one| one.refusals.requests).sum(), pushers.iter().map(asked).sum())
}

/// How often a client that is refused at all is refused; 0 where too few are.
fn usual(world: &World<'_>) -> u64 {
    let sample = world.sample(Costs::KEY);
    let refused = world.population::<Costs>().collect_where(
        |key, _, _| sample.has(key),
        |_, cost| (cost.refusals.requests > 0).then_some(cost.refusals.requests),
    );
    let mut all: Vec<u64> = refused.into_iter().map(|(_, refusals)| refusals).collect();
    all.sort_unstable();
    if all.len() < SOME { 0 } else { quantile(&all, 98).min(LogScale::of(&all).at_tenths(USUAL)) }
}

/// Whether there are about as many refusals in the second half of their time as in the first.
fn keeps_on(refusals: &Refusals) -> bool {
    let middle = refusals.span.first.0 + refusals.span.micros() / 2;
    let half = |is: fn(i64, i64) -> bool| {
        let ticks = refusals.activity.ticks(REFUSAL_TICK).filter(|(tick, _)| is(tick.0, middle));
        ticks.map(|(_, tries)| tries.0).sum::<u64>()
    };
    let (before, after) = (half(|tick, middle| tick < middle), half(|tick, middle| tick >= middle));
    after * 100 >= before * KEEPS_ON
}
