//! Cuts a stream of bytes into blocks, without knowing where the bytes come from.

use super::block::{Block, Buffers, SLACK};
use super::{BLOCK_SIZE, record};

/// Cuts a stream of bytes into blocks of whole records.
pub(super) struct Cutter<'a> {
    buffers: &'a Buffers,
    block_size: usize,
    limit: usize,
    buffer: Vec<u8>,
    filled: usize,
    /// How many bytes to gather before the next cut.
    target: usize,
    /// Where the buffer stands in the stream.
    at: u64,
    /// Whether the rest of a record that is too long is passing by.
    skipping: bool,
}

impl<'a> Cutter<'a> {
    pub(super) fn new(buffers: &'a Buffers, block_size: usize, limit: usize) -> Self {
        let buffer = buffers.take(block_size.min(BLOCK_SIZE));
        Self { buffers, block_size, limit, buffer, filled: 0, target: block_size, at: 0, skipping: false }
    }

    /// Goes on with `bytes`, and gives every block that is full to `full`.
    pub(super) fn push(&mut self, mut bytes: &[u8], full: &mut dyn FnMut(Block)) {
        while !bytes.is_empty() {
            if self.skipping {
                bytes = self.skip(bytes);
                continue;
            }
            let taken = bytes.len().min(self.target - self.filled);
            self.append(&bytes[..taken]);
            bytes = &bytes[taken..];
            if self.filled == self.target {
                self.cut(full);
            }
        }
    }

    /// The stream has ended: what is left is the last record.
    pub(super) fn finish(mut self, full: &mut dyn FnMut(Block)) {
        while 0 < self.filled {
            if record::whole(self.data(), self.limit).too_long {
                self.cut(full);
            } else {
                full(self.emit(self.filled, self.filled, None));
            }
        }
        self.buffers.keep(self.buffer);
    }

    fn data(&self) -> &[u8] {
        &self.buffer[SLACK..SLACK + self.filled]
    }

    fn append(&mut self, bytes: &[u8]) {
        let needed = self.filled + bytes.len() + 2 * SLACK;
        if self.buffer.len() < needed {
            self.buffer.resize(needed.max(2 * self.buffer.len()), 0);
        }
        let end = SLACK + self.filled;
        self.buffer[end..end + bytes.len()].copy_from_slice(bytes);
        self.filled += bytes.len();
    }

    /// Passes the rest of a record that is too long.
    fn skip<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let passed = record::next_start(bytes);
        self.skipping = passed.is_none();
        let passed = passed.unwrap_or(bytes.len());
        self.at += passed as u64;
        &bytes[passed..]
    }

    /// Gives away the whole records in the buffer, if there are any.
    fn cut(&mut self, full: &mut dyn FnMut(Block)) {
        let whole = record::whole(self.data(), self.limit);
        if whole.too_long {
            let end = whole.end + self.limit;
            let next = record::next_start(&self.data()[end..]);
            let rest = next.map_or(self.filled, |next| end + next);
            self.skipping = next.is_none();
            full(self.emit(end, rest, Some(whole.end)));
        } else if 0 < whole.end {
            full(self.emit(whole.end, whole.end, None));
        } else {
            // A record longer than a block: wait for twice as much, until it is too long.
            self.target =
                self.filled.saturating_mul(2).min(self.limit.saturating_add(1)).max(self.filled + 1);
        }
    }

    /// The bytes before `end` as a block; what begins at `rest` stays. `cut` is where a cut record begins.
    fn emit(&mut self, end: usize, rest: usize, cut: Option<usize>) -> Block {
        let left = self.filled - rest;
        let mut fresh = self.buffers.take(left.max(self.block_size.min(BLOCK_SIZE)));
        fresh[SLACK..SLACK + left].copy_from_slice(&self.data()[rest..]);
        let full = std::mem::replace(&mut self.buffer, fresh);
        let block =
            Block::new(full, SLACK, SLACK + end).starting(self.at, cut.map(|cut| self.at + cut as u64));
        self.at += rest as u64;
        self.filled = left;
        self.target = self.block_size.max(left + 1);
        block
    }
}
