//! One incident of a report, for whoever has to decide about it: what counted, what speaks against it, and what would have kept
//! it silent. It works from the incident alone.

use std::fmt::Write;

use super::{WIDTH, paragraph, section};
use crate::detect::{EXPLAINS, percent};
use crate::error::Error;
use crate::incident::{Confidence, Incident, Proof, Test};
use crate::output::words;
use crate::text::Escaped;

/// The incident with this id, or with this rank.
///
/// # Errors
///
/// Where there is none; the nearest id is named.
pub fn find<'i>(incidents: &'i [Incident], asked: &str) -> Result<&'i Incident, Error> {
    let rank: Option<u32> = asked.parse().ok();
    let found = incidents.iter().find(|one| one.id == asked || Some(one.rank) == rank);
    found.ok_or_else(|| {
        let known: Vec<&str> = incidents.iter().map(|one| &*one.id).collect();
        if known.is_empty() {
            return Error::usage("there is no incident in this report");
        }
        Error::unknown("incident", asked, &known)
    })
}

/// Everything that speaks for and against one incident.
pub fn incident_page(incident: &Incident) -> String {
    let mut page = format!("{}\n", shown(&incident.id));
    paragraph(&mut page, &shown(&incident.title));
    paragraph(
        &mut page,
        &format!(
            "{}, {}, score {} of 100, {} % sure; {}, {}",
            incident.severity.name(),
            incident.outcome.name(),
            incident.score,
            incident.confidence.0,
            words::count(incident.requests, "request"),
            words::span(incident.first_seen.0, incident.last_seen.0),
        ),
    );
    section(&mut page, "What happened");
    paragraph(&mut page, &shown(&incident.summary));
    section(&mut page, "What counted");
    for (nth, proof) in incident.findings.iter().enumerate() {
        page.push_str(if nth == 0 { "" } else { "\n" });
        counted(&mut page, proof);
    }
    section(&mut page, "What speaks against it");
    against(&mut page, incident);
    section(
        &mut page,
        if incident.suppressed_by.is_some() {
            "What would have had it reported"
        } else {
            "What would have kept it silent"
        },
    );
    otherwise(&mut page, incident);
    if !incident.recommendations.is_empty() {
        section(&mut page, "What to do");
        for (nth, advice) in incident.recommendations.iter().enumerate() {
            paragraph(&mut page, &format!("{}. {}", nth + 1, shown(advice)));
        }
    }
    lines(&mut page, incident);
    further(&mut page, incident);
    page
}

/// What one detector measured, beside what it takes.
fn counted(page: &mut String, proof: &Proof) {
    let lead = format!("{}, {}: ", shown(&proof.detector), shown(&proof.variant));
    paragraph(page, &(lead + &shown(&proof.reason)));
    for test in &proof.tests {
        let _ = writeln!(page, "    {}", told(test));
    }
}

/// A test in one line: what was measured, what it takes, how many times that is.
pub(super) fn told(test: &Test) -> String {
    let unit = shown(&test.unit);
    let needed = format!("{} {unit}", test.threshold);
    let times = percent(test);
    format!(
        "{:<22} {:>10} {unit}; it takes {} ({}.{:02} times)",
        shown(&test.name),
        test.value.to_string(),
        needed.trim_end(),
        times / 100,
        times % 100
    )
}

/// Every look-alike that was asked, the strongest first.
fn against(page: &mut String, incident: &Incident) {
    let mut notes: Vec<_> = incident.confounders.iter().collect();
    notes.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.name.cmp(&b.name)));
    if notes.is_empty() {
        paragraph(page, "Nothing: none of the harmless things that look like this left a trace.");
    }
    for note in notes {
        paragraph(page, &format!("{} {}: {}", share(note.score), shown(&note.name), shown(&note.reason)));
    }
    paragraph(
        page,
        &format!("From {} on, a look-alike holds an incident back.", share(Confidence(EXPLAINS))),
    );
}

/// The smallest differences that would have turned the verdict round.
fn otherwise(page: &mut String, incident: &Incident) {
    if let Some(by) = &incident.suppressed_by {
        let text = format!(
            "Less of {}: below {} it would stand among the others.",
            shown(by),
            share(Confidence(EXPLAINS))
        );
        return paragraph(page, &text);
    }
    if incident.findings.len() > 1 {
        paragraph(page, "Of every finding any one of these:");
    }
    for proof in &incident.findings {
        let mut tests: Vec<&Test> = proof.tests.iter().collect();
        tests.sort_by_key(|test| percent(test));
        let one = |test: &&Test| {
            let unit = shown(&test.unit);
            let text = format!("{} below {} {unit}", shown(&test.name), test.threshold);
            format!("{} (it was {})", text.trim_end(), test.value)
        };
        let any: Vec<String> = tests.iter().map(one).collect();
        if any.is_empty() {
            paragraph(
                page,
                &format!(
                    "{}: any other answer of the service to the requests below.",
                    shown(&proof.detector)
                ),
            );
        } else {
            paragraph(page, &format!("{}: {}.", shown(&proof.detector), any.join(", or ")));
        }
    }
    let nearest = incident.confounders.iter().max_by_key(|note| note.score);
    if let Some(note) = nearest {
        let text = format!(
            "Or {}, had there been more of it: {} instead of {}.",
            shown(&note.name),
            share(Confidence(EXPLAINS)),
            share(note.score)
        );
        paragraph(page, &text);
    }
}

/// The lines of the log that are shown with it.
fn lines(page: &mut String, incident: &Incident) {
    if incident.evidence.is_empty() {
        return;
    }
    section(page, "Lines of the log");
    for line in &incident.evidence {
        let number = line.line.map_or_else(|| format!("+{}", line.offset), |line| line.to_string());
        let _ = writeln!(page, "  {}:{number}  {}", shown(&line.source.text()), shown(&line.why));
        if let Some(raw) = &line.raw {
            let _ = writeln!(page, "    {}", Escaped(&raw.0));
        }
    }
}

/// Where to read on.
fn further(page: &mut String, incident: &Incident) {
    section(page, "Further");
    let mut detectors: Vec<String> = incident.findings.iter().map(|proof| shown(&proof.detector)).collect();
    detectors.sort();
    detectors.dedup();
    for detector in detectors {
        let _ = writeln!(page, "  gatehound explain {detector}");
    }
    let references = &incident.references;
    for (title, words) in [
        ("ATT&CK", &references.attack),
        ("OWASP API", &references.owasp_api),
        ("OWASP OAT", &references.oat),
        ("CWE", &references.cwe),
    ] {
        if !words.is_empty() {
            let words: Vec<String> = words.iter().map(|word| shown(word)).collect();
            for line in super::wrapped(&words.join(", "), WIDTH - 13) {
                let _ = writeln!(page, "  {title:<10} {line}");
            }
        }
    }
}

/// A share of one, as reports have it: `0.70`.
fn share(share: Confidence) -> String {
    format!("{}.{:02}", share.0 / 100, share.0 % 100)
}

/// Text of a report, which may hold text of strangers.
pub(super) fn shown(text: &str) -> String {
    Escaped(text.as_bytes()).to_string()
}
