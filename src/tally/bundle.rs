//! Requests of one key that travel together: what they come to, and then their words.

use crate::collect::COLUMNS;

/// What the requests of one key that travel together come to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bundle {
    /// The two halves of the key.
    pub(crate) key: [u64; 2],
    /// Bytes sent.
    pub(crate) bytes: u64,
    /// How many requests each column wants.
    pub(crate) wanted: [u32; COLUMNS],
    /// How many requests there are.
    pub(crate) requests: u32,
    /// How many words they have.
    pub(crate) words: u32,
}

/// How many words a bundle has before those of its requests.
const HEAD: usize = 4 + COLUMNS.div_ceil(2);

impl Bundle {
    /// No requests of `key`.
    pub(crate) fn of(key: [u64; 2]) -> Self {
        Self { key, bytes: 0, wanted: [0; COLUMNS], requests: 0, words: 0 }
    }

    /// Counts one request of so many words, which these columns want.
    #[inline]
    pub(crate) fn count(&mut self, wanted: u8, bytes: u64, words: usize) {
        for (column, count) in self.wanted.iter_mut().enumerate() {
            *count += u32::from(wanted >> column & 1);
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.requests += 1;
        self.words += u32::try_from(words).expect("a request has few words");
    }

    /// Writes it; the words of the requests follow.
    pub(crate) fn write(&self, words: &mut Vec<u64>) {
        words.extend_from_slice(&self.key);
        words.extend_from_slice(&[self.bytes, both(self.requests, self.words)]);
        let wanted = self.wanted.chunks(2).map(|two| both(two[0], two.get(1).copied().unwrap_or(0)));
        words.extend(wanted);
    }

    /// The first bundle of `words`, the words of its requests, and what follows.
    #[inline]
    pub(crate) fn read(words: &[u64]) -> Option<(Self, &[u64], &[u64])> {
        let (head, rest) = words.split_first_chunk::<HEAD>()?;
        let (requests, length) = halves(head[3]);
        let mut bundle = Self { bytes: head[2], requests, words: length, ..Self::of([head[0], head[1]]) };
        for (two, &word) in bundle.wanted.chunks_mut(2).zip(&head[4..]) {
            let (first, second) = halves(word);
            two[0] = first;
            if let Some(other) = two.get_mut(1) {
                *other = second;
            }
        }
        let (words, rest) = rest.split_at_checked(length as usize)?;
        Some((bundle, words, rest))
    }
}

/// Two counts in one word.
fn both(first: u32, second: u32) -> u64 {
    u64::from(first) | u64::from(second) << 32
}

/// The two counts of one word.
#[inline]
fn halves(word: u64) -> (u32, u32) {
    let half = |word: u64| u32::try_from(word & u64::from(u32::MAX)).expect("32 bits are left");
    (half(word), half(word >> 32))
}
