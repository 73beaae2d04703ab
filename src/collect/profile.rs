//! What a client or principal did altogether: routes, agents, identities behind it, companions.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Span};
use crate::hash::mix;
use crate::request::{Flags, Request};
use crate::route::EndpointClass;
use crate::series::{Evidence, Series, Tries, cleared};
use crate::time::Seconds;

/// Profiles by client address.
pub struct ClientProfiles;

/// Profiles by principal.
pub struct PrincipalProfiles;

/// The tick of [`Profile::activity`].
pub const PROFILE_TICK: Seconds = Seconds(60);

/// What one client or principal did altogether.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// How many requests.
    pub requests: u64,
    /// How many were answered as asked.
    pub ok: u64,
    /// How many were for static files or came from a page: what a browser or app does beside its work.
    pub companions: u64,
    /// How many had a page before them.
    pub referred: u64,
    /// How many got a 5xx or 429.
    pub troubled: u64,
    /// From the first to the last.
    pub span: Span,
    /// What was asked of each route; keyed by route.
    pub routes: Bounded<Visit, 24>,
    /// How often each agent was named.
    pub agents: Bounded<Tries, 8>,
    /// Principals, tokens or sessions behind an address; addresses behind a principal; keyed by hash.
    pub others: Bounded<Other, 12>,
    /// Requests over time.
    pub activity: Series<Tries, 24>,
}

/// Who stands behind an address, or from where a principal comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// The principal's hash or the client's address; the same in all of its evidence.
    pub key: u128,
    /// How many requests.
    pub requests: u64,
}

impl Evidence for Other {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.key = self.key.max(other.key);
        self.requests += other.requests;
    }
}

/// What was asked of one route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// How many requests.
    pub requests: u64,
    /// How many were answered as asked.
    pub ok: u64,
}

impl Evidence for Visit {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.ok += other.ok;
    }
}

impl Evidence for Profile {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.ok += other.ok;
        self.companions += other.companions;
        self.referred += other.referred;
        self.troubled += other.troubled;
        self.span.merge(other.span);
        self.routes.merge(other.routes);
        self.agents.merge(other.agents);
        self.others.merge(other.others);
        self.activity.merge(other.activity);
    }

    fn clear(&mut self) {
        *self = Self {
            routes: cleared(&mut self.routes),
            agents: cleared(&mut self.agents),
            others: cleared(&mut self.others),
            activity: cleared(&mut self.activity),
            ..Self::default()
        };
    }
}

impl Profile {
    /// Adds `request`, behind which stands `other`.
    fn add(&mut self, request: &Request, other: u128, name: u64) {
        self.requests += 1;
        self.ok += u64::from(request.is_ok());
        self.companions += u64::from(request.class == EndpointClass::Static);
        self.referred += u64::from(request.has(Flags::REFERER));
        self.troubled += u64::from(request.status >= 500 || request.status == 429);
        self.span.add(request.time);
        let visit = self.routes.at(request.route_number());
        visit.requests += 1;
        visit.ok += u64::from(request.is_ok());
        if request.agent.is_some() {
            self.agents.at(request.agent.0).0 += 1;
        }
        if other != 0 {
            self.others.at(name).merge(Other { key: other, requests: 1 });
        }
        self.activity.at(PROFILE_TICK, request.time).0 += 1;
    }
}

impl Request {
    /// Its route as one number.
    pub fn route_number(&self) -> u64 {
        route_number(self.template.0, self.method as u8)
    }
}

/// A template and a method as one number.
pub fn route_number(template: u64, method: u8) -> u64 {
    mix(template, u64::from(method))
}

impl Collector for ClientProfiles {
    type Evidence = Profile;
    const NAME: &'static str = "client-profile";
    const KEY: KeyKind = KeyKind::Client;
    const READS_PLACE: bool = false;

    fn wants(_: &Request) -> bool {
        true
    }

    fn observe(request: &Request, profile: &mut Profile) {
        let principal = request.principal.or(request.token).or(request.session).0;
        profile.add(request, u128::from(principal), principal);
    }
}

impl Collector for PrincipalProfiles {
    type Evidence = Profile;
    const NAME: &'static str = "principal-profile";
    const KEY: KeyKind = KeyKind::Principal;
    const READS_PLACE: bool = false;

    fn wants(_: &Request) -> bool {
        true
    }

    fn observe(request: &Request, profile: &mut Profile) {
        profile.add(request, request.client.0, request.client.number());
    }
}
