//! One incident in full: what and how bad, what to do, how it went, who and where, the proof.

use maud::{Markup, html};

use crate::incident::{Incident, Status};
use crate::output::html::marks::{anchor, badge, instant, kind, name, sentence};
use crate::output::html::{chart, entities, evidence, proof, story};
use crate::output::words::{bytes, count, duration, number, outcome};

/// The incident as an article; `nth` makes the ids inside it unique.
pub(super) fn article(incident: &Incident, nth: usize) -> Markup {
    let at = anchor(incident);
    let title = format!("title-{nth}");
    html! {
        article.incident.(incident.severity.name()) id=(at) aria-labelledby=(title) {
            (head(incident, &at, &title))
            p.lede { (sentence(&incident.summary)) }
            div.columns {
                (next(incident))
                (facts(incident))
            }
            (chart::figure(incident, nth))
            (story::strip(incident))
            (entities::lists(incident))
            (proof::findings(incident))
            (evidence::lines(incident))
            (proof::look_alikes(incident))
            (proof::references(incident))
        }
    }
}

fn head(incident: &Incident, at: &str, title: &str) -> Markup {
    let status = match incident.status {
        Status::New => None,
        Status::Updated => Some("updated"),
        Status::Closed => Some("closed"),
        Status::Withdrawn => Some("withdrawn"),
    };
    html! {
        header {
            p.kicker {
                (badge(incident.severity))
                span { (kind(incident.kind)) }
                span { (incident.outcome.name()) }
                span { "score " (incident.score) }
                span { (incident.confidence.0) " % sure" }
                @if let Some(status) = status { span { (status) } }
            }
            h3 id=(title) {
                a.self href={ "#" (at) } { span.rank { (incident.rank) } } " " (sentence(&incident.title))
            }
        }
    }
}

/// What to do, first things first.
fn next(incident: &Incident) -> Markup {
    html! {
        div {
            @if !incident.recommendations.is_empty() {
                h4 { "What to do" }
                ol.steps {
                    @for step in incident.recommendations.iter().take(super::PROOFS) { li { (sentence(step)) } }
                }
            }
        }
    }
}

/// When, how much, and with what result.
fn facts(incident: &Incident) -> Markup {
    let (first, last) = (incident.first_seen.0, incident.last_seen.0);
    let impact = &incident.impact;
    let counted = [
        ("Accounts opened", impact.compromised_users_total, number(impact.compromised_users_total)),
        ("Objects read", impact.objects_read, number(impact.objects_read)),
        ("Bytes taken", impact.bytes_read, bytes(impact.bytes_read)),
    ];
    let has_loss = counted.iter().any(|(_, value, _)| *value > 0);
    html! {
        dl.facts {
            div { dt { "First" } dd { (instant(first)) } }
            div { dt { "Last" } dd { (instant(last)) } }
            div { dt { "Lasted" } dd { (duration(last.0.saturating_sub(first.0))) } }
            div { dt { "Requests" } dd { (number(incident.requests)) } }
            div { dt { "Sent out" } dd { (bytes(incident.bytes_out)) } }
            @for (term, _, text) in counted.iter().filter(|(_, value, _)| *value > 0) {
                div.loss { dt { (term) } dd { (text) } }
            }
            @if !has_loss { div { dt { "Result" } dd { (outcome(incident)) } } }
            div { dt { "Id" } dd { code { (name(&incident.id)) } } }
            @if !incident.supersedes.is_empty() {
                div { dt { "Takes in" } dd { (count(incident.supersedes.len() as u64, "earlier incident")) } }
            }
        }
    }
}
