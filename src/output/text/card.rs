//! One incident in full: what, who, when, with what result, and what to do.

use crate::incident::{Entities, Incident, Kind, Outcome};
use crate::output::text::layout::{Ink, Page, columns, fit, list, shown, wrap};
use crate::output::text::sparkline::sparkline;
use crate::output::text::words::{bytes, count, duration, number, span};
use crate::time::SECOND;

/// How many recommendations are shown.
const NEXT: usize = 3;
/// A look-alike at least this likely (in hundredths) is mentioned.
const DOUBT: u8 = 20;
/// The most columns that a sparkline takes.
const SPARK: usize = 48;

pub(super) fn write(page: &mut Page, incident: &Incident) {
    page.blank();
    title(page, incident);
    page.sentences(4, Ink::Plain, &shown(&incident.summary));
    who(page, &incident.entities);
    page.row("where", &endpoints(&incident.entities, page.room()));
    page.row("when", &span(incident.first_seen.0, incident.last_seen.0));
    rate(page, incident);
    result(page, incident);
    doubt(page, incident);
    evidence(page, incident);
    next(page, incident);
    page.labelled("", &[(Ink::Faint, &fit(&references(incident), page.room()))]);
}

/// Rank, severity, score and title.
fn title(page: &mut Page, incident: &Incident) {
    let ink = Ink::Badge(incident.severity);
    let rank = format!("{:>2}  ", incident.rank);
    let badge = format!(" {} ", incident.severity.name().to_uppercase());
    let score = format!("  {}  ", incident.score);
    let indent = columns(&rank) + columns(&badge) + columns(&score);
    let lines = wrap(&shown(&incident.title), page.width.saturating_sub(indent));
    for (nth, line) in lines.iter().enumerate() {
        if nth == 0 {
            page.line(&[(Ink::Faint, &rank), (ink, &badge), (Ink::Plain, &score), (Ink::Strong, line)]);
        } else {
            page.line(&[(Ink::Plain, &" ".repeat(indent)), (Ink::Strong, line)]);
        }
    }
}

fn who(page: &mut Page, entities: &Entities) {
    let room = page.room();
    let sources = sources(entities, room);
    if !sources.is_empty() {
        page.row("who", &sources);
    }
    let accounts = entities.users.iter().map(|user| shown(&user.0));
    let others =
        [("accounts", list(accounts, entities.users_total, room.saturating_sub(9)), entities.users_total)];
    for (label, names, total) in others {
        match total {
            0 => {}
            1 => page.row(label, &names),
            _ => page.row(label, &format!("{}: {names}", number(total))),
        }
    }
}

/// Addresses, or the networks that hold them.
fn sources(entities: &Entities, room: usize) -> String {
    let addresses = entities.source_ips_total;
    match addresses {
        0 => return String::new(),
        1 => {}
        _ => {}
    }
    let lead = match entities.networks_total {
        networks if networks > 1 && addresses > 1 => {
            format!("{} in {}: ", count(addresses, "address"), count(networks, "network"))
        }
        _ if addresses > 1 => format!("{}: ", count(addresses, "address")),
        _ => String::new(),
    };
    let room = room.saturating_sub(columns(&lead));
    let names = entities.source_ips.iter().map(|address| shown(&address.0.0));
    format!("{lead}{}", list(names, addresses, room))
}

fn endpoints(entities: &Entities, room: usize) -> String {
    let routes = entities
        .endpoints
        .iter()
        .map(|endpoint| format!("{} {}", shown(&*endpoint.method), shown(&endpoint.template.0)));
    list(routes, entities.endpoints_total, room)
}

fn rate(page: &mut Page, incident: &Incident) {
    let activity = &incident.activity;
    let total = count(incident.requests, "request");
    let peak = activity.requests.iter().copied().max().unwrap_or(0);
    let step = duration(i64::from(activity.step_s) * SECOND);
    let words = format!("  {total}, at most {} in {step}", number(peak));
    let spark = sparkline(activity, SPARK.min(page.room().saturating_sub(columns(&words))));
    if spark.is_empty() {
        page.row("rate", &total);
    } else {
        page.labelled("rate", &[(Ink::Severity(incident.severity), &spark), (Ink::Plain, &words)]);
    }
}

/// How far it got, in words and with what was lost.
fn result(page: &mut Page, incident: &Incident) {
    let impact = &incident.impact;
    let mut parts = Vec::new();
    if impact.compromised_users_total > 0 {
        let opened = format!("{} opened", count(impact.compromised_users_total, "account"));
        let names = impact.compromised_users.iter().map(|user| shown(&user.0));
        let names = list(names, impact.compromised_users_total, page.room().saturating_sub(opened.len() + 2));
        parts.push(if names.is_empty() { opened } else { format!("{opened}: {names}") });
    }
    if impact.objects_read > 0 {
        parts.push(format!("{} read", count(impact.objects_read, "object")));
    }
    if impact.bytes_read > 0 {
        parts.push(format!("{} taken", bytes(impact.bytes_read)));
    }
    if parts.is_empty() {
        parts.push(outcome(incident).into());
    }
    let ink =
        if incident.outcome >= Outcome::Succeeded { Ink::Severity(incident.severity) } else { Ink::Plain };
    page.row_in(ink, "result", &parts.join("; "));
}

/// The outcome where nothing can be counted.
fn outcome(incident: &Incident) -> &'static str {
    match (incident.outcome, incident.kind) {
        (Outcome::Blocked, _) => "every try was blocked",
        (Outcome::Attempted, _) => "tried; the log does not show that it worked",
        (Outcome::Probed, Kind::AccountEnumeration) => "it learned which accounts exist",
        (Outcome::Probed, Kind::ObjectEnumeration) => "it learned which objects exist",
        (Outcome::Probed, Kind::PathEnumeration | Kind::VulnerabilityScan) => "it learned which paths exist",
        (Outcome::Probed, _) => "it learned something from the answers",
        (Outcome::Succeeded, _) => "it worked",
        (Outcome::Exfiltrated, _) => "data left",
    }
}

/// The most likely harmless explanation, where it is not far-fetched.
fn doubt(page: &mut Page, incident: &Incident) {
    let Some(note) = incident.confounders.iter().max_by_key(|note| note.score) else { return };
    if note.score.0 >= DOUBT {
        let name = note.name.replace('-', " ");
        page.row("or maybe", &format!("{name} ({} % likely): {}", note.score.0, shown(&note.reason)));
    }
}

/// Where to look in the log, and the most telling line.
fn evidence(page: &mut Page, incident: &Incident) {
    let places = incident.evidence.iter().map(|line| {
        let source = shown(&line.source.0);
        match line.line {
            Some(number) => format!("{source}:{number} ({})", shown(&*line.why)),
            None => format!("{source} at byte {} ({})", line.offset, shown(&*line.why)),
        }
    });
    let places = list(places, incident.evidence.len() as u64, page.room());
    if !places.is_empty() {
        page.row("evidence", &places);
    }
    let telling = |why: &str| incident.evidence.iter().find(|line| line.why == why && line.raw.is_some());
    let line = telling("success").or_else(|| incident.evidence.iter().find(|line| line.raw.is_some()));
    if let Some(raw) = line.and_then(|line| line.raw.as_ref()) {
        page.labelled("", &[(Ink::Faint, &fit(&shown(&raw.0), page.room()))]);
    }
}

fn next(page: &mut Page, incident: &Incident) {
    let mut label = "next";
    for (nth, step) in incident.recommendations.iter().take(NEXT).enumerate() {
        let step = shown(step);
        let mark = if incident.recommendations.len() == 1 { String::new() } else { format!("{}. ", nth + 1) };
        for (nth, line) in wrap(&step, page.room().saturating_sub(mark.len())).iter().enumerate() {
            let mark = if nth == 0 { mark.clone() } else { " ".repeat(mark.len()) };
            page.labelled(label, &[(Ink::Faint, &mark), (Ink::Plain, line)]);
            label = "";
        }
    }
}

/// For a ticket: the id, how sure, and where to read more.
fn references(incident: &Incident) -> String {
    let references = &incident.references;
    let all = [&references.attack, &references.owasp_api, &references.oat, &references.cwe];
    let mut parts = vec![incident.id.clone(), format!("{} % sure", incident.confidence.0)];
    parts.extend(all.into_iter().flatten().map(|reference| shown(&**reference)));
    parts.join("  ")
}
