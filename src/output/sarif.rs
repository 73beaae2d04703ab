//! SARIF 2.1.0: incidents as results that point into the log, for viewers and pipelines that take static analysis.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::siem::{PRODUCT, VERSION, grade, name_of, pruned};
use super::whole::Whole;
use crate::incident::{Evidence, Incident};

pub(super) static SARIF: Whole = Whole {
    name: "sarif",
    about: "SARIF 2.1.0, one document: editors, code hosts, result viewers",
    extensions: &["sarif"],
    sent_apart: false,
    begin: |_| {
        let driver = json!({ "name": PRODUCT, "version": VERSION, "semanticVersion": VERSION });
        format!(
            "{{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json\",\
             \"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\"columnKind\":\"utf16CodeUnits\",\"results\":["
        )
    },
    incident: |incident| format!("\n{}", pruned(result(incident))),
    between: ",",
    end: "\n]}]}\n",
};

fn result(incident: &Incident) -> Value {
    let (level, security) = grade(incident.severity).sarif;
    let references = &incident.references;
    let tags = references.attack.iter().map(|id| format!("attack.{}", id.to_lowercase()));
    let tags = tags.chain(references.cwe.iter().map(|id| format!("external/cwe/{}", id.to_lowercase())));
    json!({
        "ruleId": incident.kind.name(),
        "level": level, "kind": "fail", "rank": incident.score,
        "message": { "text": format!("{}: {}", incident.title, incident.summary) },
        "locations": incident.evidence.iter().map(|line| location(incident, line)).collect::<Vec<_>>(),
        "occurrenceCount": incident.requests,
        "partialFingerprints": { "incident/v1": incident.id },
        "baselineState": match incident.status {
            crate::incident::Status::New => "new",
            crate::incident::Status::Updated => "updated",
            _ => "absent",
        },
        "suppressions": incident.suppressed_by.iter().map(|by| json!({ "kind": "external", "justification": by })).collect::<Vec<_>>(),
        "properties": {
            "tags": std::iter::once("security".to_owned()).chain(tags).collect::<Vec<_>>(),
            "name": name_of(incident.kind), "security-severity": security, "severity": incident.severity,
            "outcome": incident.outcome, "confidence": incident.confidence,
        },
    })
}

/// Where a line of evidence stands, and what was asked for there.
fn location(incident: &Incident, line: &Evidence) -> Value {
    let endpoint = incident.entities.endpoints.first();
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&line.source.text()) },
            "region": {
                "startLine": line.line.map(|line| line.max(1)),
                "byteOffset": line.offset,
                "snippet": line.raw.as_ref().map(|raw| json!({ "text": raw.text() })),
            },
        },
        "logicalLocations": endpoint.map(|endpoint| json!([{
            "fullyQualifiedName": format!("{} {}", endpoint.method, endpoint.template.text()), "kind": "resource",
        }])),
        "message": { "text": line.why },
    })
}

/// A path as a relative or absolute URI reference (RFC 3986 §4.2): whatever may not stand in one is encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            byte => _ = write!(uri, "%{byte:02X}"),
        }
    }
    uri
}
