//! Who tried to open an account, and with what answer: one account seen from all sides.

use serde::{Deserialize, Serialize};

use crate::collect::logins::{Door, LOGIN_TICK, is_at_door};
use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Outcomes, Samples, Span};
use crate::request::{Place, Request};
use crate::series::{Evidence, Series, Tries, cleared};

/// Tries by account.
pub struct Accounts;

/// All tries to open one account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// What was answered at each door, keyed by route.
    pub doors: Bounded<DoorAnswers, 4>,
    /// Who tried, low half of the client's address hash; with outcomes.
    pub clients: Bounded<FromClient, 64>,
    /// How often each agent was named.
    pub agents: Bounded<Tries, 8>,
    /// Tries over time.
    pub activity: Series<Tries, 32>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest requests.
    pub samples: Samples<3>,
    /// The earliest and latest requests with a 2xx or 3xx answer.
    pub answered: Samples<2>,
    /// The earliest request that names it.
    pub place: Option<Place>,
}

/// What one door answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DoorAnswers {
    /// Which door.
    pub door: Option<Door>,
    /// Its answers.
    pub outcomes: Outcomes,
}

/// What one client tried.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FromClient {
    /// Its address; the same in all of its evidence.
    pub client: u128,
    /// What it was answered.
    pub outcomes: Outcomes,
    /// From the first to the last.
    pub span: Span,
}

impl Evidence for DoorAnswers {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.door = self.door.max(other.door);
        self.outcomes.merge(other.outcomes);
    }
}

impl Evidence for FromClient {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.client = self.client.max(other.client);
        self.outcomes.merge(other.outcomes);
        self.span.merge(other.span);
    }
}

impl Evidence for Tried {
    const VERSION: u16 = 2;

    fn merge(&mut self, other: Self) {
        self.doors.merge(other.doors);
        self.clients.merge(other.clients);
        self.agents.merge(other.agents);
        self.activity.merge(other.activity);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
        self.answered.merge(other.answered);
        self.place = match (self.place, other.place) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
    }

    fn clear(&mut self) {
        *self = Self {
            doors: cleared(&mut self.doors),
            clients: cleared(&mut self.clients),
            agents: cleared(&mut self.agents),
            activity: cleared(&mut self.activity),
            ..Self::default()
        };
    }
}

impl Collector for Accounts {
    type Evidence = Tried;
    const NAME: &'static str = "accounts";
    const KEY: KeyKind = KeyKind::Account;

    fn wants(request: &Request) -> bool {
        is_at_door(request)
    }

    fn observe(request: &Request, tried: &mut Tried) {
        let answers = tried.doors.at(request.route_number());
        answers.door = answers.door.max(Some(Door::of(request)));
        answers.outcomes.add(request);
        let from = tried.clients.at(request.client.number());
        from.client = from.client.max(request.client.0);
        from.outcomes.add(request);
        from.span.add(request.time);
        if request.agent.is_some() {
            tried.agents.at(request.agent.0).0 += 1;
        }
        tried.activity.at(LOGIN_TICK, request.time).0 += 1;
        tried.span.add(request.time);
        tried.samples.add(request);
        if request.is_ok() {
            tried.answered.add(request);
        }
        tried.place = Some(tried.place.map_or(request.place, |place| place.min(request.place)));
    }
}
