//! `ArcSight`'s Common Event Format (CEF:0), `QRadar`'s LEEF 2.0, and both inside syslog (RFC 5424).

use std::fmt::Write as _;
use std::net::IpAddr;

use super::siem::{PRODUCT, Records, VERSION, addresses, grade, millis, name_of};
use crate::incident::Incident;

pub(super) static CEF: Records = Records {
    name: "cef",
    about: "Common Event Format (CEF:0), one a line: ArcSight, Sentinel's CEF connector, and most others",
    extensions: &["cef"],
    record: |incident, out| line(&cef(incident), out),
};

pub(super) static LEEF: Records = Records {
    name: "leef",
    about: "Log Event Extended Format 2.0, one a line: QRadar",
    extensions: &["leef"],
    record: |incident, out| line(&leef(incident), out),
};

pub(super) static SYSLOG: Records = Records {
    name: "syslog",
    about: "syslog (RFC 5424) with structured data, one message a line: rsyslog, syslog-ng, Graylog",
    extensions: &["syslog"],
    record: |incident, out| line(&syslog(incident), out),
};

pub(super) static SYSLOG_CEF: Records = Records {
    name: "syslog-cef",
    about: "CEF inside syslog (RFC 5424), one message a line",
    extensions: &[],
    record: |incident, out| line(&format!("{} - {}", header(incident), cef(incident)), out),
};

fn line(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

/// A text in which nothing ends a line or fools a terminal: other control characters become blanks.
fn one_line(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_hidden(c) && c != '\n' && c != '\r' { ' ' } else { c }).collect()
}

/// A value of CEF's header: `\` and `|` are escaped, and it is one line.
fn in_header(text: &str) -> String {
    one_line(text).replace(['\n', '\r'], " ").replace('\\', "\\\\").replace('|', "\\|")
}

/// A value of CEF's extension: `\`, `=` and line ends are escaped.
fn in_extension(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('=', "\\=").replace('\n', "\\n").replace('\r', "\\r")
}

/// At most `most` characters of a text: receivers cut at their own place, perhaps inside an escape.
fn cut(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(end, _)| &text[..end])
}

/// What all three say of an incident.
struct Facts {
    address: Option<IpAddr>,
    host: Option<String>,
    user: Option<String>,
    agent: Option<String>,
    method: Option<String>,
    path: Option<String>,
}

impl Facts {
    fn of(incident: &Incident) -> Self {
        let entities = &incident.entities;
        let first = |list: &[crate::incident::Raw]| list.first().map(|text| text.text().into_owned());
        let endpoint = entities.endpoints.first();
        Self {
            address: addresses(incident).next(),
            host: first(&entities.hosts),
            user: first(&entities.users),
            agent: first(&entities.user_agents),
            method: endpoint.map(|endpoint| endpoint.method.clone().into_owned()),
            path: endpoint.map(|endpoint| endpoint.template.text().into_owned()),
        }
    }
}

/// One event of CEF. `src` takes IPv4 alone; IPv6 has a custom field of its own.
fn cef(incident: &Incident) -> String {
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

/// Some networks, those of greatest weight first.
fn networks(incident: &Incident) -> String {
    let some: Vec<&str> = incident.entities.networks.iter().take(20).map(|network| &*network.cidr).collect();
    some.join(",")
}

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

/// What stands before a message (RFC 5424 §6.2): facility local0, and no host, which a relay knows better.
pub(super) fn header(incident: &Incident) -> String {
    let priority = 16 * 8 + u32::from(grade(incident.severity).syslog);
    format!("<{priority}>1 {} - {PRODUCT} - {}", incident.last_seen.0.rfc3339(3), incident.kind.name())
}

/// One message. The structured data stands under the number that RFC 5612 keeps for examples and private use.
fn syslog(incident: &Incident) -> String {
    let facts = Facts::of(incident);
    let mut data = String::from("[incident@32473");
    let mut add = |key: &str, value: &str| {
        if !value.is_empty() {
            let value = one_line(cut(value, 500)).replace(['\n', '\r'], " ");
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace(']', "\\]");
            let _ = write!(data, " {key}=\"{value}\"");
        }
    };
    add("id", &incident.id);
    add("kind", incident.kind.name());
    add("severity", incident.severity.name());
    add("score", &incident.score.to_string());
    add("outcome", incident.outcome.name());
    add("src", &facts.address.map(|address| address.to_string()).unwrap_or_default());
    add("addresses", &incident.entities.source_ips_total.to_string());
    add("user", facts.user.as_deref().unwrap_or(""));
    add("host", facts.host.as_deref().unwrap_or(""));
    add("requests", &incident.requests.to_string());
    data.push(']');
    let message = one_line(&format!("{}: {}", incident.title, incident.summary)).replace(['\n', '\r'], " ");
    format!("{} {data} \u{feff}{message}", header(incident))
}
