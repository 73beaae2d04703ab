//! Why somebody was not reported: which detector came nearest, and how far it was from its threshold.

use std::fmt::Write;

use super::incident::{shown, told};
use super::{paragraph, section};
use crate::detect::Nearness;
use crate::incident::Incident;
use crate::output::words;
use crate::time::Time;

/// Somebody who was asked for, and all that is known about them.
pub struct Somebody<'a> {
    /// The name, as it was asked for.
    pub name: &'a str,
    /// What they did.
    pub did: Did,
    /// Every incident that names them, held back or not.
    pub incidents: &'a [Incident],
    /// How near they came to each detector that could measure anything, the nearest first.
    pub nearness: &'a [Nearness],
    /// Every detector.
    pub detectors: &'a [&'a str],
}

/// What somebody did altogether.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Did {
    /// How many requests.
    pub requests: u64,
    /// How many were answered as asked.
    pub ok: u64,
    /// How many others are behind an address, or how many addresses are behind a name.
    pub others: u64,
    /// From the first to the last.
    pub span: (Time, Time),
}

/// Why somebody was reported, held back or neither.
pub fn why_page(somebody: &Somebody<'_>) -> String {
    let (held_back, reported): (Vec<&Incident>, Vec<&Incident>) =
        somebody.incidents.iter().partition(|incident| incident.suppressed_by.is_some());
    let verdict = match (reported.is_empty(), held_back.is_empty()) {
        (false, _) => "reported",
        (true, false) => "held back",
        (true, true) => "not reported",
    };
    let mut page = format!("{}: {verdict}\n", shown(somebody.name));
    let Did { requests, ok, others, span } = somebody.did;
    if let Some(share) = (ok * 100).checked_div(requests) {
        let text = format!(
            "{}, {share} % answered as asked, {}; {others} others behind it or with it",
            words::count(requests, "request"),
            words::span(span.0, span.1),
        );
        paragraph(&mut page, &text);
    }
    if !reported.is_empty() {
        section(&mut page, "Reported");
        for incident in &reported {
            let severity = incident.severity.name();
            paragraph(&mut page, &format!("{} {severity}: {}", shown(&incident.id), shown(&incident.title)));
            let _ = writeln!(page, "    gatehound explain --incident {} REPORT", shown(&incident.id));
        }
    }
    if !held_back.is_empty() {
        section(&mut page, "Held back");
        for incident in &held_back {
            explained(&mut page, incident);
        }
    }
    if somebody.incidents.is_empty() {
        nearest(&mut page, somebody);
    }
    page
}

/// What holds an incident back.
fn explained(page: &mut String, incident: &Incident) {
    let by = incident.suppressed_by.as_deref().unwrap_or_default();
    paragraph(page, &format!("{}, explained by {}", shown(&incident.title), shown(by)));
    for note in incident.confounders.iter().filter(|note| note.name == by) {
        paragraph(page, &format!("  {} of 100: {}", note.score.0, shown(&note.reason)));
    }
    for proof in &incident.findings {
        paragraph(page, &format!("  without it: {}", shown(&proof.reason)));
    }
}

/// The detectors, the nearest first, and those that had nothing to measure.
fn nearest(page: &mut String, somebody: &Somebody<'_>) {
    for (nth, one) in somebody.nearness.iter().enumerate() {
        if nth < 2 {
            section(page, if nth == 0 { "Nearest" } else { "Farther" });
        }
        let _ = writeln!(page, "  {}, {} % of the way", one.detector, one.percent());
        for test in &one.tests {
            let _ = writeln!(page, "    {}", told(test));
        }
        if one.percent() >= 100 {
            paragraph(
                page,
                "  All that can be measured of it alone is reached: what is left is that others do as much.",
            );
        }
    }
    let silent: Vec<&str> = somebody
        .detectors
        .iter()
        .copied()
        .filter(|detector| somebody.nearness.iter().all(|one| one.detector != *detector))
        .collect();
    if !silent.is_empty() {
        section(page, "Nothing to measure by");
        paragraph(page, &silent.join(", "));
    }
    if let Some(first) = somebody.nearness.first() {
        let _ = writeln!(page, "\n`gatehound explain {}` tells what its thresholds mean.", first.detector);
    }
}
