//! What a simulated log holds, `gatehound.truth.v1`: every attack and every look-alike with its entities and times.

use serde::{Deserialize, Serialize};

/// The labels of one log.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Truth {
    /// `gatehound.truth.v1`.
    #[serde(default)]
    pub schema: String,
    /// Lines in the log.
    #[serde(default)]
    pub lines: u64,
    /// What an analyst should be told of.
    #[serde(default)]
    pub attacks: Vec<Attack>,
    /// What only looks like an attack.
    #[serde(default)]
    pub benign: Vec<Benign>,
}

/// One attack. Fields that a truth lacks are empty.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Attack {
    /// A name, the only one in its truth.
    pub id: String,
    /// The kind that an incident should say.
    pub kind: String,
    /// `easy`, `medium` or `hard`.
    #[serde(default)]
    pub difficulty: String,
    /// How it ended, where that is beyond dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The addresses it came from.
    #[serde(default)]
    pub ips: Vec<String>,
    /// Accounts that the attacker acts as, or the one account under attack.
    #[serde(default)]
    pub users: Vec<String>,
    /// Hashed tokens that the attacker holds.
    #[serde(default)]
    pub tokens: Vec<String>,
    /// The first request, in epoch seconds.
    pub start: f64,
    /// The last request, in epoch seconds.
    pub end: f64,
    /// How many lines it wrote.
    #[serde(default)]
    pub requests: u64,
}

/// One look-alike.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Benign {
    /// A name, the only one in its truth.
    pub id: String,
    /// Why it is harmless.
    #[serde(default)]
    pub why: String,
    /// Its addresses.
    #[serde(default)]
    pub ips: Vec<String>,
    /// Its accounts.
    #[serde(default)]
    pub users: Vec<String>,
    /// Its hashed tokens.
    #[serde(default)]
    pub tokens: Vec<String>,
}

/// The schema's name.
pub const SCHEMA: &str = "gatehound.truth.v1";
