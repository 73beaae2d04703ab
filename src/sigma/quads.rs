//! Whether a long text could hold any needle, by a look at every other or every fourth place: a needle that is long enough
//! holds four bytes that begin at one of those, wherever it stands (q-grams at fixed steps: Wu and Manber, A Fast Algorithm
//! for Multi-Pattern Searching, 1994). Short needles are looked for as they stand, many places at once.

use std::collections::BTreeSet;

use aho_corasick::packed;
use hashbrown::HashMap;

use super::sieve::rarity_of;

/// Some needles of ASCII in lower case, whatever the case of the text.
#[derive(Debug)]
pub(super) struct Quads {
    /// From place to place there are so many bytes: two or four.
    step: usize,
    /// By [`place`] of four bytes: a bit, where some of a needle have their place here.
    marks: Box<[u64; MARKS]>,
    /// Four bytes of needles as [`folded`]: which needles hold them where.
    held: HashMap<u32, Vec<Held>, foldhash::fast::RandomState>,
    /// Parts of the needles that are too short for that.
    short: Option<packed::Searcher>,
}

/// Four bytes of a needle.
#[derive(Clone, Debug)]
struct Held {
    needle: Vec<u8>,
    at: usize,
}

/// Places for four bytes, 64 in each number, a power of two: so many that few texts have theirs where those of a needle have
/// it, and so few that they stay near.
const MARKS: usize = 1 << 12;

/// Of short needles no more than so many bytes are looked for, in no more than so many ways to write them.
const SHORT: usize = 3;
const WRITTEN: usize = 64;

impl Quads {
    /// The needles by the longest steps that there are; `None` where too many of them are too short for any.
    pub(super) fn new(needles: &[&[u8]]) -> Option<Self> {
        [4, 2].into_iter().find_map(|step| {
            let (long, short): (Vec<&[u8]>, Vec<&[u8]>) =
                needles.iter().partition(|needle| needle.len() >= step + 3);
            let short = in_any_case(&short)?;
            let short = if short.is_empty() {
                None
            } else {
                Some(packed::Config::new().builder().extend(short).build()?)
            };
            Self::of(step, &long, short)
        })
    }

    /// Of needles that are long enough for a step.
    fn of(step: usize, long: &[&[u8]], short: Option<packed::Searcher>) -> Option<Self> {
        let mut held: HashMap<u32, Vec<Held>, _> = HashMap::default();
        for needle in long {
            let quads = || needle.array_windows::<4>().enumerate();
            for start in 0..step {
                let there = quads().skip(start).step_by(step);
                let Some((at, quad)) = there.max_by_key(|(_, quad)| rarity_of(*quad)) else { continue };
                held.entry(folded(*quad)).or_default().push(Held { needle: needle.to_vec(), at });
            }
        }
        let mut marks: Box<[u64; MARKS]> = vec![0; MARKS].try_into().ok()?;
        for &quad in held.keys() {
            let (number, bit) = place(quad);
            marks[number] |= 1 << bit;
        }
        Some(Self { step, marks, held, short })
    }

    /// Whether no needle stands in `text`; not every text without one is found quiet.
    #[inline]
    pub(super) fn is_quiet(&self, text: &[u8]) -> bool {
        !self.holds(text, 0)
            && (self.step == 4 || !self.holds(text, 2))
            && self.short.as_ref().is_none_or(|short| short.find(text).is_none())
    }

    /// Whether a needle stands in `text` that is known by the four bytes at `start`, or four more, or more again.
    #[inline]
    fn holds(&self, text: &[u8], start: usize) -> bool {
        let (all, rest) = text.get(start..).unwrap_or_default().as_chunks::<TOGETHER>();
        all.iter().zip((start..).step_by(TOGETHER)).any(|(some, from)| self.stands(text, some, from))
            || self.stands(text, rest, start + all.len() * TOGETHER)
    }

    /// Whether a needle stands around any four bytes of `some`, which stands at `from` in `text`.
    #[inline]
    fn stands(&self, text: &[u8], some: &[u8], from: usize) -> bool {
        let (quads, _) = some.as_chunks::<4>();
        let marks = quads.iter().rev().fold(0, |marks, quad| {
            let (number, bit) = place(folded(*quad));
            marks << 1 | (self.marks[number] >> bit & 1) as u32
        });
        marks != 0 && self.is_held(text, marks, from)
    }

    /// Whether a needle stands around any of the four bytes that are marked, of those from `from` on in `text`.
    #[inline(never)]
    fn is_held(&self, text: &[u8], mut marks: u32, from: usize) -> bool {
        while marks != 0 {
            let at = from + 4 * marks.trailing_zeros() as usize;
            marks &= marks - 1;
            let quad = text.get(at..).and_then(<[u8]>::first_chunk::<4>);
            let held = quad.and_then(|quad| self.held.get(&folded(*quad)));
            if held.into_iter().flatten().any(|held| held.stands_around(text, at)) {
                return true;
            }
        }
        false
    }
}

impl Held {
    /// Whether the needle stands in `text`, of which the four bytes at `place` are its own.
    fn stands_around(&self, text: &[u8], place: usize) -> bool {
        let start = place.checked_sub(self.at);
        let there = start.and_then(|start| text.get(start..start + self.needle.len()));
        there.is_some_and(|there| there.eq_ignore_ascii_case(&self.needle))
    }
}

/// So many bytes are looked at before anything is made of it.
const TOGETHER: usize = 64;

/// Four bytes; capitals as their letters, which takes some signs for others.
#[inline]
fn folded(quad: [u8; 4]) -> u32 {
    u32::from_le_bytes(quad) | 0x2020_2020
}

/// The place of four bytes among the marks, a number and a bit of it (Knuth, The Art of Computer Programming 3, §6.4).
#[inline]
fn place(quad: u32) -> (usize, u32) {
    let hash = quad.wrapping_mul(0x9e37_79b1);
    ((hash >> (u32::BITS - MARKS.trailing_zeros())) as usize, hash >> 14 & 63)
}

/// The rarest part of each needle as it may be written, in capitals and not; `None` where there are too many.
fn in_any_case(needles: &[&[u8]]) -> Option<BTreeSet<Vec<u8>>> {
    let mut all = BTreeSet::new();
    for needle in needles {
        // Not the start of the rarest alone: what has fewer letters can be written in fewer ways.
        let parts = needle.windows(needle.len().min(SHORT));
        let part = parts.max_by_key(|part| (rarity_of(part), letters(part) == 0))?;
        let mut written = vec![Vec::new()];
        for &byte in part {
            let capital = byte.to_ascii_uppercase();
            let more: Vec<Vec<u8>> = written
                .iter()
                .filter(|_| capital != byte)
                .map(|start| [start, &[capital][..]].concat())
                .collect();
            for start in &mut written {
                start.push(byte);
            }
            written.extend(more);
        }
        all.extend(written);
    }
    (all.len() <= WRITTEN).then_some(all)
}

/// How many letters a part has.
fn letters(part: &[u8]) -> usize {
    part.iter().filter(|byte| byte.is_ascii_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_needle_slips_through(
            text in "[a-cA-C./%_]{0,60}",
            needles in prop::collection::vec("[a-c./%_]{2,14}|[a-c]{1,2}", 1..20),
            at in any::<prop::sample::Index>()
        ) {
            let needle = at.get(&needles);
            let all: Vec<&[u8]> = needles.iter().map(String::as_bytes).collect();
            let quads = Quads::new(&all);
            prop_assume!(quads.is_some());
            let quads = quads.unwrap();
            let holds = needles.iter().any(|needle| text.to_ascii_lowercase().contains(needle.as_str()));
            prop_assert!(!(holds && quads.is_quiet(text.as_bytes())));
            let (before, behind) = text.split_at(at.index(text.len() + 1));
            for text in [format!("{before}{needle}{behind}"), needle.to_ascii_uppercase()] {
                prop_assert!(!quads.is_quiet(text.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn ordinary_records_are_quiet() {
        let needles = [
            "select version()",
            "getruntime().exec(",
            "union select",
            "={{",
            ".git/",
            "=ssh%",
            "<svg ",
            "document.cookie",
        ];
        let quads = Quads::new(&needles.map(str::as_bytes)).unwrap();
        assert_eq!(quads.step, 4);
        let record = r#"81.2.3.4 - - [10/Mar/2026:13:55:36 +0000] "GET /shop?sort=size&page=3 HTTP/1.1" 200 5120 "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64)""#;
        assert!(quads.is_quiet(record.as_bytes()));
    }

    #[test]
    fn many_short_needles_are_looked_for_at_more_places_and_too_many_are_not() {
        let some = |length: usize| -> Vec<String> {
            let letter = |nth: usize| char::from(b'a' + u8::try_from(nth % 26).unwrap());
            (0..70)
                .map(|nth| [letter(nth), letter(nth / 26)].iter().collect::<String>().repeat(length))
                .collect()
        };
        let step = |all: &[String]| {
            let all: Vec<&[u8]> = all.iter().map(String::as_bytes).collect();
            Quads::new(&all).map(|quads| quads.step)
        };
        assert_eq!((step(&some(4)), step(&some(3)), step(&some(1))), (Some(4), Some(2), None));
    }
}
