//! Keys on disk are found, and what a disk broke is told.

use super::*;
use crate::collect::ClientProfiles;
use crate::request::{Client, Request};
use crate::tally::packed::{halves, pack};
use crate::tally::{Bundle, Tally};

/// What `count` clients did: each a request, every hundredth a hundred.
fn shards(count: u128) -> Vec<Vec<Shard>> {
    let mut shards = Tally::default().shards;
    for key in (1..=count).map(|nth| nth * 3) {
        let (mut bundle, mut words, mut packed) = (Bundle::of(halves(key)), Vec::new(), Vec::new());
        for _ in 0..if key % 100 == 0 { 100 } else { 1 } {
            let begin = packed.len();
            let request = Request { client: Client(key), bytes_out: 7, ..Request::default() };
            pack(&request, KeyKind::Client, (1, true), 0, &mut packed);
            bundle.count(1, 7, packed.len() - begin);
        }
        bundle.write(&mut words);
        words.extend_from_slice(&packed);
        shards[KeyKind::Client as usize][owner(key)].drain(&words);
    }
    shards
}

#[test]
fn every_key_is_found_and_no_other() {
    let count = 60_000;
    let run = || Sorted::write(&mut shards(count)).unwrap();
    let merged = Sorted::merge(vec![run(), run()]).unwrap().with_cache(10 * LEAF);
    for (sorted, times) in [(run(), 1), (merged, 2)] {
        assert!(sorted.parts[0].iter().all(|part| part.leaves.len() >= 2), "one leaf tells nothing");
        assert_eq!((sorted.keys(KeyKind::Client), sorted.keys(KeyKind::Account)), (60_000, 0));
        assert_eq!(sorted.count(KeyKind::Client, 0), 60_000);
        for key in (0..3 * count + 3).step_by(47) {
            let found = sorted.find(KeyKind::Client, key, |row| (row.bytes(), row.wanted(0), row.is_full()));
            let of_each = if key % 100 == 0 { 100 } else { 1 };
            let known = (7 * times * of_each, u32::try_from(times * of_each).unwrap(), of_each == 100);
            assert_eq!(found, (key > 0 && key % 3 == 0 && key <= 3 * count).then_some(known), "{key}");
        }
        assert_eq!(sorted.failure(), None);
    }
}

#[test]
fn what_has_changed_on_disk_is_a_failure_and_no_evidence() {
    for (bytes, why) in [(0, "unexpected end of file"), (1 << 20, "what was written there has changed")] {
        let mut tally = Tally { shards: shards(9), ..Tally::default() };
        let file = tempfile::tempfile().unwrap();
        file.set_len(bytes).unwrap();
        tally.sorted = Some(Sorted { disk: Disk::from(file), ..Sorted::write(&mut tally.shards).unwrap() });
        assert!(tally.failure().is_none());
        assert_eq!(tally.population::<ClientProfiles>().wanted(3), 0);
        let told = |tally: &Tally| tally.failure().map(|error| error.to_string()).unwrap_or_default();
        assert!(told(&tally).ends_with(&format!("cannot be read back: {why}")), "{}", told(&tally));
        let merged = Tally::default().merge(tally);
        assert!(told(&merged).ends_with(why) && merged.keys(KeyKind::Client) == 0);
    }
}
