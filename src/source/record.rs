//! Where a record ends. A record is a line; this file is the only one that knows.

/// Whole records at the front of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    /// Where they end.
    pub(super) end: usize,
    /// Whether the record that begins at `end` is longer than the limit.
    pub(super) too_long: bool,
}

/// The first byte after the record that `bytes` begin in; `None` if it does not end here.
pub(super) fn next_start(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', bytes).map(|newline| newline + 1)
}

/// How many records end in `bytes`.
pub(super) fn count(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// A record without its end.
pub(super) fn trim(record: &[u8]) -> &[u8] {
    record.strip_suffix(b"\n").unwrap_or(record)
}

/// The whole records at the front of `bytes`, which begin with a record, up to the first longer than `limit`.
pub(super) fn whole(bytes: &[u8], limit: usize) -> Whole {
    let mut end = 0;
    // One step passes at most `limit` bytes, so a record that is too long cannot hide between two steps.
    while limit < bytes.len() - end {
        match memchr::memrchr(b'\n', &bytes[end..=end + limit]) {
            Some(newline) => end += newline + 1,
            None => return Whole { end, too_long: true },
        }
    }
    let rest = memchr::memrchr(b'\n', &bytes[end..]).map_or(0, |newline| newline + 1);
    Whole { end: end + rest, too_long: false }
}
