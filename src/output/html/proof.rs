//! Why we think so: what each detector measured, what else it might have been, and where to read more.

use maud::{Markup, html};

use crate::incident::{Incident, Proof};
use crate::output::html::PROOFS;
use crate::output::html::marks::{kind, measured, name, sentence};
use crate::output::html::table::{column, table};
use crate::output::techniques::technique_of;
use crate::output::words::number;

/// What the detectors proved.
pub(super) fn findings(incident: &Incident) -> Markup {
    let beyond = incident.findings.len().saturating_sub(PROOFS);
    // The summary of an incident with one finding is that finding's sentence.
    let bare = |sentence: &str| sentence.trim_end_matches('.').to_lowercase();
    let is_told = |proof: &Proof| bare(&incident.summary) == bare(&proof.reason);
    html! {
        @if !incident.findings.is_empty() {
            h4 { "What was proved" }
            ol.findings {
                @for proof in incident.findings.iter().take(PROOFS) {
                    li {
                        @if !is_told(proof) { p { (sentence(&proof.reason)) } }
                        (finding(proof))
                    }
                }
            }
            @if beyond > 0 { p.beyond { (number(beyond as u64)) " more findings, not on this page" } }
        }
    }
}

/// Who measured what, and what it takes.
fn finding(proof: &Proof) -> Markup {
    let is_named = proof.detector == proof.kind.name();
    html! {
        p.by {
            span { code { (name(&*proof.detector)) } " (" (name(&*proof.variant)) ")" }
            @if !is_named { span { (kind(proof.kind)) } }
            span { (proof.outcome.name()) }
            span { "score " (proof.score) }
            @for (metric, value) in proof.metrics.iter().take(PROOFS) {
                span { (name(&**metric).replace('_', " ")) " " (number(*value)) }
            }
        }
        @if !proof.tests.is_empty() {
            (tests(proof))
        }
    }
}

/// What was measured, beside what it takes.
fn tests(proof: &Proof) -> Markup {
    let rows = html! {
        @for test in proof.tests.iter().take(PROOFS) {
            @let unit = name(&*test.unit);
            tr {
                th scope="row" { (name(&*test.name)) }
                td.n { (measured(test.value)) " " (unit) }
                td.n { (measured(test.threshold)) " " (unit) }
            }
        }
    };
    let columns = [column("", "Measured"), column("n", "Value"), column("n", "It takes")];
    table("tests", "Tests that it passed", &columns, &rows)
}

/// What else it might have been, the likeliest first.
pub(super) fn look_alikes(incident: &Incident) -> Markup {
    let mut notes: Vec<_> = incident.confounders.iter().collect();
    notes.sort_by_key(|note| std::cmp::Reverse(note.score));
    let rows = html! {
        @for note in notes.iter().take(PROOFS) {
            tr {
                th scope="row" { (name(&*note.name).replace('-', " ")) }
                td.n { (note.score.0) " %" }
                td { (sentence(&note.reason)) }
            }
        }
    };
    let columns = [column("", "Explanation"), column("n", "Likely"), column("", "Why")];
    html! {
        @if !notes.is_empty() {
            h4 { "What else it might be" }
            (table("tests", "Harmless explanations", &columns, &rows))
        }
    }
}

/// Where to read more. Only ids of the known form become addresses.
pub(super) fn references(incident: &Incident) -> Markup {
    let references = &incident.references;
    let others = references.owasp_api.iter().chain(&references.oat);
    html! {
        @if references.attack.len() + references.owasp_api.len() + references.oat.len() + references.cwe.len() > 0 {
            h4 { "Read more" }
            ul.names {
                @for id in references.attack.iter().take(PROOFS) {
                    li {
                        (linked(id, attack(id))) @if let Some(known) = technique_of(id) { " " (known.name) }
                    }
                }
                @for id in others.take(PROOFS) { li { "OWASP " (name(&**id)) } }
                @for id in references.cwe.iter().take(PROOFS) { li { (linked(id, cwe(id))) } }
            }
        }
    }
}

fn linked(id: &str, address: Option<String>) -> Markup {
    html! {
        @match address {
            Some(address) => a href=(address) rel="noreferrer" { (name(id)) },
            None => (name(id)),
        }
    }
}

/// The page of an ATT&CK technique: `T1110` or `T1110.004`.
fn attack(id: &str) -> Option<String> {
    let number = id.strip_prefix('T')?;
    let is_known_form = match number.split_once('.') {
        None => is_number(number, 4),
        Some((technique, part)) => is_number(technique, 4) && is_number(part, 3),
    };
    is_known_form.then(|| format!("https://attack.mitre.org/techniques/{}/", id.replace('.', "/")))
}

/// The page of a weakness: `CWE-307`.
fn cwe(id: &str) -> Option<String> {
    let number = id.strip_prefix("CWE-").filter(|number| is_number(number, number.len().clamp(1, 5)))?;
    Some(format!("https://cwe.mitre.org/data/definitions/{number}.html"))
}

/// Whether `text` is exactly `digits` digits.
fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_of_the_known_form_become_addresses() {
        assert_eq!(attack("T1110.004").unwrap(), "https://attack.mitre.org/techniques/T1110/004/");
        assert_eq!(attack("T1087").unwrap(), "https://attack.mitre.org/techniques/T1087/");
        assert_eq!(cwe("CWE-307").unwrap(), "https://cwe.mitre.org/data/definitions/307.html");
        for id in ["T1110.", "T1110/../x", "T11100", "javascript:1", "T", "", "Té110"] {
            assert_eq!(attack(id), None, "{id}");
        }
        for id in ["CWE-", "CWE-1/2", "CWE-123456", "79"] {
            assert_eq!(cwe(id), None, "{id}");
        }
    }
}
