//! Where a principal, token or session is used: from which networks, by which programs, when, and by how many at once.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Distinct, Samples, Span};
use crate::hash::{NameHash, mix};
use crate::request::{Client, Flags, Request};
use crate::route::Methods;
use crate::series::{Evidence, Series, Tries, cleared};
use crate::time::Seconds;

/// Whereabouts by principal.
pub struct Whereabouts;

/// The tick of [`Seat::activity`].
pub const SEAT_TICK: Seconds = Seconds(60);

/// The tick of [`Used::hours`].
pub const HOUR_TICK: Seconds = Seconds(3600);

/// No more seats are told apart.
pub const SEATS: usize = 16;

/// Where one principal, token or session is used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// One entry a network and agent.
    pub seats: Bounded<Seat, SEATS>,
    /// From how many networks, hour by hour.
    pub hours: Series<Hour, 24>,
}

/// One agent in one network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seat {
    /// An address of the network: the largest that was seen.
    pub client: Client,
    /// The agent; the same in all of its evidence.
    pub agent: NameHash,
    /// The principal, where the log names one; the same in all of its evidence.
    pub principal: NameHash,
    /// The smallest and the largest session. Tokens are none: one that a person has on several devices is no rarity.
    pub sessions: Option<(NameHash, NameHash)>,
    /// How many requests.
    pub requests: u64,
    /// How many were answered as asked.
    pub ok: u64,
    /// How many got 403, 406, 429 or 444.
    pub blocked: u64,
    /// How many change something by their method.
    pub writes: u64,
    /// How many had a page before them.
    pub referred: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// From the first to the last.
    pub span: Span,
    /// Requests over time.
    pub activity: Series<Tries, 32>,
    /// What was asked of each route, by its number.
    pub routes: Bounded<Tries, 8>,
    /// The earliest and latest requests.
    pub samples: Samples<1>,
}

/// From where within an hour.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hour {
    /// How many requests.
    pub requests: u64,
    /// Different networks, wide ones.
    pub networks: Distinct<32>,
    /// Different agents.
    pub agents: Distinct<8>,
}

impl Evidence for Hour {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.networks.merge(other.networks);
        self.agents.merge(other.agents);
    }
}

impl Evidence for Seat {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.client = self.client.max(other.client);
        self.agent = self.agent.max(other.agent);
        self.principal = self.principal.max(other.principal);
        self.sessions = match (self.sessions, other.sessions) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (ours, theirs) => ours.or(theirs),
        };
        self.requests += other.requests;
        self.ok += other.ok;
        self.blocked += other.blocked;
        self.writes += other.writes;
        self.referred += other.referred;
        self.bytes += other.bytes;
        self.span.merge(other.span);
        self.activity.merge(other.activity);
        self.routes.merge(other.routes);
        self.samples.merge(other.samples);
    }
}

impl Seat {
    /// Adds `request`.
    fn add(&mut self, request: &Request) {
        self.client = self.client.max(request.client);
        self.agent = self.agent.max(request.agent);
        self.principal = self.principal.max(request.principal);
        let session = request.session;
        if session.is_some() {
            let (least, most) = self.sessions.unwrap_or((session, session));
            self.sessions = Some((least.min(session), most.max(session)));
        }
        self.requests += 1;
        self.ok += u64::from(request.is_ok());
        self.blocked += u64::from(matches!(request.status, 403 | 406 | 429 | 444));
        self.writes += u64::from(Methods::CHANGE.has(request.method));
        self.referred += u64::from(request.has(Flags::REFERER));
        self.bytes += request.bytes_out;
        self.span.add(request.time);
        self.activity.at(SEAT_TICK, request.time).0 += 1;
        self.routes.at(request.route_number()).0 += 1;
        self.samples.add(request);
    }
}

impl Evidence for Used {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.seats.merge(other.seats);
        self.hours.merge(other.hours);
    }

    fn clear(&mut self) {
        *self = Self { seats: cleared(&mut self.seats), hours: cleared(&mut self.hours) };
    }
}

impl Collector for Whereabouts {
    type Evidence = Used;
    const NAME: &'static str = "whereabouts";
    const KEY: KeyKind = KeyKind::Principal;

    fn wants(_: &Request) -> bool {
        true
    }

    fn observe(request: &Request, used: &mut Used) {
        used.seats.at(mix(request.client.network().number(), request.agent.0)).add(request);
        let hour = used.hours.at(HOUR_TICK, request.time);
        hour.requests += 1;
        hour.networks.add(request.client.wide_network().number());
        if request.agent.is_some() {
            hour.agents.add(request.agent.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;

    fn used(requests: &[Request]) -> Used {
        let mut used = Used::default();
        for request in requests {
            Whereabouts::observe(request, &mut used);
        }
        used
    }

    #[test]
    fn the_cut_does_not_matter_though_seats_and_hours_are_many() {
        let request = |nth: u64| Request {
            time: Time::from_seconds((nth * 977 % 400_000).cast_signed()),
            client: Client::at([203, 0, u8::try_from(nth * 7 % 40).unwrap(), 9].into()),
            agent: NameHash(nth % 3),
            session: NameHash(nth % 5),
            status: if nth.is_multiple_of(4) { 403 } else { 200 },
            ..Request::default()
        };
        let all: Vec<Request> = (1..900).map(request).collect();
        let whole = used(&all);
        for cut in [1, 100, 450, 880] {
            let (left, right) = all.split_at(cut);
            let (mut one, mut other) = (used(left), used(right));
            one.merge(used(right));
            other.merge(used(left));
            assert_eq!((&one, &other), (&whole, &whole), "{cut}");
        }
        assert!(whole.seats.rest().is_some() && whole.hours.len() <= 24);
        let mut again = whole.clone();
        again.clear();
        assert_eq!(again, Used::default());
    }
}
