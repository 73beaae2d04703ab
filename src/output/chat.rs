//! Short messages: for webhooks, Slack and those that take its messages, and ntfy. One JSON object a line.

use serde_json::{Value, json};

use super::siem::{LIST, Records, addresses, json_line, pruned};
use crate::incident::{Incident, Severity};

pub(super) static WEBHOOK: Records = Records {
    name: "webhook",
    about: "the gist of an incident as one flat JSON object, for webhooks and templates",
    extensions: &[],
    record: |incident, out| json_line(&gist(incident), out),
};

pub(super) static SLACK: Records = Records {
    name: "slack",
    about: "an incident as a message for Slack, Mattermost, Rocket.Chat and others that take `text`",
    extensions: &[],
    record: |incident, out| json_line(&slack(incident), out),
};

pub(super) static NTFY: Records = Records {
    name: "ntfy",
    about: "an incident as a message for ntfy",
    extensions: &[],
    record: |incident, out| json_line(&ntfy(incident), out),
};

/// How many letters of a sentence a message holds.
const LETTERS: usize = 1000;

/// What fits into one look: each member a text or a number, but for two lists.
fn gist(incident: &Incident) -> Value {
    let accounts = incident.impact.compromised_users.iter().take(LIST);
    pruned(json!({
        "id": incident.id,
        "severity": incident.severity.name(),
        "score": incident.score,
        "kind": incident.kind.name(),
        "outcome": incident.outcome.name(),
        "title": incident.title,
        "summary": incident.summary,
        "text": text(incident),
        "first_seen": incident.first_seen.0.rfc3339(3),
        "last_seen": incident.last_seen.0.rfc3339(3),
        "requests": incident.requests,
        "source_ip": addresses(incident).next().map(|address| address.to_string()),
        "source_ips_total": incident.entities.source_ips_total,
        "compromised_users": accounts.map(|name| name.text().into_owned()).collect::<Vec<_>>(),
        "recommendation": incident.recommendations.first(),
        "recommendations": incident.recommendations,
    }))
}

/// Two sentences and the id.
fn text(incident: &Incident) -> String {
    let (severity, id) = (incident.severity.name().to_uppercase(), &incident.id);
    format!("{severity}: {}\n{}\n{id}", cut(&incident.title), cut(&incident.summary))
}

/// Slack's `text`, in which `&`, `<` and `>` are escaped, so that nobody is mentioned and nothing is a link.
fn slack(incident: &Incident) -> Value {
    let text = text(incident).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({ "text": text })
}

/// A message as ntfy's JSON interface takes it, less the topic. Priorities go from 1 to 5.
fn ntfy(incident: &Incident) -> Value {
    let priority = match incident.severity {
        Severity::Info => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    };
    json!({
        "title": cut(&incident.title),
        "message": format!("{}\n{}", cut(&incident.summary), incident.id),
        "priority": priority,
        "tags": [incident.severity.name(), incident.kind.name()],
    })
}

/// The first letters of a text, without what would move the cursor.
fn cut(text: &str) -> String {
    text.chars().take(LETTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
