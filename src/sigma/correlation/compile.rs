//! From a correlation as it is written to one that can be judged: what it names is found, and what cannot be counted in any
//! order of lines is refused.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType, WindowMode,
};

use super::{Correlation, Formula, GROUPED, Role, Than, What};
use crate::error::{Error, nearest};
use crate::sigma::field::Field;
use crate::sigma::place::{Page, Refusal};
use crate::sigma::read::level;
use crate::sigma::rule::Rule;

/// A correlation that waits for the rules that it names.
#[derive(Debug)]
pub(in crate::sigma) struct Pending {
    pub(in crate::sigma) rule: CorrelationRule,
    pub(in crate::sigma) path: PathBuf,
    /// The text of its file, to find lines in.
    pub(in crate::sigma) text: String,
}

impl Pending {
    /// Its id; where it has none, its title.
    pub(in crate::sigma) fn id(&self) -> &str {
        self.rule.id.as_deref().unwrap_or(&self.rule.title)
    }

    /// Its file.
    pub(in crate::sigma) fn page(&self) -> Page<'_> {
        Page { path: &self.path, text: &self.text }
    }
}

/// What correlations can name: rules and other correlations, by id and by name.
pub(in crate::sigma) struct Named<'n> {
    /// Numbers of rules.
    pub(in crate::sigma) rules: BTreeMap<&'n str, u16>,
    /// Numbers of correlations.
    pub(in crate::sigma) correlations: BTreeMap<&'n str, u16>,
}

impl<'n> Named<'n> {
    /// The names of all of them.
    pub(in crate::sigma) fn of(rules: &'n [Rule], pending: &'n [Pending]) -> Self {
        let mut all = Self { rules: BTreeMap::new(), correlations: BTreeMap::new() };
        for (rule, number) in rules.iter().zip(0..) {
            let names = [Some(&rule.id), rule.name.as_ref()];
            all.rules.extend(names.into_iter().flatten().map(|name| (name.as_str(), number)));
        }
        for (one, number) in pending.iter().zip(0..) {
            all.correlations.extend([(one.id(), number)]);
            all.correlations.extend(one.rule.name.as_deref().map(|name| (name, number)));
        }
        all
    }
}

/// A correlation, and the rules whose matches it notes: number of the rule, number of the role.
pub(in crate::sigma) type Compiled = (Correlation, Vec<(u16, u16)>);

/// Compiles one of `all`.
pub(in crate::sigma) fn compile(
    rule: &CorrelationRule,
    all: &[Pending],
    named: &Named<'_>,
) -> Result<Compiled, Refusal> {
    if rule.window != WindowMode::Sliding {
        return Err(Refusal::new(
            "window",
            "windows that do not slide are no part of Sigma; leave `window` out",
        ));
    }
    if rule.group_by.len() > GROUPED {
        return Err(Refusal::new("group-by", format!("more than {GROUPED} fields to group by")));
    }
    if rule.rules.is_empty() {
        return Err(Refusal::new("rules", "it names no rules; list those that it looks at"));
    }
    let what = what(rule)?;
    let (mut roles, mut noted) = (Vec::new(), Vec::<(u16, u16)>::new());
    let is_of_rules = matches!(what, What::Rules | What::Sequence);
    for (name, number) in rule.rules.iter().zip(0..) {
        if let Some(&of) = named.rules.get(name.as_str()) {
            roles.push(Role::Rule(fields(rule, name, named, of)?));
            // Who is named twice is counted once, unless it is asked in which place.
            if is_of_rules || noted.iter().all(|(known, _)| *known != of) {
                noted.push((of, number));
            }
        } else if let Some(&of) = named.correlations.get(name.as_str()) {
            if !is_of_rules {
                return Err(Refusal::new(
                    name,
                    format!(
                        "it counts how often the correlation `{name}` holds, which depends on the order of lines within a second; \
                     correlations of type `temporal` and `temporal_ordered` can look at others"
                    ),
                ));
            }
            roles.push(Role::Correlation(of, places(rule, all.get(usize::from(of)))));
        } else {
            return Err(unknown(name, named));
        }
    }
    let (thresholds, also) = condition(rule, &what)?;
    let correlation = Correlation {
        id: rule.id.clone().unwrap_or_else(|| rule.title.clone()),
        name: rule.name.clone(),
        title: rule.title.clone(),
        level: rule.level.map(level).unwrap_or_default(),
        tags: rule.tags.clone(),
        path: PathBuf::new(),
        by: rule.group_by.clone(),
        roles,
        what,
        span: i64::try_from(rule.timespan.seconds).unwrap_or(i64::MAX),
        thresholds,
        also,
        is_told: true,
    };
    Ok((correlation, noted))
}

/// A name that nothing has.
fn unknown(name: &str, named: &Named<'_>) -> Refusal {
    let known: Vec<&str> = named.rules.keys().chain(named.correlations.keys()).copied().collect();
    let near = nearest(name, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Refusal::new(name, format!("it names the rule `{name}`, which is not loaded{near}"))
}

/// What is counted.
fn what(rule: &CorrelationRule) -> Result<What, Refusal> {
    let (named, percentile) = match &rule.condition {
        CorrelationCondition::Threshold { field, percentile, .. } => (field.as_deref(), *percentile),
        CorrelationCondition::Extended(_) => (None, None),
    };
    let missing =
        || Refusal::new("condition", "the condition must name the `field` whose values are counted");
    let fields = || named.ok_or_else(missing)?.iter().map(|name| field(name)).collect::<Result<Vec<_>, _>>();
    let only = || match fields()?.as_slice() {
        [only] => Ok(*only),
        _ => Err(Refusal::new("field", "values of one field can be added up, not of several")),
    };
    Ok(match rule.correlation_type {
        CorrelationType::EventCount => What::Events,
        CorrelationType::ValueCount => What::Values(fields()?),
        CorrelationType::Temporal => What::Rules,
        CorrelationType::TemporalOrdered => What::Sequence,
        CorrelationType::ValueSum => What::Sum(only()?),
        CorrelationType::ValueAvg => What::Mean(only()?),
        CorrelationType::ValueMedian => What::Percentile(only()?, 50),
        CorrelationType::ValuePercentile => match percentile.unwrap_or(50) {
            of @ 0..=100 => What::Percentile(only()?, of),
            of => {
                return Err(Refusal::new(
                    "percentile",
                    format!("`{of}` is no percentile; it goes from 0 to 100"),
                ));
            }
        },
    })
}

/// The field that is called `name`.
fn field(name: &str) -> Result<Field, Refusal> {
    Field::named(name)
        .ok_or_else(|| Refusal::new(name, Error::unknown("field", name, &Field::names()).to_string()))
}

/// What the rule called `name`, with the number `of`, is grouped by.
fn fields(rule: &CorrelationRule, name: &str, named: &Named<'_>, of: u16) -> Result<Vec<Field>, Refusal> {
    let of_rule = |called: &&String| named.rules.get(called.as_str()) == Some(&of);
    rule.group_by
        .iter()
        .map(|by| match rule.aliases.iter().find(|alias| alias.alias == *by) {
            None => field(by),
            Some(alias) => {
                let known = alias.mapping.get(name).or_else(|| {
                    let mut called: Vec<&String> = alias.mapping.keys().filter(of_rule).collect();
                    called.sort();
                    called.first().and_then(|called| alias.mapping.get(*called))
                });
                field(known.ok_or_else(|| {
                    Refusal::new(by, format!("the alias `{by}` does not say which field of `{name}` it is"))
                })?)
            }
        })
        .collect()
}

/// Where the fields that are grouped by stand among those of another correlation.
fn places(rule: &CorrelationRule, other: Option<&Pending>) -> Vec<Option<usize>> {
    let place = |by: &String| other?.rule.group_by.iter().position(|theirs| theirs == by);
    rule.group_by.iter().map(place).collect()
}

/// What must be reached, and what must hold beside it.
#[expect(clippy::type_complexity, reason = "the two halves of a condition")]
fn condition(rule: &CorrelationRule, what: &What) -> Result<(Vec<(Than, i128)>, Option<Formula>), Refusal> {
    let all = i128::try_from(rule.rules.len()).unwrap_or(i128::MAX);
    match &rule.condition {
        CorrelationCondition::Threshold { predicates, .. } => {
            let thresholds: Vec<(Than, i128)> =
                predicates.iter().map(|&(operator, value)| (than(operator), i128::from(value))).collect();
            // Where nothing is said the parser says `gte: 1`; the specification: all rules must match.
            let is_default = matches!(thresholds.as_slice(), [(Than::Least, 1)]);
            Ok(match what {
                What::Rules if is_default => (vec![(Than::Least, all)], None),
                _ => (thresholds, None),
            })
        }
        CorrelationCondition::Extended(expr) => {
            let sequence = matches!(what, What::Sequence).then_some((Than::Least, all));
            match what {
                What::Rules | What::Sequence => {
                    Ok((sequence.into_iter().collect(), Some(formula(expr, &rule.rules)?)))
                }
                _ => Err(Refusal::new(
                    "condition",
                    "rules are joined by name in correlations of type `temporal` alone",
                )),
            }
        }
    }
}

/// A condition on names of rules. Its depth is bounded by the parser.
fn formula(expr: &ConditionExpr, names: &[String]) -> Result<Formula, Refusal> {
    let all = |of: &[ConditionExpr]| of.iter().map(|one| formula(one, names)).collect::<Result<Vec<_>, _>>();
    match expr {
        ConditionExpr::And(of) => all(of).map(Formula::All),
        ConditionExpr::Or(of) => all(of).map(Formula::Any),
        ConditionExpr::Not(one) => Ok(Formula::Not(Box::new(formula(one, names)?))),
        ConditionExpr::Identifier(name) => {
            names.iter().position(|known| known == name).map(Formula::Role).ok_or_else(|| {
                let known: Vec<&str> = names.iter().map(String::as_str).collect();
                Refusal::new("condition", Error::unknown("rule of the correlation", name, &known).to_string())
            })
        }
        ConditionExpr::Selector { .. } => Err(Refusal::new(
            "condition",
            "rules of a correlation are joined by their names, not by patterns of them",
        )),
    }
}

/// How a value is compared.
fn than(operator: ConditionOperator) -> Than {
    match operator {
        ConditionOperator::Lt => Than::Less,
        ConditionOperator::Lte => Than::Most,
        ConditionOperator::Gt => Than::Greater,
        ConditionOperator::Gte => Than::Least,
        ConditionOperator::Eq => Than::Equal,
        ConditionOperator::Neq => Than::Unequal,
    }
}
