//! Incidents in a line each: the ranking, and those that are held back.

use maud::{Markup, html};

use crate::incident::{Incident, Kind, Outcome, Severity, Tenths};
use crate::output::html::Told;
use crate::output::html::marks::{anchor, badge, kind, name, sentence, short};
use crate::output::html::table::{column, scrolling, table};
use crate::output::words::{duration, number};
use crate::time::Time;

/// The lines that are seen at once; the others are folded.
const SEEN: usize = 25;

/// What a line says of an incident.
pub(super) struct Line {
    rank: u32,
    severity: Severity,
    score: Tenths,
    kind: Kind,
    outcome: Outcome,
    title: String,
    first: Time,
    last: Time,
    requests: u64,
    /// Where it is told in full on this page, if it is.
    at: Option<String>,
    /// What holds it back.
    held_by: Option<String>,
}

impl Line {
    pub(super) fn of(incident: &Incident, is_full: bool) -> Self {
        Self {
            rank: incident.rank,
            severity: incident.severity,
            score: incident.score,
            kind: incident.kind,
            outcome: incident.outcome,
            title: sentence(&incident.title),
            first: incident.first_seen.0,
            last: incident.last_seen.0,
            requests: incident.requests,
            at: is_full.then(|| anchor(incident)),
            held_by: incident.suppressed_by.as_ref().map(name),
        }
    }
}

/// The ranking.
pub(super) fn section(told: &Told) -> Markup {
    if told.ranked.is_empty() {
        return html! {};
    }
    let (seen, folded) = told.ranked.split_at(told.ranked.len().min(SEEN));
    let beyond = told.ranked_total - told.ranked.len() as u64;
    html! {
        section #ranking aria-labelledby="ranking-title" {
            h2 #ranking-title { "Ranking" }
            (scrolling("Ranking", &lines(seen, "Incidents, worst first")))
            @if !folded.is_empty() {
                details {
                    summary { (number(folded.len() as u64)) " more of lower rank" }
                    (scrolling("Ranking, continued", &lines(folded, "Incidents of lower rank")))
                }
            }
            @if beyond > 0 {
                p.beyond { (number(beyond)) " more are only counted; " code { "--format json" } " has them all." }
            }
        }
    }
}

fn lines(lines: &[Line], caption: &str) -> Markup {
    let columns = [
        column("n", html! { abbr title="rank" { "#" } }),
        column("", "Severity"),
        column("", "Incident"),
        column("less", "Outcome"),
        column("less", "Began"),
        column("less n", "Lasted"),
        column("n", "Requests"),
        column("less n", "Score"),
    ];
    table("ranking", caption, &columns, &html! { @for line in lines { (row(line)) } })
}

fn row(line: &Line) -> Markup {
    html! {
        tr.(line.severity.name()) {
            td.n { (line.rank) }
            td { (badge(line.severity)) }
            th scope="row" {
                @match &line.at {
                    Some(at) => a href={ "#" (at) } { (line.title) },
                    None => (line.title),
                }
            }
            td.less { (line.outcome.name()) }
            td.less { (short(line.first)) }
            td.less.n { (duration(line.last.0.saturating_sub(line.first.0))) }
            td.n { (number(line.requests)) }
            td.less.n { (line.score) }
        }
    }
}

/// The incidents that are held back, where the report lists them.
pub(super) fn held_back(told: &Told) -> Markup {
    if told.held_back.is_empty() {
        return html! {};
    }
    let beyond = told.held_back_total - told.held_back.len() as u64;
    let rows = html! {
        @for line in &told.held_back {
            tr {
                th scope="row" { (line.title) }
                td { (line.held_by.as_deref().unwrap_or("")) }
                td.less { (kind(line.kind)) }
                td.less { (short(line.first)) }
                td.n { (number(line.requests)) }
            }
        }
    };
    let columns = [
        column("", "Incident"),
        column("", "Explained by"),
        column("less", "Kind"),
        column("less", "Began"),
        column("n", "Requests"),
    ];
    let table = table("", "Incidents with a harmless explanation", &columns, &rows);
    html! {
        section #held-back aria-labelledby="held-back-title" {
            h2 #held-back-title { "Held back" }
            p.note { "These look like attacks, but a harmless explanation is likely." }
            details {
                summary { (number(told.held_back.len() as u64)) " look-alikes" }
                (scrolling("Held back", &table))
            }
            @if beyond > 0 { p.beyond { (number(beyond)) " more are only counted." } }
        }
    }
}
