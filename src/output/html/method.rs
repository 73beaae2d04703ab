//! How it was judged, what was read, and what could not be judged and why.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::detect::{self, About};
use crate::output::html::marks::{name, sentence};
use crate::output::html::table::{column, scrolling, table};
use crate::output::html::{FULL, MEMBERS, PROOFS, RANKED, Told};
use crate::output::words::{bytes, count, number};
use crate::run::{Run, SourceRead};

/// The most rows of a table here.
const ROWS: usize = 100;

pub(super) fn section(told: &Told) -> Markup {
    let run = &told.run;
    html! {
        section #method aria-labelledby="method-title" {
            h2 #method-title { "Method and blind spots" }
            (blind(run))
            (notes(run))
            (unread(run))
            (sources(run))
            (words())
            (detectors(told))
            (bounds(told))
        }
    }
}

/// Detectors that lack a field, and what the log would have to hold.
fn blind(run: &Run) -> Markup {
    let rows = html! {
        @for blind in run.blind.iter().take(ROWS) {
            tr {
                th scope="row" { code { (name(&*blind.detector)) } }
                td { (name(&*blind.missing)) }
                td { (sentence(&*blind.fix)) }
            }
        }
    };
    let columns = ["Detector", "Lacks", "How to log it"].map(|title| column("", title));
    let table = table("", "Detectors that lack a field", &columns, &rows);
    html! {
        h3 { "What could not be judged" }
        @if run.blind.is_empty() {
            p { "Every detector found the fields that it needs." }
        } @else {
            (scrolling("Detectors that lack a field", &table))
            (left_out(run.blind.len(), "detector"))
        }
        @if run.incidents.suppressed > 0 {
            p {
                (count(run.incidents.suppressed, "incident")) " held back, because a harmless explanation is likely or your settings name them; "
                code { "--show-suppressed" } " lists each with its explanation."
            }
        }
    }
}

/// Warnings, and limits that were reached.
fn notes(run: &Run) -> Markup {
    html! {
        @if !run.warnings.is_empty() || !run.limits_hit.is_empty() {
            h3 { "Notes" }
            ul {
                @for note in run.warnings.iter().chain(&run.limits_hit).take(ROWS) { li { (sentence(note)) } }
            }
            (left_out(run.warnings.len() + run.limits_hit.len(), "note"))
        }
    }
}

/// Lines that gave no event.
fn unread(run: &Run) -> Markup {
    html! {
        @if run.rejected + run.skipped + run.cut > 0 {
            h3 { "What could not be read" }
            ul {
                @if run.rejected > 0 {
                    li {
                        (count(run.rejected, "line")) " could not be read"
                        @for (nth, of) in run.rejected_reasons.iter().take(ROWS).enumerate() {
                            (if nth == 0 { ": " } else { ", " }) (name(&*of.reason)) " " (number(of.lines))
                        }
                    }
                }
                @if run.skipped > 0 { li { (count(run.skipped, "line")) " skipped, being no access lines" } }
                @if run.cut > 0 { li { (count(run.cut, "record")) " too long, and cut" } }
            }
        }
    }
}

/// What was read, source by source.
fn sources(run: &Run) -> Markup {
    let rows = html! { @for source in run.sources.iter().take(ROWS) { (source_row(source)) } };
    let columns = [
        column("", "Source"),
        column("", "Format"),
        column("n", "Lines"),
        column("n", "Requests"),
        column("n", "Rejected"),
        column("n", "Size"),
        column("", "Note"),
    ];
    let table = table("", "Sources", &columns, &rows);
    html! {
        h3 { "What was read" }
        @if run.sources.is_empty() {
            p { "Nothing." }
        } @else {
            (scrolling("Sources", &table))
            (left_out(run.sources.len(), "source"))
        }
    }
}

fn source_row(source: &SourceRead) -> Markup {
    html! {
        tr {
            th scope="row" { code { (name(&source.path.0)) } }
            td { (name(source.format.as_deref().unwrap_or("unknown"))) }
            td.n { (number(source.lines)) }
            td.n { (number(source.events)) }
            td.n { (number(source.rejected)) }
            td.n { (bytes(source.bytes)) }
            td {
                @if !source.complete { strong { "not read to the end " } }
                (sentence(source.note.as_deref().unwrap_or("")))
            }
        }
    }
}

/// What the words of the report mean.
fn words() -> Markup {
    let words = [
        (
            "Severity",
            "What was done, how far it got and how much of it there was. Medium and above are worth a person's time.",
        ),
        ("Score", "From 0 to 100, how surely and how much; it orders incidents of one severity."),
        ("Sure", "How well the harmless explanations were ruled out."),
        ("Blocked", "Every try was refused by a rule or a firewall."),
        ("Attempted", "Tried; the log does not show that it worked."),
        ("Probed", "It learned something: which accounts, ids or paths exist."),
        ("Succeeded", "An account opened, a payload was answered, or an object of somebody else was read."),
        ("Exfiltrated", "Data left in quantity."),
    ];
    html! {
        h3 { "What the words mean" }
        p {
            "Nothing here comes from a list of known addresses: each detector compares who it judges with everybody else in \
             the same log, and tells what it measured beside what it takes. Nothing was looked up, and nobody was asked."
        }
        dl.words { @for (word, meaning) in words { div { dt { (word) } dd { (meaning) } } } }
    }
}

/// What the detectors that found something go by, and what they cannot see.
fn detectors(told: &Told) -> Markup {
    let found = told.full.iter().flat_map(|incident| &incident.findings);
    let names: BTreeSet<&str> = found.map(|proof| &*proof.detector).collect();
    let abouts = detect::all().into_iter().map(|detector| detector.about());
    let abouts: Vec<&About> = abouts.filter(|about| names.contains(about.id)).collect();
    html! {
        @if !abouts.is_empty() {
            h3 { "Detectors that found something" }
            @for about in abouts {
                details {
                    summary { code { (about.id) } " " (about.summary) }
                    dl.words {
                        div { dt { "What it looks like" } dd { (about.looks_like) } }
                        div { dt { "What looks alike" } dd { (about.look_alikes) } }
                        div { dt { "What it cannot see" } dd { (about.blind_spots) } }
                    }
                }
            }
        }
    }
}

/// What this page leaves out, and where it is.
fn bounds(told: &Told) -> Markup {
    html! {
        h3 { "What this page leaves out" }
        p {
            "The page holds " (number(told.ranked.len() as u64)) " of " (count(told.ranked_total, "incident"))
            " in the ranking and tells " (number(told.full.len() as u64)) " in full. It tells at most "
            (number(FULL as u64)) " in full and " (number(RANKED as u64)) " in the ranking, with at most "
            (MEMBERS) " members of a list and " (PROOFS) " findings and lines of evidence each; totals stand beside what is cut. "
            code { "--format json" } " holds everything."
        }
    }
}

/// How many rows a table does not show.
fn left_out(all: usize, one: &str) -> Markup {
    let beyond = all.saturating_sub(ROWS) as u64;
    html! { @if beyond > 0 { p.beyond { (count(beyond, one)) " more, not on this page" } } }
}
