//! OpenTelemetry logs as JSON, a request of one record a line, as the file exporter of the Collector writes them.

use serde_json::{Value, json};

use super::siem::{PRODUCT, Records, VERSION, addresses, grade, json_line, millis};
use crate::incident::Incident;

pub(super) static OTLP: Records = Records {
    name: "otlp",
    about: "OpenTelemetry logs (OTLP/JSON), one request a line",
    extensions: &["otlp"],
    record: |incident, out| json_line(&request(incident), out),
};

fn request(incident: &Incident) -> Value {
    let (number, text) = grade(incident.severity).otlp;
    // 64-bit integers are strings in protobuf's JSON.
    let nanos = (i128::from(incident.last_seen.0.0) * 1000).to_string();
    json!({ "resourceLogs": [{
        "resource": { "attributes": [said("service.name", PRODUCT), said("service.version", VERSION)] },
        "scopeLogs": [{
            "scope": { "name": PRODUCT, "version": VERSION },
            "logRecords": [{
                "timeUnixNano": nanos, "observedTimeUnixNano": nanos,
                "severityNumber": number, "severityText": text,
                "eventName": "gatehound.incident",
                "body": { "stringValue": format!("{}: {}", incident.title, incident.summary) },
                "attributes": attributes(incident),
            }],
        }],
    }] })
}

fn said(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn counted(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

fn attributes(incident: &Incident) -> Vec<Value> {
    let entities = &incident.entities;
    let endpoint = entities.endpoints.first();
    let texts = [
        ("gatehound.incident.id", Some(incident.id.clone())),
        ("gatehound.kind", Some(incident.kind.name().to_owned())),
        ("gatehound.severity", Some(incident.severity.name().to_owned())),
        ("gatehound.outcome", Some(incident.outcome.name().to_owned())),
        ("gatehound.score", Some(incident.score.to_string())),
        ("gatehound.attack", Some(incident.references.attack.join(","))),
        ("gatehound.suppressed_by", incident.suppressed_by.clone()),
        ("client.address", addresses(incident).next().map(|address| address.to_string())),
        ("server.address", entities.hosts.first().map(|host| host.text().into_owned())),
        ("user.name", entities.users.first().map(|user| user.text().into_owned())),
        ("http.request.method", endpoint.map(|endpoint| endpoint.method.clone().into_owned())),
        ("url.template", endpoint.map(|endpoint| endpoint.template.text().into_owned())),
        ("user_agent.original", entities.user_agents.first().map(|agent| agent.text().into_owned())),
    ];
    let texts =
        texts.into_iter().filter_map(|(key, text)| Some(said(key, &text.filter(|text| !text.is_empty())?)));
    let counts = [
        ("gatehound.confidence", u64::from(incident.confidence.0)),
        ("gatehound.requests", incident.requests),
        ("gatehound.bytes_out", incident.bytes_out),
        ("gatehound.addresses", entities.source_ips_total),
        ("gatehound.compromised_users", incident.impact.compromised_users_total),
        ("gatehound.first_seen_ms", u64::try_from(millis(incident.first_seen)).unwrap_or(0)),
    ];
    texts.chain(counts.into_iter().map(|(key, count)| counted(key, count))).collect()
}
