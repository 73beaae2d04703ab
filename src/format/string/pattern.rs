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
