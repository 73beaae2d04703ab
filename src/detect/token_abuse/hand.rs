//! A machine's key in the hands of another program, elsewhere, faster and for other things, while the machine goes on.

use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use super::spots::{self, Spot};
use crate::collect::{KeyKind, PrincipalProfiles};
use crate::detect::World;
use crate::hash::NameHash;
use crate::request::RouteKey;

/// A machine was active in so many ticks at least.
const ROUTINE: usize = 12;

/// A stranger was there for no more than this part of the owner's time.
const SHORT: i64 = 2;

/// Of what a stranger asks for, this share is what the owner hardly asks for, in percent.
const FOREIGN: u64 = 75;

/// The owner hardly asks for what is less than this share of all that it asks for, in percent.
const HARDLY: u64 = 5;

impl Judge {
    /// The owner and the stranger, where another program uses a machine's key.
    pub(super) fn hand(&self, spots: &[Spot]) -> Option<[Spot; 2]> {
        let [owner, stranger] = spots::apart(spots)?;
        let is_other = !owner.agents.is_empty()
            && !stranger.agents.is_empty()
            && owner.is_program()
            && stranger.is_program()
            && !stranger.is_inside();
        let is_strange = owner.ticks() >= ROUTINE
            && owner.encloses(stranger)
            && owner.seat.span.micros() >= SHORT * stranger.seat.span.micros()
            && stranger.seat.requests >= self.requests
            && spots::pace_tenths(owner, stranger) >= self.pace * 10;
        (is_other && is_strange).then(|| [owner.clone(), stranger.clone()])
    }

    /// Those of `hands` whose programs few other keys are used by, if any, and who do other things than the owner or have a
    /// program that is nobody else's.
    pub(super) fn not_usual<'c>(
        &self,
        world: &World<'_>,
        hands: Vec<(u128, &'c [Spot; 2])>,
        all: u64,
    ) -> Vec<(u128, &'c [Spot; 2])> {
        if hands.is_empty() {
            return hands;
        }
        let wanted: BTreeSet<NameHash> =
            hands.iter().flat_map(|(_, [_, stranger])| stranger.agents.clone()).collect();
        let sample = world.sample(KeyKind::Principal);
        let named = world.population::<PrincipalProfiles>().collect_where(
            |key, _, _| sample.has(key),
            |_, profile| {
                let agents = profile.agents.iter().map(|(agent, _)| NameHash(agent));
                let known: Vec<NameHash> = agents.filter(|agent| wanted.contains(agent)).collect();
                (!known.is_empty()).then_some(known)
            },
        );
        let mut users: BTreeMap<NameHash, usize> = BTreeMap::new();
        for agent in named.into_iter().flat_map(|(_, agents)| agents) {
            *users.entry(agent).or_default() += 1;
        }
        let is_strange = |&(key, [owner, stranger]): &(u128, &[Spot; 2])| {
            let most =
                stranger.agents.iter().filter_map(|agent| users.get(agent)).max().copied().unwrap_or(0);
            let most = sample.scaled(most);
            most <= 1
                || most <= (all * self.usual / 100).max(2) && foreign(world, key, owner, stranger) >= FOREIGN
        };
        hands.into_iter().filter(is_strange).collect()
    }
}

/// Which share of what a stranger asks for the owner of the key hardly asks for, in percent.
fn foreign(world: &World<'_>, key: u128, owner: &Spot, stranger: &Spot) -> u64 {
    let routes = |all: &mut dyn Iterator<Item = (u64, u64)>| {
        let mut by: BTreeMap<RouteKey, u64> = BTreeMap::new();
        for (number, requests) in all {
            if let Some(route) = world.route(number) {
                *by.entry(route).or_default() += requests;
            }
        }
        by
    };
    let asked = routes(&mut stranger.seat.routes.iter().map(|(number, tries)| (number, tries.0)));
    let whole = world.population::<PrincipalProfiles>().with(key, |profile| {
        routes(&mut profile.routes.iter().map(|(number, visit)| (number, visit.requests)))
    });
    let Some(whole) = whole else { return 0 };
    let is_foreign = |(route, requests): &(&RouteKey, &u64)| {
        let by_owner = whole.get(route).map(|all| all.saturating_sub(**requests));
        by_owner.is_some_and(|by_owner| by_owner * 100 < owner.seat.requests * HARDLY)
    };
    let foreign: u64 = asked.iter().filter(is_foreign).map(|(_, requests)| requests).sum();
    foreign * 100 / stranger.seat.requests.max(1)
}
