//! What a client tried at the doors: logins, tokens, resets, registrations, look-ups.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Answer, Bounded, Outcomes, Samples, Span};
use crate::hash::TemplateHash;
use crate::request::{Place, Request};
use crate::route::{EndpointClass, Method};
use crate::series::{Evidence, Series, Tries};
use crate::time::Seconds;

/// Tries at doors, by client.
pub struct Logins;

/// The tick of [`LoginRoute::activity`].
pub const LOGIN_TICK: Seconds = Seconds(60);

/// Tries at each door, keyed by route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginTries {
    /// One entry a door.
    pub doors: Bounded<LoginRoute, 8>,
    /// What was refused at no door and names no account, by route: perhaps a key or a password that was tried.
    pub nowhere: Bounded<LoginRoute, 4>,
    /// How often each token or key was refused at no door.
    pub keys: Bounded<Tries, 64>,
}

/// What one client tried at one door.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LoginRoute {
    /// Which door: template, method and class; the same in all of its evidence.
    pub door: Option<Door>,
    /// What it was answered.
    pub outcomes: Outcomes,
    /// Tries over time.
    pub activity: Series<Tries, 32>,
    /// Each account that was named.
    pub accounts: Bounded<Try, 1024>,
    /// How each agent fared that was named.
    pub agents: Bounded<OfAgent, 64>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest requests.
    pub samples: Samples<3>,
    /// The earliest and latest requests with a 2xx or 3xx answer.
    pub answered: Samples<2>,
    /// Bytes sent.
    pub bytes: u64,
}

/// What was tried under the name of one agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfAgent {
    /// How often.
    pub tries: u64,
    /// How often with a 2xx or 3xx answer.
    pub ok: u64,
}

impl Evidence for OfAgent {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.tries += other.tries;
        self.ok += other.ok;
    }
}

/// A door: a route at which credentials are tried or accounts asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Door {
    /// The template.
    pub template: TemplateHash,
    /// The method.
    pub method: Method,
    /// What kind of door.
    pub class: EndpointClass,
}

impl Door {
    /// The door at which `request` stands.
    pub(crate) fn of(request: &Request) -> Self {
        Self { template: request.template, method: request.method, class: request.class }
    }
}

/// What happened to one account at one door.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Try {
    /// How often it was tried.
    pub tries: u64,
    /// What was answered, at most three kinds; keyed by answer.
    pub answers: Vec<(Answer, u64)>,
    /// The earliest request that names it.
    pub place: Option<Place>,
    /// From the first to the last.
    pub span: Span,
}

/// How many kinds of answers are kept for an account: the smallest by status, then size.
const ANSWERS: usize = 3;

impl Try {
    /// Adds `count` answers.
    fn answer(&mut self, answer: Answer, count: u64) {
        match self.answers.binary_search_by_key(&answer, |&(answer, _)| answer) {
            Ok(at) => self.answers[at].1 += count,
            Err(at) => {
                self.answers.insert(at, (answer, count));
                self.answers.truncate(ANSWERS);
            }
        }
    }
}

impl Evidence for Try {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.tries += other.tries;
        self.place = match (self.place, other.place) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.span.merge(other.span);
        other.answers.into_iter().for_each(|(answer, count)| self.answer(answer, count));
    }
}

impl Evidence for LoginRoute {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.door = self.door.max(other.door);
        self.outcomes.merge(other.outcomes);
        self.activity.merge(other.activity);
        self.accounts.merge(other.accounts);
        self.agents.merge(other.agents);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
        self.answered.merge(other.answered);
        self.bytes += other.bytes;
    }
}

impl Evidence for LoginTries {
    const VERSION: u16 = 4;

    fn merge(&mut self, other: Self) {
        self.doors.merge(other.doors);
        self.nowhere.merge(other.nowhere);
        self.keys.merge(other.keys);
    }

    fn clear(&mut self) {
        self.doors.clear();
        self.nowhere.clear();
        self.keys.clear();
    }
}

/// Whether credentials are tried or accounts asked for in `request`.
pub(crate) fn is_at_door(request: &Request) -> bool {
    request.class.is_door() || (request.status == 401 && request.account.is_some())
}

/// Whether a request was refused for want of credentials at what is no door, and names no account.
fn is_refused_elsewhere(request: &Request) -> bool {
    matches!(request.status, 401 | 403) && !is_at_door(request) && request.class != EndpointClass::Static
}

impl Collector for Logins {
    type Evidence = LoginTries;
    const NAME: &'static str = "logins";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        is_at_door(request) || is_refused_elsewhere(request)
    }

    fn observe(request: &Request, logins: &mut LoginTries) {
        let number = request.route_number();
        if is_refused_elsewhere(request) && request.token.is_some() {
            logins.keys.at(request.token.0).0 += 1;
        }
        let route = if is_at_door(request) { logins.doors.at(number) } else { logins.nowhere.at(number) };
        route.door = route.door.max(Some(Door::of(request)));
        route.outcomes.add(request);
        route.activity.at(LOGIN_TICK, request.time).0 += 1;
        route.span.add(request.time);
        route.samples.add(request);
        route.bytes += request.bytes_out;
        if request.is_ok() {
            route.answered.add(request);
        }
        if request.agent.is_some() {
            route.agents.at(request.agent.0).merge(OfAgent { tries: 1, ok: u64::from(request.is_ok()) });
        }
        if request.account.is_some() {
            let one = route.accounts.at(request.account.0);
            one.merge(Try {
                tries: 1,
                answers: vec![(Answer::to(request), 1)],
                place: Some(request.place),
                span: Span { first: request.time, last: request.time },
            });
        }
    }
}
