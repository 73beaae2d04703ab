//! What the schemas of others have in common: how grave, who first, and lines that hold one record each.

use std::io::{self, Write};
use std::net::IpAddr;

use serde_json::{Value, json};

use crate::incident::{Incident, Kind, Severity, Status};
use crate::output::{Output, Style, Writer};
use crate::run::Run;

/// The name under which everything is sent.
pub(super) const PRODUCT: &str = "gatehound";
/// The version of this program.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The most members of a list that a receiver is sent; how many there are stands beside it.
pub(super) const LIST: usize = 100;

/// A severity in the numbers and words of others.
pub(super) struct Grade {
    /// OCSF `severity_id`, 1 to 5.
    pub(super) ocsf: u8,
    /// ECS `event.severity` as Kibana's External Alerts rule maps it; 0 for what is no alert.
    pub(super) ecs: u8,
    /// CEF and LEEF, 1 to 10.
    pub(super) cef: u8,
    /// Syslog (RFC 5424 §6.2.1), 7 for the least.
    pub(super) syslog: u8,
    /// SARIF `level`, and GitHub's `security-severity`.
    pub(super) sarif: (&'static str, &'static str),
    /// OpenTelemetry `severityNumber` and its text.
    pub(super) otlp: (u8, &'static str),
    /// Sentinel ASIM.
    pub(super) asim: &'static str,
    /// Google UDM, and MISP's threat level.
    pub(super) udm: &'static str,
}

/// `severity` as others say it.
pub(super) fn grade(severity: Severity) -> Grade {
    let grade = |ocsf, ecs, cef, syslog, sarif, otlp, asim, udm| Grade {
        ocsf,
        ecs,
        cef,
        syslog,
        sarif,
        otlp,
        asim,
        udm,
    };
    match severity {
        Severity::Info => grade(1, 0, 1, 6, ("note", "0.0"), (9, "INFO"), "Informational", "INFORMATIONAL"),
        Severity::Low => grade(2, 21, 3, 5, ("note", "3.0"), (10, "INFO2"), "Low", "LOW"),
        Severity::Medium => grade(3, 47, 5, 4, ("warning", "5.5"), (13, "WARN"), "Medium", "MEDIUM"),
        Severity::High => grade(4, 73, 8, 3, ("error", "8.1"), (17, "ERROR"), "High", "HIGH"),
        Severity::Critical => grade(5, 99, 10, 2, ("error", "9.5"), (21, "FATAL"), "High", "CRITICAL"),
    }
}

/// A kind in words, without anything of this one incident: `Credential stuffing`.
pub(super) fn name_of(kind: Kind) -> String {
    let mut name = kind.name().replace('-', " ");
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    name
}

/// The addresses of an incident, those of greatest weight first, as far as they are addresses.
pub(super) fn addresses(incident: &Incident) -> impl Iterator<Item = IpAddr> {
    incident.entities.source_ips.iter().filter_map(|address| address.0.text().parse().ok())
}

/// Milliseconds since the epoch.
pub(super) fn millis(stamp: crate::incident::Stamp) -> i64 {
    stamp.0.0.div_euclid(1000)
}

/// Whether a receiver should hear of it as new, grown or over: OCSF's activities, 1 to 3.
pub(super) fn activity(status: Status) -> u8 {
    match status {
        Status::New => 1,
        Status::Updated => 2,
        Status::Closed | Status::Withdrawn => 3,
    }
}

/// What an incident says besides what a schema has a place for.
pub(super) fn details(incident: &Incident) -> Value {
    let entities = &incident.entities;
    let networks: Vec<&str> = entities.networks.iter().map(|network| &*network.cidr).take(LIST).collect();
    let names = |list: &[crate::incident::Raw]| -> Vec<String> {
        list.iter().take(LIST).map(|name| name.text().into_owned()).collect()
    };
    json!({
        "id": incident.id,
        "supersedes": incident.supersedes,
        "kinds": incident.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        "stages": incident.stages,
        "outcome": incident.outcome,
        "fidelity": incident.fidelity,
        "rank": incident.rank,
        "suppressed_by": incident.suppressed_by,
        "bytes_out": incident.bytes_out,
        "source_ips_total": entities.source_ips_total,
        "networks": networks,
        "networks_total": entities.networks_total,
        "users_total": entities.users_total,
        "tokens": entities.tokens.iter().take(LIST).collect::<Vec<_>>(),
        "compromised_users": names(&incident.impact.compromised_users),
        "compromised_users_total": incident.impact.compromised_users_total,
        "objects_read": incident.impact.objects_read,
        "bytes_read": incident.impact.bytes_read,
        "recommendations": incident.recommendations,
        "attack": incident.references.attack,
        "reasons": incident.findings.iter().map(|finding| &finding.reason).collect::<Vec<_>>(),
    })
}

/// An output of one record a line (or so), each written with one call.
pub(super) struct Records {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) extensions: &'static [&'static str],
    pub(super) record: Record,
}

impl Output for Records {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.extensions
    }

    fn is_document(&self) -> bool {
        false
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, _: Style) -> Box<dyn Writer + 'w> {
        records(sink, self.record)
    }
}

/// A writer of records into `sink`, each appended by `record`.
pub(super) fn records<'w>(sink: Box<dyn Write + 'w>, record: Record) -> Box<dyn Writer + 'w> {
    Box::new(RecordWriter { sink, record, buffer: Vec::new() })
}

/// Appends the record of an incident, with its line end.
pub(super) type Record = fn(&Incident, &mut Vec<u8>);

struct RecordWriter<'w> {
    sink: Box<dyn Write + 'w>,
    record: Record,
    buffer: Vec<u8>,
}

impl Writer for RecordWriter<'_> {
    fn begin(&mut self, _: &Run) -> io::Result<()> {
        Ok(())
    }

    fn incident(&mut self, incident: &Incident) -> io::Result<()> {
        self.buffer.clear();
        (self.record)(incident, &mut self.buffer);
        self.sink.write_all(&self.buffer)
    }

    fn end(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// Appends a value as one line of JSON.
pub(super) fn json_line(value: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(value.to_string().as_bytes());
    out.push(b'\n');
}

/// `value` without members that say nothing: nulls, empty texts, lists and objects.
pub(crate) fn pruned(value: Value) -> Value {
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    };
    match value {
        Value::Object(members) => {
            let pruned = members.into_iter().map(|(name, value)| (name, pruned(value)));
            Value::Object(pruned.filter(|(_, value)| says_something(value)).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(pruned).filter(says_something).collect()),
        value => value,
    }
}
