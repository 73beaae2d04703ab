//! A rule that can be matched, and all of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::example::Example;
use super::expr::Expr;
use super::field::Field;
use super::filter::Filter;
use super::place::Mistake;

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
    /// When it matches.
    pub(super) expr: Expr,
}

impl Rule {
    /// Whether a single match tells of more than a try: the rule asks how the request was answered, or is about what goes
    /// out through a proxy.
    pub fn is_telling(&self) -> bool {
        self.logsource == "proxy" || self.expr.asks(Field::Status)
    }

    /// The ATT&CK techniques that its tags name: `T1190`.
    pub fn techniques(&self) -> Vec<String> {
        let technique = |tag: &String| {
            let name = tag.strip_prefix("attack.t")?;
            name.starts_with(|c: char| c.is_ascii_digit()).then(|| format!("T{name}"))
        };
        self.tags.iter().filter_map(technique).collect()
    }
}

/// All rules that were loaded, the weightiest first, ready to be matched. A rule's number is its place among them.
#[derive(Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    pub(super) filter: Filter,
}

/// There are no more rules than numbers for them.
const MOST: usize = u16::MAX as usize;

impl Rules {
    /// Orders rules and prepares them; of several with one id the last given stays. What is said where there are too many.
    pub(super) fn new(rules: Vec<Rule>) -> (Self, Option<Mistake>) {
        let by_id: BTreeMap<String, Rule> = rules.into_iter().map(|rule| (rule.id.clone(), rule)).collect();
        let mut rules: Vec<Rule> = by_id.into_values().collect();
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.level));
        let first_left_out = rules.get(MOST).map(|rule| rule.path.clone());
        rules.truncate(MOST);
        let filter = Filter::new(rules.iter().map(|rule| &rule.expr));
        let message = format!("more than {MOST} rules; this one and all that weigh less are left out");
        (Self { rules, filter }, first_left_out.map(|path| Mistake { path, line: 0, message }))
    }

    /// Whether there is nothing to match.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// The rule with this number.
    pub fn get(&self, number: u16) -> Option<&Rule> {
        self.rules.get(usize::from(number))
    }

    /// All of them, the weightiest first.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.iter()
    }

    /// How many must be looked at for every line, since nothing that they need could be looked for.
    pub fn unfiltered(&self) -> usize {
        self.filter.unfiltered()
    }
}
