//! Requests of a client that match rules, and how they were answered.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Samples, Span};
use crate::hash::TemplateHash;
use crate::request::Request;
use crate::route::Method;
use crate::series::{Evidence, Series, Tries, cleared};
use crate::time::Seconds;

/// Matches of rules, by client.
pub struct Matches;

/// The tick of [`Match::activity`].
pub const MATCH_TICK: Seconds = Seconds(60);

/// The rules that one client's requests match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Matching {
    /// Each rule, by its number.
    pub rules: Bounded<Match, 48>,
}

/// What one client did that one rule matches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// The number of the rule; the lowest of those that were merged.
    pub rule: Option<u16>,
    /// How many requests.
    pub requests: u64,
    /// How many got 2xx.
    pub ok: u64,
    /// How many were refused: 401, 403, 406, 429, 444.
    pub refused: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// The routes that were asked for.
    pub routes: Bounded<MatchedRoute, 8>,
    /// Requests over time.
    pub activity: Series<Tries, 16>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest requests.
    pub samples: Samples<2>,
}

/// How often one route was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MatchedRoute {
    /// The route; the same in all of its evidence.
    pub what: Option<(TemplateHash, Method)>,
    /// How many requests.
    pub requests: u64,
}

impl Match {
    /// Adds one request.
    fn add(&mut self, request: &Request, rule: u16) {
        self.rule = lowest(self.rule, Some(rule));
        self.requests += 1;
        match request.status {
            200..300 => self.ok += 1,
            401 | 403 | 406 | 429 | 444 => self.refused += 1,
            _ => {}
        }
        self.bytes += request.bytes_out;
        let asked = self.routes.at(request.route_number());
        // Routes that found no room share one place, so which of them came last must not matter.
        asked.what = asked.what.max(Some((request.template, request.method)));
        asked.requests += 1;
        self.activity.at(MATCH_TICK, request.time).0 += 1;
        self.span.add(request.time);
        self.samples.add(request);
    }
}

/// The lower of two numbers.
fn lowest(one: Option<u16>, other: Option<u16>) -> Option<u16> {
    one.into_iter().chain(other).min()
}

impl Evidence for MatchedRoute {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.what = self.what.max(other.what);
        self.requests += other.requests;
    }
}

impl Evidence for Match {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.rule = lowest(self.rule, other.rule);
        self.requests += other.requests;
        self.ok += other.ok;
        self.refused += other.refused;
        self.bytes += other.bytes;
        self.routes.merge(other.routes);
        self.activity.merge(other.activity);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
    }
}

impl Evidence for Matching {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.rules.merge(other.rules);
    }

    fn clear(&mut self) {
        *self = Self { rules: cleared(&mut self.rules) };
    }
}

impl Collector for Matches {
    type Evidence = Matching;
    const NAME: &'static str = "matches";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        !request.matched.is_empty()
    }

    fn observe(request: &Request, matching: &mut Matching) {
        for rule in request.matched.numbers() {
            matching.rules.at(u64::from(rule)).add(request, rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_of_many_routes_came_last_does_not_matter() {
        let request = |route: u64| Request { template: TemplateHash(route), ..Request::default() };
        let of = |routes: &[u64]| {
            let mut one = Match::default();
            for &route in routes {
                one.add(&request(route), 3);
            }
            one
        };
        let mut routes: Vec<u64> = (1..40).collect();
        let forth = of(&routes);
        routes.reverse();
        assert!(forth == of(&routes) && forth.routes.rest().is_some());
    }
}
