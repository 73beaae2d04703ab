//! The native incident, `gatehound.incident.v1`: the lossless form of which every output is a pure function.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::incident::{Fidelity, Kind, Outcome, Severity, Stage};
use crate::time::Time;

/// Bytes from a log, as they stand. In JSON invalid UTF-8 becomes `\xHH`; nothing else is escaped here.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Raw(pub Vec<u8>);

impl Raw {
    /// As text, with invalid UTF-8 written as `\xHH`.
    pub fn text(&self) -> Cow<'_, str> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => self
                .0
                .utf8_chunks()
                .map(|chunk| format!("{}{}", chunk.valid(), chunk.invalid().escape_ascii()))
                .collect(),
        }
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into_bytes()))
    }
}

/// A number with one decimal, held as tenths so that it compares and rounds the same everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tenths(pub u32);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl Serialize for Tenths {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 10.0)
    }
}

impl<'de> Deserialize<'de> for Tenths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(deserializer)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the range of u32"
        )]
        let tenths = (value * 10.0).round().clamp(0.0, f64::from(u32::MAX)) as u32;
        Ok(Self(tenths))
    }
}

/// Whether an incident is news to whoever reads reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Seen for the first time; always so in an ad hoc run.
    New,
    /// Known, and grown.
    Updated,
    /// Quiet for long enough.
    Closed,
    /// No longer held by the evidence.
    Withdrawn,
}

/// Findings that belong together, scored. Field by field the contract of `incident.md`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Incident {
    /// Always `gatehound.incident.v1`.
    pub schema: Cow<'static, str>,
    /// `gh-` and sixteen hexadecimal digits.
    pub id: String,
    /// 1 for the worst.
    pub rank: u32,
    /// Whether it is news.
    pub status: Status,
    /// Ids of incidents that this one swallowed.
    pub supersedes: Vec<String>,
    /// The kind of the finding with the worst outcome, then score.
    pub kind: Kind,
    /// Every finding's kind.
    pub kinds: Vec<Kind>,
    /// The stages of the story.
    pub stages: Vec<Stage>,
    /// How much a person should care.
    pub severity: Severity,
    /// 0 to 100; the ranking.
    pub score: Tenths,
    /// 0 to 1 in hundredths.
    pub confidence: Confidence,
    /// How far it got.
    pub outcome: Outcome,
    /// What identities the log told.
    pub fidelity: Fidelity,
    /// One line.
    pub title: String,
    /// One or two sentences, with numbers.
    pub summary: String,
    /// The first request of it.
    pub first_seen: Stamp,
    /// The last request of it.
    pub last_seen: Stamp,
    /// Requests over time.
    pub activity: Activity,
    /// How many requests.
    pub requests: u64,
    /// How many bytes went out to it.
    pub bytes_out: u64,
    /// Whom the evidence is held against.
    pub entities: Entities,
    /// What was lost.
    pub impact: Impact,
    /// What each detector proved.
    pub findings: Vec<Proof>,
    /// What else it might have been.
    pub confounders: Vec<ConfounderNote>,
    /// Where to read more.
    pub references: References,
    /// Lines of the log.
    pub evidence: Vec<Evidence>,
    /// What to do, first things first.
    pub recommendations: Vec<String>,
    /// The look-alike or config entry that holds it back; absent on an incident that is reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
}

/// An instant that shows itself as RFC 3339 with milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub Time);

/// A share of one, in hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(pub u8);

/// Requests over time: `requests[i]` of them in the `step_s` seconds from `start + i * step_s`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Activity {
    /// When the first step begins.
    pub start: Stamp,
    /// How long a step is, in seconds.
    pub step_s: u32,
    /// How many requests in each step.
    pub requests: Vec<u64>,
}

/// Whom the evidence is held against, each list ordered by weight and cut at `--max-entities`, its full length beside it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each is named as in the contract, with its total")]
pub struct Entities {
    pub source_ips: Vec<Address>,
    pub source_ips_total: u64,
    pub networks: Vec<Network>,
    pub networks_total: u64,
    pub users: Vec<Raw>,
    pub users_total: u64,
    pub tokens: Vec<String>,
    pub tokens_total: u64,
    pub sessions: Vec<String>,
    pub sessions_total: u64,
    pub consumers: Vec<Raw>,
    pub consumers_total: u64,
    pub user_agents: Vec<Raw>,
    pub user_agents_total: u64,
    pub hosts: Vec<Raw>,
    pub hosts_total: u64,
    pub countries: Vec<String>,
    pub asns: Vec<u32>,
    pub endpoints: Vec<Endpoint>,
    pub endpoints_total: u64,
}

/// A client: an address, or the host name that the log has instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(pub Raw);

/// A network that holds sources.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Network {
    /// `192.0.2.0/24`, `2001:db8::/64`.
    pub cidr: String,
    /// How many sources are in it.
    pub addresses: u64,
    /// How many other clients are in it.
    pub bystanders: u64,
}

/// A route that was used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Endpoint {
    /// The method.
    pub method: Cow<'static, str>,
    /// The template.
    pub template: Raw,
    /// How many requests.
    pub requests: u64,
}

/// What was lost.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Impact {
    /// Accounts that were opened.
    pub compromised_users: Vec<Raw>,
    /// How many.
    pub compromised_users_total: u64,
    /// How many different objects were read.
    pub objects_read: u64,
    /// How many bytes were taken.
    pub bytes_read: u64,
}

/// What one detector proved, as the incident shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// The detector's id.
    pub detector: Cow<'static, str>,
    /// The form of the threat.
    pub variant: Cow<'static, str>,
    /// The kind.
    pub kind: Kind,
    /// How far it got.
    pub outcome: Outcome,
    /// 0 to 100.
    pub score: Tenths,
    /// One sentence with numbers.
    pub reason: String,
    /// The tests that it passed.
    pub tests: Vec<Test>,
    /// Counts by name.
    pub metrics: BTreeMap<Cow<'static, str>, u64>,
    /// How many entities, by the names of [`Entities`].
    pub entities: BTreeMap<Cow<'static, str>, u64>,
    /// The rule that matched, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleName>,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleName {
    /// Its id, or its title where it has none.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its level, in its author's word.
    pub level: Cow<'static, str>,
}

/// A test: `value` was held against `threshold`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Test {
    /// What was measured.
    pub name: Cow<'static, str>,
    /// What came out.
    pub value: Tenths,
    /// What it takes.
    pub threshold: Tenths,
    /// `%`, `requests`, `min` …; empty for a plain number.
    pub unit: Cow<'static, str>,
}

/// A harmless thing that it might have been.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConfounderNote {
    /// The look-alike's name.
    pub name: Cow<'static, str>,
    /// 0 (certainly not) to 1 (certainly).
    pub score: Confidence,
    /// Why, with numbers.
    pub reason: String,
}

/// Where to read more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct References {
    /// MITRE ATT&CK techniques.
    pub attack: Vec<Cow<'static, str>>,
    /// OWASP API Security Top 10.
    pub owasp_api: Vec<Cow<'static, str>>,
    /// OWASP Automated Threats.
    pub oat: Vec<Cow<'static, str>>,
    /// CWE.
    pub cwe: Vec<Cow<'static, str>>,
}

/// A line of the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Evidence {
    /// The source.
    pub source: Raw,
    /// The line, from 1; absent where it was not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The offset in the (decompressed) source.
    pub offset: u64,
    /// When.
    pub time: Stamp,
    /// `first`, `last`, `success` …
    pub why: Cow<'static, str>,
    /// The line, secrets masked; absent where it could not be read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Raw>,
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.rfc3339(3))
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let instant = text.parse::<jiff::Timestamp>().map_err(serde::de::Error::custom)?;
        Ok(Self(Time(instant.as_microsecond())))
    }
}

impl Serialize for Confidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.0) / 100.0)
    }
}

impl<'de> Deserialize<'de> for Confidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let share = f64::deserialize(deserializer)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=100")]
        let hundredths = (share * 100.0).round().clamp(0.0, 100.0) as u8;
        Ok(Self(hundredths))
    }
}
