//! One incident in full: what and why, with what result, who, when, and what to do.

use crate::incident::{Incident, Outcome, Status};
use crate::output::text::actors;
use crate::output::text::layout::{Ink, LABEL, MARGIN, Page, columns, fit, list, shown, wrap};
use crate::output::text::sparkline::sparkline;
use crate::output::words::{bytes, count, duration, number, outcome, span};
use crate::time::SECOND;

/// What stands before the score.
const SCORE: &str = "  score";
/// How many findings of other kinds are told.
const ALSO: usize = 3;
/// How many recommendations are shown.
const NEXT: usize = 2;
/// A look-alike at least this likely (in hundredths) is mentioned.
const DOUBT: u8 = 20;
/// The most columns that a sparkline takes.
const SPARK: usize = 48;
/// A sparkline of so many columns says enough to stand beside the times.
const BESIDE: usize = 16;
/// From this width on there is room for a line of the log.
const RAW: usize = 100;

pub(super) fn write(page: &mut Page, incident: &Incident) {
    page.blank();
    title(page, incident);
    page.row("why", &shown(&incident.summary));
    also(page, incident);
    doubt(page, incident);
    result(page, incident);
    actors::write(page, incident);
    when(page, incident);
    next(page, incident);
    evidence(page, incident);
    references(page, incident);
}

/// Rank, severity and title, with the score at the right.
fn title(page: &mut Page, incident: &Incident) {
    let score = format!("{:>6}", incident.score.to_string());
    let rank = format!("{:>2}  ", incident.rank);
    let badge = incident.severity.name().to_uppercase();
    let gap = " ".repeat((MARGIN + LABEL).saturating_sub(columns(&rank) + columns(&badge)));
    let room = page.room() - SCORE.len() - score.len();
    let mut lines = wrap(&shown(news(incident)), room).into_iter();
    let first = lines.next().unwrap_or_default();
    let rest = " ".repeat(room - columns(&first));
    page.line(&[
        (Ink::Faint, &rank),
        (Ink::Badge(incident.severity), &badge),
        (Ink::Plain, &gap),
        (Ink::Strong, &first),
        (Ink::Plain, &rest),
        (Ink::Faint, SCORE),
        (Ink::Strong, &score),
    ]);
    for line in lines {
        page.labelled("", &[(Ink::Strong, &line)]);
    }
}

/// The title, and what became of the incident since it was last reported.
fn news(incident: &Incident) -> String {
    let title = &incident.title;
    match incident.status {
        Status::New => title.clone(),
        Status::Updated => format!("Updated: {title}"),
        Status::Closed => format!("Closed: {title}"),
        Status::Withdrawn => format!("Withdrawn: {title}"),
    }
}

/// What other detectors proved of it.
fn also(page: &mut Page, incident: &Incident) {
    let mut label = "also";
    for proof in incident.findings.iter().filter(|proof| proof.kind != incident.kind).take(ALSO) {
        page.row(label, &format!("{}: {}", proof.kind.name().replace('-', " "), shown(&proof.reason)));
        label = "";
    }
}

/// The most likely harmless explanation, where it is not far-fetched.
fn doubt(page: &mut Page, incident: &Incident) {
    let Some(note) = incident.confounders.iter().max_by_key(|note| note.score) else { return };
    if note.score.0 >= DOUBT {
        let name = shown(note.name.replace('-', " "));
        page.row("or", &format!("{name}, {} % likely: {}", note.score.0, shown(&note.reason)));
    }
}

/// How far it got, in words and with what was lost.
fn result(page: &mut Page, incident: &Incident) {
    let impact = &incident.impact;
    let mut parts = Vec::new();
    if impact.compromised_users_total > 0 {
        let opened = format!("{} opened", count(impact.compromised_users_total, "account"));
        let room = page.room().saturating_sub(opened.len() + 2);
        let names = list(
            impact.compromised_users.iter().map(|user| shown(&user.0)),
            impact.compromised_users_total,
            room,
        );
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

/// From when to when, and how the requests are spread over it; in one line where it fits.
fn when(page: &mut Page, incident: &Incident) {
    let span = span(incident.first_seen.0, incident.last_seen.0);
    let activity = &incident.activity;
    let total = count(incident.requests, "request");
    let peak = activity.requests.iter().copied().max().unwrap_or(0);
    let step = duration(i64::from(activity.step_s) * SECOND);
    let words = format!("  {total}, at most {} in {step}", number(peak));
    let ink = Ink::Severity(incident.severity);
    let beside = page.room().saturating_sub(columns(&span) + 2 + columns(&words)).min(SPARK);
    let below = (page.room() - columns(&words)).min(SPARK);
    if activity.requests.len() < 2 {
        page.row("when", &format!("{span}; {total}"));
    } else if activity.requests.len().min(BESIDE) <= beside {
        let spark = sparkline(activity, beside);
        page.labelled(
            "when",
            &[(Ink::Plain, &span), (Ink::Plain, "  "), (ink, &spark), (Ink::Plain, &words)],
        );
    } else {
        page.row("when", &span);
        page.labelled("", &[(ink, &sparkline(activity, below)), (Ink::Plain, &words)]);
    }
}

fn next(page: &mut Page, incident: &Incident) {
    let steps = &incident.recommendations;
    let mut label = "next";
    for (nth, step) in steps.iter().take(NEXT).enumerate() {
        let mut mark = if steps.len() == 1 { String::new() } else { format!("{}. ", nth + 1) };
        for line in wrap(&shown(step), page.room() - mark.len()) {
            page.labelled(label, &[(Ink::Faint, &mark), (Ink::Plain, &line)]);
            mark = " ".repeat(mark.len());
            label = "";
        }
    }
}

/// Where to look in the log, and, where there is room, the most telling line.
fn evidence(page: &mut Page, incident: &Incident) {
    let lines = &incident.evidence;
    let places = lines.iter().enumerate().map(|(nth, line)| {
        // The source stands once, before the first of its lines.
        let is_new = nth == 0 || lines[nth - 1].source != line.source;
        let source = if is_new { shown(&line.source.0) } else { String::new() };
        let place = match (line.line, is_new) {
            (Some(number), true) => format!("{source}:{number}"),
            (Some(number), false) => number.to_string(),
            (None, _) => format!("{source} at byte {}", number(line.offset)).trim_start().to_owned(),
        };
        format!("{place} ({})", shown(&*line.why))
    });
    let places = list(places, lines.len() as u64, page.room());
    if !places.is_empty() {
        page.row("evidence", &places);
    }
    let telling = lines.iter().filter(|line| line.raw.is_some()).max_by_key(|line| line.why == "success");
    if let Some(line) = telling.and_then(|line| line.raw.as_ref())
        && page.full_room() >= RAW
    {
        page.labelled("", &[(Ink::Faint, &fit(&shown(&line.0), page.full_room()))]);
    }
}

/// For a ticket: the id, how sure, and where to read more.
fn references(page: &mut Page, incident: &Incident) {
    let references = &incident.references;
    let all = [&references.attack, &references.owasp_api, &references.oat, &references.cwe];
    let sure = format!("  {} % sure", incident.confidence.0);
    let mut text = format!("{}{sure}", fit(&shown(&incident.id), page.room() - sure.len()));
    let earlier = count(incident.supersedes.len() as u64, "earlier incident");
    let takes_in = (!incident.supersedes.is_empty()).then(|| format!("takes in {earlier}"));
    let all = all.into_iter().flatten().map(|reference| shown(&**reference));
    for part in takes_in.into_iter().chain(all) {
        if columns(&text) + 2 + columns(&part) <= page.room() {
            text = format!("{text}  {part}");
        }
    }
    page.labelled("", &[(Ink::Faint, &text)]);
}
