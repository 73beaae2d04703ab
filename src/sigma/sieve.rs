//! Whether a text could hold any needle: all needles at once, by the pairs of bytes that they are made of. Needles lie in
//! buckets, and a number has a bit for each bucket and each step into a needle; one look-up and one shift a byte move all of
//! them on (shift-or: Baeza-Yates and Gonnet 1992; with pairs and buckets: Wang et al., Hyperscan, NSDI 2019, §4.2).
//! Most texts are done with; where one passes, the ends of needles that are like it are compared as they stand.

use hashbrown::HashMap;

/// How many buckets there are: a bit each in every byte of a state.
const BUCKETS: usize = 8;
/// How many pairs of a needle are looked at: a byte of the state each, the last of a needle in the highest.
const STEPS: usize = 8;
/// Places for pairs, a power of two; they take 32 KiB.
const PLACES: u32 = 12;
/// Needles of like length share buckets, since a bucket looks at no more of its needles than the shortest has. The shortest of
/// each class.
const CLASSES: [usize; 5] = [2, 3, 4, 6, STEPS + 1];

/// Some needles of ASCII, whatever their case.
pub(super) struct Sieve {
    /// By place of a pair: a bit is off where a needle of its bucket has that pair at that step.
    pairs: Box<[u64; 1 << PLACES]>,
    /// The state before any text: no needle has begun.
    start: u64,
    /// By the last bytes of the part of a needle that is looked at, as [`folded`]: the needles.
    ends: HashMap<u32, Vec<End>, foldhash::fast::RandomState>,
}

/// A needle whose part that is looked at ends somewhere.
struct End {
    needle: Vec<u8>,
    /// So many bytes of it stand up to there.
    at: usize,
}

impl Sieve {
    /// A sieve for `needles`; `None` where one of them is too short.
    pub(super) fn new<'n>(needles: impl Iterator<Item = &'n [u8]>) -> Option<Self> {
        let mut classes: [Vec<&[u8]>; CLASSES.len()] = Default::default();
        let mut ends: HashMap<u32, Vec<End>, _> = HashMap::default();
        for needle in needles {
            let class = CLASSES.iter().rposition(|&shortest| shortest <= needle.len())?;
            let bytes = needle.len().min(STEPS + 1);
            let parts = needle.windows(bytes).zip(bytes..);
            let (part, at) = parts.max_by_key(|(part, _)| rarity_of(part))?;
            classes.get_mut(class)?.push(part);
            ends.entry(folded(part)).or_default().push(End { needle: needle.to_vec(), at });
        }
        let pairs = vec![u64::MAX; 1 << PLACES].try_into().ok()?;
        let mut sieve = Self { pairs, start: u64::MAX, ends };
        let (shares, mut bucket) = (shares(&classes.each_ref().map(Vec::len)), 0);
        for (class, buckets) in classes.iter_mut().zip(shares) {
            // Needles that end alike share the last steps, where the others' pairs would let everything through.
            class.sort_unstable_by(|a, b| a.iter().rev().cmp(b.iter().rev()));
            for some in class.chunks(class.len().div_ceil(buckets.max(1)).max(1)) {
                sieve.fill(bucket, some);
                bucket += 1;
            }
        }
        Some(sieve)
    }

    /// Puts needles into a bucket.
    fn fill(&mut self, bucket: usize, needles: &[&[u8]]) {
        let steps = needles.iter().map(|needle| needle.len() - 1).min().unwrap_or(0).min(STEPS);
        let bit = |step: usize| !(1 << (step * BUCKETS + bucket));
        // Steps before the first that this bucket looks at are always taken.
        let before = 0..STEPS - steps;
        before.clone().for_each(|step| self.start &= bit(step));
        for mask in self.pairs.iter_mut() {
            *mask = before.clone().fold(*mask, |mask, step| mask & bit(step));
        }
        for needle in needles {
            for (pair, step) in needle.array_windows().rev().take(steps).zip((0..STEPS).rev()) {
                self.pairs[place(*pair)] &= bit(step);
            }
        }
    }

    /// Whether no needle stands in `text`.
    #[inline]
    pub(super) fn is_quiet(&self, text: &[u8]) -> bool {
        let (mut state, mut all) = (self.start, u64::MAX);
        for pair in text.array_windows() {
            state = state << BUCKETS | self.pairs[place(*pair)];
            all &= state;
        }
        all >> PASSED == 0xff || !self.holds(text)
    }

    /// Whether a needle stands in `text`, which is looked at where something passes.
    #[inline(never)]
    fn holds(&self, text: &[u8]) -> bool {
        let mut state = self.start;
        text.array_windows().zip(2..).any(|(pair, end)| {
            state = state << BUCKETS | self.pairs[place(*pair)];
            state >> PASSED != 0xff && self.ends_at(text, end)
        })
    }

    /// Whether the part of a needle that is looked at ends at `end` in `text`, with the needle around it.
    fn ends_at(&self, text: &[u8], end: usize) -> bool {
        // A part of two bytes alone is known by these.
        (2..=3).filter_map(|bytes| text.get(end.checked_sub(bytes)?..end)).any(|last| {
            self.ends.get(&folded(last)).into_iter().flatten().any(|one| {
                let start = end.checked_sub(one.at);
                let there = start.and_then(|start| text.get(start..start + one.needle.len()));
                there.is_some_and(|there| there.eq_ignore_ascii_case(&one.needle))
            })
        })
    }
}

/// Above so many bits of a state, those of needles that have passed all steps are off.
const PASSED: u32 = u64::BITS - 8;

/// The last three bytes, of two bytes both; capitals as their letters, which takes some signs for others.
fn folded(part: &[u8]) -> u32 {
    part.iter().rev().take(3).fold(0, |folded, byte| folded << 8 | u32::from(byte | 0x20))
}

/// Too large to be shown.
impl std::fmt::Debug for Sieve {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sieve")
    }
}

/// The place of a pair, by the upper bits of its hash (Knuth, The Art of Computer Programming 3, §6.4); capitals as their
/// letters, which takes some signs for others.
#[inline]
fn place(pair: [u8; 2]) -> usize {
    let pair = u32::from(u16::from_le_bytes(pair) | 0x2020);
    (pair.wrapping_mul(0x9e37_79b1) >> (u32::BITS - PLACES)) as usize
}

/// How many buckets each class of so many needles gets: the fuller, the more, and more where few steps tell them apart.
fn shares(needles: &[usize; CLASSES.len()]) -> [usize; CLASSES.len()] {
    let mut shares = needles.map(|needles| usize::from(needles > 0));
    while shares.iter().sum::<usize>() < BUCKETS {
        let classes = needles.iter().zip(&CLASSES).zip(&mut shares).filter(|((needles, _), _)| **needles > 0);
        let fullest =
            classes.max_by_key(|((needles, shortest), share)| **needles / (**share * (**shortest - 1)));
        let Some((_, share)) = fullest else { break };
        *share += 1;
    }
    shares
}

/// The part of a needle, so many bytes of it, that is the rarest in ordinary requests.
pub(super) fn rarest(needle: &[u8], bytes: usize) -> &[u8] {
    needle.windows(bytes.max(1)).max_by_key(|part| rarity_of(part)).unwrap_or(needle)
}

/// How rare a part of a text is.
pub(super) fn rarity_of(part: &[u8]) -> u32 {
    part.iter().copied().map(rarity).sum()
}

/// How rare a byte is in targets, agents and hosts, about in steps of a halving; letters as in English text.
fn rarity(byte: u8) -> u32 {
    match byte.to_ascii_lowercase() {
        b'e' | b'a' | b't' | b'i' | b'o' | b's' | b'n' | b'r' | b'/' => 1,
        b'l' | b'c' | b'd' | b'p' | b'm' | b'u' | b'g' | b'h' | b'.' | b'0'..=b'9' => 2,
        b'b' | b'f' | b'w' | b'v' | b'y' | b'k' | b'=' | b'-' | b' ' => 3,
        b'x' | b'j' | b'q' | b'z' | b'&' | b'_' | b'%' | b':' | b';' | b',' | b'(' | b')' | b'+' => 4,
        _ => 7,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_needle_slips_through(
            text in "[a-cA-C./%_]{0,60}",
            needles in prop::collection::vec("[a-c./%_]{2,14}|[a-c]{2}", 1..40),
            at in any::<prop::sample::Index>()
        ) {
            let needle = at.get(&needles);
            let sieve = Sieve::new(needles.iter().map(String::as_bytes)).unwrap();
            let holds = needles.iter().any(|needle| text.to_ascii_lowercase().contains(needle.as_str()));
            prop_assert!(!(holds && sieve.is_quiet(text.as_bytes())));
            let (before, behind) = text.split_at(at.index(text.len() + 1));
            for text in [format!("{before}{needle}{behind}"), needle.to_ascii_uppercase()] {
                prop_assert!(!sieve.is_quiet(text.as_bytes()), "{text}");
            }
        }
    }

    #[test]
    fn ordinary_texts_are_quiet() {
        let needles: [&[u8]; 5] = [b"union select", b"../", b"${jndi:", b"/wp-config.php", b"/.env"];
        let sieve = Sieve::new(needles.into_iter()).unwrap();
        for text in
            ["/users/42/orders?page=3&sort=asc", "/static/app.5f3a.js", "/", "", "/a..b", "/wp-content"]
        {
            assert!(sieve.is_quiet(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn a_needle_of_one_byte_is_not_sieved() {
        assert!(Sieve::new([&b"'"[..], b"union"].into_iter()).is_none());
    }
}
