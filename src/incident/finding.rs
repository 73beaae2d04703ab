//! What a detector proved, in keys and numbers; names are found again by their place when the incident is told.

use std::collections::BTreeMap;

use crate::hash::{NameHash, TemplateHash};
use crate::incident::{ConfounderNote, Kind, Outcome, RuleName, Scale, Severity, Tenths, Test};
use crate::request::{Client, Place};
use crate::route::Method;
use crate::time::{Seconds, Time};

/// One thing that one detector proved. Lists of entities are ordered by weight; `*_total` counts those that were not kept.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The detector's id.
    pub detector: &'static str,
    /// The form of the threat: `single-source`, `distributed` …
    pub variant: &'static str,
    /// The kind.
    pub kind: Kind,
    /// How far it got.
    pub outcome: Outcome,
    /// How much of it there was.
    pub scale: Scale,
    /// 0 to 100: how surely and how much.
    pub score: Tenths,
    /// How surely, in hundredths.
    pub confidence: u8,
    /// What happened, in one sentence with numbers.
    pub reason: String,
    /// The tests that it passed.
    pub tests: Vec<Test>,
    /// Counts by name.
    pub metrics: BTreeMap<&'static str, u64>,
    /// The first request of it.
    pub first: Time,
    /// The last request of it.
    pub last: Time,
    /// The longest gap over which two findings still touch.
    pub window: Seconds,
    /// How many requests.
    pub requests: u64,
    /// How many bytes went out.
    pub bytes_out: u64,
    /// Requests over time: the tick's length and (start of tick, requests), ascending.
    pub activity: (Seconds, Vec<(Time, u64)>),
    /// The clients, heaviest first.
    pub clients: Vec<Count<Client>>,
    /// How many clients in all, where not all are listed; else zero.
    pub clients_total: u64,
    /// The accounts that were tried and the principals that acted, heaviest first.
    pub users: Vec<Count<Named>>,
    /// How many accounts and principals in all.
    pub users_total: u64,
    /// The tokens, heaviest first.
    pub tokens: Vec<Count<NameHash>>,
    /// The sessions, heaviest first.
    pub sessions: Vec<Count<NameHash>>,
    /// The agents, heaviest first.
    pub agents: Vec<Count<Named>>,
    /// The routes, heaviest first.
    pub endpoints: Vec<Count<(Method, TemplateHash)>>,
    /// What was got at, which the title names before what was asked for most.
    pub lead: Option<Lead>,
    /// Accounts that were opened.
    pub compromised: Vec<Named>,
    /// How many accounts were opened, named or not.
    pub compromised_total: u64,
    /// How many different objects were read.
    pub objects_read: u64,
    /// How many bytes were taken.
    pub bytes_read: u64,
    /// Through what it joins other findings.
    pub joins: Vec<Join>,
    /// Telling requests, to be read again.
    pub samples: Vec<Sample>,
    /// What else it might have been.
    pub confounders: Vec<ConfounderNote>,
    /// The look-alike that explains it, if one does.
    pub suppressed_by: Option<&'static str>,
    /// What to do, first things first.
    pub recommendations: Vec<String>,
    /// The rule that matched, where it is about one.
    pub rule: Option<ByRule>,
}

/// What a rule says of what it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByRule {
    /// The rule, as the incident names it.
    pub named: RuleName,
    /// The ATT&CK techniques that it names.
    pub attack: Vec<String>,
    /// How much a person should care about what it matched.
    pub severity: Severity,
}

/// Something and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count<T> {
    /// What.
    pub of: T,
    /// How many requests.
    pub requests: u64,
}

/// A name by its hash, and a request in which it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// The name's hash.
    pub hash: NameHash,
    /// A request that holds the name.
    pub place: Place,
}

/// An identity through which findings join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Join {
    /// A client address that is no edge and no shared address.
    Client(Client),
    /// A principal.
    Principal(NameHash),
    /// A token.
    Token(NameHash),
    /// A session.
    Session(NameHash),
    /// A campaign.
    Campaign(u64),
}

/// What was got at: a route, and the request that was given it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lead {
    /// The method.
    pub method: Method,
    /// The template.
    pub template: TemplateHash,
    /// The request, where one is known.
    pub place: Option<Place>,
}

/// A telling request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sample {
    /// When.
    pub time: Time,
    /// Where.
    pub place: Place,
    /// `first`, `last`, `success` …
    pub why: &'static str,
}

impl Finding {
    /// A finding of `kind` with nothing in it yet.
    pub fn new(detector: &'static str, variant: &'static str, kind: Kind) -> Self {
        Self {
            detector,
            variant,
            kind,
            outcome: Outcome::Attempted,
            scale: Scale::Sustained,
            score: Tenths(0),
            confidence: 0,
            reason: String::new(),
            tests: Vec::new(),
            metrics: BTreeMap::new(),
            first: Time(i64::MAX),
            last: Time(i64::MIN),
            window: Seconds(1800),
            requests: 0,
            bytes_out: 0,
            activity: (Seconds(60), Vec::new()),
            clients: Vec::new(),
            clients_total: 0,
            users: Vec::new(),
            users_total: 0,
            tokens: Vec::new(),
            sessions: Vec::new(),
            agents: Vec::new(),
            endpoints: Vec::new(),
            lead: None,
            compromised: Vec::new(),
            compromised_total: 0,
            objects_read: 0,
            bytes_read: 0,
            joins: Vec::new(),
            samples: Vec::new(),
            confounders: Vec::new(),
            suppressed_by: None,
            recommendations: Vec::new(),
            rule: None,
        }
    }

    /// A total order by content: time, kind, detector, then whom it is about.
    pub fn order(&self) -> impl Ord + use<> {
        let joins: Vec<Join> = self.joins.iter().copied().take(4).collect();
        let clients: Vec<Count<Client>> = self.clients.iter().copied().take(4).collect();
        let rule = self.rule.as_ref().map(|rule| rule.named.id.clone());
        (self.first, self.kind, self.detector, self.variant, self.requests, joins, clients, rule)
    }

    /// Records a test that was passed: `value` against `threshold`, both in tenths.
    pub fn test(&mut self, name: &'static str, value: u64, threshold: u64, unit: &'static str) {
        let tenths = |value: u64| Tenths(u32::try_from(value).unwrap_or(u32::MAX));
        self.tests.push(Test {
            name: name.into(),
            value: tenths(value),
            threshold: tenths(threshold),
            unit: unit.into(),
        });
    }
}
