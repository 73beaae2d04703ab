//! The balance: how many incidents, what could not be judged and why, what was held back or left out.

use std::collections::BTreeMap;

use crate::incident::Severity;
use crate::output::text::layout::{Ink, Page, list, shown};
use crate::output::text::words::{bytes, count, number, percent};
use crate::run::{IncidentCounts, Run, Timing};

/// Below this share of readable lines, in percent, a verdict is called partial.
const READABLE: u64 = 95;

pub(super) fn write(page: &mut Page, run: &Run, left_out: usize, is_listing_held_back: bool) {
    page.blank();
    verdict(page, run);
    if left_out > 0 {
        page.row("left out", &format!("{} of lower rank; `--top 0` tells them all", number(left_out as u64)));
    }
    let held_back = run.incidents.suppressed;
    if held_back > 0 && !is_listing_held_back {
        let what = format!(
            "{} with a likely harmless explanation; `--show-suppressed` lists them",
            number(held_back)
        );
        page.row("held back", &what);
    }
    blind(page, run);
    for limit in &run.limits_hit {
        page.row("limit", &shown(limit));
    }
    for warning in &run.warnings {
        page.row("warning", &shown(warning));
    }
}

/// Incidents by severity, or that there are none and how far that goes.
fn verdict(page: &mut Page, run: &Run) {
    let counts = by_severity(&run.incidents);
    let found: Vec<_> = counts.iter().filter(|&&(_, incidents)| incidents > 0).collect();
    if run.events == 0 {
        page.line(&[(
            Ink::Badge(Severity::Medium),
            "No line could be read as an access log: nothing was judged.",
        )]);
    } else if found.is_empty() {
        page.line(&[(Ink::Strong, "Nothing found that looks like an attack.")]);
    } else {
        let mut pieces = Vec::new();
        for (nth, &&(severity, incidents)) in found.iter().enumerate() {
            let gap = if nth == 0 { "" } else { "   " };
            pieces.push((Ink::Plain, gap.to_owned()));
            pieces.push((Ink::Badge(severity), format!("{} {}", number(incidents), severity.name())));
        }
        let pieces: Vec<_> = pieces.iter().map(|(ink, text)| (*ink, &**text)).collect();
        page.labelled("found", &pieces);
    }
    let seen = run.lines.saturating_sub(run.skipped);
    if run.events > 0 && run.events < seen / 100 * READABLE {
        let share = percent(run.events, seen);
        page.sentences(
            4,
            Ink::Plain,
            &format!("Only {share} of the lines could be read: this goes for them alone."),
        );
    }
}

/// Worst first.
fn by_severity(counts: &IncidentCounts) -> [(Severity, u64); 5] {
    [
        (Severity::Critical, counts.critical),
        (Severity::High, counts.high),
        (Severity::Medium, counts.medium),
        (Severity::Low, counts.low),
        (Severity::Info, counts.info),
    ]
}

/// What could not be judged, with its remedy, once for each missing field.
fn blind(page: &mut Page, run: &Run) {
    let mut by_field = BTreeMap::<_, Vec<&str>>::new();
    for blind in &run.blind {
        by_field.entry((&*blind.missing, &*blind.fix)).or_default().push(&blind.detector);
    }
    let mut label = "blind";
    for ((missing, fix), detectors) in by_field {
        let names = list(detectors.iter().map(|name| shown(name)), detectors.len() as u64, page.room());
        page.row(label, &format!("no {} in this log, so not judged: {names}", shown(missing)));
        page.row_in(Ink::Copy, "", &shown(fix));
        label = "";
    }
}

/// How long the run took and how fast it was: for stderr, since a report does not depend on the clock.
pub fn timing_line(timing: &Timing, run: &Run) -> String {
    let mut line = format!(
        "{}, {} in {:.2} s: {}/s, {}",
        count(run.lines, "line"),
        bytes(run.bytes),
        timing.seconds,
        bytes(timing.bytes_per_second),
        count(timing.threads, "thread")
    );
    if let Some(peak) = timing.peak_memory_bytes {
        line.push_str(&format!(", {} of memory", bytes(peak)));
    }
    line
}
