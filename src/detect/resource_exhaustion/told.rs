//! How a load is told: the finding against a client or a pool.

use super::ABOUT;
use crate::detect::World;
use crate::detect::story;
use crate::evidence::Span;
use crate::hash::mix;
use crate::incident::{ConfounderNote, Count, Finding, Join, Kind, Outcome, Scale, Tenths};
use crate::request::{Client, Place, RouteKey};
use crate::time::{Seconds, Time};

/// One of those who make the load.
#[derive(Clone, Copy)]
pub(super) struct Source {
    /// Who.
    pub(super) client: Client,
    /// How many requests of the load.
    pub(super) requests: u64,
}

/// A load, ready to be told.
pub(super) struct Load {
    /// The form: `costly`, `demands`, `refused`.
    variant: &'static str,
    route: RouteKey,
    requests: u64,
    /// How far it got.
    pub(super) outcome: Outcome,
    /// How much of it there was.
    pub(super) scale: Scale,
    /// How surely, in hundredths.
    pub(super) confidence: u8,
    /// One sentence.
    pub(super) reason: String,
    /// Name, value and threshold in tenths, unit.
    pub(super) tests: Vec<(&'static str, u64, u64, &'static str)>,
    /// Counts by name.
    pub(super) metrics: Vec<(&'static str, u64)>,
    /// Requests over time.
    pub(super) over: (Seconds, Vec<(Time, u64)>),
    /// From the first to the last.
    pub(super) span: Span,
    /// Telling requests.
    pub(super) samples: Vec<(Time, Place)>,
    /// Bytes sent.
    pub(super) bytes: u64,
    /// Who makes it.
    pub(super) sources: Vec<Source>,
    /// What else it might be.
    pub(super) confounders: Vec<ConfounderNote>,
    /// What to do.
    pub(super) advice: Vec<String>,
}

impl Load {
    /// A load of so many requests on a route, with nothing in it yet.
    pub(super) fn new(variant: &'static str, route: RouteKey, requests: u64) -> Self {
        Self {
            variant,
            route,
            requests,
            outcome: Outcome::Attempted,
            scale: Scale::Sustained,
            confidence: 0,
            reason: String::new(),
            tests: Vec::new(),
            metrics: Vec::new(),
            over: (Seconds(60), Vec::new()),
            span: Span::default(),
            samples: Vec::new(),
            bytes: 0,
            sources: Vec::new(),
            confounders: Vec::new(),
            advice: Vec::new(),
        }
    }

    /// Who makes it.
    pub(super) fn clients(&self) -> Vec<Client> {
        self.sources.iter().map(|source| source.client).collect()
    }

    /// The finding.
    pub(super) fn finding(self, world: &World<'_>) -> Finding {
        let clients = self.clients();
        let mut finding = Finding::new(ABOUT.id, self.variant, Kind::ResourceExhaustion);
        (finding.outcome, finding.scale) = (self.outcome, self.scale);
        for (name, value, threshold, unit) in self.tests {
            finding.test(name, value, threshold, unit);
        }
        finding.metrics = self.metrics.into_iter().collect();
        (finding.first, finding.last) = (self.span.first, self.span.last);
        finding.requests = self.requests;
        finding.bytes_out = self.bytes;
        finding.activity = self.over;
        finding.samples = story::choose(story::ends(&self.samples));
        finding.endpoints = story::endpoint(self.route, self.requests);
        finding.clients = self
            .sources
            .iter()
            .map(|source| Count { of: source.client, requests: source.requests })
            .collect();
        finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        finding.joins = clients.iter().map(|&client| Join::Client(client)).collect();
        // Two that load one route at one time, in one way, are one story.
        let way = self.variant.bytes().fold(0, |all, byte| mix(all, byte.into()));
        finding.joins.push(Join::Campaign(mix(mix(self.route.0.0, self.route.1.into()), way)));
        finding.joins.extend(story::common_principal(world, &clients).map(Join::Principal));
        finding.confidence = self.confidence;
        finding.score = Tenths(u32::from(self.confidence) * 10);
        finding.reason = self.reason;
        finding.confounders = self.confounders;
        finding.recommendations = self.advice;
        story::suppress(&mut finding);
        finding
    }
}
