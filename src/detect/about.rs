//! What a user reads about a detector; `explain` prints it.

use crate::incident::{Kind, References};
use crate::request::Flags;
use crate::tally::Filled;

/// What a user reads about a detector.
pub struct About {
    /// The name that findings carry and `explain` takes.
    pub id: &'static str,
    /// The kinds of incident that it can lead to.
    pub kinds: &'static [Kind],
    /// One line.
    pub summary: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What it looks like in a log.
    pub looks_like: &'static str,
    /// What looks alike and is harmless, and how the two are told apart.
    pub look_alikes: &'static str,
    /// What it cannot see.
    pub blind_spots: &'static str,
    /// Its thresholds.
    pub thresholds: &'static [Threshold],
    /// Fields without which it sees less.
    pub needs: &'static [Needs],
    /// Where to read more: ATT&CK, OWASP API, OWASP automated threats, CWE.
    pub attack: &'static [&'static str],
    /// OWASP API Security Top 10.
    pub owasp_api: &'static [&'static str],
    /// OWASP Automated Threats.
    pub oat: &'static [&'static str],
    /// CWE.
    pub cwe: &'static [&'static str],
}

/// A threshold, with its meaning and its unit.
pub struct Threshold {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// Its unit.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// A field without which a detector sees less.
pub struct Needs {
    /// Any of these flags will do.
    pub any_of: &'static [Flags],
    /// What is missing where none is ever set.
    pub missing: &'static str,
    /// What to add to the gateway's config.
    pub fix: &'static str,
    /// What the detector sees without it.
    pub without: Sight,
}

/// How much a detector sees of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    /// It can prove nothing.
    Nothing,
    /// It proves less, or later.
    Less,
    /// All that it can use is there.
    All,
}

impl Sight {
    /// What pages call a detector that sees so much.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "blind",
            Self::Less => "half-blind",
            Self::All => "sees all",
        }
    }
}

/// What whoever judges by how requests were answered needs.
pub(crate) const ANSWERS: Needs = Needs {
    any_of: &[Flags::STATUS],
    missing: "answers",
    fix: "log the status: nginx `$status`, Apache `%>s`, Envoy `%RESPONSE_CODE%`",
    without: Sight::Nothing,
};

impl Needs {
    /// Whether one of the flags is ever set.
    #[must_use]
    pub fn are_met(&self, filled: &Filled) -> bool {
        self.any_of.iter().any(|&flag| filled.count(flag) > 0)
    }
}

impl About {
    /// The references as an incident carries them.
    pub fn references(&self) -> References {
        let list = |words: &'static [&'static str]| words.iter().map(|&word| word.into()).collect();
        References {
            attack: list(self.attack),
            owasp_api: list(self.owasp_api),
            oat: list(self.oat),
            cwe: list(self.cwe),
        }
    }
}
