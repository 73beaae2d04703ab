//! Elastic Common Schema, and the same as the lines of a bulk request.

use serde_json::{Value, json};

use super::siem::{LIST, PRODUCT, Records, VERSION, addresses, details, grade, json_line, name_of, pruned};
use super::techniques::techniques;
use crate::incident::{Incident, Kind, Outcome};

/// The version of the schema that is stamped.
const SCHEMA: &str = "9.4.0";
/// The data stream that Kibana's prebuilt rule `External Alerts` looks into.
const STREAM: &str = "logs-gatehound.finding-default";

pub(super) static ECS: Records = Records {
    name: "ecs",
    about: "Elastic Common Schema, one document a line: Filebeat, Elastic Agent, OpenSearch",
    extensions: &["ecs"],
    record: |incident, out| json_line(&document(incident), out),
};

pub(super) static ELASTIC_BULK: Records = Records {
    name: "elastic-bulk",
    about: "body of an Elasticsearch bulk request: `create` and document in turn; the same incident has the same id",
    extensions: &["bulk"],
    record: |incident, out| {
        json_line(&json!({ "create": { "_index": STREAM, "_id": incident.id } }), out);
        json_line(&document(incident), out);
    },
};

/// The document. What is only information is no alert: the rule that takes alerts over knows no severity for it.
fn document(incident: &Incident) -> Value {
    let grade = grade(incident.severity);
    let is_alert = grade.ecs > 0 && incident.suppressed_by.is_none();
    let first = addresses(incident).next();
    let endpoint = incident.entities.endpoints.first();
    let nanos = (incident.last_seen.0.0 - incident.first_seen.0.0).saturating_mul(1000);
    let texts = |list: &[crate::incident::Raw]| -> Vec<String> {
        list.iter().take(LIST).map(|text| text.text().into_owned()).collect()
    };
    let references = &incident.references;
    let own = [PRODUCT, incident.kind.name()].into_iter().map(str::to_owned);
    let tags = references.owasp_api.iter().chain(&references.oat).chain(&references.cwe);
    let tags: Vec<String> = own.chain(tags.map(ToString::to_string)).collect();
    pruned(json!({
        "@timestamp": incident.last_seen,
        "ecs": { "version": SCHEMA },
        "message": format!("{}: {}", incident.title, incident.summary),
        "tags": tags,
        "event": {
            "kind": if is_alert { "alert" } else { "event" },
            "category": ["intrusion_detection", category(incident.kind)],
            "type": ["info"],
            "outcome": match incident.outcome {
                Outcome::Succeeded | Outcome::Exfiltrated => "success",
                Outcome::Blocked => "failure",
                _ => "unknown",
            },
            "id": incident.id, "code": incident.kind.name(), "action": incident.kind.name(),
            "module": PRODUCT, "dataset": "gatehound.finding", "provider": PRODUCT,
            "start": incident.first_seen, "end": incident.last_seen, "duration": nanos,
            "severity": (grade.ecs > 0).then_some(grade.ecs),
            "risk_score": incident.score,
            "reason": incident.findings.first().map(|finding| &finding.reason),
        },
        "rule": incident.findings.first().map(|finding| json!({
            "id": finding.detector, "name": name_of(finding.kind), "category": finding.variant, "ruleset": PRODUCT,
            "author": [PRODUCT],
        })),
        "threat": threat(incident),
        "source": first.map(|address| json!({ "ip": address, "address": address.to_string() })),
        "url": endpoint.map(|endpoint| json!({ "path": endpoint.template.text() })),
        "http": endpoint.map(|endpoint| json!({ "request": { "method": endpoint.method } })),
        "user_agent": incident.entities.user_agents.first().map(|agent| json!({ "original": agent.text() })),
        "related": {
            "ip": addresses(incident).take(LIST).collect::<Vec<_>>(),
            "user": texts(&incident.entities.users),
            "hosts": texts(&incident.entities.hosts),
        },
        "observer": { "vendor": PRODUCT, "product": PRODUCT, "type": "log-analyzer", "version": VERSION },
        "log": incident.evidence.first().map(|line| json!({ "file": { "path": line.source.text() } })),
        PRODUCT: details(incident),
    }))
}

/// The second category, which must allow the type `info`.
fn category(kind: Kind) -> &'static str {
    match kind {
        Kind::CredentialStuffing | Kind::PasswordSpraying | Kind::BruteForce | Kind::TokenAbuse => {
            "authentication"
        }
        _ => "web",
    }
}

/// What has an id and a name.
type IdAndName<'a> = (&'a str, &'a str);

/// Tactics and techniques, in lists that belong together by their order.
fn threat(incident: &Incident) -> Option<Value> {
    let mut tactics: Vec<IdAndName<'_>> = Vec::new();
    let mut main: Vec<IdAndName<'_>> = Vec::new();
    let mut sub: Vec<IdAndName<'_>> = Vec::new();
    for technique in techniques(incident) {
        let (id, _) = technique.id.split_once('.').unwrap_or((technique.id, ""));
        let name = super::techniques::technique_of(id).map_or(technique.name, |main| main.name);
        let lists = [(&mut tactics, technique.tactic), (&mut main, (id, name))];
        for (list, entry) in lists
            .into_iter()
            .chain((id != technique.id).then_some((&mut sub, (technique.id, technique.name))))
        {
            if !list.contains(&entry) {
                list.push(entry);
            }
        }
    }
    let ids = |list: &[IdAndName<'_>]| list.iter().map(|(id, _)| (*id).to_owned()).collect::<Vec<_>>();
    let names = |list: &[IdAndName<'_>]| list.iter().map(|(_, name)| (*name).to_owned()).collect::<Vec<_>>();
    (!main.is_empty()).then(|| {
        json!({
            "framework": "MITRE ATT&CK",
            "tactic": { "id": ids(&tactics), "name": names(&tactics) },
            "technique": {
                "id": ids(&main), "name": names(&main), "subtechnique": { "id": ids(&sub), "name": names(&sub) },
            },
        })
    })
}
