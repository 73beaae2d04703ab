//! What an incident says beside names: its sentences, advice, look-alikes, proofs, and requests over time.

use std::collections::{BTreeMap, BTreeSet};

use crate::incident::{Activity, ConfounderNote, Finding, Group, Proof, Stamp};
use crate::time::Time;

/// One or two sentences.
pub(super) fn summary(group: &Group) -> String {
    // One detector may hold the same requests against an address and against who stands behind it: told once.
    let mut reasons: Vec<&str> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for finding in &group.findings {
        if reasons.len() < 3 && told.insert(finding.detector) {
            reasons.push(&finding.reason);
        }
    }
    let mut text = reasons.join(". ");
    if let Some(first) = text.get(..1) {
        text = format!("{}{}", first.to_uppercase(), &text[1..]);
    }
    text + "."
}

/// What to do, each once: of each detector what its worst finding advises.
pub(super) fn advice(group: &Group) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let worst = group.findings.iter().filter(|finding| told.insert(finding.detector));
    for advice in worst.flat_map(|finding| &finding.recommendations) {
        if !all.contains(advice) {
            all.push(advice.clone());
        }
    }
    all
}

/// What else it might have been: of each look-alike the strongest note.
pub(super) fn notes(group: &Group) -> Vec<ConfounderNote> {
    let mut by = BTreeMap::new();
    for note in group.findings.iter().flat_map(|finding| &finding.confounders) {
        let known = by.entry(note.name.clone()).or_insert_with(|| note.clone());
        if note.score > known.score {
            *known = note.clone();
        }
    }
    let mut all: Vec<_> = by.into_values().collect();
    all.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
    all
}

/// What one detector proved, as the incident shows it.
pub(super) fn proof(finding: &Finding) -> Proof {
    Proof {
        detector: finding.detector.into(),
        variant: finding.variant.into(),
        kind: finding.kind,
        outcome: finding.outcome,
        score: finding.score,
        reason: finding.reason.clone(),
        tests: finding.tests.clone(),
        metrics: finding.metrics.iter().map(|(&name, &value)| (name.into(), value)).collect(),
        entities: BTreeMap::from([
            ("source_ips_total".into(), finding.clients_total.max(finding.clients.len() as u64)),
            ("users_total".into(), finding.users_total),
        ]),
        rule: finding.rule.as_ref().map(|rule| rule.named.clone()),
    }
}

/// How many steps an activity has at most.
const STEPS: i64 = 60;

/// Lengths of a step that a person reads easily, in seconds.
const EASY: [u32; 12] = [1, 10, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400];

/// A finding's requests over time, in at most sixty steps of an easy length.
pub(super) fn activity(finding: &Finding) -> Activity {
    let (width, ticks) = &finding.activity;
    let (Some(first), Some(last)) = (ticks.first(), ticks.last()) else { return Activity::default() };
    let length = (last.0.0 - first.0.0) / 1_000_000 + i64::from(width.0);
    let fits = |step: &&u32| **step >= width.0 && i64::from(**step) * STEPS >= length;
    let step = EASY
        .iter()
        .find(fits)
        .copied()
        .unwrap_or_else(|| u32::try_from(length / STEPS + 1).unwrap_or(u32::MAX).max(width.0));
    let micros = i64::from(step) * 1_000_000;
    let start = first.0.0.div_euclid(micros);
    let steps = usize::try_from(last.0.0.div_euclid(micros) - start + 1).unwrap_or(1);
    let mut requests = vec![0; steps];
    for (time, count) in ticks {
        let step = usize::try_from(time.0.div_euclid(micros) - start).unwrap_or(0);
        requests[step.min(steps - 1)] += count;
    }
    Activity { start: Stamp(Time(start * micros)), step_s: step, requests }
}
