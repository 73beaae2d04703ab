//! Syslog (RFC 5424): with structured data, or around CEF.

use std::fmt::Write as _;

use super::cef::cef;
use super::lines::{Facts, cut, line, one_line};
use super::siem::{PRODUCT, Records, grade};
use crate::incident::Incident;

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
