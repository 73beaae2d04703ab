//! As much of an incident as scoring needs, read from `gatehound.incident.v1` lines or a `gatehound.report.v1`.

use std::collections::BTreeSet;
use std::io::Read;

use serde::{Deserialize, Deserializer, Serialize};

use super::canonical;
use crate::error::Error;
use crate::time::Time;

/// How much an incident asks for attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth a look some day.
    Low,
    /// Worth a person's time.
    Medium,
    /// Worth it today.
    High,
    /// Worth it now.
    Critical,
}

/// The fields of an incident that scoring reads; whatever else it has is ignored.
#[derive(Clone, Debug, Deserialize)]
pub struct IncidentView {
    /// Its name.
    #[serde(default)]
    pub id: String,
    /// Its place in the report, where it says so.
    #[serde(default)]
    pub rank: Option<u64>,
    /// Its main kind.
    pub kind: String,
    /// All its kinds.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// How much attention it asks for.
    pub severity: Severity,
    /// How it says that the attack ended.
    #[serde(default)]
    pub outcome: Option<String>,
    /// `A`, `B` or `C`: what identities the log has.
    #[serde(default)]
    pub fidelity: Option<String>,
    /// Its first request.
    #[serde(deserialize_with = "stamp")]
    pub first_seen: Time,
    /// Its last request.
    #[serde(deserialize_with = "stamp")]
    pub last_seen: Time,
    /// Whom it is held against.
    #[serde(default)]
    pub entities: Entities,
    /// Why it is not shown, where it is only listed.
    #[serde(default)]
    pub suppressed_by: Option<String>,
}

/// Whom an incident names.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Entities {
    /// Addresses.
    #[serde(default)]
    pub source_ips: Vec<String>,
    /// Accounts.
    #[serde(default)]
    pub users: Vec<String>,
    /// Tokens, hashed.
    #[serde(default)]
    pub tokens: Vec<String>,
}

impl IncidentView {
    /// The addresses that it names.
    pub(super) fn addresses(&self) -> BTreeSet<String> {
        self.entities.source_ips.iter().map(|ip| canonical(ip)).collect()
    }

    /// The accounts and tokens that it names, each marked for what it is.
    pub(super) fn names(&self) -> BTreeSet<String> {
        super::names(&self.entities.users, &[], &|_| String::new())
            .into_iter()
            .chain(self.entities.tokens.iter().map(|token| format!("token {token}")))
            .collect()
    }
}

/// A report, or one incident of a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Report { incidents: Vec<IncidentView> },
    Incident(Box<IncidentView>),
}

/// The incidents in `text`, in their order: one JSON object after the other, each an incident or a report.
pub fn read_incidents(text: impl Read) -> impl Iterator<Item = Result<IncidentView, Error>> {
    let documents =
        serde_json::Deserializer::from_reader(std::io::BufReader::new(text)).into_iter::<Document>();
    documents.enumerate().flat_map(|(nth, document)| match document {
        Ok(Document::Report { incidents }) => incidents.into_iter().map(Ok).collect::<Vec<_>>(),
        Ok(Document::Incident(incident)) => vec![Ok(*incident)],
        Err(cause) if cause.is_io() => vec![Err(Error::io("incidents", cause.into()))],
        Err(cause) => {
            vec![Err(Error::usage(format!(
                "incidents: object {} is neither an incident nor a report: {cause}",
                nth + 1
            )))]
        }
    })
}

/// An RFC 3339 stamp.
fn stamp<'de, D: Deserializer<'de>>(text: D) -> Result<Time, D::Error> {
    let text = String::deserialize(text)?;
    let stamp: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
    Ok(Time(stamp.as_microsecond()))
}
