//! What happened, how bad it is, what to do first, and how far the report can be relied on.

use maud::{Markup, html};

use crate::incident::{Fidelity, Severity};
use crate::output::html::Told;
use crate::output::html::marks::{anchor, name, sentence};
use crate::output::words::{bytes, count, number, span};
use crate::run::Run;

/// The most first steps.
const FIRST: usize = 5;

/// The verdict in one line.
pub(super) fn verdict(run: &Run) -> String {
    let counts = &run.incidents;
    let worth: Vec<String> =
        [(counts.critical, "critical"), (counts.high, "high"), (counts.medium, "medium")]
            .into_iter()
            .filter(|&(incidents, _)| incidents > 0)
            .map(|(incidents, severity)| format!("{} {severity}", number(incidents)))
            .collect();
    match worth.split_last() {
        None if run.events == 0 => "Nothing could be judged".to_owned(),
        None if counts.low + counts.info == 0 => "Nothing that looks like an attack".to_owned(),
        None => "Nothing that needs a person now".to_owned(),
        Some((last, [])) => {
            let is_one = counts.critical + counts.high + counts.medium == 1;
            format!("{last} incident{}", if is_one { "" } else { "s" })
        }
        Some((last, rest)) => format!("{} and {last} incidents", rest.join(", ")),
    }
}

pub(super) fn section(told: &Told, verdict: &str) -> Markup {
    let run = &told.run;
    html! {
        section #summary aria-labelledby="summary-title" {
            h1 #summary-title { (verdict) }
            p.lede { (read(run)) }
            (tally(run))
            (cautions(run))
            (first_steps(told))
            (facts(run))
        }
    }
}

/// What was read, in a sentence.
fn read(run: &Run) -> String {
    let from = match &*run.sources {
        [one] => name(&one.path.0),
        many => count(many.len() as u64, "file"),
    };
    let when = match (run.first_time, run.last_time) {
        (Some(first), Some(last)) => format!("; {}", span(first.0, last.0)),
        _ => String::new(),
    };
    format!("{}, {} from {from}{when}", count(run.lines, "line"), bytes(run.bytes))
}

/// Incidents by severity.
fn tally(run: &Run) -> Markup {
    let counts = &run.incidents;
    let all = [
        (counts.critical, Severity::Critical.name(), "critical"),
        (counts.high, Severity::High.name(), "high"),
        (counts.medium, Severity::Medium.name(), "medium"),
        (counts.low, Severity::Low.name(), "low"),
        (counts.info, Severity::Info.name(), "info"),
        (counts.suppressed, "held", "held back"),
    ];
    html! {
        ul.tally aria-label="Incidents by severity" {
            @for (incidents, class, word) in all {
                li.(class).none[incidents == 0] { strong { (number(incidents)) } " " span { (word) } }
            }
        }
    }
}

/// What limits the verdict, with the way to the details.
fn cautions(run: &Run) -> Markup {
    let broken = run.sources.iter().filter(|source| !source.complete).count();
    let mut told = Vec::new();
    if broken > 0 {
        told.push(format!("{} could not be read to the end", count(broken as u64, "source")));
    }
    if run.rejected > 0 {
        told.push(format!("{} could not be read", count(run.rejected, "line")));
    }
    if !run.blind.is_empty() {
        let verb = if run.blind.len() == 1 { "lacks" } else { "lack" };
        told.push(format!("{} {verb} a field", count(run.blind.len() as u64, "detector")));
    }
    let notes = run.warnings.len() + run.limits_hit.len();
    if notes > 0 {
        told.push(count(notes as u64, "note"));
    }
    html! {
        @if !told.is_empty() {
            p.caution { strong { "How far this goes: " } (told.join("; ")) ". " a href="#method" { "What could not be judged" } }
        }
    }
}

/// The first thing to do for each of the worst incidents.
fn first_steps(told: &Told) -> Markup {
    let steps: Vec<_> = told
        .full
        .iter()
        .filter(|incident| incident.severity >= Severity::High)
        .filter_map(|incident| Some((incident, incident.recommendations.first()?)))
        .take(FIRST)
        .collect();
    html! {
        @if !steps.is_empty() {
            h2 { "Do first" }
            ol.first {
                @for (incident, step) in steps {
                    li.(incident.severity.name()) {
                        p.step { (sentence(step)) }
                        p.for { a href={ "#" (anchor(incident)) } { (incident.rank) ". " (sentence(&incident.title)) } }
                    }
                }
            }
        }
    }
}

/// The log in numbers.
fn facts(run: &Run) -> Markup {
    let fidelity = match run.fidelity {
        Fidelity::A => "principals and tokens",
        Fidelity::B => "user names",
        Fidelity::C => "addresses only",
    };
    let facts = [
        ("Requests", number(run.events)),
        ("Clients", number(run.clients)),
        ("Principals", number(run.principals)),
        ("Routes", number(run.templates)),
        ("Who is known by", fidelity.to_owned()),
    ];
    html! {
        dl.facts.wide {
            @for (term, value) in facts { div { dt { (term) } dd { (value) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_is_a_sentence_whatever_was_found() {
        let report =
            serde_json::from_str::<serde_json::Value>(include_str!("../../../tests/output/attacks.json"));
        let mut run: Run = serde_json::from_value(report.unwrap()["run"].clone()).unwrap();
        let mut of = |critical, high, medium, low| {
            let counts = &mut run.incidents;
            (counts.critical, counts.high, counts.medium) = (critical, high, medium);
            (counts.low, counts.info) = (low, 0);
            verdict(&run)
        };
        assert_eq!(of(2, 2, 1, 9), "2 critical, 2 high and 1 medium incidents");
        assert_eq!(of(1, 0, 0, 0), "1 critical incident");
        assert_eq!(of(0, 3, 0, 0), "3 high incidents");
        assert_eq!(of(0, 0, 0, 3), "Nothing that needs a person now");
        assert_eq!(of(0, 0, 0, 0), "Nothing that looks like an attack");
    }
}
