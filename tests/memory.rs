//! The law of memory: a scan whose evidence went to disk, again and again, tells the same to the byte as one that kept it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Log, morning};
use gatehound::collect::ClientProfiles;
use gatehound::engine::Memory;
use gatehound::simulate::Format;
use gatehound::tally::Tally;

/// So little that all evidence goes to disk after every round.
const NOTHING: Option<Memory> = Some(Memory { most: 0, least: 0 });

/// Fails unless `tally` came from disk and tells what was kept in memory.
fn assert_same(log: &Log, tally: &Tally, (report, stored): (&str, &[u8]), how: &str) {
    assert!(tally.lies_on_disk(), "nothing went to disk with {how}");
    let told = log.report(tally);
    for (number, (ours, theirs)) in told.lines().zip(report.lines()).enumerate() {
        assert_eq!(ours, theirs, "incident {number} depends on {how}");
    }
    assert_eq!(told.lines().count(), report.lines().count(), "incidents depend on {how}");
    assert!(tally.write() == stored, "the stored tally depends on {how}");
    assert!(tally.failure().is_none(), "{:?}", tally.failure());
}

fn disk_tells_what_memory_tells(format: Format) {
    let mut log = Log::of(&[morning(5, format)]);
    let whole = log.scan(1, usize::MAX);
    let (report, stored) = (log.report(&whole), whole.write());
    assert!(report.lines().count() >= 3 && !whole.lies_on_disk(), "too little to tell anything:\n{report}");
    log.memory = NOTHING;
    // The small blocks make more runs than are kept, so some are merged on the way.
    for (threads, block_size) in [(1, 48 << 10), (2, 1 << 20), (3, 256 << 10)] {
        let how = format!("{threads} workers and blocks of {block_size} bytes");
        let tally = log.scan(threads, block_size);
        assert_same(&log, &tally, (&report, &stored), &how);
        let profiles = |tally: &Tally| tally.population::<ClientProfiles>().count();
        assert_eq!(profiles(&tally), profiles(&whole), "{how}");
        let merged = Tally::default().merge(tally);
        assert!(!merged.lies_on_disk() && merged.write() == stored, "merged after {how}");
    }
}

#[test]
fn disk_tells_what_memory_tells_in_text() {
    disk_tells_what_memory_tells(Format::Combined);
}

#[test]
fn disk_tells_what_memory_tells_in_json() {
    disk_tells_what_memory_tells(Format::Json);
}
