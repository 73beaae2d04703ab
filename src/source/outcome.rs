//! What became of each source: what was read, what was cut, and why it is not complete.

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::directives::Changes;
use super::disk::Disk;
use super::{Source, SourceId};

/// How many offsets of cut records are remembered.
const CUTS_SHOWN: usize = 8;
/// How many bytes at either end tell two sources of the same length apart.
const ENDS: usize = 4096;

/// What one source gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Which one.
    pub source: SourceId,
    /// Decoded bytes, those of cut records included.
    pub bytes: u64,
    /// Bytes read from the disk or the pipe.
    pub read: u64,
    /// How many records were longer than the limit and lost their rest.
    pub cut: u64,
    /// Where the first of them begin, ascending.
    pub cut_at: Vec<u64>,
    /// Whether everything was read that was there when the source was found.
    pub complete: bool,
    /// Why not, and whatever else is worth a word.
    pub note: Option<String>,
}

/// How far the reading is. Moves while workers work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read from disk and pipes.
    pub done: u64,
    /// Bytes on disk; `None` while a pipe is among the sources.
    pub total: Option<u64>,
}

/// The books on one source while it is read.
#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) bytes: u64,
    pub(super) read: u64,
    pub(super) complete: bool,
    /// Its open file, while ranges of it are read.
    pub(super) disk: Option<Arc<Disk>>,
    /// Its directives, once somebody asked.
    pub(super) directives: Option<Arc<Changes>>,
    /// Whether something could not be read.
    pub(super) lost: bool,
    /// How many bytes of a plain file no range has covered yet.
    pub(super) left: u64,
    pub(super) ends: Option<Ends>,
    cut: u64,
    cut_at: Vec<u64>,
    notes: Vec<String>,
}

impl Account {
    /// The books on a plain file of `size` bytes.
    pub(super) fn plain(size: u64) -> Self {
        Self { left: size, complete: size == 0, ..Self::default() }
    }

    /// Counts the record at `offset` as cut. The smallest offsets are remembered, in whatever order they come.
    pub(super) fn cut(&mut self, offset: u64) {
        self.cut += 1;
        let place = self.cut_at.partition_point(|&at| at < offset);
        self.cut_at.insert(place, offset);
        self.cut_at.truncate(CUTS_SHOWN);
    }

    /// Adds a remark, once.
    pub(super) fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// What became of `source`.
    fn outcome(&self, source: SourceId) -> Outcome {
        let mut notes = self.notes.clone();
        notes.sort();
        Outcome {
            source,
            bytes: self.bytes,
            read: self.read,
            cut: self.cut,
            cut_at: self.cut_at.clone(),
            complete: self.complete,
            note: (!notes.is_empty()).then(|| notes.join("; ")),
        }
    }
}

/// What becomes of all sources; a log that is there twice, say beside its archive, is pointed out.
pub(super) fn outcomes<'a>(
    sources: &[Source],
    accounts: impl Iterator<Item = &'a mut Account>,
) -> Vec<Outcome> {
    let mut seen = std::collections::BTreeMap::new();
    let mut outcomes = Vec::with_capacity(sources.len());
    for (source, account) in sources.iter().zip(accounts) {
        if let Some(ends) = account.ends.as_ref().filter(|_| 0 < account.bytes && account.complete) {
            let first = *seen.entry((account.bytes, ends.hash())).or_insert(source);
            if first.id != source.id {
                account.note(format!("same content as {}", first.path.display()));
            }
        }
        outcomes.push(account.outcome(source.id));
    }
    outcomes
}

/// The first and the last bytes of a source.
#[derive(Debug, Default)]
pub(super) struct Ends {
    first: Vec<u8>,
    last: Vec<u8>,
}

impl Ends {
    /// The ends of a plain file of `len` bytes.
    pub(super) fn of(disk: &Disk, len: u64) -> std::io::Result<Self> {
        let kept = usize::try_from(len).unwrap_or(ENDS).min(ENDS);
        let (mut first, mut last) = (vec![0; kept], vec![0; kept]);
        disk.read_at(&mut first, 0)?;
        disk.read_at(&mut last, len - kept as u64)?;
        Ok(Self { first, last })
    }

    /// Goes on with `bytes`.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let missing = (ENDS - self.first.len()).min(bytes.len());
        self.first.extend_from_slice(&bytes[..missing]);
        let fresh = &bytes[bytes.len().saturating_sub(ENDS)..];
        let old = (self.last.len() + fresh.len()).saturating_sub(ENDS);
        self.last.drain(..old);
        self.last.extend_from_slice(fresh);
    }

    fn hash(&self) -> (u64, u64) {
        (xxh3_64(&self.first), xxh3_64(&self.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_cuts_are_remembered_in_whatever_order_they_come() {
        let mut account = Account::default();
        (0..20).rev().chain(20..30).for_each(|offset| account.cut(offset));
        let outcome = account.outcome(SourceId(0));
        assert_eq!((outcome.cut, outcome.cut_at), (30, (0..8).collect()));
    }
}
