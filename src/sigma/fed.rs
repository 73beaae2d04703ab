//! Which fields a log fills, and which rules can therefore never match it.

use std::collections::BTreeSet;

use super::expr::{Expr, Test};
use super::facts::Facts;
use super::field::Field;
use super::rule::Rule;

/// Fields that a log fills.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fed(BTreeSet<Field>);

impl Fed {
    /// Adds the fields that a line fills.
    pub fn add(&mut self, facts: &Facts<'_>) {
        self.0.extend(Field::all().into_iter().filter(|&field| facts.value(field).is_some()));
    }

    /// The names of the fields, as Sigma's taxonomy has them.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().filter_map(|field| field.name()).collect()
    }
}

impl Rule {
    /// The fields without which it can never match; empty where it can.
    pub fn lacks(&self, fed: &Fed) -> Vec<&'static str> {
        if self.expr.could(fed) {
            return Vec::new();
        }
        let mut asked = BTreeSet::new();
        self.expr.lacking(fed, &mut asked);
        asked.into_iter().map(|field| field.name().unwrap_or("a field that no log has")).collect()
    }
}

impl Expr {
    /// Whether it can be true of any line with these fields. Depth is bounded where expressions are made.
    fn could(&self, fed: &Fed) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.could(fed)),
            Self::Any(any) => any.iter().any(|one| one.could(fed)),
            Self::Least(least, of) => *least <= of.iter().map(|one| u64::from(one.could(fed))).sum::<u64>(),
            Self::Not(one) => !one.must(fed),
            Self::Keywords(_) | Self::Record(_) => true,
            Self::Field(field, test) => fed.0.contains(field) || test.holds_of_nothing(),
        }
    }

    /// Whether it is true of every line with these fields.
    fn must(&self, fed: &Fed) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.must(fed)),
            Self::Any(any) => any.iter().any(|one| one.must(fed)),
            Self::Least(least, of) => *least <= of.iter().map(|one| u64::from(one.must(fed))).sum::<u64>(),
            Self::Not(one) => !one.could(fed),
            Self::Keywords(_) | Self::Record(_) => false,
            Self::Field(field, test) => !fed.0.contains(field) && test.holds_of_nothing(),
        }
    }

    /// Collects the fields that are asked for and not there.
    fn lacking(&self, fed: &Fed, fields: &mut BTreeSet<Field>) {
        match self {
            Self::All(of) | Self::Any(of) | Self::Least(_, of) => {
                for one in of {
                    one.lacking(fed, fields);
                }
            }
            Self::Field(field, test) if !fed.0.contains(field) && !test.holds_of_nothing() => {
                fields.insert(*field);
            }
            Self::Not(_) | Self::Keywords(_) | Self::Record(_) | Self::Field(..) => {}
        }
    }
}

impl Test {
    /// Whether a field passes that is not there.
    fn holds_of_nothing(&self) -> bool {
        matches!(self, Self::Null | Self::Exists(false))
    }
}
