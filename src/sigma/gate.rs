//! Whether any needle stands in a text at all: an automaton that reads each byte once (Aho and Corasick, 1975), flat in one
//! table, so that a step is two look-ups and no branch.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;

/// Needles of ASCII, whatever their case.
#[derive(Debug)]
pub(super) struct Gate {
    /// The class of each byte: those of one class lead everywhere to the same state.
    classes: [u8; 256],
    /// By state, then class: where the row of the next state begins. Nothing leads out of [`FOUND`].
    next: Vec<u32>,
    /// Where the row of the state begins in which a needle was found.
    found: u32,
    /// The length of the longest needle, at least 1.
    longest: usize,
}

/// The number of the state in which a needle was found; the beginning is before it.
const FOUND: usize = 1;

/// A table of more states is not made: the needles themselves are looked for at once.
const STATES: usize = 1 << 15;

impl Gate {
    /// A gate for `needles`, unless it would be too large.
    pub(super) fn new(needles: &[&Vec<u8>]) -> Option<Self> {
        let dfa = DFA::builder().ascii_case_insensitive(true).prefilter(false).build(needles).ok()?;
        let start = dfa.start_state(Anchored::No).ok()?;
        let (classes, examples) = classes(needles);
        let mut numbers: BTreeMap<StateID, usize> = [(start, 0)].into();
        let mut states = vec![Some(start), None];
        let mut rows: Vec<usize> = Vec::new();
        let mut done = 0;
        while let Some(&state) = states.get(done) {
            for &byte in &examples {
                let next = state.map(|state| dfa.next_state(Anchored::No, state, byte));
                rows.push(match next.filter(|next| !dfa.is_match(*next)) {
                    None => FOUND,
                    Some(next) => *numbers.entry(next).or_insert_with(|| {
                        states.push(Some(next));
                        states.len() - 1
                    }),
                });
            }
            done += 1;
            if states.len() > STATES {
                return None;
            }
        }
        let row = |number: usize| u32::try_from(number * examples.len()).ok();
        let longest = needles.iter().map(|needle| needle.len()).max()?.max(1);
        let next = rows.into_iter().map(row).collect::<Option<_>>()?;
        Some(Self { classes, next, found: row(FOUND)?, longest })
    }

    /// Whether no needle stands in `text`.
    #[inline]
    pub(super) fn is_quiet(&self, text: &[u8]) -> bool {
        if let Some(four) = self.four(text) {
            return self.are_quiet(four);
        }
        text.iter().fold(0, |state, &byte| self.step(state, byte)) != self.found
    }

    /// The state that `byte` leads to.
    #[inline]
    fn step(&self, state: u32, byte: u8) -> u32 {
        let at = state as usize + usize::from(self.classes[usize::from(byte)]);
        self.next.get(at).copied().unwrap_or(self.found)
    }

    /// Four parts of a long text, of one length; every needle that stands in the text stands in one of them.
    #[inline]
    fn four<'t>(&self, text: &'t [u8]) -> Option<[&'t [u8]; 4]> {
        let shared = self.longest - 1;
        let length = (text.len() + 3 * shared).div_ceil(4);
        let from = |nth: usize| (nth * (length - shared)).min(text.len().saturating_sub(length));
        let part = |nth: usize| text.get(from(nth)..from(nth) + length);
        (text.len() >= 4 * self.longest.max(16)).then_some(())?;
        Some([part(0)?, part(1)?, part(2)?, part(3)?])
    }

    /// Whether no needle stands in four texts of one length. They are read side by side, since each step waits for memory.
    #[inline(never)]
    fn are_quiet(&self, [one, two, three, four]: [&[u8]; 4]) -> bool {
        let mut states = [0; 4];
        for (((&a, &b), &c), &d) in one.iter().zip(two).zip(three).zip(four) {
            states = [
                self.step(states[0], a),
                self.step(states[1], b),
                self.step(states[2], c),
                self.step(states[3], d),
            ];
        }
        states.iter().all(|&state| state != self.found)
    }
}

/// A class for each byte, and a byte of each class: what a needle holds has one of its own, capitals that of their letter, and
/// all that no needle holds, which is ASCII, the first.
fn classes(needles: &[&Vec<u8>]) -> ([u8; 256], Vec<u8>) {
    let held: BTreeSet<u8> =
        needles.iter().flat_map(|needle| needle.iter()).map(u8::to_ascii_lowercase).collect();
    let mut classes = [0; 256];
    let mut examples = vec![u8::MAX];
    for (byte, class) in held.into_iter().filter(u8::is_ascii).zip(1..) {
        for way in [byte, byte.to_ascii_uppercase()] {
            if let Some(of) = classes.get_mut(usize::from(way)) {
                *of = class;
            }
        }
        examples.push(byte);
    }
    (classes, examples)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_quiet_if_it_holds_no_needle(
            text in "[a-cA-C./%\u{e4}]{0,200}",
            needles in prop::collection::vec("[a-c./%]{1,9}", 1..6)
        ) {
            let all: Vec<Vec<u8>> = needles.iter().map(|needle| needle.as_bytes().to_vec()).collect();
            let lower = text.to_ascii_lowercase();
            let holds = needles.iter().any(|needle| lower.contains(needle.as_str()));
            let gate = Gate::new(&all.iter().collect::<Vec<_>>()).unwrap();
            prop_assert_eq!(gate.is_quiet(text.as_bytes()), !holds);
        }
    }
}
