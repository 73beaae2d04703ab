//! Most JSON logs write the same keys in the same order on every line. A [`Plan`] is such an order: what stands between
//! the values, byte by byte, and what each value means. A line that departs from it anywhere is read the long way, with
//! the same outcome.

use super::path::Path;
use super::scan::{Leaf, object, scalar_end, string_end};
use crate::format::slot::{Growing, Meaning};

/// What stands before each value, and what the value means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    steps: Vec<Step>,
    end: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    before: Vec<u8>,
    is_string: bool,
    meaning: Option<Meaning>,
}

impl Plan {
    /// The order of `line`, if what its values mean depends on their keys alone.
    pub(super) fn learn(line: &[u8], meaning: impl Fn(&Path<'_>) -> Option<Meaning>) -> Option<Self> {
        let (mut steps, mut at) = (Vec::new(), 0);
        let whole = object(line, &mut |path: &Path<'_>, leaf: Leaf<'_>| {
            let before = line[at..leaf.at].to_vec();
            let meaning = meaning(path).filter(|_| leaf.counts);
            steps.push(Step { before, is_string: leaf.is_string, meaning });
            at = leaf.at + leaf.value.len();
        });
        let regular = !whole.ok()?.irregular;
        (regular && !steps.is_empty()).then(|| Self { steps, end: line[at..].to_vec() })
    }

    /// Gives what `line` says to `growing`, and whether a backslash stands in one of its strings, if the line keeps to
    /// the plan. Otherwise `growing` is spoilt.
    pub(super) fn read<'a>(&self, line: &'a [u8], growing: &mut Growing<'a>) -> Option<bool> {
        let (mut escaped, mut at) = (false, 0);
        for step in &self.steps {
            if !starts_with(line.get(at..)?, &step.before) {
                return None;
            }
            at += step.before.len();
            let end = if step.is_string {
                let (end, backslash) = string_end(line, at)?;
                escaped |= backslash;
                end
            } else {
                scalar_end(line, at)
            };
            if let Some(meaning) = step.meaning {
                growing.put(meaning, &line[at..end]);
            }
            at = end;
        }
        (line.get(at..)? == self.end).then_some(escaped)
    }
}

/// Whether `text` starts with `prefix`; eight bytes at a time, because a call costs more than such a comparison.
fn starts_with(text: &[u8], prefix: &[u8]) -> bool {
    let Some(text) = text.get(..prefix.len()) else { return false };
    match (text.last_chunk::<8>(), prefix.last_chunk::<8>()) {
        (Some(mine), Some(theirs)) => {
            let (text, prefix) = (text.as_chunks::<8>().0, prefix.as_chunks::<8>().0);
            mine == theirs && text.iter().zip(prefix).all(|(mine, theirs)| mine == theirs)
        }
        _ => text == prefix,
    }
}
