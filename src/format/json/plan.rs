//! Most JSON logs write the same keys in the same order on every line. A [`Plan`] is such an order: what stands between
//! the values, byte by byte, and what each value means. A line that departs from it anywhere is read the long way, with
//! the same outcome.

mod anchored;

use super::later;
use super::path::Path;
use super::scan::{Leaf, object, scalar_end, string_end};
use crate::format::slot::{Growing, Meaning};

/// What stands around the values, and what they mean. Whether a value is a string or a scalar is up to the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    steps: Vec<Step>,
    end: Literal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    before: Literal,
    meaning: Option<Meaning>,
    /// Whether no step before this one means the same.
    is_first: bool,
    /// Whether the value is the first of an array, which must not be missing: an empty array says nothing at all.
    opens_array: bool,
    /// Whether it is a later member of that array.
    is_later: bool,
}

/// A line that kept to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Where it ends, with its carriage return.
    pub(super) length: usize,
    /// Whether a backslash stands in one of its strings.
    pub(super) escaped: bool,
}

impl Plan {
    /// The order of `line`, if what its values mean depends on their keys alone.
    pub(super) fn learn(line: &[u8], meaning: impl Fn(&Path<'_>) -> Option<Meaning>) -> Option<Self> {
        let (mut steps, mut at) = (Vec::<Step>::new(), 0);
        let whole = object(line, &mut |path: &Path<'_>, leaf: Leaf<'_>| {
            let quote = usize::from(leaf.is_string);
            let before = &line[at..leaf.at - quote];
            let is_later = leaf.later.is_some();
            let meaning = meaning(path).filter(|meaning| leaf.counts || is_later && later::counts(*meaning));
            let slot = |step: &Step| step.meaning.map(|meaning| meaning.slot);
            let is_first = steps.iter().all(|step| slot(step) != meaning.map(|meaning| meaning.slot));
            let opens_array = before.trim_ascii_end().ends_with(b"[");
            steps.push(Step { before: Literal::new(before), meaning, is_first, opens_array, is_later });
            at = leaf.at + leaf.value.len() + quote;
        });
        let regular = !whole.ok()?.irregular;
        (regular && !steps.is_empty()).then(|| Self { steps, end: Literal::new(&line[at..]) })
    }

    /// Gives what the first line of `text` says to `growing`, if it keeps to the plan. Otherwise `growing` is spoilt.
    pub(super) fn read<'a>(&self, text: &'a [u8], growing: &mut Growing<'a>) -> Option<Line> {
        let (mut escaped, mut at, mut array) = (false, 0, 0);
        for step in &self.steps {
            at = step.before.end(text, at)?;
            if step.opens_array {
                array = at;
            }
            let value = if text.get(at) == Some(&b'"') {
                let (end, backslash) = string_end(text, at + 1)?;
                escaped |= backslash;
                let value = &text[at + 1..end];
                at = end + 1;
                value
            } else {
                let end = scalar_end(text, at);
                let value = text.get(at..end).filter(|value| !(step.opens_array && value.is_empty()))?;
                at = end;
                value
            };
            match step.meaning {
                Some(meaning) if step.is_first => growing.put_first(meaning, value),
                Some(meaning) if step.is_later => later::put(growing, meaning, value, &text[array..at]),
                Some(meaning) => growing.put(meaning, value),
                None => {}
            }
        }
        let end = self.end.end(text, at)?;
        let length = end + usize::from(text.get(end) == Some(&b'\r'));
        matches!(text.get(length), None | Some(b'\n')).then_some(Line { length, escaped })
    }

    /// Whether all of `line` keeps to the plan.
    pub(super) fn fits(&self, line: &[u8]) -> bool {
        self.read(line, &mut Growing::new()).is_some_and(|read| read.length == line.len())
    }
}

/// Bytes that a line must have. The first 32 are compared in one go, however many of them there are.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Literal {
    start: [u64; 4],
    /// All ones where `start` counts.
    counts: [u64; 4],
    all: Vec<u8>,
}

impl Literal {
    fn new(all: &[u8]) -> Self {
        let (mut start, mut counts) = ([0; 32], [0; 32]);
        let length = all.len().min(32);
        start[..length].copy_from_slice(&all[..length]);
        counts[..length].fill(u8::MAX);
        Self { start: words(&start), counts: words(&counts), all: all.to_vec() }
    }

    /// Where these bytes end, if they stand in `text` at `at`.
    #[inline]
    fn end(&self, text: &[u8], at: usize) -> Option<usize> {
        let rest = text.get(at..)?;
        let Some(start) = rest.first_chunk() else {
            return rest.starts_with(&self.all).then_some(at + self.all.len());
        };
        let words = words(start);
        let differs =
            (0..4).fold(0, |differs, nth| differs | (words[nth] ^ self.start[nth]) & self.counts[nth]);
        let fits = differs == 0 && (self.all.len() <= 32 || rest.starts_with(&self.all));
        fits.then_some(at + self.all.len())
    }
}

/// 32 bytes as four numbers.
#[inline]
fn words(bytes: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, eight) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*eight);
    }
    words
}
