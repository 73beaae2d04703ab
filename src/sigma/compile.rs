//! From the detection section of a rule to one expression.

use std::collections::HashMap;

use rsigma_parser::{ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier};

use super::expr::Expr;
use super::item;
use super::place::Refusal;
use crate::error::nearest;

/// A rule has no more tests than this, each counted as often as the condition names it.
pub(super) const TESTS: usize = 20_000;

/// A rule has no more values than this that take long to be asked for, counted in the same way: regular expressions, parts of
/// an instant, other fields.
const SLOW: usize = 100;

/// When a rule with these detections matches: any of its conditions.
pub(super) fn compile(detections: &Detections) -> Result<Expr, Refusal> {
    let mut compiler = Compiler { named: &detections.named, tests: TESTS, slow: SLOW };
    let any = detections.conditions.iter().map(|condition| compiler.condition(condition));
    any.collect::<Result<Vec<_>, _>>().map(Expr::from)
}

/// Compiles one rule, and knows how much more it may hold: a condition can name a long list again and again.
struct Compiler<'d> {
    named: &'d HashMap<String, Detection>,
    tests: usize,
    slow: usize,
}

impl Compiler<'_> {
    /// A condition, whose depth the parser has bounded.
    fn condition(&mut self, condition: &ConditionExpr) -> Result<Expr, Refusal> {
        match condition {
            ConditionExpr::And(of) => self.conditions(of).map(Expr::All),
            ConditionExpr::Or(of) => self.conditions(of).map(Expr::Any),
            ConditionExpr::Not(one) => Ok(Expr::Not(Box::new(self.condition(one)?))),
            ConditionExpr::Identifier(name) => match self.named.get(name) {
                Some(one) => self.detection(name, one),
                None => Err(unknown(name, self.named)),
            },
            ConditionExpr::Selector { quantifier, pattern } => {
                let mut chosen: Vec<(&String, &Detection)> =
                    self.named.iter().filter(|(name, _)| pattern.matches_detection_name(name)).collect();
                chosen.sort_by_key(|(name, _)| *name);
                if chosen.is_empty() {
                    let message =
                        format!("the condition asks for `{pattern}`, and no selection is called so");
                    return Err(Refusal::new("condition", message));
                }
                let of = chosen.into_iter().map(|(name, one)| self.detection(name, one));
                let of = of.collect::<Result<Vec<_>, _>>()?;
                Ok(match quantifier {
                    Quantifier::All => Expr::All(of),
                    Quantifier::Any => Expr::Any(of),
                    Quantifier::Count(least) => Expr::Least(*least, of),
                })
            }
        }
    }

    fn conditions(&mut self, of: &[ConditionExpr]) -> Result<Vec<Expr>, Refusal> {
        of.iter().map(|one| self.condition(one)).collect()
    }

    /// The detection called `name`, whose depth the reader of YAML has bounded.
    fn detection(&mut self, name: &str, detection: &Detection) -> Result<Expr, Refusal> {
        match detection {
            Detection::AllOf(items) if items.is_empty() => Err(Refusal::new(
                format!("{name}:"),
                format!("`{name}` is empty and would match every request; give it fields"),
            )),
            Detection::AllOf(items) => {
                items.iter().map(|one| self.item(one)).collect::<Result<Vec<_>, _>>().map(Expr::All)
            }
            Detection::AnyOf(of) => self.detections(name, of).map(Expr::Any),
            Detection::And(of) => self.detections(name, of).map(Expr::All),
            Detection::Keywords(values) => {
                let words = item::keywords(values)?;
                self.take(&words)?;
                Ok(words)
            }
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

    fn detections(&mut self, name: &str, of: &[Detection]) -> Result<Vec<Expr>, Refusal> {
        of.iter().map(|one| self.detection(name, one)).collect()
    }

    /// One line of a selection.
    fn item(&mut self, item: &DetectionItem) -> Result<Expr, Refusal> {
        use Modifier::{Day, FieldRef, Hour, Minute, Month, Re, Week, Year};
        let is_slow = |modifier: &&Modifier| {
            matches!(modifier, Re | FieldRef | Minute | Hour | Day | Week | Month | Year)
        };
        if let Some(modifier) = item.field.modifiers.iter().find(is_slow) {
            self.slow = self.slow.checked_sub(item.values.len()).ok_or_else(|| match modifier {
                Re => {
                    let message = format!("more than {SLOW} regular expressions; join them with `|`");
                    Refusal::new("|re", message)
                }
                _ => Refusal::new("|", format!("more than {SLOW} values that take long to be compared")),
            })?;
        }
        let expr = item::compile(item)?;
        self.take(&expr)?;
        Ok(expr)
    }

    /// Counts the tests of what was compiled.
    fn take(&mut self, expr: &Expr) -> Result<(), Refusal> {
        let left = self.tests.checked_sub(expr.tests());
        self.tests = left
            .ok_or_else(|| Refusal::new("detection", format!("more than {TESTS} tests; split the rule")))?;
        Ok(())
    }
}

/// A condition names what is not there.
fn unknown(name: &str, named: &HashMap<String, Detection>) -> Refusal {
    let known: Vec<&str> = named.keys().map(String::as_str).collect();
    let near = nearest(name, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Refusal::new("condition", format!("the condition names `{name}`, which is not there{near}"))
}
