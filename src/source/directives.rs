//! Lines that say how those behind them are read: `#Fields:` of the W3C's extended log format and its like. They may change
//! in the middle of a source, and its blocks are read in any order, so each block brings along those in force at its start.

use std::io;
use std::sync::Arc;

use super::disk::Disk;

/// What directives begin with. All others are comments.
const KEYWORDS: [&[u8]; 9] = [
    b"#Fields",
    b"#Date",
    b"#Start-Date",
    b"#GMT-Offset",
    b"#Software",
    b"#fields",
    b"#separator",
    b"#empty_field",
    b"#unset_field",
];
/// Longer directives are cut.
const LINE: usize = 64 << 10;
/// How much is read at a time.
const STRIDE: usize = 1 << 20;
/// How many changes are known of a source; what comes later does not reach the blocks behind it.
const CHANGES: usize = 1 << 16;

/// The directives in force: the last line of each keyword, one behind the other.
pub(super) type InForce = Arc<[u8]>;

/// Whether a source that begins with `head` may hold directives.
pub(super) fn may_be_in(head: &[u8]) -> bool {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).first() == Some(&b'#')
}

/// Follows a source from its start.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    lines: [Vec<u8>; KEYWORDS.len()],
    /// A line that has begun and not ended.
    begun: Option<Vec<u8>>,
    /// Whether the last byte was inside a line; not known before the first.
    mid_line: Option<bool>,
    in_force: Option<InForce>,
}

impl Tracker {
    /// What is in force here.
    pub(super) fn in_force(&mut self) -> InForce {
        let join = || self.lines.iter().flatten().copied().collect::<Vec<u8>>().into();
        Arc::clone(self.in_force.get_or_insert_with(join))
    }

    /// Passes the next bytes, wherever they end.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let Some(&last) = bytes.last() else { return };
        let mut from = 0;
        if let Some(mut begun) = self.begun.take() {
            let end = memchr::memchr(b'\n', bytes);
            let more = &bytes[..end.unwrap_or(bytes.len())];
            begun.extend_from_slice(&more[..more.len().min(LINE - begun.len().min(LINE))]);
            match end {
                Some(end) => {
                    self.line(&begun);
                    from = end;
                }
                None => self.begun = Some(begun),
            }
        } else if self.mid_line != Some(true) && bytes[0] == b'#' {
            from = self.begin(bytes, 0);
        }
        while let Some(at) = memchr::memmem::find(&bytes[from..], b"\n#") {
            from = self.begin(bytes, from + at + 1);
        }
        self.mid_line = Some(last != b'\n');
    }

    /// Passes the line that begins at `start`; gives where it ends.
    fn begin(&mut self, bytes: &[u8], start: usize) -> usize {
        if let Some(length) = memchr::memchr(b'\n', &bytes[start..]) {
            self.line(&bytes[start..start + length]);
            start + length
        } else {
            self.begun = Some(bytes[start..].iter().copied().take(LINE).collect());
            bytes.len()
        }
    }

    /// Passes one line; whether it changes anything.
    fn line(&mut self, line: &[u8]) -> bool {
        let Some(nth) = KEYWORDS.iter().rposition(|keyword| line.starts_with(keyword)) else { return false };
        let line = &line[..line.len().min(LINE)];
        let known = &mut self.lines[nth];
        if known.strip_suffix(b"\n") == Some(line) {
            return false;
        }
        known.clear();
        known.extend_from_slice(line);
        known.push(b'\n');
        self.in_force = None;
        true
    }
}

/// Where the directives of a plain file change, ascending: from which offset on, and what is in force then.
pub(super) type Changes = Vec<(u64, InForce)>;

/// What is in force at `offset`.
pub(super) fn at(changes: &Changes, offset: u64) -> Option<InForce> {
    let behind = changes.partition_point(|(from, _)| *from <= offset);
    changes[..behind].last().map(|(_, in_force)| Arc::clone(in_force))
}

/// Reads a plain file of `size` bytes for its directives.
pub(super) fn changes(disk: &Disk, size: u64) -> io::Result<Changes> {
    let (mut tracker, mut changes) = (Tracker::default(), Changes::new());
    let (mut buffer, mut at) = (Vec::new(), 0);
    let mut line = vec![0; LINE];
    while at < size && changes.len() < CHANGES {
        // One byte of the next stretch, so that a line feed and what follows it are seen together.
        let wanted = usize::try_from(size - at).unwrap_or(usize::MAX).min(STRIDE + 1);
        buffer.resize(wanted, 0);
        let read = disk.read_at(&mut buffer, at)?;
        let bytes = &buffer[..read];
        let first = (at == 0 && bytes.first() == Some(&b'#')).then_some(0);
        for start in first.into_iter().chain(memchr::memmem::find_iter(bytes, b"\n#").map(|at| at + 1)) {
            let from = at + start as u64;
            let read = disk.read_at(&mut line, from)?;
            let end = memchr::memchr(b'\n', &line[..read]).unwrap_or(read);
            if tracker.line(&line[..end]) && changes.len() < CHANGES {
                changes.push((from + end as u64 + 1, tracker.in_force()));
            }
        }
        if read <= 1 || read < wanted {
            break;
        }
        at += read.min(STRIDE) as u64;
    }
    Ok(changes)
}
