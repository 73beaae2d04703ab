//! Scanners that share out one list: probes from several addresses, by one agent, alike in size and at the same time, are one
//! incident. What one of them found all of them know.

use std::collections::BTreeMap;

use crate::detect::pool::{self, Member};
use crate::evidence::Span;
use crate::hash::{NameHash, mix};
use crate::incident::{Finding, Join, Kind, Scale};
use crate::request::Client;
use crate::series::Evidence;
use crate::time::HOUR;

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

/// Lets findings join that tell of the same scan from several addresses.
pub(super) fn join(findings: &mut [Finding]) {
    let mut by_agent: BTreeMap<NameHash, BTreeMap<Client, Prober>> = BTreeMap::new();
    for finding in findings.iter() {
        let Some((client, agent)) = prober(finding) else { continue };
        let span = Span { first: finding.first, last: finding.last };
        let known = by_agent.entry(agent).or_default().entry(client);
        let prober = known.or_insert(Prober { client, span, requests: 0 });
        prober.span.merge(span);
        prober.requests += finding.requests;
    }
    let mut scans: BTreeMap<Client, u64> = BTreeMap::new();
    for (agent, probers) in by_agent {
        let pools = pool::together(probers.into_values().collect());
        for pool in pools.iter().filter(|pool| pool.len() >= pool::SOURCES) {
            let hour = pool.iter().map(|prober| prober.span.first.0 / HOUR).min().unwrap_or(0);
            let scan = mix(agent.0, hour.unsigned_abs());
            scans.extend(pool.iter().map(|prober| (prober.client, scan)));
        }
    }
    for finding in findings {
        if let Some((client, _)) = prober(finding)
            && let Some(&scan) = scans.get(&client)
        {
            finding.joins.push(Join::Campaign(scan));
        }
    }
}

/// Who probes, and with which agent, where a finding tells of one address that does more than probe once and is not explained.
fn prober(finding: &Finding) -> Option<(Client, NameHash)> {
    let is_probe = matches!(finding.kind, Kind::PathEnumeration | Kind::VulnerabilityScan | Kind::Injection);
    let is_told = finding.scale != Scale::Single && finding.suppressed_by.is_none();
    match (finding.clients.as_slice(), finding.agents.first()) {
        ([only], Some(agent)) if is_probe && is_told && finding.clients_total <= 1 => {
            Some((only.of, agent.of.hash))
        }
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
        join(&mut findings);
        let scans = findings.iter().flat_map(|finding| &finding.joins);
        scans.filter(|join| matches!(join, Join::Campaign(_))).count()
    }

    #[test]
    fn three_that_scan_alike_at_one_time_with_one_agent_are_one_and_others_are_not() {
        let scan = |agents: [u64; 3], minutes: [i64; 3], sizes: [u64; 3]| {
            joined((0..3).map(|nth| probe(nth as u128, agents[nth], minutes[nth], sizes[nth])).collect())
        };
        assert_eq!(scan([7, 7, 7], [0, 5, 9], [100, 120, 90]), 3);
        assert_eq!(scan([7, 7, 8], [0, 5, 9], [100, 120, 90]), 0);
        assert_eq!(scan([7, 7, 7], [0, 5, 900], [100, 120, 90]), 0);
        assert_eq!(scan([7, 7, 7], [0, 5, 9], [100, 120, 9000]), 0);
    }
}
