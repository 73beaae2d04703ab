//! Splunk's HTTP Event Collector, with the field names of the Common Information Model's `Alerts` and `Intrusion_Detection`.

use serde_json::{Value, json};

use super::siem::{LIST, PRODUCT, Records, addresses, details, json_line, name_of, pruned};
use crate::incident::{Incident, Outcome, Severity};

pub(super) static SPLUNK: Records = Records {
    name: "splunk-hec",
    about: "Splunk HTTP Event Collector, one event a line, with CIM names",
    extensions: &["hec"],
    record: |incident, out| json_line(&envelope(incident), out),
};

fn envelope(incident: &Incident) -> Value {
    let severity = match incident.severity {
        Severity::Info => "informational",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    };
    json!({
        "time": super::siem::millis(incident.last_seen) / 1000,
        "source": PRODUCT,
        "sourcetype": "gatehound:finding:json",
        "fields": { "severity": severity, "signature_id": incident.kind.name() },
        "event": event(incident, severity),
    })
}

/// One event that is both of the model's: an alert, and an intrusion that was detected.
fn event(incident: &Incident, severity: &str) -> Value {
    let entities = &incident.entities;
    let endpoint = entities.endpoints.first();
    let users: Vec<String> = entities.users.iter().take(LIST).map(|user| user.text().into_owned()).collect();
    pruned(json!({
        "id": incident.id, "app": PRODUCT, "vendor_product": PRODUCT, "type": "alert",
        "signature": name_of(incident.kind), "signature_id": incident.kind.name(),
        "severity": severity, "severity_id": super::siem::grade(incident.severity).ocsf,
        "category": incident.kind.name(),
        "description": format!("{}: {}", incident.title, incident.summary),
        "src": addresses(incident).next().map(|address| address.to_string()), "src_type": "ip",
        "src_ips": addresses(incident).take(LIST).map(|address| address.to_string()).collect::<Vec<_>>(),
        "dest": entities.hosts.first().map(|host| host.text()), "dest_type": "api_endpoint",
        "transport": "tcp", "ids_type": "application",
        "user": users.first(), "users": users,
        "mitre_technique_id": incident.references.attack,
        "action": if incident.outcome == Outcome::Blocked { "blocked" } else { "allowed" },
        "http_method": endpoint.map(|endpoint| &endpoint.method),
        "uri_path": endpoint.map(|endpoint| endpoint.template.text()),
        "http_user_agent": entities.user_agents.first().map(|agent| agent.text()),
        "start_time": super::siem::millis(incident.first_seen) / 1000,
        "end_time": super::siem::millis(incident.last_seen) / 1000,
        "count": incident.requests, "confidence": incident.confidence.0, "risk_score": incident.score,
        "status": incident.status,
        "details": details(incident),
    }))
}
