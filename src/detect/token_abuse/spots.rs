//! The places that a key is used at: seats that have a network or an agent in common are one, as a phone at home and on the
//! way, or a phone and a laptop behind one router.

use std::net::IpAddr;

use crate::collect::{SEAT_TICK, Seat, Used};
use crate::hash::NameHash;
use crate::request::{Client, is_internal};
use crate::series::Evidence;
use crate::time::SECOND;

/// One place that a key is used at.
#[derive(Clone)]
pub(super) struct Spot {
    /// All of its seats as one.
    pub(super) seat: Seat,
    /// An address of each of its networks, and how many requests.
    pub(super) clients: Vec<(Client, u64)>,
    /// Its agents.
    pub(super) agents: Vec<NameHash>,
}

/// The places that a key is used at, the first one first; `None` where they are too many to be told apart.
pub(super) fn of(used: &Used) -> Option<Vec<Spot>> {
    if used.seats.rest().is_some() {
        return None;
    }
    let mut spots: Vec<Spot> = Vec::new();
    for (_, seat) in used.seats.iter() {
        let mut spot = Spot {
            seat: seat.clone(),
            clients: vec![(seat.client, seat.requests)],
            agents: Some(seat.agent).filter(|agent| agent.is_some()).into_iter().collect(),
        };
        let (linked, apart): (Vec<Spot>, Vec<Spot>) =
            spots.into_iter().partition(|other| other.is_linked(&spot));
        spots = apart;
        for other in linked {
            spot.join(other);
        }
        spots.push(spot);
    }
    spots.sort_by_key(|spot| (spot.seat.span.first, spot.seat.span.last, spot.seat.client));
    Some(spots)
}

/// The place where a key was used for longer, and the other, where there are two.
pub(super) fn apart(spots: &[Spot]) -> Option<[&Spot; 2]> {
    match spots {
        [a, b] if a.seat.span.micros() < b.seat.span.micros() => Some([b, a]),
        [a, b] => Some([a, b]),
        _ => None,
    }
}

/// How many times as fast as the owner a stranger goes, each while he is there, in tenths.
pub(super) fn pace_tenths(owner: &Spot, stranger: &Spot) -> u64 {
    let seconds = |spot: &Spot| u128::from((spot.seat.span.micros() / SECOND).max(60).unsigned_abs());
    let faster = u128::from(stranger.seat.requests) * seconds(owner) * 10;
    let slower = u128::from(owner.seat.requests) * seconds(stranger);
    u64::try_from(faster / slower.max(1)).unwrap_or(u64::MAX)
}

impl Spot {
    /// Whether it has a network or an agent in common with `other`.
    fn is_linked(&self, other: &Self) -> bool {
        let network =
            |client: &(Client, u64)| if is_inside(client.0) { Client(1) } else { client.0.network() };
        self.agents.iter().any(|agent| other.agents.contains(agent))
            || self
                .clients
                .iter()
                .map(network)
                .any(|one| other.clients.iter().map(network).any(|two| one == two))
    }

    /// Becomes one with `other`.
    fn join(&mut self, other: Self) {
        self.seat.merge(other.seat);
        self.clients.extend(other.clients);
        self.agents.extend(other.agents);
    }

    /// How many ticks it was active in.
    pub(super) fn ticks(&self) -> usize {
        self.seat.activity.len()
    }

    /// Whether `other` was there for no time that it was not there before and after.
    pub(super) fn encloses(&self, other: &Self) -> bool {
        self.seat.span.first < other.seat.span.first && other.seat.span.last < self.seat.span.last
    }

    /// Whether it hardly ever comes from a page, as programs do.
    pub(super) fn is_program(&self) -> bool {
        self.seat.referred * 10 < self.seat.requests
    }

    /// Whether all of it is inside.
    pub(super) fn is_inside(&self) -> bool {
        self.clients.iter().all(|&(client, _)| is_inside(client))
    }

    /// Whether a session of it may be one of `other`.
    pub(super) fn shares_a_session(&self, other: &Self) -> bool {
        let (Some((a, b)), Some((c, d))) = (self.seat.sessions, other.seat.sessions) else { return false };
        [a, b].iter().any(|one| *one == c || *one == d)
    }

    /// Whether no address of it is of the same family as, and of another provider than, one of `other`.
    pub(super) fn may_be_near(&self, other: &Self) -> bool {
        let is_v4 = |client: Client| matches!(client.address(), Some(IpAddr::V4(_)));
        let near = |&(one, _): &(Client, u64)| {
            let near = |&(two, _): &(Client, u64)| {
                is_v4(one) != is_v4(two) || one.wide_network() == two.wide_network()
            };
            other.clients.iter().any(near)
        };
        self.clients.iter().any(near)
    }

    /// How often it and `other` take turns, tick by tick; one in which both are there counts twice.
    pub(super) fn turns(&self, other: &Self) -> u64 {
        let width = self.seat.activity.width(SEAT_TICK).max(other.seat.activity.width(SEAT_TICK)).micros();
        let ticks = |spot: &Self, who: bool| -> Vec<(i64, bool)> {
            spot.seat.activity.ticks(SEAT_TICK).map(|(start, _)| (start.0.div_euclid(width), who)).collect()
        };
        let mut all = [ticks(self, false), ticks(other, true)].concat();
        all.sort_unstable();
        all.dedup();
        let turn = |pair: &[(i64, bool)]| match *pair {
            [(a, _), (b, _)] if a == b => 2,
            [(_, one), (_, two)] => u64::from(one != two),
            _ => 0,
        };
        all.windows(2).map(turn).sum()
    }
}

/// Whether a client is of the house's own network.
fn is_inside(client: Client) -> bool {
    client.address().is_some_and(is_internal)
}
