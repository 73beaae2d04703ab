//! A table for spreadsheets (RFC 4180): an incident a row. Cells that a spreadsheet would calculate begin with an apostrophe.

use super::whole::Whole;
use crate::incident::{Incident, Raw};

pub(super) static CSV: Whole = Whole {
    name: "csv",
    about: "an incident a row, for spreadsheets",
    extensions: &["csv"],
    sent_apart: false,
    begin: |_| format!("{}\r\n", COLUMNS.join(",")),
    incident: |incident| row(incident).map(|cell| quoted(&cell)).join(",") + "\r\n",
    between: "",
    end: "",
};

const COLUMNS: [&str; 19] = [
    "rank",
    "id",
    "status",
    "severity",
    "score",
    "confidence",
    "kind",
    "outcome",
    "title",
    "summary",
    "first_seen",
    "last_seen",
    "requests",
    "bytes_out",
    "source_ips_total",
    "source_ips",
    "users",
    "compromised_users_total",
    "suppressed_by",
];

/// How many members of a list a cell shows.
const SHOWN: usize = 10;

fn row(incident: &Incident) -> [String; COLUMNS.len()] {
    let list = |names: Vec<&Raw>| {
        let names: Vec<String> = names.into_iter().take(SHOWN).map(|name| name.text().into_owned()).collect();
        names.join(" ")
    };
    [
        incident.rank.to_string(),
        incident.id.clone(),
        format!("{:?}", incident.status).to_lowercase(),
        incident.severity.name().to_owned(),
        incident.score.to_string(),
        incident.confidence.0.to_string(),
        incident.kind.name().to_owned(),
        incident.outcome.name().to_owned(),
        incident.title.clone(),
        incident.summary.clone(),
        incident.first_seen.0.rfc3339(3),
        incident.last_seen.0.rfc3339(3),
        incident.requests.to_string(),
        incident.bytes_out.to_string(),
        incident.entities.source_ips_total.to_string(),
        list(incident.entities.source_ips.iter().map(|address| &address.0).collect()),
        list(incident.entities.users.iter().collect()),
        incident.impact.compromised_users_total.to_string(),
        incident.suppressed_by.clone().unwrap_or_default(),
    ]
}

/// A cell in quotes. `=`, `+`, `-`, `@`, tab and carriage return would begin a formula.
fn quoted(cell: &str) -> String {
    let text: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, text.replace('"', "\"\""))
}
