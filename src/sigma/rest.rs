//! What of a record is left to look through where some of its texts are known to hold no keyword: a keyword then stands in
//! the rest, or across an end of such a text.

use hashbrown::HashMap;

/// The places at which needles could be cut in two.
#[derive(Debug, Default)]
pub(super) struct Seams {
    needles: Vec<Vec<u8>>,
    /// By what stands around a cut, as [`around`]: the needles, and how much of each stands before it.
    cuts: HashMap<u32, Vec<(usize, usize)>, foldhash::fast::RandomState>,
    /// By the two bytes beside a cut, as [`beside`]: a bit, where a needle has them.
    pairs: Vec<u64>,
}

/// Pairs of bytes, 64 in each number.
const PAIRS: usize = 1 << 10;

/// Of a record so many texts may be known: path, query, referer and agent.
pub(super) const KNOWN: usize = 4;

impl Seams {
    /// Of needles in lower case.
    pub(super) fn new(needles: Vec<Vec<u8>>) -> Self {
        let mut seams = Self { pairs: vec![0; PAIRS], ..Self::default() };
        for (number, needle) in needles.iter().enumerate() {
            for at in 1..needle.len() {
                seams.cuts.entry(around(needle, at)).or_default().push((number, at));
                let (place, bit) = beside(needle, at);
                seams.pairs[place] |= 1 << bit;
            }
        }
        Self { needles, ..seams }
    }

    /// Whether no needle stands across `at` in `text`, some of it before and some behind.
    #[inline]
    fn is_quiet(&self, text: &[u8], at: usize) -> bool {
        if at == 0 || at >= text.len() {
            return true;
        }
        let (place, bit) = beside(text, at);
        self.pairs.get(place).is_none_or(|pairs| pairs >> bit & 1 == 0) || !self.is_cut(text, at)
    }

    /// Whether a needle stands across `at`.
    #[inline(never)]
    fn is_cut(&self, text: &[u8], at: usize) -> bool {
        let whole = around(text, at);
        // A needle that begins with the byte before knows no other.
        let known = [whole, whole & 0xffff].into_iter().filter_map(|around| self.cuts.get(&around));
        known.flatten().any(|&(number, before)| {
            let needle = &self.needles[number];
            let there = at.checked_sub(before).and_then(|start| text.get(start..start + needle.len()));
            there.is_some_and(|there| there.eq_ignore_ascii_case(needle))
        })
    }

    /// Whether no needle stands across an end of one of the `known` texts of `record`.
    #[inline]
    pub(super) fn are_quiet(&self, record: &[u8], known: [Option<&[u8]>; KNOWN]) -> bool {
        let places = known.into_iter().flatten().filter_map(|text| place_in(record, text));
        places.into_iter().all(|(start, end)| self.is_quiet(record, start) && self.is_quiet(record, end))
    }

    /// Writes to `rest` what of `record` stands in none of the `known` texts, which hold no needle themselves; `false` where a
    /// needle stands across an end of one. A text that is no part of the record, or overlaps another, is not left out.
    pub(super) fn rest(&self, record: &[u8], known: [Option<&[u8]>; KNOWN], rest: &mut Vec<u8>) -> bool {
        let mut places = known.map(|text| text.and_then(|text| place_in(record, text)).unwrap_or_default());
        if !places.is_sorted() {
            places.sort_unstable();
        }
        rest.clear();
        let mut from = 0;
        for (start, end) in places {
            if start < from || start == end {
                continue;
            }
            if !self.is_quiet(record, start) || !self.is_quiet(record, end) {
                return false;
            }
            rest.extend_from_slice(record.get(from..start).unwrap_or_default());
            from = end;
        }
        rest.extend_from_slice(record.get(from..).unwrap_or_default());
        true
    }
}

/// Where `text` begins and ends in `record`, if it is a part of it.
fn place_in(record: &[u8], text: &[u8]) -> Option<(usize, usize)> {
    let start = text.as_ptr().addr().checked_sub(record.as_ptr().addr())?;
    let end = start.checked_add(text.len())?;
    (end <= record.len()).then_some((start, end))
}

/// The two bytes before `at` in `text` and the one behind, if there are so many; capitals as their letters, which takes some
/// signs for others.
#[inline]
fn around(text: &[u8], at: usize) -> u32 {
    let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).map_or(0, |byte| u32::from(byte | 0x20));
    byte(Some(at)) | byte(at.checked_sub(1)) << 8 | byte(at.checked_sub(2)) << 16
}

/// The byte before `at` in `text` and the one behind, as the place of a number and a bit of it; capitals as their letters,
/// which takes some signs for others.
#[inline]
fn beside(text: &[u8], at: usize) -> (usize, u32) {
    let byte = |at: usize| text.get(at).map_or(0, |byte| byte | 0x20);
    let pair = u16::from_le_bytes([byte(at), byte(at - 1)]);
    (usize::from(pair >> 6), u32::from(pair & 63))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_needle_is_lost_between_what_is_known(
            record in "[a-cA-C \"/]{0,40}",
            needles in prop::collection::vec("[a-c \"/]{1,5}", 1..6),
            cuts in prop::array::uniform4(any::<prop::sample::Index>())
        ) {
            let mut cuts = cuts.map(|cut| cut.index(record.len() + 1));
            cuts.sort_unstable();
            let seams = Seams::new(needles.iter().map(|needle| needle.clone().into_bytes()).collect());
            let holds = |text: &[u8]| {
                let text = String::from_utf8(text.to_ascii_lowercase()).unwrap();
                needles.iter().any(|needle| text.contains(needle.as_str()))
            };
            let text = record.as_bytes();
            let known = [&text[cuts[2]..cuts[3]], &text[cuts[0]..cuts[1]]];
            prop_assume!(!known.iter().any(|known| holds(known)));
            let mut rest = Vec::new();
            let [first, second] = known.map(Some);
            let is_whole = seams.rest(text, [first, None, second, None], &mut rest);
            prop_assert!(!(holds(text) && is_whole && !holds(&rest)), "{record:?} {cuts:?} {needles:?}");
            // What was left out is what was known.
            prop_assert!(!is_whole || rest.len() == text.len() - known[0].len() - known[1].len());
        }
    }

    #[test]
    fn only_a_needle_across_an_end_brings_the_record_back() {
        let seams = Seams::new(vec![b"l\" and".to_vec(), b"get /ad".to_vec(), b"tp/".to_vec()]);
        let rest = |record: &str, path: &str| {
            let at = record.find(path).unwrap();
            let mut rest = Vec::new();
            let known = [None, record.as_bytes().get(at..at + path.len()), None, None];
            let is_whole = seams.rest(record.as_bytes(), known, &mut rest);
            is_whole.then(|| String::from_utf8(rest).unwrap())
        };
        assert_eq!(rest("1.2.3.4 \"GET /b HTTP/1.1\"", "/b").as_deref(), Some("1.2.3.4 \"GET  HTTP/1.1\""));
        assert_eq!(rest("1.2.3.4 \"GET /Admin HTTP/1.1\"", "/Admin"), None);
        assert_eq!(rest("\"curl\" and", "curl"), None);
    }

    #[test]
    fn a_text_that_stands_elsewhere_stays_in() {
        let seams = Seams::new(vec![b"x".to_vec()]);
        let (record, elsewhere) = (b"abc abc".to_vec(), b"abc".to_vec());
        let mut rest = Vec::new();
        assert!(seams.rest(&record, [Some(&elsewhere), None, None, None], &mut rest));
        assert_eq!(rest, record);
    }
}
