//! The same objects again and again all day: a program that keeps itself up to date. A walk sees each object once.

use crate::collect::IdSet;
use crate::incident::ConfounderNote;
use crate::time::HOUR;

/// So many times each object is read at least.
const AGAIN: u64 = 3;

/// Over at least this long, in microseconds.
const KEEPS_ON: i64 = 12 * HOUR;

/// Whether a walk comes back to what it saw.
pub(super) fn of_objects(ids: &IdSet) -> Option<ConfounderNote> {
    let times = ids.requests / ids.asked().max(1);
    (times >= AGAIN && ids.span.micros() >= KEEPS_ON).then(|| {
        let hours = ids.span.micros() / HOUR;
        super::note("kept-current", 80, format!("each object {times} times over {hours} h"))
    })
}
