//! The story: which stages of an attack the incidents reached, in the order of time, and who appears in more than one.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::incident::{Incident, Raw, Stage};
use crate::output::html::Told;
use crate::output::html::marks::{anchor, kind, name, short};
use crate::output::html::table::{column, scrolling, table};
use crate::output::words::number;

/// The stages, first to last, and what they are called.
const STAGES: [(Stage, &str, &str); 6] = [
    (Stage::Recon, "Recon", "looking round"),
    (Stage::Credentials, "Credentials", "getting in"),
    (Stage::Discovery, "Discovery", "learning what is there"),
    (Stage::Collection, "Collection", "gathering it"),
    (Stage::Exfiltration, "Exfiltration", "taking it away"),
    (Stage::Impact, "Impact", "doing harm"),
];
/// The most incidents in the table of stages.
const ROWS: usize = 30;
/// The most identities that are shown with their incidents, and the most incidents beside each.
const SHARED: usize = 20;
const BESIDE: usize = 12;

pub(super) fn section(told: &Told) -> Markup {
    let mut incidents: Vec<&Incident> = told.worth_time().take(ROWS).collect();
    let beyond = told.worth_time().count() - incidents.len();
    if incidents.is_empty() {
        return html! {};
    }
    incidents.sort_by_key(|incident| (incident.first_seen, incident.rank));
    let mut columns = vec![column("less", "Began"), column("of", "Incident")];
    let stage = |(_, stage, meaning)| column("", html! { (stage) span.meaning { (meaning) } });
    columns.extend(STAGES.into_iter().map(stage));
    let rows = html! { @for incident in incidents { (row(incident)) } };
    let table =
        table("stages", "Stages that each incident reached, earliest incident first", &columns, &rows);
    html! {
        section #story aria-labelledby="story-title" {
            h2 #story-title { "Story" }
            p.note { "How far along an attack each incident got, in the order in which they began." }
            (scrolling("Stages of the incidents", &table))
            @if beyond > 0 { p.beyond { (number(beyond as u64)) " more incidents are left out of this table." } }
            (shared(&told.full))
        }
    }
}

fn row(incident: &Incident) -> Markup {
    html! {
        tr.(incident.severity.name()) {
            td.less { (short(incident.first_seen.0)) }
            th.of scope="row" {
                a href={ "#" (anchor(incident)) } { span.rank { (incident.rank) } " " (kind(incident.kind)) }
            }
            @for (stage, _, _) in STAGES {
                @let kinds = kinds_at(incident, stage);
                @if kinds.is_empty() {
                    td {}
                } @else {
                    td.reached { (kinds.join(", ")) }
                }
            }
        }
    }
}

/// What was done at a stage; the stage's own name where no finding says it.
fn kinds_at(incident: &Incident, stage: Stage) -> Vec<String> {
    let kinds: Vec<String> =
        incident.kinds.iter().filter(|one| one.stage() == stage).map(|&one| kind(one)).collect();
    if kinds.is_empty() && incident.stages.contains(&stage) { vec!["reached".to_owned()] } else { kinds }
}

/// The stages of one incident, as a strip.
pub(super) fn strip(incident: &Incident) -> Markup {
    html! {
        ol.strip-of-stages aria-label="Stages of the attack" {
            @for (stage, title, _) in STAGES {
                @let kinds = kinds_at(incident, stage);
                li.reached[!kinds.is_empty()] {
                    span { (title) }
                    @if kinds.is_empty() {
                        span.unseen { ": not seen" }
                    } @else {
                        span.unseen { ": " } small { (kinds.join(", ")) }
                    }
                }
            }
        }
    }
}

/// Addresses, accounts and tokens that appear in more than one incident, those in most first.
fn shared(incidents: &[Incident]) -> Markup {
    let mut by: BTreeMap<(&str, String), Vec<&Incident>> = BTreeMap::new();
    for incident in incidents {
        let entities = &incident.entities;
        let raw = |of: &'static str, raw: &Raw| (of, name(&raw.0));
        let addresses = entities.source_ips.iter().map(|address| raw("address", &address.0));
        let accounts = entities.users.iter().map(|user| raw("account", user));
        let tokens = entities.tokens.iter().map(|token| ("token", name(token)));
        for identity in addresses.chain(accounts).chain(tokens) {
            let known = by.entry(identity).or_default();
            if known.last().is_none_or(|last| !std::ptr::eq(*last, incident)) {
                known.push(incident);
            }
        }
    }
    let mut by: Vec<_> = by.into_iter().filter(|(_, incidents)| incidents.len() > 1).collect();
    by.sort_by_key(|(_, incidents)| std::cmp::Reverse(incidents.len()));
    if by.is_empty() {
        return html! {};
    }
    let beyond = by.len().saturating_sub(SHARED);
    let rows = html! {
        @for ((of, who), incidents) in by.iter().take(SHARED) {
            tr {
                th scope="row" { code { (who) } }
                td { (of) }
                td {
                    @for incident in incidents.iter().take(BESIDE) {
                        a.rank.(incident.severity.name()) href={ "#" (anchor(incident)) } { (incident.rank) } " "
                    }
                    @if incidents.len() > BESIDE { "and " (number((incidents.len() - BESIDE) as u64)) " more" }
                }
            }
        }
    };
    let columns = ["Who", "As", "Incidents"].map(|title| column("", title));
    let table = table("shared", "Identities in more than one incident", &columns, &rows);
    html! {
        h3 { "Seen in more than one incident" }
        (scrolling("Seen in more than one incident", &table))
        @if beyond > 0 { p.beyond { (number(beyond as u64)) " more identities are left out." } }
    }
}
