//! A rule that can be matched.

use std::path::PathBuf;

use super::example::Example;
use super::expr::Expr;
use super::field::Field;

/// How much the author of a rule thinks somebody should care, mildest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing.
    Informational,
    /// Rarely worth a look.
    Low,
    /// Worth a look.
    #[default]
    Medium,
    /// Worth one now.
    High,
    /// Worth waking somebody.
    Critical,
}

impl Level {
    /// What it is worth among signals, 0 to 100.
    pub fn score(self) -> u8 {
        match self {
            Self::Informational => 30,
            Self::Low => 50,
            Self::Medium => 60,
            Self::High => 80,
            Self::Critical => 95,
        }
    }

    /// Its name in rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One detection rule, compiled.
#[derive(Debug)]
pub struct Rule {
    /// Its id; where it has none, its title.
    pub id: String,
    /// Another name that correlations know it by.
    pub name: Option<String>,
    /// Its title.
    pub title: String,
    /// How much somebody should care.
    pub level: Level,
    /// `attack.t1190`, `cve.2021-44228` …
    pub tags: Vec<String>,
    /// `experimental`, `test`, `stable`; empty where it says nothing.
    pub status: String,
    /// What it looks for, in its author's words.
    pub description: String,
    /// What else may match, in its author's words.
    pub falsepositives: Vec<String>,
    /// `webserver`, `proxy`, or the product.
    pub logsource: String,
    /// Where it stands.
    pub path: PathBuf,
    /// Requests that it must match, and some that it must not.
    pub examples: Vec<Example>,
    /// Whether a match is told by itself, not only counted by correlations.
    pub(super) is_told: bool,
    /// When it matches.
    pub(super) expr: Expr,
}

impl Rule {
    /// Whether a match is told by itself, not only counted by correlations.
    pub fn is_told(&self) -> bool {
        self.is_told
    }

    /// Whether a single match tells of more than a try: the rule asks how the request was answered, or is about what goes
    /// out through a proxy.
    pub fn is_telling(&self) -> bool {
        self.logsource == "proxy" || self.expr.asks(Field::Status)
    }

    /// The ATT&CK techniques that its tags name: `T1190`.
    pub fn techniques(&self) -> Vec<String> {
        techniques(&self.tags)
    }
}

/// The ATT&CK techniques that tags name.
pub(super) fn techniques(tags: &[String]) -> Vec<String> {
    let technique = |tag: &String| {
        let name = tag.strip_prefix("attack.t")?;
        name.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("T{name}"))
    };
    tags.iter().filter_map(technique).collect()
}
