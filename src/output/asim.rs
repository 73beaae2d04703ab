//! Microsoft Sentinel: an array of `AlertEvent` records of the Advanced Security Information Model, as the Logs Ingestion
//! API takes it.

use serde_json::{Value, json};

use super::siem::{LIST, PRODUCT, VERSION, addresses, details, grade, name_of, pruned};
use super::techniques::techniques;
use super::whole::Whole;
use crate::incident::{Incident, Outcome, Status};

pub(super) static ASIM: Whole = Whole {
    name: "asim",
    about: "Microsoft Sentinel ASIM AlertEvent, an array for the Logs Ingestion API",
    extensions: &["asim"],
    // The interface takes at most a megabyte at a time.
    sent_apart: true,
    begin: |_| "[".to_owned(),
    incident: |incident| format!("\n{}", pruned(alert(incident))),
    between: ",",
    end: "\n]\n",
};

fn alert(incident: &Incident) -> Value {
    let grade = grade(incident.severity);
    let first = addresses(incident).next();
    let named = |named: fn(&super::techniques::Technique) -> (&'static str, &'static str)| {
        let mut names: Vec<String> =
            techniques(incident).map(named).map(|(id, name)| format!("{name} ({id})")).collect();
        names.dedup();
        names.join(", ")
    };
    json!({
        "TimeGenerated": incident.last_seen,
        "EventType": "Alert", "EventSubType": "Threat", "EventSchema": "AlertEvent", "EventSchemaVersion": "0.1",
        "EventUid": incident.id, "EventCount": incident.requests,
        "EventStartTime": incident.first_seen, "EventEndTime": incident.last_seen,
        "EventVendor": PRODUCT, "EventProduct": PRODUCT, "EventProductVersion": VERSION,
        "EventSeverity": grade.asim, "EventOriginalSeverity": incident.severity.name(),
        "EventResult": if incident.outcome == Outcome::Blocked { "Failure" } else { "Success" },
        "EventMessage": format!("{}: {}", incident.title, incident.summary),
        "AlertName": name_of(incident.kind),
        "AlertVerdict": if incident.suppressed_by.is_some() { "Suspicious" } else { "True Positive" },
        "AlertStatus": if matches!(incident.status, Status::Closed | Status::Withdrawn) { "Closed" } else { "Active" },
        "RuleName": incident.kind.name(),
        "RuleDescription": incident.findings.first().map(|finding| &finding.reason),
        "ThreatOriginalCategory": name_of(incident.kind),
        "ThreatConfidence": incident.confidence.0, "ThreatRiskLevel": incident.score.0 / 10,
        "ThreatFirstReportedTime": incident.first_seen, "ThreatLastReportedTime": incident.last_seen,
        "IndicatorType": first.map(|_| "Ip"), "IndicatorAssociation": first.map(|_| "Associated"),
        "AttackTactics": named(|technique| technique.tactic),
        "AttackTechniques": named(|technique| (technique.id, technique.name)),
        "AttackRemediationSteps": incident.recommendations.join(" "),
        "DvcIpAddr": first.map(|address| address.to_string()),
        "Username": incident.entities.users.first().map(|user| user.text()),
        "UsernameType": incident.entities.users.first().map(|_| "Simple"),
        "Url": incident.entities.endpoints.first().map(|endpoint| endpoint.template.text()),
        "AdditionalFields": {
            "src_ips": addresses(incident).take(LIST).map(|address| address.to_string()).collect::<Vec<_>>(),
            "details": details(incident),
        },
    })
}
