//! `QRadar`'s Log Event Extended Format 2.0.

use std::fmt::Write as _;

use super::lines::{Facts, cut, line, networks, one_line};
use super::siem::{PRODUCT, Records, VERSION, grade};
use crate::incident::Incident;

pub(super) static LEEF: Records = Records {
    name: "leef",
    about: "Log Event Extended Format 2.0, one a line: QRadar",
    extensions: &["leef"],
    record: |incident, out| line(&leef(incident), out),
};

/// One event of LEEF: tabs between attributes, so none in a value.
fn leef(incident: &Incident) -> String {
    let facts = Facts::of(incident);
    let header = |text: &str| one_line(text).replace(['\n', '\r', '|'], " ");
    let mut text = format!("LEEF:2.0|{PRODUCT}|{PRODUCT}|{VERSION}|{}|x09|", header(incident.kind.name()));
    let mut first = true;
    let mut add = |key: &str, value: &str| {
        if !value.is_empty() {
            let tab = if std::mem::take(&mut first) { "" } else { "\t" };
            let value = one_line(cut(value, 2000)).replace(['\t', '\n', '\r'], " ");
            let _ = write!(text, "{tab}{key}={value}");
        }
    };
    add("cat", incident.kind.name());
    add("sev", &grade(incident.severity).cef.to_string());
    add("devTime", &incident.last_seen.0.rfc3339(3));
    add("devTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSX");
    add("src", &facts.address.map(|address| address.to_string()).unwrap_or_default());
    add("usrName", facts.user.as_deref().unwrap_or(""));
    add("url", facts.path.as_deref().unwrap_or(""));
    add("policy", incident.kind.name());
    add("resource", facts.host.as_deref().unwrap_or(""));
    add("incidentId", &incident.id);
    add("outcome", incident.outcome.name());
    add("eventCount", &incident.requests.to_string());
    add("addresses", &incident.entities.source_ips_total.to_string());
    add("networks", &networks(incident));
    add("mitreTechnique", &incident.references.attack.join(","));
    add("score", &incident.score.to_string());
    add("agent", facts.agent.as_deref().unwrap_or(""));
    add("title", &incident.title);
    add("msg", &incident.summary);
    text
}
