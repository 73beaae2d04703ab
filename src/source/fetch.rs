//! Reads single records again, once it is known which ones the report shows.

use std::sync::Arc;

use rayon::prelude::*;

use super::directives::{self, Changes, Tracker};
use super::disk::Disk;
use super::unpack::Unpacked;
use super::{Limits, Milestones, Origin, Source, SourceId, pipe, record};

/// How much is read at a time to count lines.
const STRIDE: u64 = 1 << 20;

/// A record as it stands in its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its bytes without the newline, up to the limit of a line.
    pub bytes: Vec<u8>,
    /// Its line, counted from 1.
    pub line: u64,
    /// The directives in force, as in [`Block::directives`](super::Block::directives).
    pub directives: Arc<[u8]>,
}

/// The records that begin at `wanted`, in the same order. `None` where it can no longer be read: the file was replaced or
/// has shrunk, or it came through a pipe of which too little was kept.
///
/// Plain files are read where the records stand, and from the last of `milestones` before each to count lines; an archive is
/// unpacked once, up to the last of them.
pub fn fetch(
    sources: &[Source],
    wanted: &[(SourceId, u64)],
    limits: &Limits,
    milestones: &Milestones,
) -> Vec<Option<Record>> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_unstable_by_key(|&nth| wanted[nth]);
    let by_source: Vec<&[usize]> = order.chunk_by(|&a, &b| wanted[a].0 == wanted[b].0).collect();
    let found: Vec<Vec<Option<Record>>> = by_source
        .par_iter()
        .map(|group| {
            let offsets: Vec<u64> = group.iter().map(|&nth| wanted[nth].1).collect();
            let source = sources.get(wanted[group[0]].0.index());
            let found = source.and_then(|source| from_source(source, &offsets, limits, milestones));
            found.unwrap_or_else(|| vec![None; offsets.len()])
        })
        .collect();
    let mut records = vec![None; wanted.len()];
    for (nth, record) in order.into_iter().zip(found.into_iter().flatten()) {
        records[nth] = record;
    }
    records
}

/// The records at `offsets`, which ascend.
fn from_source(
    source: &Source,
    offsets: &[u64],
    limits: &Limits,
    milestones: &Milestones,
) -> Option<Vec<Option<Record>>> {
    if let Origin::Pipe(pipe) = &source.origin {
        let (unpacked, bytes) = {
            let pipe = pipe::lock(pipe);
            let kept = pipe.kept.as_ref()?;
            (kept.unpack(limits), kept.bytes)
        };
        return Some(from_stream(unpacked, offsets, bytes, limits.line));
    }
    let disk = source.open().ok()?;
    if source.is_positional() {
        let starts: Vec<(u64, u64)> =
            offsets.iter().map(|&offset| milestones.before(source.id, offset)).collect();
        let lines = lines(&disk, offsets, &starts);
        let size = source.bytes?;
        let changes = source.has_directives.then(|| directives::changes(&disk, size).ok()).flatten();
        Some(from_disk(&disk, size, offsets, lines, &changes.unwrap_or_default(), limits.line))
    } else {
        Some(from_stream(source.unpack(disk, limits), offsets, u64::MAX, limits.line))
    }
}

/// Reads the records where they stand.
fn from_disk(
    disk: &Disk,
    size: u64,
    offsets: &[u64],
    lines: Vec<Option<u64>>,
    changes: &Changes,
    limit: usize,
) -> Vec<Option<Record>> {
    let mut buffer = Vec::new();
    let record = |(&offset, line): (&u64, Option<u64>)| {
        let bytes = record_at(disk, size, offset, limit, &mut buffer)?;
        let directives = directives::at(changes, offset).unwrap_or_default();
        Some(Record { bytes, line: line?, directives })
    };
    offsets.iter().zip(lines).map(record).collect()
}

/// The record at `offset`, at first by a small read, since most are short.
fn record_at(disk: &Disk, size: u64, offset: u64, limit: usize, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    let there = usize::try_from(size.checked_sub(offset)?).unwrap_or(usize::MAX).min(limit.saturating_add(1));
    let mut wanted = there.min(4 << 10);
    loop {
        buffer.resize(wanted, 0);
        let read = disk.read_at(buffer, offset).ok()?;
        let bytes = &buffer[..read];
        match record::next_start(bytes) {
            Some(end) => return Some(record::trim(&bytes[..end]).to_vec()),
            None if read < wanted || wanted == there => {
                return (0 < read).then(|| bytes[..read.min(limit)].to_vec());
            }
            None => wanted = wanted.saturating_mul(8).min(there),
        }
    }
}

/// On which line each of `offsets`, which ascend, is, counted from its start: an offset and its line. `None` where the file
/// cannot be read up to there.
fn lines(disk: &Disk, offsets: &[u64], starts: &[(u64, u64)]) -> Vec<Option<u64>> {
    let mut order: Vec<usize> = (0..offsets.len()).collect();
    order.sort_by_key(|&nth| starts[nth]);
    let stretches: Vec<&[usize]> = order.chunk_by(|&a, &b| starts[a] == starts[b]).collect();
    let counted: Vec<Vec<Option<u64>>> = stretches
        .par_iter()
        .map(|stretch| {
            let (mut at, line) = starts[stretch[0]];
            let (mut line, mut buffer) = (Some(line), Vec::new());
            let count = |&nth: &usize| {
                line = line.and_then(|line| Some(line + count(disk, at, offsets[nth], &mut buffer)?));
                at = offsets[nth];
                line
            };
            stretch.iter().map(count).collect()
        })
        .collect();
    let mut lines = vec![None; offsets.len()];
    for (&nth, line) in stretches.into_iter().flatten().zip(counted.into_iter().flatten()) {
        lines[nth] = line;
    }
    lines
}

/// How many newlines stand between two offsets.
fn count(disk: &Disk, mut from: u64, to: u64, buffer: &mut Vec<u8>) -> Option<u64> {
    let mut lines = 0;
    while from < to {
        buffer.resize(usize::try_from((to - from).min(STRIDE)).ok()?, 0);
        let read = disk.read_at(buffer, from).ok()?;
        let bytes = buffer.get(..read).filter(|bytes| bytes.len() == buffer.len())?;
        lines += record::count(bytes);
        from += bytes.len() as u64;
    }
    Some(lines)
}

/// Reads the records as they pass by; those at `end` and beyond are not there.
fn from_stream(unpacked: Unpacked, offsets: &[u64], end: u64, limit: usize) -> Vec<Option<Record>> {
    let mut passing = Passing { unpacked, at: 0, line: 1, tracker: Tracker::default() };
    let mut records: Vec<Option<Record>> = Vec::with_capacity(offsets.len());
    for (nth, &offset) in offsets.iter().enumerate() {
        let record = match nth.checked_sub(1) {
            Some(before) if offsets[before] == offset => records[before].clone(),
            _ if offset < end && passing.go_to(offset) => passing.record(limit),
            _ => None,
        };
        records.push(record);
    }
    records
}

/// A stream that is read once, with the place that was reached.
struct Passing {
    unpacked: Unpacked,
    at: u64,
    line: u64,
    tracker: Tracker,
}

impl Passing {
    /// Passes everything before `offset`; `false` if that is behind us or beyond the end.
    fn go_to(&mut self, offset: u64) -> bool {
        while self.at < offset {
            let ahead = usize::try_from(offset - self.at).unwrap_or(usize::MAX);
            let chunk = self.unpacked.chunk();
            let len = chunk.len().min(ahead);
            if len == 0 {
                return false;
            }
            self.line += record::count(&chunk[..len]);
            self.tracker.pass(&chunk[..len]);
            self.pass(len);
        }
        self.at == offset
    }

    /// The record that begins here, up to `limit` bytes of it.
    fn record(&mut self, limit: usize) -> Option<Record> {
        let directives = self.tracker.in_force();
        let mut found = Record { bytes: Vec::new(), line: self.line, directives };
        loop {
            let chunk = self.unpacked.chunk();
            let end = record::next_start(chunk);
            let len = end.unwrap_or(chunk.len());
            let piece = record::trim(&chunk[..len]);
            let room = piece.len().min(limit - found.bytes.len());
            let is_cut = room < piece.len();
            found.bytes.extend_from_slice(&piece[..room]);
            self.line += u64::from(end.is_some());
            self.tracker.pass(&chunk[..len]);
            self.pass(len);
            if len == 0 && found.bytes.is_empty() {
                return None;
            }
            if end.is_some() || len == 0 || is_cut {
                return Some(found);
            }
        }
    }

    fn pass(&mut self, len: usize) {
        self.unpacked.consume(len);
        self.at += len as u64;
    }
}
