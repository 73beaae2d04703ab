//! Whether any needle stands in a text at all: an automaton that reads each byte once (Aho and Corasick, 1975), flat in one
//! table, so that a step is one look-up and no branch.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;

/// Needles of ASCII, whatever their case.
pub(super) struct Gate {
    /// By state, then byte: the next state. Nothing leads out of [`FOUND`].
    next: Vec<[u16; 256]>,
    /// The length of the longest needle, at least 1.
    longest: usize,
}

/// The number of the state in which a needle was found; the beginning is before it.
const FOUND: u16 = 1;

/// A table of more states is not made: the needles themselves are looked for at once.
const STATES: usize = 1 << 14;

/// So many parts of a long text are read side by side, since each step waits for memory.
const PARTS: usize = 8;

impl Gate {
    /// A gate for `needles`, unless it would be too large.
    pub(super) fn new(needles: &[&Vec<u8>]) -> Option<Self> {
        let dfa = DFA::builder().ascii_case_insensitive(true).prefilter(false).build(needles).ok()?;
        let start = dfa.start_state(Anchored::No).ok()?;
        let (classes, examples) = classes(needles);
        let mut numbers: BTreeMap<StateID, u16> = [(start, 0)].into();
        let mut states = vec![Some(start), None];
        let mut next = Vec::new();
        while let Some(&state) = states.get(next.len()) {
            let mut row = Vec::with_capacity(examples.len());
            for &byte in &examples {
                let leads = state.map(|state| dfa.next_state(Anchored::No, state, byte));
                row.push(match leads.filter(|leads| !dfa.is_match(*leads)) {
                    None => FOUND,
                    Some(leads) => *numbers.entry(leads).or_insert_with(|| {
                        states.push(Some(leads));
                        u16::try_from(states.len() - 1).unwrap_or(FOUND)
                    }),
                });
            }
            next.push(classes.map(|class| row.get(usize::from(class)).copied().unwrap_or(FOUND)));
            if states.len() > STATES {
                return None;
            }
        }
        let longest = needles.iter().map(|needle| needle.len()).max()?.max(1);
        Some(Self { next, longest })
    }

    /// Whether no needle stands in `text`.
    #[inline]
    pub(super) fn is_quiet(&self, text: &[u8]) -> bool {
        if text.len() >= PARTS * self.longest.max(16) {
            return self.are_quiet::<PARTS>(text);
        }
        if text.len() >= 4 * self.longest.max(16) {
            return self.are_quiet::<4>(text);
        }
        text.iter().fold(0, |state, &byte| self.step(state, byte)) != FOUND
    }

    /// The state that `byte` leads to.
    #[inline]
    fn step(&self, state: u16, byte: u8) -> u16 {
        self.next.get(usize::from(state)).map_or(FOUND, |row| row[usize::from(byte)])
    }

    /// As [`is_quiet`](Self::is_quiet), in so many parts of one length; every needle that stands in the text stands in one of
    /// them.
    #[inline(never)]
    fn are_quiet<const N: usize>(&self, text: &[u8]) -> bool {
        let shared = self.longest - 1;
        let length = (text.len() + (N - 1) * shared).div_ceil(N);
        let from = |nth: usize| (nth * (length - shared)).min(text.len().saturating_sub(length));
        let parts: [&[u8]; N] =
            std::array::from_fn(|nth| text.get(from(nth)..from(nth) + length).unwrap_or(text));
        let mut states = [0; N];
        for at in 0..length {
            for (state, part) in states.iter_mut().zip(parts) {
                *state = part.get(at).map_or(FOUND, |&byte| self.step(*state, byte));
            }
        }
        states.iter().all(|&state| state != FOUND)
    }
}

/// Too large to be shown.
impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gate({} states)", self.next.len())
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
            text in "[a-cA-C./%\u{e4}]{0,300}",
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
