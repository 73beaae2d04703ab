//! The run summary, `gatehound.run.v1`: what was read, what could not be, and which detectors are blind.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::incident::{Fidelity, Raw};

/// Everything but `timing` is a function of the input and the plan. Field by field the contract of `run.md`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named as in the contract")]
pub struct Run {
    pub schema: Cow<'static, str>,
    pub version: Cow<'static, str>,
    pub command: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_time: Option<crate::incident::Stamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_time: Option<crate::incident::Stamp>,
    pub time_zone: String,
    pub lines: u64,
    pub bytes: u64,
    pub events: u64,
    pub skipped: u64,
    pub rejected: u64,
    pub cut: u64,
    pub rejected_reasons: Vec<Rejected>,
    pub sources: Vec<SourceRead>,
    pub clients: u64,
    pub principals: u64,
    pub templates: u64,
    pub fidelity: Fidelity,
    pub blind: Vec<Blind>,
    pub incidents: IncidentCounts,
    pub limits_hit: Vec<String>,
    pub warnings: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
}

/// How many lines were rejected for one reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named as in the contract")]
pub struct Rejected {
    pub reason: Cow<'static, str>,
    pub lines: u64,
}

/// What one source gave.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named as in the contract")]
pub struct SourceRead {
    pub path: Raw,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Cow<'static, str>>,
    pub lines: u64,
    pub events: u64,
    pub skipped: u64,
    pub rejected: u64,
    pub bytes: u64,
    pub complete: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A detector that lacks a field, and what to add to the gateway's config.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named as in the contract")]
pub struct Blind {
    pub detector: Cow<'static, str>,
    pub missing: Cow<'static, str>,
    pub fix: Cow<'static, str>,
}

/// Incidents by severity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named as in the contract")]
pub struct IncidentCounts {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub info: u64,
    pub suppressed: u64,
}

/// Wall-clock facts: never part of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named as in the contract")]
pub struct Timing {
    pub started: String,
    pub seconds: f64,
    pub bytes_per_second: u64,
    pub threads: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_memory_bytes: Option<u64>,
}
