//! Google `SecOps`: an event of the Unified Data Model with a security result, one ingestion request a line.

use serde_json::{Value, json};

use super::siem::{LIST, PRODUCT, Records, VERSION, addresses, grade, json_line, name_of, pruned};
use super::techniques::techniques;
use crate::incident::{Incident, Kind, Outcome};

pub(super) static UDM: Records = Records {
    name: "udm",
    about: "Google SecOps (Chronicle) Unified Data Model, one request a line",
    extensions: &["udm"],
    record: |incident, out| json_line(&pruned(json!({ "events": [{ "udm": event(incident) }] })), out),
};

fn event(incident: &Incident) -> Value {
    let entities = &incident.entities;
    let ips: Vec<String> = addresses(incident).take(LIST).map(|address| address.to_string()).collect();
    let host = entities.hosts.first().map(|host| host.text());
    json!({
        "metadata": {
            "eventTimestamp": incident.last_seen,
            // A request over the network needs a target; without a host in the log there is none.
            "eventType": if host.is_some() && !ips.is_empty() { "NETWORK_HTTP" } else { "GENERIC_EVENT" },
            "vendorName": PRODUCT, "productName": PRODUCT, "productVersion": VERSION,
            "productEventType": incident.kind.name(), "productLogId": incident.id,
            "description": format!("{}: {}", incident.title, incident.summary),
        },
        "principal": { "ip": ips },
        "target": {
            "hostname": host,
            "url": entities.endpoints.first().map(|endpoint| endpoint.template.text()),
            "user": entities.users.first().map(|user| json!({ "userid": user.text() })),
        },
        "network": {
            "ipProtocol": "TCP", "applicationProtocol": "HTTP",
            "http": {
                "method": entities.endpoints.first().map(|endpoint| &endpoint.method),
                "userAgent": entities.user_agents.first().map(|agent| agent.text()),
            },
        },
        "securityResult": [result(incident)],
    })
}

fn result(incident: &Incident) -> Value {
    let attack = techniques(incident).map(|technique| {
        let (id, _) = technique.id.split_once('.').unwrap_or((technique.id, ""));
        let is_sub = id != technique.id;
        let main = super::techniques::technique_of(id).map_or(technique.name, |main| main.name);
        json!({
            "id": id, "name": main,
            "subtechniqueId": is_sub.then_some(technique.id), "subtechniqueName": is_sub.then_some(technique.name),
        })
    });
    let mut tactics: Vec<(&str, &str)> = techniques(incident).map(|technique| technique.tactic).collect();
    tactics.sort_unstable();
    tactics.dedup();
    let fields = [
        ("incident_id", incident.id.clone()),
        ("outcome", incident.outcome.name().to_owned()),
        ("requests", incident.requests.to_string()),
        ("addresses", incident.entities.source_ips_total.to_string()),
        ("compromised_users", incident.impact.compromised_users_total.to_string()),
    ];
    let confidence = match incident.confidence.0 {
        0..50 => "LOW_CONFIDENCE",
        50..80 => "MEDIUM_CONFIDENCE",
        _ => "HIGH_CONFIDENCE",
    };
    let categories = incident.references.owasp_api.iter().map(ToString::to_string);
    json!({
        "category": [category(incident.kind)],
        "categoryDetails": std::iter::once(name_of(incident.kind)).chain(categories).collect::<Vec<_>>(),
        "ruleId": incident.kind.name(), "ruleName": name_of(incident.kind), "ruleType": "behavioral",
        "summary": incident.title, "description": incident.summary,
        "severity": grade(incident.severity).udm, "confidence": confidence,
        "riskScore": incident.score, "confidenceScore": incident.confidence.0,
        "alertState": if incident.suppressed_by.is_some() { "NOT_ALERTING" } else { "ALERTING" },
        "action": [if incident.outcome == Outcome::Blocked { "BLOCK" } else { "ALLOW" }],
        "attackDetails": {
            "version": "17.1",
            "tactics": tactics.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect::<Vec<_>>(),
            "techniques": attack.collect::<Vec<_>>(),
        },
        "detectionFields": fields.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Vec<_>>(),
    })
}

/// UDM's `SecurityCategory`.
fn category(kind: Kind) -> &'static str {
    match kind {
        Kind::CredentialStuffing | Kind::PasswordSpraying | Kind::BruteForce | Kind::TokenAbuse => {
            "AUTH_VIOLATION"
        }
        Kind::DataExfiltration | Kind::Scraping => "DATA_EXFILTRATION",
        Kind::Injection | Kind::VulnerabilityScan => "EXPLOIT",
        Kind::ObjectEnumeration => "ACL_VIOLATION",
        Kind::ResourceExhaustion => "NETWORK_DENIAL_OF_SERVICE",
        Kind::AccountEnumeration | Kind::PathEnumeration => "NETWORK_RECON",
        _ => "POLICY_VIOLATION",
    }
}
