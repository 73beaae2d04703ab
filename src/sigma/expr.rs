//! When a rule matches: tests on fields, joined by all, any and not.

use std::net::IpAddr;

use ipnet::IpNet;
use regex::bytes::Regex;
use rsigma_parser::Modifier;

use super::facts::{Facts, Value, readable};
use super::field::Field;
use super::needle::Zone;
use super::pattern::{Op, Pattern, fold};

/// When a rule matches.
#[derive(Debug)]
pub(super) enum Expr {
    /// All of them; of none: yes.
    All(Vec<Expr>),
    /// Any of them; of none: no.
    Any(Vec<Expr>),
    /// At least so many of them.
    Least(u64, Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A field passes a test.
    Field(Field, Test),
    /// The raw record holds any of these.
    Keywords(Vec<Pattern>),
    /// The raw record matches this.
    Record(Regex),
}

impl From<Vec<Expr>> for Expr {
    /// Any of them.
    fn from(mut any: Vec<Expr>) -> Self {
        match any.pop() {
            Some(only) if any.is_empty() => only,
            last => {
                any.extend(last);
                Self::Any(any)
            }
        }
    }
}

/// What is asked of a field.
#[derive(Debug)]
pub(super) enum Test {
    /// Its text, by any of these.
    Text(Vec<Pattern>),
    /// Its text, by a regular expression; what it requires is read off its text.
    Regex(Regex),
    /// It is an address of one of these networks, which are in order and do not overlap.
    Network(Vec<IpNet>),
    /// It is a number that compares so.
    Number(Compare, f64),
    /// It is there, or it is not.
    Exists(bool),
    /// It is not there.
    Null,
    /// It says yes, or no.
    Truth(bool),
    /// Its text against that of another field.
    Other {
        /// The other field.
        field: Field,
        /// How.
        op: Op,
        /// Whether case matters.
        cased: bool,
    },
    /// A part of the instant that it names.
    Part(Part, f64),
}

/// How numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compare {
    /// Equal.
    Equal,
    /// Less.
    Less,
    /// Less or equal.
    Most,
    /// Greater.
    Greater,
    /// Greater or equal.
    Least,
}

/// A part of an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// For so many tests a text with wildcards inside counts.
const WILD: usize = 20;

impl Expr {
    /// Whether it is true of a line. Depth is bounded where expressions are made.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(facts)),
            Self::Any(any) => any.iter().any(|one| one.holds(facts)),
            Self::Least(least, of) => *least <= of.iter().map(|one| u64::from(one.holds(facts))).sum::<u64>(),
            Self::Not(one) => !one.holds(facts),
            Self::Keywords(patterns) => Pattern::any_is_in(patterns, &readable(facts.record)),
            Self::Record(regex) => regex.is_match(&readable(facts.record)),
            Self::Field(field, test) => test.passes(*field, facts),
        }
    }

    /// Whether it could be true for all that one zone says of a line: tests on anything else count as passed.
    pub(super) fn could_hold(&self, facts: &Facts<'_>, zone: Zone) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.could_hold(facts, zone)),
            Self::Any(any) => any.iter().any(|one| one.could_hold(facts, zone)),
            Self::Least(least, of) => {
                *least <= of.iter().map(|one| u64::from(one.could_hold(facts, zone))).sum::<u64>()
            }
            Self::Not(one) => !one.is_settled_by(zone) || !one.holds(facts),
            Self::Field(_, Test::Other { .. }) | Self::Keywords(_) | Self::Record(_) => true,
            Self::Field(field, test) => !zone.settles(*field) || test.passes(*field, facts),
        }
    }

    /// Whether it asks for nothing but what the zone says.
    fn is_settled_by(&self, zone: Zone) -> bool {
        match self {
            Self::All(of) | Self::Any(of) | Self::Least(_, of) => {
                of.iter().all(|one| one.is_settled_by(zone))
            }
            Self::Not(one) => one.is_settled_by(zone),
            Self::Field(_, Test::Other { .. }) | Self::Keywords(_) | Self::Record(_) => false,
            Self::Field(field, _) => zone.settles(*field),
        }
    }

    /// Whether it asks for `field`, other than to rule it out.
    pub(super) fn asks(&self, field: Field) -> bool {
        match self {
            Self::All(of) | Self::Any(of) | Self::Least(_, of) => of.iter().any(|one| one.asks(field)),
            Self::Field(asked, _) => *asked == field,
            Self::Not(_) | Self::Keywords(_) | Self::Record(_) => false,
        }
    }

    /// Whether it asks what `other` asks; of texts and expressions that is not looked into.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let (Self::Field(field, one), Self::Field(of, another)) = (self, other) else { return false };
        field == of
            && match (one, another) {
                (Test::Null, Test::Null) => true,
                (Test::Exists(one), Test::Exists(another)) | (Test::Truth(one), Test::Truth(another)) => {
                    one == another
                }
                (Test::Number(compare, one), Test::Number(compares, another)) => {
                    compare == compares && one.to_bits() == another.to_bits()
                }
                _ => false,
            }
    }

    /// How many tests it holds; one with wildcards inside takes as long as many others.
    pub(super) fn tests(&self) -> usize {
        match self {
            Self::All(of) | Self::Any(of) | Self::Least(_, of) => of.iter().map(Self::tests).sum(),
            Self::Not(one) => one.tests(),
            Self::Field(_, Test::Text(patterns)) | Self::Keywords(patterns) => {
                patterns.iter().map(|pattern| if pattern.pieces.len() > 1 { WILD } else { 1 }).sum()
            }
            Self::Record(_) | Self::Field(..) => 1,
        }
    }
}

impl Test {
    /// Whether `field` passes.
    fn passes(&self, field: Field, facts: &Facts<'_>) -> bool {
        match self {
            Self::Exists(wanted) => facts.value(field).is_some() == *wanted,
            Self::Null => facts.value(field).is_none(),
            Self::Text(patterns) => facts.any(field, |value| Pattern::any_is_in(patterns, &value.text())),
            Self::Regex(regex) => facts.any(field, |value| regex.is_match(&value.text())),
            Self::Network(networks) => {
                facts.any(field, |value| address(value).is_some_and(|address| is_in(address, networks)))
            }
            Self::Number(compare, than) => {
                facts.any(field, |value| value.number().is_some_and(|number| compare.holds(number, *than)))
            }
            Self::Truth(wanted) => facts.any(field, |value| truth(&value.text()) == Some(*wanted)),
            Self::Other { field: other, op, cased } => facts.value(*other).is_some_and(|other| {
                let other = other.text();
                facts.any(field, |value| op.holds(&value.text(), &other, *cased))
            }),
            Self::Part(part, wanted) => facts.any(field, |value| {
                let part = part.of(&value.text());
                part.is_some_and(|part| Compare::Equal.holds(part, *wanted))
            }),
        }
    }
}

/// Whether an address lies in one of some networks, which are in order and do not overlap.
fn is_in(address: IpAddr, networks: &[IpNet]) -> bool {
    let behind = networks.partition_point(|network| network.network() <= address);
    behind.checked_sub(1).and_then(|at| networks.get(at)).is_some_and(|network| network.contains(&address))
}

/// The address that a value is.
fn address(value: &Value<'_>) -> Option<IpAddr> {
    std::str::from_utf8(&value.text()).ok()?.parse().ok()
}

/// Yes or no in the words that logs have for it.
fn truth(text: &[u8]) -> Option<bool> {
    match &*fold(text) {
        b"true" | b"1" | b"yes" => Some(true),
        b"false" | b"0" | b"no" => Some(false),
        _ => None,
    }
}

impl Compare {
    /// How a modifier compares numbers.
    pub(super) fn named(modifier: Modifier) -> Option<Self> {
        Some(match modifier {
            Modifier::Lt => Self::Less,
            Modifier::Lte => Self::Most,
            Modifier::Gt => Self::Greater,
            Modifier::Gte => Self::Least,
            _ => return None,
        })
    }

    /// Whether `a` compares so with `b`.
    fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Self::Equal => (a - b).abs() < f64::EPSILON,
            Self::Less => a < b,
            Self::Most => a <= b,
            Self::Greater => a > b,
            Self::Least => a >= b,
        }
    }
}

impl Part {
    /// Which part of an instant a modifier takes.
    pub(super) fn named(modifier: Modifier) -> Option<Self> {
        Some(match modifier {
            Modifier::Minute => Self::Minute,
            Modifier::Hour => Self::Hour,
            Modifier::Day => Self::Day,
            Modifier::Week => Self::Week,
            Modifier::Month => Self::Month,
            Modifier::Year => Self::Year,
            _ => return None,
        })
    }

    /// This part of an instant that is written by RFC 3339.
    fn of(self, text: &[u8]) -> Option<f64> {
        let instant: jiff::Timestamp = std::str::from_utf8(text).ok()?.parse().ok()?;
        let civil = instant.to_zoned_datetime(jiff::tz::TimeZone::UTC);
        Some(match self {
            Self::Minute => f64::from(civil.minute()),
            Self::Hour => f64::from(civil.hour()),
            Self::Day => f64::from(civil.day()),
            Self::Week => f64::from(civil.date().iso_week_date().week()),
            Self::Month => f64::from(civil.month()),
            Self::Year => f64::from(civil.year()),
        })
    }
}
