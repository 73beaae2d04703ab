//! Correlation rules of the user's that hold: for whom, how often, and with which value at most.

mod held;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use held::{Held, held};

use crate::detect::story;
use crate::detect::{About, Detector, Threshold, World};
use crate::hash::NameHash;
use crate::incident::{
    ByRule, Count, Finding, Join, Kind, Named, Outcome, RuleName, Scale, Severity, Tenths,
};
use crate::sigma::{Correlation, Level, Rules};
use crate::time::{Seconds, Time};

/// Groups of one correlation that are told each for itself; the rest is told as one.
const ALONE: u64 = 50;

/// The detector.
pub(super) struct RuleCorrelation {
    rules: Arc<Rules>,
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "rule-correlation",
    kinds: &[Kind::Sigma],
    summary: "Correlation rules that hold: rules that match often, in an order, or with telling values.",
    why: "What a single request does not show shows in many: a rule says how many, within which time, by whom.",
    looks_like: "Whatever the rules say (`--rules DIR`; `gatehound rules list` shows them).",
    look_alikes: "A rule's own: `filter` what is ordinary in the rules that it counts.",
    blind_spots: "Order within one second. Where a correlation has more groups than 32 MiB hold, a share of them chosen by \
                  hash is watched, and a warning says so.",
    thresholds: &[Threshold {
        name: "alone",
        value: ALONE,
        unit: "groups",
        meaning: "of one correlation are told each for itself, the heaviest first; the rest as one",
    }],
    needs: &[],
    attack: &[],
    owasp_api: &["API8:2023"],
    oat: &[],
    cwe: &[],
};

impl RuleCorrelation {
    /// The detector of the correlations among these rules.
    pub(super) fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }
}

impl Detector for RuleCorrelation {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        if !self.rules.correlates() {
            return Vec::new();
        }
        let mut by_correlation: BTreeMap<u16, Vec<Held>> = BTreeMap::new();
        for held in held(&self.rules, world.correlated()) {
            by_correlation.entry(held.correlation).or_default().push(held);
        }
        let mut findings = Vec::new();
        for (number, correlation) in self.rules.correlations().filter(|(_, one)| one.is_told()) {
            let Some(mut all) = by_correlation.remove(&number) else { continue };
            all.sort_by_key(|held| (std::cmp::Reverse(best(held).1), held.counted.by));
            let alone = all.len().min(usize::try_from(ALONE).unwrap_or(usize::MAX));
            let (alone, rest) = all.split_at(alone);
            findings.extend(alone.iter().map(|held| of(correlation, std::slice::from_ref(held))));
            findings.extend((!rest.is_empty()).then(|| of(correlation, rest)));
        }
        findings
    }
}

/// When a correlation holds with its largest value, the earliest of several.
fn best(held: &Held) -> (i64, u64) {
    let largest = held.seconds.iter().max_by_key(|&&(second, value)| (value, std::cmp::Reverse(second)));
    largest.copied().unwrap_or_default()
}

/// The finding of some groups, at least one.
fn of(correlation: &Correlation, some: &[Held]) -> Finding {
    let variant = if some.len() == 1 { "group" } else { "other-groups" };
    let mut finding = Finding::new(ABOUT.id, variant, Kind::Sigma);
    let (mut minutes, mut clients, mut samples) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let (mut seconds, mut value, mut refused, mut ok) = (0, 0, 0, 0);
    for Held { counted, seconds: held, .. } in some {
        finding.first = finding.first.min(counted.span.first);
        finding.last = finding.last.max(counted.span.last);
        finding.requests += counted.requests;
        finding.bytes_out += counted.bytes;
        (ok, refused) = (ok + counted.ok, refused + counted.refused);
        for (second, _, count) in counted.ticks() {
            *minutes.entry(second.div_euclid(60)).or_insert(0) += count;
        }
        for (client, requests) in counted.clients() {
            *clients.entry(client).or_insert(0) += requests;
        }
        samples.extend(story::ends(&counted.samples.all()));
        seconds += held.len() as u64;
        value = held.iter().map(|&(_, value)| value).max().unwrap_or(0).max(value);
    }
    finding.clients = clients.into_iter().map(|(of, requests)| Count { of, requests }).collect();
    finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    let start = |minute: i64| Time::from_seconds(minute * 60);
    finding.activity =
        (Seconds(60), minutes.into_iter().map(|(minute, count)| (start(minute), count)).collect());
    finding.samples = story::choose(samples);
    if let ([only], [client]) = (some, &*finding.clients) {
        finding.joins = vec![Join::Client(client.of)];
        name(correlation, only, &mut finding);
    } else if let [only] = some {
        name(correlation, only, &mut finding);
    }
    finding.scale = Scale::Sustained;
    finding.outcome = if refused == finding.requests { Outcome::Blocked } else { Outcome::Attempted };
    finding.metrics =
        BTreeMap::from([("value", value), ("seconds", seconds), ("ok", ok), ("refused", refused)]);
    finding.reason = reason(correlation, some, value, finding.requests);
    told(correlation, &mut finding);
    finding
}

/// Names the user and the agent that a group has in common.
fn name(correlation: &Correlation, held: &Held, finding: &mut Finding) {
    let Some(place) = finding.samples.first().map(|sample| sample.place) else { return };
    let hash =
        |at: Option<usize>| at.and_then(|at| held.counted.by.get(at)).copied().filter(|&hash| hash != 0);
    let count =
        |hash: u64| Count { of: Named { hash: NameHash(hash), place }, requests: held.counted.requests };
    let [user, agent] = correlation.names();
    finding.users.extend(hash(user).map(count));
    finding.users_total = finding.users.len() as u64;
    finding.agents.extend(hash(agent).map(count));
}

/// What happened, in one sentence.
fn reason(correlation: &Correlation, some: &[Held], value: u64, requests: u64) -> String {
    let (title, told) = (&correlation.title, correlation.told(value));
    let groups = match (some, &*correlation.by) {
        ([_], []) => String::new(),
        ([_], by) => format!(" with one {}", by.join(", ")),
        (all, _) => format!(" in {} groups", story::count(all.len() as u64)),
    };
    format!("the correlation `{title}` holds{groups}: {told}, {} in all", story::requests(requests))
}

/// What the rule itself says.
fn told(correlation: &Correlation, finding: &mut Finding) {
    let level = correlation.level;
    finding.recommendations = vec![
        "Look at the lines, and at what else these clients did at the time.".to_owned(),
        "Block the source if it is nobody you know; else filter it in the rules that are counted.".to_owned(),
    ];
    finding.confidence = 50 + 10 * level as u8;
    finding.score = Tenths(u32::from(finding.confidence) * 10);
    finding.rule = Some(ByRule {
        named: RuleName {
            id: correlation.id.clone(),
            title: correlation.title.clone(),
            level: level.name().into(),
        },
        attack: correlation.techniques(),
        severity: match level {
            Level::Informational => Severity::Info,
            Level::Low => Severity::Low,
            Level::Medium => Severity::Medium,
            Level::High => Severity::High,
            Level::Critical => Severity::Critical,
        },
    });
    finding.test("requests", finding.requests * 10, 10, "requests");
}
