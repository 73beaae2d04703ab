//! From findings to ranked incidents: those that share an identity and a time are one story.

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::mix;
use crate::incident::{ConfounderNote, Finding, Join, Outcome, Scale, Severity, Tenths, severity};
use crate::time::{HOUR, Time};

/// Findings that belong together, scored; keys only, names come when it is told.
pub struct Group {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// `gh-` and sixteen hexadecimal digits.
    pub id: String,
    /// How much a person should care.
    pub severity: Severity,
    /// 0 to 100.
    pub score: Tenths,
    /// How far it got.
    pub outcome: Outcome,
    /// In hundredths.
    pub confidence: u8,
    /// The look-alike that holds all of it back.
    pub suppressed_by: Option<&'static str>,
}

/// Joins findings and ranks what comes of it, best first; suppressed groups stand behind all others.
pub fn rank(findings: Vec<Finding>) -> Vec<Group> {
    let mut groups: Vec<Group> = joined(findings).into_iter().map(Group::of).collect();
    sort(&mut groups);
    groups
}

/// Holds back every group for which `by` says what holds it back, and ranks them anew.
pub fn hold_back(
    groups: Vec<Group>,
    by: impl Fn(&Group) -> Option<(&'static str, ConfounderNote)>,
) -> Vec<Group> {
    let held = |mut group: Group| {
        let Some((name, note)) = by(&group) else { return group };
        for finding in group.findings.iter_mut().filter(|finding| finding.suppressed_by.is_none()) {
            finding.suppressed_by = Some(name);
            finding.confounders.push(note.clone());
        }
        Group::of(group.findings)
    };
    let mut groups: Vec<Group> = groups.into_iter().map(held).collect();
    sort(&mut groups);
    groups
}

/// Best first; suppressed groups stand behind all others.
fn sort(groups: &mut [Group]) {
    groups.sort_by(|a, b| {
        let order = |group: &Group| {
            (group.suppressed_by.is_some(), std::cmp::Reverse((group.score, group.severity, group.outcome)))
        };
        order(a)
            .cmp(&order(b))
            .then_with(|| a.findings[0].order().cmp(&b.findings[0].order()))
            .then_with(|| a.id.cmp(&b.id))
    });
}

/// Groups of findings that touch: through a shared identity, at a time that overlaps or nearly so.
fn joined(mut findings: Vec<Finding>) -> Vec<Vec<Finding>> {
    findings.sort_by_key(Finding::order);
    let mut parent: Vec<usize> = (0..findings.len()).collect();
    let mut by_join: BTreeMap<Join, Vec<usize>> = BTreeMap::new();
    for (number, finding) in findings.iter().enumerate() {
        for &join in &finding.joins {
            by_join.entry(join).or_default().push(number);
        }
    }
    for together in by_join.values() {
        for (at, &left) in together.iter().enumerate() {
            for &right in &together[at + 1..] {
                if touch(&findings[left], &findings[right]) {
                    let (a, b) = (root(&parent, left), root(&parent, right));
                    parent[a.max(b)] = a.min(b);
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
    for (number, finding) in findings.into_iter().enumerate() {
        groups.entry(root(&parent, number)).or_default().push(finding);
    }
    groups.into_values().collect()
}

/// The representative of a group.
fn root(parent: &[usize], mut of: usize) -> usize {
    while parent[of] != of {
        of = parent[of];
    }
    of
}

/// Whether two findings are close enough in time, and neither explains the other away: what a look-alike holds back does
/// not join what is reported.
fn touch(a: &Finding, b: &Finding) -> bool {
    let window = a.window.max(b.window).micros();
    let near = a.first.0 <= b.last.0.saturating_add(window) && b.first.0 <= a.last.0.saturating_add(window);
    near && a.suppressed_by.is_some() == b.suppressed_by.is_some()
}

/// The severity of one finding: what a look-alike explains stays below `medium`.
fn severity_of(finding: &Finding) -> Severity {
    let by_rule = finding.rule.as_ref().map(|rule| rule.severity);
    let plain = by_rule.unwrap_or_else(|| severity(finding.kind, finding.outcome, finding.scale));
    if finding.suppressed_by.is_some() { plain.min(Severity::Low) } else { plain }
}

/// A finding's rank within its group: outcome before severity before score.
fn weight(finding: &Finding) -> (Severity, Outcome, Tenths) {
    (severity_of(finding), finding.outcome, finding.score)
}

impl Group {
    /// Scores a group.
    fn of(mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| weight(b).cmp(&weight(a)).then_with(|| a.order().cmp(&b.order())));
        let id = identity(&findings);
        let worst = severity_of(&findings[0]);
        let outcome = findings.iter().map(|finding| finding.outcome).max().unwrap_or(Outcome::Attempted);
        let doubt: u32 = findings
            .iter()
            .fold(10_000, |doubt, finding| doubt * (100 - u32::from(finding.confidence.min(99))) / 100);
        let confidence = u8::try_from(100 - (doubt / 100).clamp(1, 100)).unwrap_or(0);
        let score = score(worst, confidence, &findings);
        let suppressed_by = findings[0].suppressed_by;
        Self { findings, id, severity: worst, score, outcome, confidence, suppressed_by }
    }
}

/// 0 to 100 in tenths: each severity has a band, and within it counts how sure, how far and how much.
fn score(severity: Severity, confidence: u8, findings: &[Finding]) -> Tenths {
    let floor = match severity {
        Severity::Info => 0,
        Severity::Low => 150,
        Severity::Medium => 400,
        Severity::High => 650,
        Severity::Critical => 850,
    };
    let outcome =
        findings.iter().map(|finding| finding.outcome).max().map_or(0, |outcome| outcome as u32) * 8;
    let requests: u64 = findings.iter().map(|finding| finding.requests).sum();
    let much = requests.max(1).ilog2().min(24);
    let large = u32::from(findings.iter().any(|finding| finding.scale == Scale::Large)) * 10;
    let stages: BTreeSet<_> = findings.iter().map(|finding| finding.kind.stage()).collect();
    let story = u32::try_from(stages.len().saturating_sub(1)).unwrap_or(0).min(3) * 5;
    Tenths(floor + u32::from(confidence) / 2 + outcome + much + large + story)
}

/// The id: a hash of the seed, which is the detector (and rule), entity and hour of the earliest finding, ties by content.
fn identity(findings: &[Finding]) -> String {
    let seed = findings.iter().min_by(|a, b| a.order().cmp(&b.order())).expect("a group has findings");
    let hour = |time: Time| time.0.div_euclid(HOUR);
    let text = format!(
        "{} {:?} {:?}",
        seed.detector,
        seed.joins.first(),
        seed.clients.first().map(|count| count.of)
    );
    let rule = seed.rule.as_ref().map_or("", |rule| &rule.named.id);
    let mut hash = mix(hour(seed.first).unsigned_abs(), 0x6768);
    for &byte in text.as_bytes().iter().chain(rule.as_bytes()) {
        hash = mix(hash, u64::from(byte));
    }
    format!("gh-{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Kind;
    use crate::request::Client;

    fn finding(kind: Kind, client: u128, minutes: (i64, i64)) -> Finding {
        Finding {
            joins: vec![Join::Client(Client(client))],
            first: Time::from_seconds(minutes.0 * 60),
            last: Time::from_seconds(minutes.1 * 60),
            confidence: 80,
            ..Finding::new("test", "test", kind)
        }
    }

    #[test]
    fn findings_join_through_an_identity_when_their_times_touch() {
        let groups = rank(vec![
            finding(Kind::PathEnumeration, 1, (0, 10)),
            finding(Kind::BruteForce, 1, (35, 40)),
            finding(Kind::BruteForce, 1, (100, 110)),
            finding(Kind::BruteForce, 2, (0, 10)),
        ]);
        let sizes: Vec<usize> = groups.iter().map(|group| group.findings.len()).collect();
        assert_eq!(groups.len(), 3);
        assert!(sizes.contains(&2));
    }

    #[test]
    fn what_was_lost_ranks_before_what_was_tried() {
        let mut lost = finding(Kind::BruteForce, 1, (0, 1));
        lost.outcome = Outcome::Succeeded;
        let mut tried = finding(Kind::CredentialStuffing, 2, (0, 600));
        tried.requests = 1_000_000;
        tried.scale = Scale::Large;
        let groups = rank(vec![tried, lost]);
        assert_eq!(groups[0].outcome, Outcome::Succeeded);
        assert!(groups[0].severity > groups[1].severity);
    }

    #[test]
    fn the_ranking_is_total_and_does_not_depend_on_the_order_of_findings() {
        let outcomes =
            [Outcome::Attempted, Outcome::Succeeded, Outcome::Probed, Outcome::Attempted, Outcome::Succeeded];
        let mut findings: Vec<Finding> = (1..)
            .zip(outcomes)
            .map(|(client, outcome)| Finding { outcome, ..finding(Kind::BruteForce, client, (0, 9)) })
            .collect();
        findings[4].suppressed_by = Some("crawler");
        let told = |findings: Vec<Finding>| -> Vec<(String, u32, bool)> {
            let told = |group: &Group| (group.id.clone(), group.score.0, group.suppressed_by.is_some());
            rank(findings).iter().map(told).collect()
        };
        let whole = told(findings.clone());
        let (reported, held_back): (Vec<_>, Vec<_>) = whole.iter().partition(|(.., held_back)| !held_back);
        assert!(reported.is_sorted_by(|a, b| a.1 >= b.1) && whole[4].2 && held_back.len() == 1, "{whole:?}");
        for turn in 0..findings.len() {
            findings.rotate_left(turn);
            findings.swap(0, 3);
            assert_eq!(told(findings.clone()), whole);
        }
    }
}
