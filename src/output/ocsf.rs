//! OCSF Detection Finding (2004): only attributes that 1.5.0 and 1.8.0 both have, so that either validates.

use std::io::Write;

use serde_json::{Value, json};

use super::siem::{
    LIST, PRODUCT, VERSION, activity, addresses, details, grade, json_line, millis, name_of, pruned, records,
};
use super::techniques::techniques;
use super::{Output, Style, Writer};
use crate::error::Error;
use crate::incident::{Incident, Outcome};

/// The version of the schema that is stamped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OcsfVersion {
    /// 1.5.0: what most receivers take.
    #[default]
    V1_5,
    /// 1.8.0. Findings differ by the stamp alone; of events, PATCH has a number of its own.
    V1_8,
}

impl OcsfVersion {
    /// What `--ocsf-version` takes.
    pub const WORDS: [&str; 2] = ["1.5", "1.8"];

    /// The version called `word`.
    pub fn by_name(word: &str) -> Result<Self, Error> {
        match word {
            "1.5" => Ok(Self::V1_5),
            "1.8" => Ok(Self::V1_8),
            _ => Err(Error::unknown("version of OCSF", word, &Self::WORDS)),
        }
    }

    /// `metadata.version`.
    pub(crate) fn stamp(self) -> &'static str {
        match self {
            Self::V1_5 => "1.5.0",
            Self::V1_8 => "1.8.0",
        }
    }
}

/// Findings, one a line.
pub(super) struct Ocsf;

impl Output for Ocsf {
    fn name(&self) -> &'static str {
        "ocsf"
    }

    fn about(&self) -> &'static str {
        "OCSF Detection Finding 2004, one a line: Security Lake, Security Hub, and whatever else speaks OCSF"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ocsf"]
    }

    fn is_document(&self) -> bool {
        false
    }

    fn open<'w>(&self, sink: Box<dyn Write + 'w>, style: Style) -> Box<dyn Writer + 'w> {
        records(
            sink,
            match style.ocsf {
                OcsfVersion::V1_5 => |incident, out| json_line(&finding(incident, OcsfVersion::V1_5), out),
                OcsfVersion::V1_8 => |incident, out| json_line(&finding(incident, OcsfVersion::V1_8), out),
            },
        )
    }
}

/// The finding.
fn finding(incident: &Incident, version: OcsfVersion) -> Value {
    let grade = grade(incident.severity);
    let activity = activity(incident.status);
    let (first, last) = (millis(incident.first_seen), millis(incident.last_seen));
    let confidence = incident.confidence.0;
    let captions = ["Informational", "Low", "Medium", "High", "Critical"];
    let activity_name = ["Create", "Update", "Close"].get(usize::from(activity) - 1).copied();
    let caption = captions.get(usize::from(grade.ocsf) - 1).copied();
    let (status_id, status) = match (&incident.suppressed_by, activity) {
        (Some(_), _) => (3, "Suppressed"),
        (None, 3) => (4, "Resolved"),
        (None, 2) => (2, "In Progress"),
        _ => (1, "New"),
    };
    pruned(json!({
        "activity_id": activity, "activity_name": activity_name,
        "category_uid": 2, "category_name": "Findings",
        "class_uid": 2004, "class_name": "Detection Finding",
        "type_uid": 200_400 + u32::from(activity),
        "severity_id": grade.ocsf, "severity": caption,
        "confidence_id": match confidence { 0..50 => 1, 50..80 => 2, _ => 3 }, "confidence_score": confidence,
        "risk_score": incident.score.0 / 10,
        "risk_level_id": grade.ocsf - 1, "risk_level": caption.map(|level| level.replace("Informational", "Info")),
        "impact_id": impact(incident.outcome),
        "status_id": status_id, "status": status,
        "is_alert": incident.suppressed_by.is_none(),
        "time": last, "start_time": first, "end_time": last, "duration": last - first,
        "count": i32::try_from(incident.requests).unwrap_or(i32::MAX),
        "message": incident.summary,
        "metadata": {
            "version": version.stamp(),
            "uid": format!("{}:{last}", incident.id),
            "event_code": incident.kind.name(),
            "product": { "name": PRODUCT, "vendor_name": PRODUCT, "version": VERSION },
            "log_name": incident.evidence.first().map(|line| line.source.text()),
            "correlation_uid": incident.id,
        },
        "finding_info": info(incident, first, last),
        "evidences": incident.evidence.iter().map(|line| json!({ "data": {
            "file": line.source.text(), "line": line.line, "offset": line.offset, "why": line.why,
            "raw": line.raw.as_ref().map(|raw| raw.text()),
        } })).collect::<Vec<_>>(),
        "observables": observables(incident),
        "remediation": (!incident.recommendations.is_empty()).then(|| json!({ "desc": incident.recommendations.join(" ") })),
        "unmapped": { PRODUCT: details(incident) },
    }))
}

/// What was found, and how.
fn info(incident: &Incident, first: i64, last: i64) -> Value {
    let attacks = techniques(incident).map(|technique| {
        let (main, _) = technique.id.split_once('.').unwrap_or((technique.id, ""));
        let main = super::techniques::technique_of(main).unwrap_or(technique);
        let is_sub = main.id != technique.id;
        json!({
            "version": "17.1",
            "tactic": { "uid": technique.tactic.0, "name": technique.tactic.1 },
            "technique": { "uid": main.id, "name": main.name },
            "sub_technique": is_sub.then(|| json!({ "uid": technique.id, "name": technique.name })),
        })
    });
    let references = &incident.references;
    let tags = [("owasp-api", &references.owasp_api), ("oat", &references.oat), ("cwe", &references.cwe)];
    let tags =
        tags.iter().flat_map(|(name, ids)| ids.iter().map(move |id| json!({ "name": name, "value": id })));
    json!({
        "uid": incident.id, "title": incident.title, "desc": incident.summary,
        "types": incident.kinds.iter().map(|kind| name_of(*kind)).collect::<Vec<_>>(),
        "tags": tags.collect::<Vec<_>>(),
        "created_time": last, "modified_time": last, "first_seen_time": first, "last_seen_time": last,
        "related_events_count": i32::try_from(incident.requests).unwrap_or(i32::MAX),
        "analytic": incident.findings.first().map(|finding| json!({
            "uid": finding.detector, "name": finding.detector, "type_id": 2, "type": "Behavioral",
            "category": finding.variant,
        })),
        "attacks": attacks.collect::<Vec<_>>(),
    })
}

/// Addresses (type 2) and user names (type 4), those of greatest weight first.
fn observables(incident: &Incident) -> Vec<Value> {
    let addresses = addresses(incident).take(LIST);
    let addresses = addresses
        .map(|address| json!({ "name": "src_endpoint.ip", "type_id": 2, "value": address.to_string() }));
    let users = incident.entities.users.iter().take(LIST);
    let users = users.map(|user| json!({ "name": "user.name", "type_id": 4, "value": user.text() }));
    addresses.chain(users).collect()
}

/// OCSF `impact_id`: 1 low to 4 critical.
fn impact(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Blocked | Outcome::Attempted => 1,
        Outcome::Probed => 2,
        Outcome::Succeeded => 3,
        Outcome::Exfiltrated => 4,
    }
}
