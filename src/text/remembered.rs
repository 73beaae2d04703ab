//! What was found out about the last few texts: caches of pure functions, so they change nothing but the time.

use std::hash::{BuildHasher, Hasher};

/// Longer texts are looked up anew each time.
const LONGEST: usize = 94;

/// The last few texts and what is known of them. A text has one place, which its hash tells.
pub(crate) struct Remembered<V> {
    known: Box<[Known<V>]>,
    hasher: foldhash::fast::RandomState,
}

/// A text and what is known of it. `kind` is part of what is looked for.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Known<V> {
    value: V,
    /// The hash of the last text that wanted this place: one that is looked for but once takes no place.
    waiting: u64,
    kind: u8,
    /// Zero: there is none. The empty text is never kept.
    length: u8,
    bytes: [u8; LONGEST],
}

impl<V: Copy + Default> Remembered<V> {
    /// A table of so many places, a power of two.
    pub(crate) fn new(places: usize) -> Self {
        let none = Known { value: V::default(), waiting: 0, kind: 0, length: 0, bytes: [0; LONGEST] };
        Self { known: vec![none; places].into_boxed_slice(), hasher: foldhash::fast::RandomState::default() }
    }

    /// What `make` makes of `text`, or made of it not long ago.
    #[inline]
    pub(crate) fn or_make(&mut self, text: &[u8], make: impl FnOnce() -> V) -> V {
        let hash = self.hash(text);
        if let Some(&known) = self.get(hash, text, 0) {
            return known;
        }
        let value = make();
        self.note(hash, text, 0, value);
        value
    }

    /// The hash of a text, for [`get`](Self::get) and [`note`](Self::note): seeded anew in each process.
    #[inline]
    pub(crate) fn hash(&self, text: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    /// What is known of a text of some kind.
    #[inline]
    pub(crate) fn get(&self, hash: u64, text: &[u8], kind: u8) -> Option<&V> {
        let known = &self.known[place(hash, self.known.len())];
        let is = usize::from(known.length) == text.len()
            && known.kind == kind
            && known.length > 0
            && known.bytes.get(..text.len()) == Some(text);
        is.then_some(&known.value)
    }

    /// Keeps `value`, if the place is free or `text` wants it for the second time.
    pub(crate) fn note(&mut self, hash: u64, text: &[u8], kind: u8, value: V) {
        let places = self.known.len();
        let known = &mut self.known[place(hash, places)];
        let waiting = std::mem::replace(&mut known.waiting, hash);
        if (known.length == 0 || waiting == hash)
            && let (Ok(length), Some(bytes)) = (u8::try_from(text.len()), known.bytes.get_mut(..text.len()))
        {
            bytes.copy_from_slice(text);
            (known.value, known.kind, known.length) = (value, kind, length);
        }
    }
}

/// What is known of the last few things that have a hash of their own, by that: four lie in a place, what was asked for last
/// in front, so that many can be remembered before one drives out another.
pub(crate) struct Hashed<V> {
    places: Box<[[(u64, V); WAYS]]>,
}

/// How many share a place.
const WAYS: usize = 4;

impl<V: Copy + Default> Hashed<V> {
    /// A table for so many things, a power of two.
    pub(crate) fn new(things: usize) -> Self {
        Self { places: vec![[(0, V::default()); WAYS]; (things / WAYS).max(1)].into_boxed_slice() }
    }

    /// What is known of the thing with this hash, which is not zero.
    #[inline]
    pub(crate) fn get(&mut self, hash: u64) -> Option<V> {
        let there = &mut self.places[place(hash, self.places.len())];
        if there[0].0 == hash {
            return Some(there[0].1);
        }
        let at = there.iter().position(|(known, _)| *known == hash)?;
        there[..=at].rotate_right(1);
        Some(there[0].1)
    }

    /// Remembers it.
    pub(crate) fn note(&mut self, hash: u64, value: V) {
        let there = &mut self.places[place(hash, self.places.len())];
        there.rotate_right(1);
        there[0] = (hash, value);
    }
}

/// A place in a table of `places`, a power of two.
#[inline]
pub(crate) fn place(hash: u64, places: usize) -> usize {
    usize::try_from(hash & (places as u64 - 1)).expect("below the size of the table")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_comes_again_is_remembered_and_no_other_is_taken_for_it() {
        let mut lengths = Remembered::<usize>::new(4);
        let texts: Vec<String> = (0..200).map(|nth| "x".repeat(nth)).collect();
        let mut made = Vec::new();
        for text in texts.iter().cycle().take(texts.len() * 6).chain(std::iter::repeat_n(&texts[7], 9)) {
            let length = lengths.or_make(text.as_bytes(), || {
                made.push(text.len());
                text.len()
            });
            assert_eq!(length, text.len());
        }
        // It takes its place when it is wanted for the second time in a row; what came before it had to go.
        let of_the_last = made.iter().rev().take_while(|&&length| length == 7).count();
        assert!(of_the_last <= 2 && made.len() > 1100, "{of_the_last} {}", made.len());
    }

    #[test]
    fn of_what_shares_a_place_the_last_few_are_known() {
        let mut known = Hashed::<u64>::new(16);
        let asked = |known: &mut Hashed<u64>, hash: u64| {
            let was = known.get(hash);
            assert!(was.is_none_or(|value| value == hash * 3));
            if was.is_none() {
                known.note(hash, hash * 3);
            }
            was.is_some()
        };
        let shared = [4, 8, 12, 16];
        assert!(!shared.iter().any(|&hash| asked(&mut known, hash)));
        assert!((0..9).all(|_| shared.iter().all(|&hash| asked(&mut known, hash))));
        // One more drives out the one that was asked for longest ago.
        assert!(
            !asked(&mut known, 20) && asked(&mut known, 16) && asked(&mut known, 8) && !asked(&mut known, 4)
        );
    }
}
