//! Rules over several lines: how often other rules match within a time, with which values, in which order.
//!
//! Of each match a [`Note`] is taken: for whom it counts, and a word: the value that matters, or which rule it was. Notes
//! of one group, by second, are all that a correlation is judged by, so neither threads nor the order of files play a part.

mod compile;
mod ranks;
mod window;

use std::path::PathBuf;

pub(super) use compile::{Named, Pending, compile};

use super::facts::Facts;
use super::field::Field;
use super::rule::{Level, techniques};
use crate::hash::Keys;
use crate::time::Seconds;

/// No correlation groups by more fields.
pub const GROUPED: usize = 6;

/// A set of rules has no more correlations.
pub(super) const MOST: usize = 64;

/// The word of a match that has no value to count.
const NO_VALUE: u64 = u64::MAX;

/// Parts that a whole number of a rule's is divided into.
const PARTS: i128 = 1_000_000;

/// One correlation, compiled.
#[derive(Debug)]
pub struct Correlation {
    /// Its id; where it has none, its title.
    pub id: String,
    /// Another name that correlations know it by.
    pub name: Option<String>,
    /// Its title.
    pub title: String,
    /// How much somebody should care.
    pub level: Level,
    /// `attack.t1110` …
    pub tags: Vec<String>,
    /// Where it stands.
    pub path: PathBuf,
    /// The fields that it groups by, in its own words.
    pub by: Vec<String>,
    /// What it looks at, one for each rule that it names.
    roles: Vec<Role>,
    what: What,
    /// Seconds.
    span: i64,
    /// All must hold.
    thresholds: Vec<(Than, i128)>,
    /// Must hold as well, of which rules matched.
    also: Option<Formula>,
    /// Whether it is told by itself, not only counted by others.
    pub(super) is_told: bool,
}

/// What a correlation looks at.
#[derive(Debug)]
enum Role {
    /// Matches of a rule, grouped by these fields.
    Rule(Vec<Field>),
    /// Another correlation; of each field that is grouped by, its place among the other's.
    Correlation(u16, Vec<Option<usize>>),
}

/// What is counted.
#[derive(Debug)]
enum What {
    /// Matches.
    Events,
    /// Different values.
    Values(Vec<Field>),
    /// Rules that match at all.
    Rules,
    /// Rules that match one after the other, as they are listed.
    Sequence,
    /// What the values add up to.
    Sum(Field),
    /// The mean of the values.
    Mean(Field),
    /// The value that so many of a hundred are not above.
    Percentile(Field, u64),
}

/// How a value compares with a threshold.
#[derive(Clone, Copy, Debug)]
enum Than {
    Less,
    Most,
    Greater,
    Least,
    Equal,
    Unequal,
}

/// A condition on which of the roles are filled.
#[derive(Debug)]
enum Formula {
    All(Vec<Formula>),
    Any(Vec<Formula>),
    Not(Box<Formula>),
    Role(usize),
}

/// One match, as a correlation counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// The number of the correlation.
    pub correlation: u16,
    /// For whom it counts: a hash of each value that is grouped by, 0 for none.
    pub by: [u64; GROUPED],
    /// What is counted.
    pub word: u64,
}

/// Notes of one group: second, word, and how many; ascending.
pub type Ticks = [(i64, u64, u64)];

impl Correlation {
    /// The note that a match of `role` leaves.
    pub(super) fn note(&self, number: u16, role: u16, facts: &Facts<'_>, keys: &Keys) -> Option<Note> {
        let Some(Role::Rule(fields)) = self.roles.get(usize::from(role)) else { return None };
        let mut by = [0; GROUPED];
        for (hash, &field) in by.iter_mut().zip(fields) {
            *hash = facts.value(field).map_or(0, |value| keys.bytes(&value.text()).max(1));
        }
        let word = match &self.what {
            What::Events => 0,
            What::Rules | What::Sequence => u64::from(role),
            What::Values(fields) => values(fields, facts, keys).unwrap_or(NO_VALUE),
            What::Sum(field) | What::Mean(field) | What::Percentile(field, _) => {
                facts.value(*field).and_then(|value| value.number()).and_then(word_of).unwrap_or(NO_VALUE)
            }
        };
        Some(Note { correlation: number, by, word })
    }

    /// The correlations that it looks at: number, role, and for whom a match of theirs counts here.
    pub fn others(&self) -> impl Iterator<Item = (u16, u64, impl Fn(&[u64; GROUPED]) -> [u64; GROUPED])> {
        self.roles.iter().zip(0_u64..).filter_map(|(role, number)| match role {
            Role::Rule(_) => None,
            Role::Correlation(other, places) => Some((*other, number, move |theirs: &[u64; GROUPED]| {
                let mut by = [0; GROUPED];
                for (hash, place) in by.iter_mut().zip(places) {
                    *hash = place.and_then(|place| theirs.get(place).copied()).unwrap_or(0);
                }
                by
            })),
        })
    }

    /// Whether it is told by itself, not only counted by others.
    pub fn is_told(&self) -> bool {
        self.is_told
    }

    /// The place of the user among what it groups by, and of the agent.
    pub fn names(&self) -> [Option<usize>; 2] {
        let fields = self.roles.iter().find_map(|role| match role {
            Role::Rule(fields) => Some(&**fields),
            Role::Correlation(..) => None,
        });
        let place = |field| fields.and_then(|fields| fields.iter().position(|&one| one == field));
        [place(Field::User), place(Field::Agent)]
    }

    /// What `value` of it means, in words.
    pub fn told(&self, value: u64) -> String {
        let within = Seconds(u32::try_from(self.span).unwrap_or(u32::MAX));
        let roles = self.roles.len();
        match &self.what {
            What::Events => format!("{value} matches within {within}"),
            What::Values(_) => format!("{value} different values within {within}"),
            What::Rules => format!("{value} of its {roles} rules within {within}"),
            What::Sequence => format!("its {roles} rules in their order within {within}"),
            What::Sum(_) => format!("values that add up to {value} within {within}"),
            What::Mean(_) => format!("values of {value} on average within {within}"),
            What::Percentile(_, of) => format!("a {of}th percentile of {value} within {within}"),
        }
    }

    /// The ATT&CK techniques that its tags name: `T1110`.
    pub fn techniques(&self) -> Vec<String> {
        techniques(&self.tags)
    }
}

/// The hash of some values, if all are there.
fn values(fields: &[Field], facts: &Facts<'_>, keys: &Keys) -> Option<u64> {
    let mut joined = Vec::new();
    for &field in fields {
        joined.extend_from_slice(&facts.value(field)?.text());
        joined.push(0x1f);
    }
    Some(keys.bytes(&joined).min(NO_VALUE - 1))
}

/// A number as a word, in millionths; words compare as their numbers do. None where it is no finite number.
#[expect(clippy::cast_possible_truncation, reason = "what is beyond saturates")]
fn word_of(number: f64) -> Option<u64> {
    let parts = (number * 1e6).round() as i64;
    number.is_finite().then(|| (parts.cast_unsigned() ^ 1 << 63).min(NO_VALUE - 1))
}

/// The millionths of a word.
fn parts_of(word: u64) -> i128 {
    i128::from((word ^ 1 << 63).cast_signed())
}

impl Than {
    fn holds(self, a: i128, b: i128) -> bool {
        match self {
            Self::Less => a < b,
            Self::Most => a <= b,
            Self::Greater => a > b,
            Self::Least => a >= b,
            Self::Equal => a == b,
            Self::Unequal => a != b,
        }
    }
}

impl Formula {
    /// Whether it holds where `is_filled` says so of a role. Depth is bounded by the parser.
    fn holds(&self, is_filled: &impl Fn(usize) -> bool) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(is_filled)),
            Self::Any(any) => any.iter().any(|one| one.holds(is_filled)),
            Self::Not(one) => !one.holds(is_filled),
            Self::Role(role) => is_filled(*role),
        }
    }
}
