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
        Some(Self { classes, next: rows.into_iter().map(row).collect::<Option<_>>()?, found: row(FOUND)? })
    }

    /// Whether no needle stands in `text`.
    #[inline]
    pub(super) fn is_quiet(&self, text: &[u8]) -> bool {
        let step = |state: u32, &byte: &u8| {
            let at = state as usize + usize::from(self.classes[usize::from(byte)]);
            self.next.get(at).copied().unwrap_or(self.found)
        };
        text.iter().fold(0, step) != self.found
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
