//! A piece of a source that holds whole records, in a buffer that goes round.

use std::sync::Mutex;

use super::directives::InForce;

use super::{SourceId, record};

/// How many zero bytes stand before and after the bytes of a block, so that wide loads may read past them.
pub const SLACK: usize = 128;

/// Whole records of one source, one after the other.
///
/// The last one may lack its end: where the source ends without a newline, where an archive breaks off, and where a
/// record was cut ([`Block::ends_cut`]).
#[derive(Debug)]
pub struct Block {
    /// Whose they are.
    pub source: SourceId,
    /// Where `bytes()[0]` stands in the decoded source.
    pub offset: u64,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    cut_at: Option<u64>,
    directives: Option<InForce>,
}

impl Block {
    /// The bytes from `start` to `end` of `buffer`, which has room for the slack on both sides.
    pub(super) fn new(mut buffer: Vec<u8>, start: usize, end: usize) -> Self {
        buffer[start - SLACK..start].fill(0);
        buffer[end..end + SLACK].fill(0);
        Self { source: SourceId(0), offset: 0, buffer, start, end, cut_at: None, directives: None }
    }

    /// The same bytes, standing at `offset`; the last record was cut if its place is given.
    pub(super) fn starting(self, offset: u64, cut_at: Option<u64>) -> Self {
        Self { offset, cut_at, ..self }
    }

    /// The same bytes, of `source`.
    pub(super) fn of(self, source: SourceId) -> Self {
        Self { source, ..self }
    }

    /// The same bytes, with the directives in force at their start.
    pub(super) fn under(self, directives: Option<InForce>) -> Self {
        Self { directives, ..self }
    }

    /// The directives in force at the start: lines of the source that say how its records are read.
    #[must_use]
    pub fn directives(&self) -> &[u8] {
        self.directives.as_deref().unwrap_or_default()
    }

    /// The records.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// The whole buffer, and where in it the records start and end; [`SLACK`] zero bytes stand on either side.
    #[must_use]
    pub fn padded(&self) -> (&[u8], usize, usize) {
        (&self.buffer, self.start, self.end)
    }

    /// Whether the last record was longer than [`Limits::line`](super::Limits::line) and has lost its rest.
    #[must_use]
    pub fn ends_cut(&self) -> bool {
        self.cut_at.is_some()
    }

    /// Where the record begins that was cut.
    pub(super) fn cut_at(&self) -> Option<u64> {
        self.cut_at
    }

    /// Each record without its newline, with its offset in the decoded source.
    pub fn records(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let rest = &self.bytes()[at..];
            let len = record::next_start(rest).unwrap_or(rest.len());
            let found = (self.offset + at as u64, record::trim(&rest[..len]));
            at += len;
            (0 < len).then_some(found)
        })
    }
}

/// Buffers that were given back.
#[derive(Debug, Default)]
pub(super) struct Buffers(Mutex<Vec<Vec<u8>>>);

/// How many buffers are kept; more than are ever in flight on most machines.
const KEPT: usize = 64;
/// A buffer larger than this met a long record and is not kept.
const KEPT_SIZE: usize = 4 << 20;

impl Buffers {
    /// A buffer for `len` bytes and the slack; what it holds is of no meaning.
    pub(super) fn take(&self, len: usize) -> Vec<u8> {
        let mut buffer = self.kept().pop().unwrap_or_default();
        if buffer.len() < len + 2 * SLACK {
            buffer.resize(len + 2 * SLACK, 0);
        }
        buffer
    }

    /// A block of its own with a copy of `bytes`.
    pub(super) fn copy(&self, bytes: &[u8]) -> Block {
        let mut buffer = self.take(bytes.len());
        buffer[SLACK..SLACK + bytes.len()].copy_from_slice(bytes);
        Block::new(buffer, SLACK, SLACK + bytes.len())
    }

    /// Keeps the buffer of `block` for another one.
    pub(super) fn give_back(&self, block: Block) {
        self.keep(block.buffer);
    }

    /// Keeps `buffer` for another block.
    pub(super) fn keep(&self, buffer: Vec<u8>) {
        let mut kept = self.kept();
        if buffer.len() <= KEPT_SIZE && kept.len() < KEPT {
            kept.push(buffer);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
