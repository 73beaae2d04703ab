//! Where a rule is wrong, and in what way.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// What may stand behind a field's name (Sigma specification 2.1, appendix on modifiers).
const MODIFIERS: [&str; 30] = [
    "all",
    "base64",
    "base64offset",
    "cased",
    "cidr",
    "contains",
    "day",
    "endswith",
    "exists",
    "fieldref",
    "gt",
    "gte",
    "hour",
    "i",
    "lt",
    "lte",
    "m",
    "minute",
    "month",
    "neq",
    "re",
    "s",
    "startswith",
    "utf16",
    "utf16be",
    "utf16le",
    "week",
    "wide",
    "windash",
    "year",
];

/// What is wrong with a rule, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The file.
    pub path: PathBuf,
    /// The line, counted from 1; 0 where none can be named.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path.display(), self.message),
            line => write!(f, "{}:{line}: {}", self.path.display(), self.message),
        }
    }
}

/// Why a rule cannot be matched.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Text that stands in the line that is to blame.
    pub(super) near: String,
    /// What is wrong, and what to do.
    pub(super) message: String,
}

impl Refusal {
    /// One that is to blame on the line that holds `near`.
    pub(super) fn new(near: impl Into<String>, message: impl Into<String>) -> Self {
        Self { near: near.into(), message: message.into() }
    }
}

/// The text of a file, to find lines in.
#[derive(Clone, Copy)]
pub(super) struct Page<'p> {
    pub(super) path: &'p Path,
    pub(super) text: &'p str,
}

impl Page<'_> {
    /// A mistake in the rule called `title`, on the first of its lines that holds `near`.
    pub(super) fn mistake(self, title: &str, near: &str, message: impl Into<String>) -> Mistake {
        let lines = || self.text.lines().zip(1..);
        let holds = |line: &str, word: &str| !word.is_empty() && line.contains(word);
        let start = lines().find(|(line, _)| holds(line, title) && line.contains("title"));
        let start = start.map_or(1, |(_, number)| number);
        let found = lines().find(|(line, number)| start <= *number && holds(line, near));
        let found = found.or_else(|| lines().find(|(line, _)| holds(line, near)));
        let line = found.map_or(start, |(_, number)| number);
        Mistake { path: self.path.to_owned(), line, message: message.into() }
    }

    /// A mistake that the reader of YAML tells of; it names the line, or a word that stands in it.
    pub(super) fn told(self, message: &str) -> Mistake {
        let told = message.split("line ").nth(1).map(|rest| rest.split(|c: char| !c.is_ascii_digit()));
        let line = told.and_then(|mut parts| parts.next()?.parse().ok()).filter(|_| message.contains("YAML"));
        let word = message.split('\'').nth(1).unwrap_or_default();
        let first = match message.strip_prefix("Unknown modifier") {
            Some(_) => Error::unknown("modifier", word, &MODIFIERS).to_string(),
            None => message.lines().next().unwrap_or_default().trim_end().to_owned(),
        };
        match line {
            Some(line) => Mistake { path: self.path.to_owned(), line, message: first },
            None => self.mistake("", word, first),
        }
    }
}
