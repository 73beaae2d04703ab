//! How many objects ordinary readers of a route ask for.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, Collector, IdSet, KeyKind, Objects, PrincipalProfiles};
use crate::detect::one_agent::{NO_CHANCE, tail_tenths};
use crate::detect::sample::Sample;
use crate::detect::statistics::{LogScale, permille, quantile};
use crate::detect::walks::{by_route, is_public_route};
use crate::detect::{World, people};
use crate::request::RouteKey;
use crate::tally::Subject;

/// Fewer readers than this do not tell what is usual.
pub(super) const FEW: usize = 20;

/// How many objects of a route each of its readers asks for.
#[derive(Default)]
pub(super) struct Readers<'p> {
    /// Of a fair sample of readers, ascending.
    pub(super) objects: &'p [u64],
    /// The same of readers of any route, where this one has few.
    pub(super) elsewhere: Option<&'p [u64]>,
    /// How much of what they ask for they are refused, in tenths of a percent, ascending.
    pub(super) refused: &'p [u64],
    /// How many readers there are altogether.
    pub(super) count: u64,
    /// What of the requests of all of the sample was refused or missing.
    pub(super) refusals: Refusals,
    /// Which share of its requests a median reader makes for this route, in tenths of a percent.
    pub(super) share: u64,
}

/// So many of so many requests were refused or missing.
#[derive(Clone, Copy, Default)]
pub(super) struct Refusals {
    refused: u64,
    requests: u64,
}

impl Refusals {
    /// Of these ids.
    pub(super) fn of(ids: &IdSet) -> Self {
        Self { refused: ids.refused + ids.missing, requests: ids.requests }
    }

    /// Whether these are more than chance would have it where others are refused as `all` but these are.
    pub(super) fn are_beyond_chance(self, all: Self) -> bool {
        let refused = all.refused.saturating_sub(self.refused);
        let requests = all.requests.saturating_sub(self.requests);
        tail_tenths(self.refused, self.requests, refused, requests) >= NO_CHANCE
    }
}

impl Readers<'_> {
    /// Whether nine of ten are refused no more than `share` of what they ask for, in tenths of a percent; false where they are
    /// too few to say.
    pub(super) fn are_refused_less(&self, share: u64) -> bool {
        self.refused.len() >= FEW && quantile(self.refused, 90) <= share
    }

    /// How many objects the busiest ordinary reader asks for: the 99th percentile; where the route has few readers, no more than
    /// three deviations above the centre of all.
    pub(super) fn busiest(&self) -> u64 {
        match self.elsewhere {
            Some(objects) => quantile(objects, 99).min(LogScale::of(objects).at_tenths(30)),
            None => quantile(self.objects, 99),
        }
    }

    /// Whether the few others who read the route mostly read about as much, so that this is how it is read; `objects` is what
    /// one of them reads.
    pub(super) fn are_alike(&self, objects: u64, beyond: u64) -> bool {
        let mut others = self.objects.to_vec();
        if let Ok(own) = others.binary_search(&objects) {
            others.remove(own);
        }
        !others.is_empty() && objects < beyond * quantile(&others, 50)
    }
}

/// What is known of the readers of one route.
#[derive(Default)]
struct Known {
    /// Objects and shares of each, and how much of it each is refused, ascending.
    objects: Vec<u64>,
    shares: Vec<u64>,
    refused: Vec<u64>,
    refusals: Refusals,
}

/// Readers of the routes that somebody may walk over; crowds behind one address are none.
pub(super) struct Peers {
    routes: BTreeMap<RouteKey, Known>,
    /// Of each reader of anything that is not public: the most objects of one route. What is usual where a route has too
    /// few readers to say.
    any: Vec<u64>,
    sample: Sample,
}

impl Peers {
    /// Those of `walked`, of one kind of key.
    pub(super) fn of<C: Collector<Evidence = Objects>>(
        world: &World<'_>,
        walked: &BTreeSet<RouteKey>,
    ) -> Self {
        let sample = world.sample(C::KEY);
        let mut routes: BTreeMap<RouteKey, Known> = BTreeMap::new();
        if walked.is_empty() {
            return Self { routes, any: Vec::new(), sample };
        }
        let readers = world.population::<C>().collect_where(
            |key, _, _| sample.has(key),
            |subject, objects| {
                let own = |(route, _): &(RouteKey, IdSet)| !is_public_route(world, *route);
                let here = by_route(world, objects).into_iter().filter(own);
                let all = requests(C::KEY, subject);
                let one = |(route, ids): (RouteKey, IdSet)| {
                    let refused = permille(ids.refused, ids.requests);
                    (route, ids.asked(), permille(ids.requests, all), refused, Refusals::of(&ids))
                };
                let here: Vec<(RouteKey, u64, u64, u64, Refusals)> = here.map(one).collect();
                (!here.is_empty() && people(C::KEY, subject) == 1).then_some(here)
            },
        );
        let mut any = Vec::with_capacity(readers.len());
        for (_, of_routes) in readers {
            any.extend(of_routes.iter().map(|&(_, objects, ..)| objects).max());
            for (route, objects, share, refused, refusals) in of_routes {
                if walked.contains(&route) {
                    let known = routes.entry(route).or_default();
                    known.objects.push(objects);
                    known.shares.push(share);
                    known.refused.push(refused);
                    known.refusals.refused += refusals.refused;
                    known.refusals.requests += refusals.requests;
                }
            }
        }
        for known in routes.values_mut() {
            known.objects.sort_unstable();
            known.shares.sort_unstable();
            known.refused.sort_unstable();
        }
        any.sort_unstable();
        Self { routes, any, sample }
    }

    /// Those of one route.
    pub(super) fn of_route(&self, route: RouteKey) -> Readers<'_> {
        let known = self.routes.get(&route);
        let objects = known.map_or(&[][..], |known| &known.objects);
        let refused = known.map_or(&[][..], |known| &known.refused);
        let refusals = known.map_or(Refusals::default(), |known| known.refusals);
        let share = known.map_or(0, |known| quantile(&known.shares, 50));
        let count = self.sample.scaled(objects.len());
        let elsewhere = (objects.len() < FEW).then_some(&*self.any);
        Readers { objects, elsewhere, refused, count, refusals, share }
    }
}

/// How many requests a client or principal made altogether.
fn requests(kind: KeyKind, subject: Subject<'_>) -> u64 {
    match kind {
        KeyKind::Client => subject.wanted::<ClientProfiles>(),
        _ => subject.wanted::<PrincipalProfiles>(),
    }
}
