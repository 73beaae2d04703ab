//! Looking for any of many parts in a text at once, as an automaton that reads each byte once (Aho and Corasick, 1975), flat
//! in one table so that a step is two look-ups and no branch.

use std::collections::BTreeMap;

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;

/// Parts, whatever their case.
pub(super) struct Parts {
    /// The class of each byte: those of one class lead everywhere to the same state.
    classes: [u8; 256],
    /// How many classes there are.
    width: u16,
    /// By state, then class: the next state, times the width. The first state is the beginning, the second the end: a part was
    /// found, and nothing leads out of it.
    next: Vec<u16>,
}

/// How far an automaton got; at first it is at the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached(u16);

/// The state in which a part was found, in widths.
const FOUND: u16 = 1;

impl Parts {
    /// An automaton for `parts`; one that finds everything everywhere where it would be too large.
    pub(super) fn of(parts: &[Vec<u8>]) -> Self {
        let built = DFA::builder().ascii_case_insensitive(true).prefilter(false).build(parts).ok();
        built.and_then(|dfa| Self::flat(&dfa)).unwrap_or(Self {
            classes: [0; 256],
            width: 1,
            next: vec![FOUND, FOUND],
        })
    }

    /// The same automaton in one table, numbered in the order in which states are met.
    fn flat(dfa: &DFA) -> Option<Self> {
        let start = dfa.start_state(Anchored::No).ok()?;
        let mut numbers: BTreeMap<StateID, usize> = [(start, 0)].into();
        let mut states = vec![Some(start), None];
        let mut rows: Vec<Vec<usize>> = Vec::new();
        while let Some(&state) = states.get(rows.len()) {
            let row = (0..=u8::MAX).map(|byte| {
                let Some(state) = state else { return usize::from(FOUND) };
                let next = dfa.next_state(Anchored::No, state, byte);
                if dfa.is_match(next) {
                    return usize::from(FOUND);
                }
                *numbers.entry(next).or_insert_with(|| {
                    states.push(Some(next));
                    states.len() - 1
                })
            });
            let row = row.collect();
            rows.push(row);
        }
        let mut columns: BTreeMap<Vec<usize>, u8> = BTreeMap::new();
        let mut classes = [0; 256];
        for (byte, class) in classes.iter_mut().enumerate() {
            let column: Vec<usize> = rows.iter().map(|row| row[byte]).collect();
            let next = columns.len();
            *class = *columns.entry(column).or_insert(u8::try_from(next).ok()?);
        }
        let width = columns.len();
        let example = |class: usize| classes.iter().position(|&of| usize::from(of) == class);
        let examples: Vec<usize> = (0..width).map(example).collect::<Option<_>>()?;
        let next = rows.iter().flat_map(|row| examples.iter().map(|&byte| u16::try_from(row[byte] * width)));
        Some(Self { classes, width: u16::try_from(width).ok()?, next: next.collect::<Result<_, _>>().ok()? })
    }

    /// Whether `text` holds none of them.
    #[inline]
    pub(super) fn is_quiet(&self, text: &[u8]) -> bool {
        !self.has_found(self.read(Reached::default(), text))
    }

    /// How far the automaton gets with `text` from where it was.
    #[inline]
    pub(super) fn read(&self, from: Reached, text: &[u8]) -> Reached {
        let step = |state: u16, &byte: &u8| {
            let at = usize::from(state) + usize::from(self.classes[usize::from(byte)]);
            self.next.get(at).copied().unwrap_or(FOUND * self.width)
        };
        Reached(text.iter().fold(from.0, step))
    }

    /// Whether it found any part on its way.
    #[inline]
    pub(super) fn has_found(&self, reached: Reached) -> bool {
        reached.0 == FOUND * self.width
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_quiet_holds_no_part(text in "[a-cA-C./%]{0,20}", parts in prop::collection::vec("[a-c./%]{1,4}", 1..6)) {
            let all: Vec<Vec<u8>> = parts.iter().map(|part| part.as_bytes().to_vec()).collect();
            let lower = text.to_ascii_lowercase();
            let holds = parts.iter().any(|part| lower.contains(part.as_str()));
            prop_assert_eq!(Parts::of(&all).is_quiet(text.as_bytes()), !holds);
        }
    }
}
