//! Plain files: ranges of equal size, each read by whoever comes next.
//!
//! A record belongs to the range in which it begins. A reader looks at the byte before its range to see whether a record
//! begins with it, and reads past its range until its last record ends; so every record is read exactly once, whatever
//! the size of a range.

use std::io;

use super::block::{Block, Buffers, SLACK};
use super::disk::Disk;
use super::record;

/// How much is read past a range at first: most last records end within it.
const PAST: usize = 4 << 10;

/// The bytes `from..to` of a file of `size` bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) size: u64,
}

/// What a range gave.
#[derive(Debug)]
pub(super) struct Given {
    /// Blocks in order, the source not yet set; more than one only where a record was cut.
    pub(super) blocks: Vec<Block>,
    /// How many bytes of the range are there: fewer than its length if the file has shrunk.
    pub(super) present: u64,
}

/// Bytes of a file around a range, in a buffer with slack.
struct Window<'a> {
    disk: &'a Disk,
    range: Range,
    /// Where the window stands in the file: one byte before the range.
    at: u64,
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
}

/// The records that begin in `range`; longer ones than `limit` are cut.
pub(super) fn read(disk: &Disk, range: Range, limit: usize, buffers: &Buffers) -> io::Result<Given> {
    let mut window = Window::open(disk, range, buffers)?;
    let border = window.border();
    let present = window.present();
    // One byte before the range, a record may end; after the last but one byte of the range, none can begin in it.
    let first = match range.from {
        0 => Some(0),
        _ => record::next_start(window.bytes(0, border - 1)),
    };
    let Some(first) = first.filter(|&first| first < window.filled) else {
        buffers.keep(window.buffer);
        return Ok(Given { blocks: Vec::new(), present });
    };
    let end = window.read_to_record_end(limit)?;
    let spans = spans(window.bytes(0, end), first, border, limit);
    Ok(Given { blocks: window.into_blocks(&spans, buffers), present })
}

/// Records that stand side by side.
struct Span {
    start: usize,
    end: usize,
    /// Where the last one begins, if it was cut.
    cut_from: Option<usize>,
}

/// The spans of records that begin at `first` or later and before `border`.
fn spans(bytes: &[u8], first: usize, border: usize, limit: usize) -> Vec<Span> {
    let mut spans = Vec::with_capacity(1);
    let mut start = first;
    while start < border && start < bytes.len() {
        let whole = record::whole(&bytes[start..], limit);
        if !whole.too_long {
            spans.push(Span { start, end: bytes.len(), cut_from: None });
            break;
        }
        let cut_from = start + whole.end;
        let end = cut_from + limit;
        spans.push(Span { start, end, cut_from: Some(cut_from) });
        match record::next_start(&bytes[end..]) {
            Some(next) => start = end + next,
            None => break,
        }
    }
    spans
}

impl<'a> Window<'a> {
    fn open(disk: &'a Disk, range: Range, buffers: &Buffers) -> io::Result<Self> {
        let at = range.from.saturating_sub(1);
        let mut window = Self { disk, range, at, buffer: Vec::new(), filled: 0, ended: false };
        let wanted = window.border() + PAST;
        window.buffer = buffers.take(wanted);
        window.read_up_to(wanted)?;
        Ok(window)
    }

    /// Where the range ends in the window.
    fn border(&self) -> usize {
        usize::try_from(self.range.to - self.at).expect("a range fits into memory")
    }

    /// How many bytes of the range are there.
    fn present(&self) -> u64 {
        (self.at + self.filled as u64).min(self.range.to).saturating_sub(self.range.from)
    }

    fn bytes(&self, from: usize, to: usize) -> &[u8] {
        let to = to.min(self.filled);
        &self.buffer[SLACK + from.min(to)..SLACK + to]
    }

    /// Reads on until the window holds `wanted` bytes or the file ends.
    fn read_up_to(&mut self, wanted: usize) -> io::Result<()> {
        let there = usize::try_from(self.range.size - self.at).unwrap_or(usize::MAX);
        let wanted = wanted.min(there);
        if self.buffer.len() < wanted + 2 * SLACK {
            self.buffer.resize(wanted + 2 * SLACK, 0);
        }
        let fresh = &mut self.buffer[SLACK + self.filled..SLACK + wanted];
        let read = self.disk.read_at(fresh, self.at + self.filled as u64)?;
        self.ended = read < fresh.len() || wanted == there;
        self.filled += read;
        Ok(())
    }

    /// Reads on until the last record of the range has ended, or is known to be longer than `limit`; where that is.
    fn read_to_record_end(&mut self, limit: usize) -> io::Result<usize> {
        let last = self.border() - 1;
        let enough = self.border().saturating_add(limit).saturating_add(1);
        loop {
            if let Some(end) = record::next_start(self.bytes(last, usize::MAX)) {
                return Ok(last + end);
            }
            if self.ended || enough <= self.filled {
                return Ok(self.filled);
            }
            let past = (self.filled - last) * 2;
            self.read_up_to(self.filled.saturating_add(past).min(enough))?;
        }
    }

    /// One span stays where it is, several are copied.
    fn into_blocks(self, spans: &[Span], buffers: &Buffers) -> Vec<Block> {
        let place = |index: usize| self.at + index as u64;
        let placed = |block: Block, span: &Span| block.starting(place(span.start), span.cut_from.map(place));
        if let [span] = spans {
            let block = Block::new(self.buffer, SLACK + span.start, SLACK + span.end);
            return vec![placed(block, span)];
        }
        let copied = |span: &Span| placed(buffers.copy(self.bytes(span.start, span.end)), span);
        let blocks = spans.iter().map(copied).collect();
        buffers.keep(self.buffer);
        blocks
    }
}
