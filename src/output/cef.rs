//! `ArcSight`'s Common Event Format (CEF:0).

use std::fmt::Write as _;
use std::net::IpAddr;

use super::lines::{Facts, cut, line, networks, one_line};
use super::siem::{PRODUCT, Records, VERSION, grade, millis, name_of};
use crate::incident::Incident;

pub(super) static CEF: Records = Records {
    name: "cef",
    about: "Common Event Format (CEF:0), one a line: ArcSight, Sentinel's CEF connector, and most others",
    extensions: &["cef"],
    record: |incident, out| line(&cef(incident), out),
};

/// One event of CEF. `src` takes IPv4 alone; IPv6 has a custom field of its own.
pub(super) fn cef(incident: &Incident) -> String {
    let facts = Facts::of(incident);
    let name = name_of(incident.kind);
    let mut text = format!(
        "CEF:0|{PRODUCT}|{PRODUCT}|{VERSION}|{}|{}|{}|",
        in_header(incident.kind.name()),
        in_header(&name),
        grade(incident.severity).cef
    );
    let mut first = true;
    let mut add = |key: &str, value: &str, most: usize| {
        if !value.is_empty() {
            let blank = if std::mem::take(&mut first) { "" } else { " " };
            let _ = write!(text, "{blank}{key}={}", in_extension(cut(value, most)));
        }
    };
    add("externalId", &incident.id, 40);
    add("rt", &millis(incident.last_seen).to_string(), 20);
    add("start", &millis(incident.first_seen).to_string(), 20);
    add("end", &millis(incident.last_seen).to_string(), 20);
    add("cnt", &incident.requests.to_string(), 20);
    add("cat", incident.kind.name(), 1023);
    add("outcome", incident.outcome.name(), 63);
    match facts.address {
        Some(IpAddr::V4(address)) => add("src", &address.to_string(), 40),
        Some(IpAddr::V6(address)) => {
            add("c6a2", &address.to_string(), 40);
            add("c6a2Label", "Source IPv6 Address", 40);
        }
        None => {}
    }
    add("dhost", facts.host.as_deref().unwrap_or(""), 255);
    add("duser", facts.user.as_deref().unwrap_or(""), 1023);
    add("requestMethod", facts.method.as_deref().unwrap_or(""), 1023);
    add("request", facts.path.as_deref().unwrap_or(""), 1023);
    add("requestClientApplication", facts.agent.as_deref().unwrap_or(""), 1023);
    add("reason", incident.findings.first().map_or("", |finding| &finding.reason), 1023);
    add("out", &incident.bytes_out.to_string(), 20);
    let custom = [
        ("cs1", "MitreTechnique", incident.references.attack.join(",")),
        ("cs2", "SourceNetworks", networks(incident)),
        ("cs3", "Title", incident.title.clone()),
        ("cs4", "Status", format!("{:?}", incident.status).to_lowercase()),
        ("cs5", "Recommendation", incident.recommendations.first().cloned().unwrap_or_default()),
        ("cs6", "SuppressedBy", incident.suppressed_by.clone().unwrap_or_default()),
        ("cn1", "Addresses", incident.entities.source_ips_total.to_string()),
        ("cn2", "CompromisedAccounts", incident.impact.compromised_users_total.to_string()),
        ("cn3", "Confidence", incident.confidence.0.to_string()),
        ("cfp1", "Score", incident.score.to_string()),
    ];
    for (key, label, value) in custom.iter().filter(|(.., value)| !value.is_empty()) {
        add(key, value, 4000);
        add(&format!("{key}Label"), label, 1023);
    }
    add("msg", &incident.summary, 1023);
    text
}

/// A value of CEF's header: `\` and `|` are escaped, and it is one line.
fn in_header(text: &str) -> String {
    one_line(text).replace(['\n', '\r'], " ").replace('\\', "\\\\").replace('|', "\\|")
}

/// A value of CEF's extension: `\`, `=` and line ends are escaped.
fn in_extension(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('=', "\\=").replace('\n', "\\n").replace('\r', "\\r")
}
