//! Requests that keep the service at work: much dearer than others' on the same route, or for very much at once.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::norms::{Norms, Usual};
use super::service::Service;
use super::told::{Load, Source};
use super::{Judge, WINDOW};
use crate::collect::{COST_TICK, Costs, Dear, RouteCost, Work};
use crate::detect::nearness::in_tenths;
use crate::detect::pool;
use crate::detect::statistics::permille;
use crate::detect::story::{Over, count};
use crate::detect::{World, confounder, people};
use crate::evidence::Span;
use crate::incident::{Finding, Outcome, Scale, Test};
use crate::request::{Client, RouteKey};
use crate::series::Evidence;
use crate::time::{Seconds, Time};

/// Fewer requests of one source than this show no habit.
const HABIT: u64 = 5;
/// A third of the demands failing shows that the service cannot meet them, in tenths of a percent.
const FAILING: u64 = 300;
/// Where nobody else uses the route, or hardly anybody has dear requests, one's own need not be dearer than theirs.
const DEARER: u64 = 2;

/// A client whose requests are dear.
struct Spender {
    client: Client,
    people: u64,
    dear: Dear,
    route: RouteKey,
    of_route: RouteCost,
}

impl pool::Member for Spender {
    fn span(&self) -> Span {
        self.dear.span
    }

    fn size(&self) -> u64 {
        self.of_route.work.micros.max(self.of_route.work.requests)
    }
}

/// What some spenders do together, and how the service fared.
struct Weighed {
    /// The heaviest stretch, and how long it is.
    peak: (Time, Seconds),
    /// What they did in it.
    work: Work,
    service: Service,
    /// Answers at a time, in tenths.
    workers: u64,
}

impl Judge {
    /// The findings against clients whose requests are dear, and pools of them.
    pub(super) fn costly(&self, world: &World<'_>) -> Vec<Finding> {
        let norms = Norms::of(world);
        let found = world.population::<Costs>().collect_from(HABIT, |subject, cost| {
            let (client, crowd) = (Client(subject.key()), people(crate::collect::KeyKind::Client, subject));
            spender(world, &norms, client, crowd, &cost.dear)
        });
        let mut by_route: BTreeMap<RouteKey, Vec<Spender>> = BTreeMap::new();
        for (_, spender) in found {
            by_route.entry(spender.route).or_default().push(spender);
        }
        let pools = by_route.into_values().flat_map(|one| pool::gather(world, one));
        pools
            .filter_map(|spenders| self.load(world, &norms, &spenders))
            .map(|load| load.finding(world))
            .collect()
    }

    /// How near one client came to keeping the service at work, if any of its requests was dear.
    pub(super) fn measure_dear(&self, world: &World<'_>, dear: &Dear) -> Option<Vec<Test>> {
        (!dear.activity.is_empty()).then(|| {
            let weighed = weigh(world, 1, dear);
            let share = weighed.service.share(weighed.work.micros);
            vec![
                in_tenths("share", share, self.share, "%"),
                in_tenths("workers", weighed.workers, self.workers, "at a time"),
            ]
        })
    }

    /// What some spenders together make the service do, if it is worth telling.
    fn load(&self, world: &World<'_>, norms: &Norms, spenders: &[Spender]) -> Option<Load> {
        let route = spenders.first()?.route;
        let usual = norms.of_route(route);
        let (mut dear, mut of_route) = (Dear::default(), RouteCost::default());
        for spender in spenders {
            dear.merge(spender.dear.clone());
            of_route.merge(spender.of_route);
        }
        let people = spenders.iter().map(|one| one.people).max().unwrap_or(1);
        let weighed = weigh(world, people, &dear);
        let suffering = weighed.service.suffering(weighed.work);
        let share = weighed.service.share(weighed.work.micros);
        let asks = of_route.demanding.requests >= self.demands
            && usual_demand(usual) * self.demand <= of_route.demand.into();
        let needed = if asks { self.workers / 2 } else { self.workers };
        let is_load = share >= self.share && weighed.workers >= needed;
        // Many who are dear make a pool, not what is usual.
        let own = spenders.iter().map(|one| one.of_route.work.micros / one.of_route.work.requests.max(1));
        let usual_each = usual.map(|usual| (usual, norms.each_of_others(route, own)));
        let is_dear = of_route.work.requests >= self.demands
            && self.is_dear(usual_each, of_route.work, suffering.is_some());
        let fails = asks
            && permille(of_route.demanding.failed, of_route.demanding.requests) >= FAILING
            && weighed.service.failed_of_others(weighed.work) * 3
                <= permille(weighed.work.failed, weighed.work.requests);
        let is_sustained = is_load && (asks || is_dear) || fails;
        if !is_sustained && !asks {
            return None;
        }
        let mut tests = Vec::new();
        if asks {
            let entries = u64::from(of_route.demand).min(u64::from(u32::MAX) / 10);
            tests.push(("demand", entries * 10, usual_demand(usual) * self.demand * 10, "entries"));
            tests.push(("demands", of_route.demanding.requests * 10, self.demands * 10, "requests"));
        }
        if is_load {
            tests.push(("share", share, self.share, "%"));
            tests.push(("workers", weighed.workers, needed, "at a time"));
        }
        let mut load = Load::new(if asks { "demands" } else { "costly" }, route, of_route.work.requests);
        load.outcome =
            if is_sustained && suffering.is_some() { Outcome::Succeeded } else { Outcome::Attempted };
        load.scale = match (is_sustained, spenders.len()) {
            (false, _) => Scale::Single,
            (_, 1) => Scale::Sustained,
            _ if suffering.is_some() => Scale::Large,
            _ => Scale::Sustained,
        };
        load.confidence =
            60 + 10 * u8::from(asks) + 10 * u8::from(is_load) + 10 * u8::from(suffering.is_some());
        load.reason = reason(spenders, of_route, asks, &weighed, share, suffering);
        load.tests = tests;
        load.over = Over::of(COST_TICK, &dear.activity, |work| work.requests).activity();
        (load.span, load.samples, load.bytes) = (dear.span, dear.samples.all(), of_route.work.bytes);
        load.metrics = vec![
            ("dear requests", of_route.work.requests),
            ("failed", of_route.work.failed),
            ("seconds of work", of_route.work.micros / 1_000_000),
            ("entries asked for", of_route.demand.into()),
        ];
        load.sources = spenders
            .iter()
            .map(|one| Source { client: one.client, requests: one.of_route.work.requests })
            .collect();
        load.confounders = confounder::of_load(world, &load.clients(), weighed.peak);
        load.advice = advice(asks);
        Some(load)
    }

    /// Whether requests are dearer than those of others on the route, where it has others; where it has none, others suffer.
    fn is_dear(&self, usual: Option<(Usual, u64)>, work: Work, others_suffer: bool) -> bool {
        let Some((usual, each)) = usual else { return others_suffer };
        work.micros >= usual.micros.saturating_mul(self.beyond)
            && work.micros >= each.saturating_mul(work.requests).saturating_mul(DEARER)
    }
}

/// A client as a spender on the route that it spends most on, if it stands out there at all.
fn spender(world: &World<'_>, norms: &Norms, client: Client, people: u64, dear: &Dear) -> Option<Spender> {
    let of_routes = dear.routes.iter().filter_map(|(number, of)| Some((world.route(number)?, *of)));
    let mut by_route: BTreeMap<RouteKey, RouteCost> = BTreeMap::new();
    of_routes.for_each(|(route, of)| by_route.entry(route).or_default().merge(of));
    let (&route, &of_route) =
        by_route.iter().max_by_key(|&(&route, of)| (of.work.micros, of.work.requests, route))?;
    if of_route.work.requests < HABIT {
        return None;
    }
    let usual = norms.of_route(route);
    let takes_long =
        of_route.work.micros / people >= usual.unwrap_or_default().micros.saturating_mul(2).max(1);
    let asks = usual_demand(usual) * world.threshold(&super::ABOUT, "demand") <= of_route.demand.into();
    (takes_long || asks).then(|| Spender { client, people, dear: dear.clone(), route, of_route })
}

/// How many entries a heavy user of a route asks for.
fn usual_demand(usual: Option<Usual>) -> u64 {
    usual.map_or(u64::from(crate::collect::MUCH), |usual| usual.demand)
}

/// Weighs the heaviest stretch of what somebody did; so many people behind an address share it.
fn weigh(world: &World<'_>, people: u64, dear: &Dear) -> Weighed {
    let length = WINDOW.max(dear.activity.width(COST_TICK));
    let (start, _) = dear.activity.peak(COST_TICK, length, |work| work.micros.max(work.requests));
    let mut work = Work::default();
    let end = start.0 + length.micros();
    let ticks = dear.activity.ticks(COST_TICK).filter(|(tick, _)| (start.0..end).contains(&tick.0));
    ticks.for_each(|(_, one)| work.merge(*one));
    work.micros /= people.max(1);
    let workers = work.micros * 10 / u64::try_from(length.micros()).unwrap_or(u64::MAX);
    let service = Service::around(world, start, length);
    Weighed { peak: (start, length), work, service, workers }
}

/// What happened, in one sentence with numbers.
fn reason(
    spenders: &[Spender],
    of_route: RouteCost,
    asks: bool,
    weighed: &Weighed,
    share: u64,
    suffering: Option<(u64, u64)>,
) -> String {
    let who = match spenders.len() {
        1 => "One address".to_owned(),
        many => format!("{many} addresses that take turns"),
    };
    let what = match (asks, of_route.demand) {
        (true, crate::route::EVERYTHING) => " for everything at once".to_owned(),
        (true, entries) => format!(" for up to {} entries at once", count(entries.into())),
        (false, _) => String::new(),
    };
    let mut text = format!(
        "{who} made {} dear requests{what}, {} of which failed",
        count(of_route.work.requests),
        count(of_route.work.failed)
    );
    if weighed.workers > 0 {
        let _ = write!(
            text,
            "; at the height {}.{} at a time, {} % of all the work of the service",
            weighed.workers / 10,
            weighed.workers % 10,
            share / 10
        );
    }
    if let Some((long, failed)) = suffering {
        let _ = write!(
            text,
            "; of the others' requests {} % took long and {} % failed meanwhile",
            long / 10,
            failed / 10
        );
    }
    text
}

/// What to do.
fn advice(asks: bool) -> Vec<String> {
    let first = if asks {
        "Cap what one request may ask for (page size, depth of a query, wildcards alone), and refuse what is beyond it."
    } else {
        "Limit how many of these requests one client may have under way at a time."
    };
    vec![
        first.to_owned(),
        "Give this route a time limit, and stop its work when the client has gone.".to_owned(),
    ]
}
