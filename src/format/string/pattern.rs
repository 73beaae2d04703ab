//! A format string with the column of each of its bytes in what the user wrote, so that errors can point at it.

use crate::error::Error;

/// The string between the quotes, its escapes undone.
#[derive(Clone, Debug, Default)]
pub(super) struct Pattern {
    pub(super) bytes: Vec<u8>,
    /// For each byte, its column, counted from 1; then the column behind the last.
    columns: Vec<usize>,
}

impl Pattern {
    /// All of `text` as it stands.
    pub(super) fn bare(text: &str) -> Self {
        let bytes = text.as_bytes().to_vec();
        let columns = (1..=bytes.len() + 1).collect();
        Self { bytes, columns }
    }

    /// All of `text`, its escapes undone.
    pub(super) fn unescaped(text: &str, escapes: impl Fn(u8) -> Option<u8>) -> Self {
        let mut pattern = Self::default();
        pattern.until(text.as_bytes(), 0, escapes, |_| false);
        pattern
    }

    /// The word of `text` that begins at `at`, its escapes undone.
    pub(super) fn word(text: &str, at: usize, escapes: impl Fn(u8) -> Option<u8>) -> Self {
        let mut pattern = Self::default();
        pattern.until(text.as_bytes(), at, escapes, |byte| byte.is_ascii_whitespace());
        pattern
    }

    /// Appends `text` from `at` up to a byte that `ends` it.
    fn until(
        &mut self,
        text: &[u8],
        at: usize,
        escapes: impl Fn(u8) -> Option<u8>,
        ends: impl Fn(u8) -> bool,
    ) {
        self.columns.pop();
        let mut here = at;
        while let Some(&byte) = text.get(here).filter(|&&byte| !ends(byte)) {
            let next = text.get(here + 1).filter(|_| byte == b'\\').and_then(|&next| escapes(next));
            self.push(next.unwrap_or(byte), here);
            here += 1 + usize::from(next.is_some());
        }
        self.columns.push(here + 1);
    }

    /// Keeps the bytes that `keeps` wants; it sees the byte kept before.
    pub(super) fn retain(&mut self, keeps: impl Fn(Option<u8>, u8) -> bool) {
        let mut kept = Self::default();
        for (&byte, &column) in self.bytes.iter().zip(&self.columns) {
            if keeps(kept.bytes.last().copied(), byte) {
                kept.push(byte, column - 1);
            }
        }
        kept.columns.extend(self.columns.last());
        *self = kept;
    }

    /// Counts columns from `by` further left.
    pub(super) fn shift(&mut self, by: usize) {
        self.columns.iter_mut().for_each(|column| *column += by);
    }

    /// Appends what the user did not write, at the column behind the last.
    pub(super) fn append(&mut self, more: &[u8]) {
        let column = self.columns.last().copied().unwrap_or(1);
        self.bytes.extend_from_slice(more);
        self.columns.resize(self.bytes.len() + 1, column);
    }

    /// The column of the byte at `at`.
    pub(super) fn column(&self, at: usize) -> usize {
        self.columns.get(at).or(self.columns.last()).copied().unwrap_or(1)
    }

    /// Appends a quoted part of `text` that begins with its quote at `at`; gives where it ends. `escapes` undoes one byte
    /// behind a backslash, or keeps both.
    pub(super) fn quoted(
        &mut self,
        text: &[u8],
        at: usize,
        escapes: impl Fn(u8) -> Option<u8>,
    ) -> Result<usize, Error> {
        let quote = text[at];
        self.columns.pop();
        let mut here = at + 1;
        loop {
            match text.get(here..) {
                Some([byte, ..]) if *byte == quote => break,
                Some([b'\\', next, ..]) if escapes(*next).is_some() => {
                    self.push(escapes(*next).unwrap_or(*next), here);
                    here += 2;
                }
                Some([byte, ..]) => {
                    self.push(*byte, here);
                    here += 1;
                }
                _ => {
                    return Err(Error::usage(format!(
                        "format string: the quote at column {} is never closed",
                        at + 1
                    )));
                }
            }
        }
        self.columns.push(here + 1);
        Ok(here + 1)
    }

    fn push(&mut self, byte: u8, at: usize) {
        self.bytes.push(byte);
        self.columns.push(at + 1);
    }
}
