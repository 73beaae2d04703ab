//! How many records the blocks of each source held: whoever reads a record again need not count lines from the start.

use std::sync::{Mutex, PoisonError};

use super::{Block, SourceId};

/// What is noted while blocks are read, in whatever order.
#[derive(Debug, Default)]
pub(super) struct Notes(Mutex<Vec<Note>>);

/// One block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Note {
    source: SourceId,
    offset: u64,
    bytes: u64,
    records: u64,
}

impl Notes {
    /// Notes that `block` held so many records.
    pub(super) fn add(&self, block: &Block, records: u64) {
        let (source, offset, bytes) = (block.source, block.offset, block.bytes().len() as u64);
        let note = Note { source, offset, bytes, records };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    /// What was noted, to look things up in.
    pub(super) fn milestones(&self) -> Milestones {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        notes.sort_unstable();
        let mut stones = Vec::with_capacity(notes.len());
        for of_source in notes.chunk_by(|a, b| a.source == b.source) {
            let (mut offset, mut line) = (0, 1);
            // Behind a gap (a record that was cut, a block that was lost) lines would be missing.
            for note in of_source.iter().take_while(|note| {
                let follows = note.offset == offset;
                offset += note.bytes;
                follows
            }) {
                stones.push((note.source, note.offset, line));
                line += note.records;
            }
        }
        Milestones(stones)
    }
}

/// On which line some offsets are.
#[derive(Clone, Debug, Default)]
pub struct Milestones(Vec<(SourceId, u64, u64)>);

impl Milestones {
    /// The last milestone of `source` at or before `offset`, and its line; the start, if there is none.
    pub(super) fn before(&self, source: SourceId, offset: u64) -> (u64, u64) {
        let after = self.0.partition_point(|&(of, at, _)| (of, at) <= (source, offset));
        let last = after.checked_sub(1).map(|at| self.0[at]);
        last.filter(|&(of, ..)| of == source).map_or((0, 1), |(_, at, line)| (at, line))
    }
}
