//! Lines that are no JSON because their producer escapes no quotes, held against a plan from both ends. Whatever stands
//! between the values stands in every line of the producer's, so the true place of each piece lies between where it comes
//! first and where it comes last; where these are the same, nothing else can be true.

use super::Plan;
use crate::format::json::doubled::is_the_gateways;
use crate::format::slot::Growing;

impl Plan {
    /// Gives what is certain of `line` to `growing`, if all that stands between the values of the plan stands in it in this
    /// order; and whether there is more than one way to take it apart.
    pub(in crate::format::json) fn anchor<'a>(
        &self,
        line: &'a [u8],
        growing: &mut Growing<'a>,
    ) -> Option<bool> {
        let (first, last) = (self.earliest(line)?, self.latest(line)?);
        let mut forged = false;
        for (nth, step) in self.steps.iter().enumerate() {
            let from = first.get(nth)? + step.before.all.len();
            let (end, begins, ends) = (
                *first.get(nth + 1)?,
                first.get(nth) == last.get(nth),
                first.get(nth + 1) == last.get(nth + 1),
            );
            forged |= !begins;
            let Some(meaning) = step.meaning.filter(|_| begins) else { continue };
            let value = line.get(from..end)?;
            let inside = value.strip_prefix(b"\"");
            if ends {
                growing.put(meaning, inside.and_then(|inside| inside.strip_suffix(b"\"")).unwrap_or(value));
            } else if let Some(inside) = inside.filter(|_| !is_the_gateways(meaning.slot)) {
                // Up to the stranger's quote.
                growing.put(meaning, inside.split(|&byte| byte == b'"').next().unwrap_or(inside));
            }
        }
        Some(forged)
    }

    /// Where each piece between the values comes first, and the end of the line behind the last.
    fn earliest(&self, line: &[u8]) -> Option<Vec<usize>> {
        let (mut places, mut at) = (Vec::with_capacity(self.steps.len() + 1), 0);
        for step in &self.steps {
            let piece = step.before.all.as_slice();
            // Only names of members tell where a value ends.
            let found = memchr::memmem::find(line.get(at..)?, piece).filter(|_| piece.contains(&b'"'))?;
            places.push(at + found);
            at += found + piece.len();
        }
        let end = line.strip_suffix(self.end.all.as_slice())?.len();
        places.push(Some(end).filter(|&end| end >= at)?);
        (places.first() == Some(&0)).then_some(places)
    }

    /// Where each piece comes last.
    fn latest(&self, line: &[u8]) -> Option<Vec<usize>> {
        let mut rest = line.strip_suffix(self.end.all.as_slice())?;
        let mut places = vec![rest.len()];
        for step in self.steps.iter().skip(1).rev() {
            rest = rest.get(..memchr::memmem::rfind(rest, &step.before.all)?)?;
            places.push(rest.len());
        }
        places.push(0);
        places.reverse();
        Some(places)
    }
}
