//! From the detection section of a rule to one expression.

use std::collections::HashMap;

use rsigma_parser::{ConditionExpr, Detection, Detections, Modifier, Quantifier};

use super::expr::Expr;
use super::item;
use super::place::Refusal;
use crate::error::nearest;

/// A rule has no more tests than this.
pub(super) const TESTS: usize = 20_000;

/// A rule has no more regular expressions than this.
const EXPRESSIONS: usize = 100;

/// How many regular expressions a detection holds. Its depth is bounded by the reader of YAML.
fn expressions(detection: &Detection) -> usize {
    match detection {
        Detection::AllOf(items) => {
            let with_one = items.iter().filter(|item| item.field.modifiers.contains(&Modifier::Re));
            with_one.map(|item| item.values.len()).sum()
        }
        Detection::AnyOf(of) | Detection::And(of) => of.iter().map(expressions).sum(),
        Detection::Keywords(_) | Detection::ArrayMatch { .. } | Detection::Conditional { .. } => 0,
    }
}

/// When a rule with these detections matches: any of its conditions.
pub(super) fn compile(detections: &Detections) -> Result<Expr, Refusal> {
    let named = &detections.named;
    if named.values().map(expressions).sum::<usize>() > EXPRESSIONS {
        let message = format!("more than {EXPRESSIONS} regular expressions; join them with `|`");
        return Err(Refusal::new("|re", message));
    }
    let mut any = Vec::new();
    for condition in &detections.conditions {
        any.push(of_condition(condition, named)?);
    }
    let expr = Expr::from(any);
    if expr.tests() > TESTS {
        return Err(Refusal::new("detection", format!("more than {TESTS} tests; split the rule")));
    }
    Ok(expr)
}

/// A condition, whose depth the parser has bounded.
fn of_condition(condition: &ConditionExpr, named: &HashMap<String, Detection>) -> Result<Expr, Refusal> {
    let all =
        |of: &[ConditionExpr]| of.iter().map(|one| of_condition(one, named)).collect::<Result<Vec<_>, _>>();
    match condition {
        ConditionExpr::And(of) => all(of).map(Expr::All),
        ConditionExpr::Or(of) => all(of).map(Expr::Any),
        ConditionExpr::Not(one) => Ok(Expr::Not(Box::new(of_condition(one, named)?))),
        ConditionExpr::Identifier(name) => {
            named.get(name).map_or_else(|| Err(unknown(name, named)), |one| of_detection(name, one))
        }
        ConditionExpr::Selector { quantifier, pattern } => {
            let mut chosen: Vec<(&String, &Detection)> =
                named.iter().filter(|(name, _)| pattern.matches_detection_name(name)).collect();
            chosen.sort_by_key(|(name, _)| *name);
            if chosen.is_empty() {
                let message = format!("the condition asks for `{pattern}`, and no selection is called so");
                return Err(Refusal::new("condition", message));
            }
            let of = chosen
                .into_iter()
                .map(|(name, one)| of_detection(name, one))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(match quantifier {
                Quantifier::All => Expr::All(of),
                Quantifier::Any => Expr::Any(of),
                Quantifier::Count(least) => Expr::Least(*least, of),
            })
        }
    }
}

/// A condition names what is not there.
fn unknown(name: &str, named: &HashMap<String, Detection>) -> Refusal {
    let known: Vec<&str> = named.keys().map(String::as_str).collect();
    let near = nearest(name, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Refusal::new("condition", format!("the condition names `{name}`, which is not there{near}"))
}

/// The detection called `name`, whose depth the reader of YAML has bounded.
fn of_detection(name: &str, detection: &Detection) -> Result<Expr, Refusal> {
    match detection {
        Detection::AllOf(items) if items.is_empty() => Err(Refusal::new(
            format!("{name}:"),
            format!("`{name}` is empty and would match every request; give it fields"),
        )),
        Detection::AllOf(items) => {
            items.iter().map(item::compile).collect::<Result<Vec<_>, _>>().map(Expr::All)
        }
        Detection::AnyOf(of) => {
            of.iter().map(|one| of_detection(name, one)).collect::<Result<Vec<_>, _>>().map(Expr::Any)
        }
        Detection::And(of) => {
            of.iter().map(|one| of_detection(name, one)).collect::<Result<Vec<_>, _>>().map(Expr::All)
        }
        Detection::Keywords(values) => item::keywords(values),
        Detection::ArrayMatch { field, .. } => Err(Refusal::new(
            field,
            format!(
                "`{field}` is asked for as a list, and no field of a request is one; name the field plainly"
            ),
        )),
        Detection::Conditional { .. } => Err(Refusal::new(
            format!("{name}:"),
            format!("`{name}` has a condition inside; write it into the rule's condition"),
        )),
    }
}
