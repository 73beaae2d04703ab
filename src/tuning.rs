//! What the user knows and a log cannot: how much is too much, sources that may do what they do, and incidents that are
//! known. Findings about these are held back like look-alikes: counted, and listed where the user asks for them.

use std::fmt::Write;

use ipnet::IpNet;
use regex::bytes::Regex;

use crate::detect::{Thresholds, World};
use crate::evidence::Span;
use crate::hash::{NameHash, TemplateHash};
use crate::incident::{Confidence, ConfounderNote, Finding, Group, Kind, hold_back, rank};
use crate::request::Client;
use crate::time::Time;

/// Findings that the user does not want to hear of. All that is said must fit; what is not said always does.
#[derive(Debug, Default)]
pub struct Rule {
    /// What the report calls it: `allow-list` or `suppression`.
    pub name: &'static str,
    /// Where it is written.
    pub place: String,
    /// Why, in the user's words.
    pub reason: String,
    /// All of a finding's clients are in these.
    pub networks: Vec<IpNet>,
    /// All of its accounts and principals are among these.
    pub users: Vec<NameHash>,
    /// All of its endpoints are like one of these.
    pub paths: Vec<Regex>,
    /// Its kind is one of these.
    pub kinds: Vec<Kind>,
    /// The incident that it belongs to is one of these.
    pub incidents: Vec<String>,
    /// Nothing of it is earlier.
    pub from: Option<Time>,
    /// All of it is earlier.
    pub until: Option<Time>,
}

/// Everything that the user said about findings.
#[derive(Debug, Default)]
pub struct Tuning {
    /// What detectors judge by.
    pub thresholds: Thresholds,
    /// The first that fits goes.
    pub rules: Vec<Rule>,
}

impl Tuning {
    /// What comes of findings: incidents, best first, those that the user does not want to hear of behind all others.
    pub fn rank(&self, world: &World<'_>, mut findings: Vec<Finding>) -> Vec<Group> {
        self.hold_back(world, &mut findings);
        self.hold_back_incidents(world, rank(findings))
    }

    /// Holds back the findings that the user does not want to hear of, whatever they belong to.
    fn hold_back(&self, world: &World<'_>, findings: &mut [Finding]) {
        let rules = || self.rules.iter().filter(|rule| rule.incidents.is_empty());
        for finding in findings.iter_mut().filter(|finding| finding.suppressed_by.is_none()) {
            let text = |template| world.template_text(template);
            if let Some(rule) = rules().find(|rule| rule.covers(finding, text)) {
                finding.suppressed_by = Some(rule.name);
                finding.confounders.push(rule.note());
            }
        }
    }

    /// Holds back the incidents that the user named.
    fn hold_back_incidents(&self, world: &World<'_>, groups: Vec<Group>) -> Vec<Group> {
        let text = |template| world.template_text(template);
        let named = |rule: &&Rule, group: &Group| {
            rule.incidents.contains(&group.id)
                && group.findings.iter().any(|finding| rule.covers(finding, text))
        };
        hold_back(groups, |group| {
            let rule = self.rules.iter().find(|rule| named(rule, group))?;
            Some((rule.name, rule.note()))
        })
    }

    /// What to tell the user about what was said, of a log that spans so much: what ended before it began.
    pub fn warnings(&self, span: Span) -> Vec<String> {
        let ended = |rule: &&Rule| !span.is_empty() && rule.until.is_some_and(|until| until <= span.first);
        let told = |rule: &Rule| {
            let until = rule.until.map(|until| until.rfc3339(0)).unwrap_or_default();
            format!(
                "{}: this {} ended at {until}, before the log begins; remove it, or give a later `until`",
                rule.place, rule.name
            )
        };
        self.rules.iter().filter(ended).map(told).collect()
    }
}

impl Rule {
    /// Whether it covers all that a finding is about.
    fn covers<'t>(&self, finding: &Finding, text: impl Fn(TemplateHash) -> Option<&'t [u8]>) -> bool {
        let in_time = self.from.is_none_or(|from| from <= finding.first)
            && self.until.is_none_or(|until| finding.last < until);
        let holds = |client: Client| {
            client.address().is_some_and(|address| self.networks.iter().any(|net| net.contains(&address)))
        };
        let fits = |template| {
            text(template).is_some_and(|text: &[u8]| self.paths.iter().any(|path| path.is_match(text)))
        };
        in_time
            && (self.kinds.is_empty() || self.kinds.contains(&finding.kind))
            && all(&self.networks, finding.clients.len() as u64, &finding.clients, |one| holds(one.of))
            && all(&self.users, finding.users_total, &finding.users, |one| self.users.contains(&one.of.hash))
            && all(&self.paths, finding.endpoints.len() as u64, &finding.endpoints, |one| fits(one.of.1))
    }

    /// What the report says about it.
    fn note(&self) -> ConfounderNote {
        let mut reason = self.reason.clone();
        let _ = write!(reason, " ({}", self.place);
        if let Some(until) = self.until {
            let _ = write!(reason, ", until {}", until.rfc3339(0));
        }
        reason.push(')');
        ConfounderNote { name: self.name.into(), score: Confidence(100), reason }
    }
}

/// Whether nothing was said, or all of `total` things are known and fit.
fn all<S, T>(said: &[S], total: u64, known: &[T], fits: impl Fn(&T) -> bool) -> bool {
    said.is_empty() || (!known.is_empty() && total == known.len() as u64 && known.iter().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Count;

    /// A finding against the clients 192.0.2.1 to 192.0.2.`last`, in its second hour.
    fn finding(last: u8) -> Finding {
        let client = |host: u8| Client::at(std::net::Ipv4Addr::new(192, 0, 2, host).into());
        Finding {
            clients: (1..=last).map(|host| Count { of: client(host), requests: 9 }).collect(),
            first: Time::from_seconds(3600),
            last: Time::from_seconds(7000),
            ..Finding::new("test", "test", Kind::PathEnumeration)
        }
    }

    fn rule() -> Rule {
        Rule { networks: vec!["192.0.2.0/29".parse().unwrap()], ..Rule::default() }
    }

    fn covers(rule: &Rule, finding: &Finding) -> bool {
        rule.covers(finding, |_| Some(b"/probe/*"))
    }

    #[test]
    fn it_covers_a_finding_only_as_a_whole() {
        assert!(covers(&rule(), &finding(7)));
        assert!(!covers(&rule(), &finding(8)), "one source is outside");
        assert!(!covers(&rule(), &finding(0)), "no source is known");
        let seconds = |seconds| Some(Time::from_seconds(seconds));
        assert!(covers(&Rule { from: seconds(3600), until: seconds(7001), ..rule() }, &finding(7)));
        assert!(!covers(&Rule { until: seconds(7000), ..rule() }, &finding(7)), "it goes on too long");
        assert!(!covers(&Rule { from: seconds(3601), ..rule() }, &finding(7)), "it began before");
        assert!(!covers(&Rule { kinds: vec![Kind::Scraping], ..rule() }, &finding(7)));
    }

    #[test]
    fn users_and_paths_must_all_fit() {
        let place = crate::request::Place::default();
        let named = |hash| Count { of: crate::incident::Named { hash: NameHash(hash), place }, requests: 1 };
        let mut finding = Finding { users: vec![named(5), named(6)], users_total: 2, ..finding(1) };
        finding.endpoints = vec![Count { of: (crate::route::Method::Get, TemplateHash(1)), requests: 1 }];
        let users = |users: &[u64]| Rule { users: users.iter().copied().map(NameHash).collect(), ..rule() };
        assert!(covers(&users(&[5, 6, 7]), &finding));
        assert!(!covers(&users(&[5]), &finding));
        finding.users_total = 3;
        assert!(!covers(&users(&[5, 6, 7]), &finding), "one user is not named");
        let path = |text: &str| Rule { paths: vec![Regex::new(text).unwrap()], ..rule() };
        assert!(covers(&path("^/probe/"), &finding));
        assert!(!covers(&path("^/api/"), &finding));
    }
}
