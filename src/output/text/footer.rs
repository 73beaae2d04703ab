//! The balance: how many incidents, what could not be judged and why, what was held back or left out.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::incident::Severity;
use crate::output::text::layout::{Ink, Page, list, shown};
use crate::output::words::{bytes, count, number, percent};
use crate::run::{IncidentCounts, Run, Timing};

/// How many missing fields are told.
const BLIND: usize = 5;
/// Below this share of readable lines, in percent, a verdict is called partial.
const READABLE: u128 = 95;

pub(super) fn write(page: &mut Page, run: &Run, left_out: usize, is_listing_held_back: bool) {
    page.blank();
    verdict(page, run);
    if left_out > 0 {
        page.row(
            "left out",
            &format!("{} of lower rank; `--top 0` tells them all", count(left_out as u64, "incident")),
        );
    }
    let held_back = run.incidents.suppressed;
    if held_back > 0 && !is_listing_held_back {
        let what = format!("{}; `--show-suppressed` tells why", count(held_back, "incident"));
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

/// Incidents by severity, or that there are none, and how far that goes.
fn verdict(page: &mut Page, run: &Run) {
    if run.events == 0 {
        let nothing = "nothing was judged: no line could be read as an access log";
        return page.row_in(Ink::Severity(Severity::Medium), "found", nothing);
    }
    let found: Vec<_> =
        by_severity(&run.incidents).into_iter().filter(|&(_, incidents)| incidents > 0).collect();
    let lead = match found.first() {
        None => Some("nothing that looks like an attack"),
        Some((worst, _)) if *worst < Severity::Medium => Some("nothing that needs a person now"),
        Some(_) => None,
    };
    let mut pieces: Vec<_> = lead.map(|lead| (Ink::Strong, lead.to_owned())).into_iter().collect();
    pieces.extend(found.into_iter().map(|(severity, incidents)| {
        (Ink::Badge(severity), format!("{} {}", number(incidents), severity.name()))
    }));
    page.pieces("found", &pieces);
    let lines = run.lines.saturating_sub(run.skipped);
    if u128::from(run.events) * 100 < u128::from(lines) * READABLE {
        let share = percent(run.events, lines);
        let caution = format!("only {share} of the lines could be read, and this goes for them alone");
        page.row_in(Ink::Severity(Severity::Medium), "caution", &caution);
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

/// What could not be judged, with its remedy, once for each missing field; the fields that blind most detectors first.
fn blind(page: &mut Page, run: &Run) {
    let mut by_field = BTreeMap::<_, Vec<&str>>::new();
    for blind in &run.blind {
        by_field.entry((&*blind.missing, &*blind.fix)).or_default().push(&blind.detector);
    }
    let mut fields: Vec<_> = by_field.into_iter().collect();
    fields.sort_by_key(|(_, detectors)| Reverse(detectors.len()));
    let mut label = "blind";
    for ((missing, fix), detectors) in fields.iter().take(BLIND) {
        let names = list(detectors.iter().map(shown), detectors.len() as u64, page.room());
        page.row(label, &format!("no {} in this log, so seen only in part: {names}", shown(missing)));
        page.row_in(Ink::Copy, "", &shown(fix));
        label = "";
    }
    if fields.len() > BLIND {
        let more = count((fields.len() - BLIND) as u64, "more field");
        page.row_in(Ink::Faint, "", &format!("and {more}; `--format json` names them under `blind`"));
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
        line = format!("{line}, {} of memory", bytes(peak));
    }
    line
}
