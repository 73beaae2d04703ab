//! Scanners that share out one list: probes from several addresses, alike in size and at the same time, are one incident where
//! they name one agent, send code to the same route, or do exactly as much as one another; and so are thieves of sessions who
//! want the same, one after the other. What one of them found all of them know.

use std::collections::BTreeMap;

use crate::detect::pool::{self, Member};
use crate::evidence::Span;
use crate::hash::TemplateHash;
use crate::hash::{NameHash, mix};
use crate::incident::{Finding, Join, Kind, Outcome, Scale};
use crate::request::Client;
use crate::route::Method;
use crate::series::Evidence;
use crate::time::HOUR;

/// Whoever asks so often does more than probe once.
const MUCH: u64 = 20;

/// What one address probed.
struct Prober {
    client: Client,
    span: Span,
    requests: u64,
}

impl Member for Prober {
    fn span(&self) -> Span {
        self.span
    }

    fn size(&self) -> u64 {
        self.requests
    }
}

/// What scanners have in common.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Common {
    /// The agent that they name.
    Agent(NameHash),
    /// The route that most of their code goes to.
    Route(Method, TemplateHash),
    /// Nothing but that they probe.
    Nothing,
}

impl Common {
    fn number(self) -> u64 {
        match self {
            Self::Agent(agent) => agent.0,
            Self::Route(method, template) => mix(template.0, method as u64),
            Self::Nothing => 0,
        }
    }
}

/// Lets findings join that tell of the same scan from several addresses; `is_used` tells of a route that it answers people: the
/// whole internet sends code to front pages, and to what is not there.
pub(super) fn join(findings: &mut [Finding], is_used: impl Fn(Method, TemplateHash) -> bool) {
    let mut by_common: BTreeMap<Common, BTreeMap<Client, Prober>> = BTreeMap::new();
    for finding in findings.iter() {
        let Some(client) = prober(finding) else { continue };
        let span = Span { first: finding.first, last: finding.last };
        let agent = finding.agents.first().map(|agent| Common::Agent(agent.of.hash));
        let goes_by_route = matches!(finding.kind, Kind::Injection | Kind::TokenAbuse);
        let route = finding.endpoints.first().filter(|_| goes_by_route);
        let route = route.filter(|route| is_used(route.of.0, route.of.1));
        let route = route.map(|route| Common::Route(route.of.0, route.of.1));
        let of_all = (!goes_by_route).then_some(Common::Nothing);
        for common in [agent, route, of_all].into_iter().flatten() {
            let known = by_common.entry(common).or_default().entry(client);
            let prober = known.or_insert(Prober { client, span, requests: 0 });
            prober.span.merge(span);
            prober.requests += finding.requests;
        }
    }
    let mut scans: BTreeMap<Client, Vec<u64>> = BTreeMap::new();
    for (common, probers) in by_common {
        let probers = probers.into_values().collect();
        let pools = match common {
            Common::Nothing => pool::twins(probers),
            Common::Agent(_) => pool::together(probers),
            Common::Route(..) => pool::together_or_in_turn(probers),
        };
        for pool in pools.iter().filter(|pool| pool.len() >= pool::SOURCES) {
            let hour = pool.iter().map(|prober| prober.span.first.0 / HOUR).min().unwrap_or(0);
            let scan = mix(common.number(), hour.unsigned_abs());
            for prober in pool {
                scans.entry(prober.client).or_default().push(scan);
            }
        }
    }
    for finding in findings {
        let scans = prober(finding).and_then(|client| scans.get(&client));
        finding.joins.extend(scans.into_iter().flatten().map(|&scan| Join::Campaign(scan)));
    }
}

/// Who probes, where a finding tells of one address that does more than probe once and is not explained.
fn prober(finding: &Finding) -> Option<Client> {
    let is_probe = matches!(
        finding.kind,
        Kind::PathEnumeration | Kind::VulnerabilityScan | Kind::Injection | Kind::TokenAbuse
    );
    let is_much = finding.scale != Scale::Single
        || finding.outcome >= Outcome::Probed
        || finding.requests >= MUCH
        || finding.kind == Kind::TokenAbuse;
    let is_told = is_much && finding.suppressed_by.is_none();
    match finding.clients.as_slice() {
        [only] if is_probe && is_told && finding.clients_total <= 1 => Some(only.of),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::{Count, Named};
    use crate::request::Place;
    use crate::time::{MINUTE, Time};

    /// What an address with this number did with an agent, from this minute on.
    fn probe(client: u128, agent: u64, minute: i64, requests: u64) -> Finding {
        let mut finding = Finding::new("path-enumeration", "wordlist", Kind::PathEnumeration);
        finding.scale = Scale::Sustained;
        (finding.first, finding.last) = (Time(minute * MINUTE), Time((minute + 30) * MINUTE));
        finding.requests = requests;
        finding.clients = vec![Count { of: Client(client), requests }];
        let named = Named { hash: NameHash(agent), place: Place::default() };
        finding.agents = vec![Count { of: named, requests }];
        finding
    }

    fn joined(mut findings: Vec<Finding>) -> usize {
        join(&mut findings, |_, template| template.0 < 100);
        let scans = findings.iter().flat_map(|finding| &finding.joins);
        scans.filter(|join| matches!(join, Join::Campaign(_))).count()
    }

    #[test]
    fn three_that_scan_alike_at_one_time_with_one_agent_are_one_and_others_are_not() {
        let scan = |agents: [u64; 3], minutes: [i64; 3], sizes: [u64; 3]| {
            joined((0..3).map(|nth| probe(nth as u128, agents[nth], minutes[nth], sizes[nth])).collect())
        };
        assert_eq!(scan([7, 7, 7], [0, 5, 9], [100, 120, 90]), 3);
        assert_eq!(scan([7, 7, 8], [0, 5, 9], [100, 150, 90]), 0);
        // Three of one size at one time need no agent in common.
        assert_eq!(scan([7, 8, 9], [0, 5, 9], [100, 104, 99]), 3);
        assert_eq!(scan([7, 7, 7], [0, 5, 900], [100, 120, 90]), 0);
        assert_eq!(scan([7, 7, 7], [0, 5, 9], [100, 120, 9000]), 0);
    }

    #[test]
    fn thieves_of_sessions_who_want_the_same_one_after_the_other_are_one() {
        let stolen = |hours: i64| {
            let one = |nth: u64| {
                let minute = i64::try_from(nth).unwrap() * hours * 60;
                let mut finding = probe(nth.into(), nth, minute, 18);
                finding.kind = Kind::TokenAbuse;
                finding.scale = Scale::Single;
                finding.endpoints = vec![Count { of: (Method::Get, TemplateHash(5)), requests: 18 }];
                finding
            };
            joined((0..3).map(one).collect())
        };
        assert_eq!((stolen(3), stolen(9)), (3, 0));
    }

    #[test]
    fn three_that_send_code_to_one_route_that_is_used_are_one_whatever_they_call_themselves() {
        let sent = |kind: Kind, template: u64| {
            let one = |nth: u64| {
                let mut finding = probe(nth.into(), nth, 0, 40 + nth * 40);
                finding.kind = kind;
                finding.endpoints = vec![Count { of: (Method::Get, TemplateHash(template)), requests: 40 }];
                finding
            };
            joined((0..3).map(one).collect())
        };
        assert_eq!(sent(Kind::Injection, 5), 3);
        assert_eq!(sent(Kind::Injection, 500), 0);
        assert_eq!(sent(Kind::PathEnumeration, 5), 0);
    }
}
