//! The laws of the architecture that are about whole runs: the cut does not matter, the clock is the log's, a line means
//! the same wherever it stands, nothing is dropped in silence.

#![allow(
    clippy::format_push_string,
    clippy::needless_for_each,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

mod common;

use std::collections::BTreeSet;
use std::path::PathBuf;

use common::{Log, beside, morning, write_files};
use gatehound::request::{Cache, Place};
use gatehound::simulate::Format;
use gatehound::source::BLOCK_SIZE;
use gatehound::tally::Tally;

/// Fails if a report holds too little to tell one run from another.
fn assert_tells_something(report: &str) {
    let kinds: BTreeSet<String> = report
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["kind"].to_string())
        .collect();
    assert!(kinds.len() >= 3, "too few kinds of incident to prove anything: {kinds:?}");
}

/// Fails at the first line in which two reports differ.
fn assert_same(report: &str, expected: &str, cut: &str) {
    if report == expected {
        return;
    }
    for (number, (ours, theirs)) in report.lines().zip(expected.lines()).enumerate() {
        assert_eq!(ours, theirs, "incident {number} depends on {cut}");
    }
    panic!("{} incidents instead of {} with {cut}", report.lines().count(), expected.lines().count());
}

/// Cuts a log into so many parts, each of whole lines.
fn cut(log: &[u8], parts: usize) -> Vec<&[u8]> {
    let mut rest = log;
    let mut all = Vec::new();
    for left in (2..=parts).rev() {
        let at = rest.len() / left;
        let end = at + rest[at..].iter().position(|&byte| byte == b'\n').unwrap() + 1;
        let (part, behind) = rest.split_at(end);
        all.push(part);
        rest = behind;
    }
    all.push(rest);
    all
}

fn workers_and_blocks(format: Format) {
    let log = Log::of(&[morning(1, format)]);
    let whole = log.scan(1, usize::MAX);
    let (report, stored) = (log.report(&whole), whole.write());
    assert_tells_something(&report);
    for (threads, block_size) in [(2, 1), (1, 64), (2, 4096), (8, 4096), (2, 1 << 20), (8, usize::MAX)] {
        let tally = log.scan(threads, block_size);
        let cut = format!("{threads} workers and blocks of {block_size} bytes");
        assert_same(&log.report(&tally), &report, &cut);
        assert!(tally.write() == stored, "the stored tally depends on {cut}");
    }
}

#[test]
fn neither_workers_nor_blocks_matter_in_text() {
    workers_and_blocks(Format::Combined);
}

#[test]
fn neither_workers_nor_blocks_matter_in_json() {
    workers_and_blocks(Format::Json);
}

/// Merges two random pieces at a time.
fn in_a_random_tree(mut pieces: Vec<Tally>) -> Tally {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % most as u64).unwrap()
    };
    while pieces.len() > 1 {
        let left = pieces.swap_remove(below(pieces.len()));
        let right = pieces.swap_remove(below(pieces.len()));
        pieces.push(left.merge(right));
    }
    pieces.pop().unwrap()
}

/// A tally that was on disk.
fn stored(tally: &Tally) -> Tally {
    Tally::read(&tally.write()).unwrap()
}

// An idle pool gives all blocks to one worker, so the pieces are merged by hand here.
fn pieces_by_hand(format: Format) {
    let log = Log::of(&[morning(2, format)]);
    let whole = log.scan(1, usize::MAX);
    let report = log.report(&whole);
    assert_tells_something(&report);
    let bytes = whole.write();
    let check = |tally: &Tally, how: &str| {
        assert_same(&log.report(tally), &report, how);
        assert!(tally.write() == bytes, "the stored tally depends on {how}");
    };
    let (mut forwards, mut backwards) = (Tally::default(), Tally::default());
    log.each_piece(16 << 10, |piece| forwards = std::mem::take(&mut forwards).merge(piece));
    log.each_piece(16 << 10, |piece| backwards = piece.merge(std::mem::take(&mut backwards)));
    check(&forwards, "merging forwards");
    check(&backwards, "merging backwards");
    check(&in_a_random_tree(log.pieces(48 << 10)), "merging in a random tree");
    let read = log.pieces(48 << 10).iter().map(stored).collect();
    check(&in_a_random_tree(read), "pieces that were stored");
    check(&stored(&whole), "a tally that was stored");
    check(&stored(&whole).merge(Tally::default()), "nothing merged into it");
    check(&Tally::default().merge(stored(&whole)), "merging it into nothing");
}

#[test]
fn pieces_merge_to_the_whole_in_text() {
    pieces_by_hand(Format::Combined);
}

#[test]
fn pieces_merge_to_the_whole_in_json() {
    pieces_by_hand(Format::Json);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let text = morning(3, Format::Combined);
    let dir = tempfile::tempdir().unwrap();
    let paths = write_files(dir.path(), &cut(&text, 3));
    let log = Log::at(&paths);
    assert_eq!(log.sources.len(), 3);
    let report = log.report(&log.scan(2, BLOCK_SIZE));
    assert_tells_something(&report);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let shuffled: Vec<PathBuf> = order.iter().map(|&nth: &usize| paths[nth].clone()).collect();
        let log = Log::at(&shuffled);
        assert_same(&log.report(&log.scan(2, 4096)), &report, "the order of files");
    }
    // One file tells the same but for where its lines stand.
    let one = Log::of(&[text]);
    let without_places = |report: &str| -> Vec<serde_json::Value> {
        let mut all: Vec<serde_json::Value> =
            report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for place in all.iter_mut().flat_map(|incident| incident["evidence"].as_array_mut().unwrap()) {
            let place = place.as_object_mut().unwrap();
            ["source", "line", "offset"].iter().for_each(|name| drop(place.remove(*name)));
        }
        all
    };
    assert_eq!(without_places(&report), without_places(&one.report(&one.scan(1, BLOCK_SIZE))));
}

/// A day that came with its truth, in one format: longer than a simulated morning, and packed.
fn foreign_day(name: &str) {
    let Some(path) = beside(&format!("data/days/{name}")) else { return };
    let log = Log::at(&[path]);
    let whole = log.scan(1, BLOCK_SIZE);
    let (report, stored_bytes) = (log.report(&whole), whole.write());
    assert_tells_something(&report);
    for (threads, block_size) in [(8, 16 << 10), (2, 1 << 20)] {
        let tally = log.scan(threads, block_size);
        let cut = format!("{threads} workers and blocks of {block_size} bytes");
        assert_same(&log.report(&tally), &report, &cut);
        assert!(tally.write() == stored_bytes, "the stored tally depends on {cut}");
    }
    let merged = in_a_random_tree(log.pieces(1 << 20).iter().map(stored).collect());
    assert_same(&log.report(&merged), &report, "merging stored pieces");
    assert!(merged.write() == stored_bytes);
}

#[test]
fn the_cut_does_not_matter_on_a_foreign_day_in_text() {
    foreign_day("day1.nginx.log.zst");
}

#[test]
fn the_cut_does_not_matter_on_a_foreign_day_in_json() {
    foreign_day("day1.json.log.zst");
}

/// A site with more routes, siblings and answers than are told apart: whatever is bounded overflows.
fn crowded() -> Vec<u8> {
    let mut log = String::new();
    let mut state = 7_u64;
    let mut below = |most: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % most
    };
    let word = |number: u64| -> String {
        let letters =
            (0..6).map(|digit| char::from(b'a' + u8::try_from(number / 7_u64.pow(digit) % 7).unwrap()));
        letters.collect()
    };
    for line in 0..40_000_u64 {
        let client = below(40);
        let second = line / 30;
        let status = [200, 200, 200, 404, 401, 403, 302, 500][usize::try_from(below(8)).unwrap()];
        let (method, path) = match below(6) {
            0 => ("GET", format!("/shop/{}", word(below(2000)))),
            1 => ("GET", format!("/who/{}?username={}", word(below(900)), word(below(3000)))),
            2 => ("GET", format!("/who/{}", word(below(900)))),
            3 => ("POST", format!("/login?username={}", word(below(3000)))),
            4 => ("GET", format!("/orders/{}", below(5000))),
            _ => ("GET", format!("/{}/{}.php", word(below(90)), word(below(9000)))),
        };
        log += &format!(
            "198.51.100.{client} - - [10/Mar/2026:{:02}:{:02}:{:02} +0000] \"{method} {path} HTTP/1.1\" {status} {} \
             \"-\" \"agent/{}\"\n",
            second / 3600,
            second / 60 % 60,
            second % 60,
            below(1 << 20),
            below(40),
        );
    }
    log.into_bytes()
}

#[test]
fn what_is_bounded_keeps_the_same_in_any_order() {
    let log = Log::of(&[crowded()]);
    let whole = log.scan(1, usize::MAX);
    assert!(!whole.routes.rest().is_empty(), "no parent has too many children");
    let (report, bytes) = (log.report(&whole), whole.write());
    let check = |tally: &Tally, how: &str| {
        assert_same(&log.report(tally), &report, how);
        assert!(tally.write() == bytes, "the stored tally depends on {how}");
    };
    check(&log.scan(8, 4096), "workers");
    let mut backwards = Tally::default();
    log.each_piece(32 << 10, |piece| backwards = piece.merge(std::mem::take(&mut backwards)));
    check(&backwards, "merging backwards");
    check(&in_a_random_tree(log.pieces(64 << 10)), "merging in a random tree");
}

#[test]
fn one_answer_more_or_less_is_seen_in_the_report() {
    // Guards the tests above: a report that ignores half of the log would pass them.
    let text = morning(1, Format::Json);
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let (half, whole) = (Log::of(&[lines[..lines.len() / 2].concat()]), Log::of(std::slice::from_ref(&text)));
    assert_ne!(half.scan(2, BLOCK_SIZE).write(), whole.scan(2, BLOCK_SIZE).write());
    let less = Log::of(&[lines[1..].concat()]);
    assert_ne!(less.scan(2, BLOCK_SIZE).write(), whole.scan(2, BLOCK_SIZE).write());
}

/// The stored tally of a short log.
fn short_stored() -> Vec<u8> {
    let text = morning(4, Format::Json);
    let lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').take(400).collect();
    let log = Log::of(&[lines.concat()]);
    log.scan(1, BLOCK_SIZE).write()
}

/// How a stored tally begins: magic, version, hash of the rest.
const SEAL: (usize, usize, usize) = (16, 2, 8);

/// `held` behind a seal that is right, after `stored`, whose version it keeps.
fn sealed(stored: &[u8], held: &[u8]) -> Vec<u8> {
    let hash = xxhash_rust::xxh3::xxh3_64(held).to_le_bytes();
    [&stored[..SEAL.0 + SEAL.1], &hash, held].concat()
}

#[test]
fn a_tally_of_another_version_or_kind_is_refused() {
    let good = short_stored();
    assert!(Tally::read(&good).is_ok());
    let refused = |bytes: &[u8]| Tally::read(bytes).err().map(|error| error.to_string()).unwrap_or_default();
    let held = &good[SEAL.0 + SEAL.1 + SEAL.2..];
    assert!(Tally::read(&sealed(&good, held)).is_ok(), "the seal of this test is not that of the code");

    let mut newer = good.clone();
    newer[SEAL.0] = newer[SEAL.0].wrapping_add(1);
    assert!(refused(&newer).contains("another version"), "{}", refused(&newer));

    let name = b"client-profile";
    let at = held.windows(name.len()).position(|window| window == name).unwrap();
    let mut stranger = held.to_vec();
    stranger[at] = b'C';
    assert!(refused(&sealed(&good, &stranger)).contains("another version"));
    let mut later = held.to_vec();
    later[at + name.len()] += 1;
    assert!(refused(&sealed(&good, &later)).contains("another version"));

    for foreign in
        [&b""[..], b"gatehound tally\n", b"{\"schema\":\"gatehound.run.v1\"}", &[0xff; 64], &good[..20]]
    {
        assert!(refused(foreign).contains("cannot be read"), "{}", refused(foreign));
    }
}

#[test]
fn a_damaged_tally_is_refused_wherever_it_is_damaged() {
    let good = short_stored();
    for at in (0..good.len()).step_by(good.len() / 997 + 1) {
        for bit in [1, 0x80] {
            let mut bad = good.clone();
            bad[at] ^= bit;
            assert!(Tally::read(&bad).is_err(), "byte {at}");
        }
        assert!(Tally::read(&good[..at]).is_err(), "cut at {at}");
    }
    assert!(Tally::read(&[good.as_slice(), b"\0"].concat()).is_err(), "something behind it");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// A wrong length must not cost memory, nor a wrong number a panic, even under a right seal.
    #[test]
    fn no_sealed_nonsense_makes_it_panic(changes in proptest::collection::vec((0.0..1.0f64, 0u8..=255), 1..6)) {
        static GOOD: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let good = GOOD.get_or_init(short_stored);
        let mut held = good[SEAL.0 + SEAL.1 + SEAL.2..].to_vec();
        for (place, byte) in changes {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a short length")]
            let at = (place * held.len() as f64) as usize;
            held[at] = byte;
        }
        let _ = Tally::read(&sealed(good, &held));
    }
}

#[test]
fn nobody_but_the_command_asks_the_wall_clock() {
    let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    let (mut read, mut askers) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            read += 1;
            let name = path.strip_prefix(&src).unwrap();
            if name.ends_with("tests.rs") {
                continue;
            }
            // The command may: it shows progress, and tells the plan what `--since 2h` starts from.
            // A connection waits by the clock of the machine, and so does whoever tries it again.
            let is_command =
                name == "main.rs" || name.starts_with("commands") || name == "deliver/courier.rs";
            let code = std::fs::read_to_string(&path).unwrap();
            let code = code
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or("")
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"));
            let clocks =
                ["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "UNIX_EPOCH.elapsed"];
            let asks = code.filter(|line| clocks.iter().any(|clock| line.contains(clock))).count();
            if asks > 0 && !is_command {
                askers.push(name.to_owned());
            }
        }
    }
    assert!(read > 100, "only {read} files were found");
    assert!(askers.is_empty(), "the clock is the log's clock: {askers:?}");
}

/// Each event of a block as a request, by the record it came from; records without one by their reason.
fn requests(log: &Log, block: &[u8]) -> Vec<(Vec<u8>, String)> {
    let decoder = log.decoders[0].as_deref().unwrap();
    let mut cache = Cache::default();
    let mut all = Vec::new();
    decoder.decode_block(block, common::alone(), &mut |decoded| {
        let meaning = match decoded.event {
            Ok(event) => format!("{:?}", log.meaning.request(event, Place::default(), &mut cache)),
            Err(malformed) => malformed.reason().to_owned(),
        };
        all.push((decoded.record.to_vec(), meaning));
    });
    all
}

#[test]
fn a_line_means_the_same_alone_and_among_others() {
    for format in [Format::Combined, Format::Json, Format::Alb] {
        let mut text = morning(5, format);
        text.truncate(cut(&text, 4)[0].len());
        let mut lines: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
        lines.extend([
            &b"\n"[..],
            b"# a comment\n",
            b"nonsense \" [ {\n",
            b"{\"time\":\n",
            b"\xff\xfe\0\x1b[31m\n",
        ]);
        let log = Log::of(std::slice::from_ref(&text));
        let decoder = log.decoders[0].as_deref().unwrap();
        let together = requests(&log, &lines.concat());
        assert_eq!(together.len(), lines.len());
        for (line, (record, meaning)) in lines.iter().zip(&together) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            assert_eq!(line, record);
            let alone = match decoder.decode(line, common::alone()) {
                Ok(event) => {
                    format!("{:?}", log.meaning.request(&event, Place::default(), &mut Cache::default()))
                }
                Err(malformed) => malformed.reason().to_owned(),
            };
            assert_eq!(&alone, meaning, "{}", String::from_utf8_lossy(line));
        }
        lines.reverse();
        let mut backwards = requests(&log, &lines.concat());
        backwards.reverse();
        assert!(backwards == together, "a line means something else behind others");
        let one_by_one: Vec<_> = lines.iter().rev().flat_map(|line| requests(&log, line)).collect();
        assert!(one_by_one == together, "a line means something else in a block of its own");
    }
}

/// Lines, events, skipped and rejected records of all sources.
fn account(tally: &Tally) -> (u64, u64, u64, u64) {
    let mut all = (0, 0, 0, 0);
    for source in tally.reading.sources.values() {
        all.0 += source.lines;
        all.1 += source.events;
        for (reason, lines) in &source.malformed {
            *(if reason.is_skip() { &mut all.2 } else { &mut all.3 }) += lines;
        }
        assert_eq!(source.formats.values().sum::<u64>(), source.events);
    }
    all
}

#[test]
fn every_line_is_an_event_or_is_counted_by_its_reason() {
    let good = String::from_utf8(morning(6, Format::Combined)).unwrap();
    let json = String::from_utf8(morning(6, Format::Json)).unwrap();
    let bad = [
        "",
        "   ",
        "# Fields: none",
        "what is this",
        "198.51.100.1 - - [10/Mar/2026:00:00:00 +0000] \"GET /",
    ];
    for (nth, ending) in ["\n", "", "\r\n"].into_iter().enumerate() {
        let mut text = Vec::new();
        let mut lines = 0;
        for (at, line) in good.lines().take(500).enumerate() {
            text.extend_from_slice(line.as_bytes());
            text.push(b'\n');
            lines += 1;
            if at % 3 == nth {
                text.extend_from_slice(bad[at % bad.len()].as_bytes());
                text.push(b'\n');
                lines += 1;
            }
            if at % 50 == 0 {
                text.extend_from_slice(json.lines().nth(at).unwrap().as_bytes());
                text.push(b'\n');
                lines += 1;
            }
            if at % 100 == 7 {
                text.extend_from_slice(b"\xff\xfe\0\x80\n");
                lines += 1;
            }
        }
        text.extend_from_slice(good.lines().nth(501).unwrap().as_bytes());
        text.extend_from_slice(ending.as_bytes());
        lines += 1;
        let log = Log::of(&[text]);
        let whole = account(&log.scan(1, usize::MAX));
        let (counted, events, skipped, rejected) = whole;
        assert_eq!((counted, counted), (lines, events + skipped + rejected));
        assert_eq!(events, 500 + 10 + 1, "the JSON lines among them are read as well");
        assert!(skipped > 30 && rejected > 30, "{whole:?}");
        for block_size in [1, 100, 4096] {
            assert_eq!(account(&log.scan(2, block_size)), whole, "blocks of {block_size} bytes");
        }
    }
}

#[test]
fn lines_of_an_unknown_format_are_counted_too() {
    for text in ["what\nis\nthis", "what\nis\nthis\n"] {
        let log = Log::of(&[text]);
        assert!(log.decoders[0].is_none());
        for block_size in [1, 100] {
            assert_eq!(account(&log.scan(2, block_size)), (3, 0, 0, 3), "{text:?}");
        }
    }
}

#[test]
fn a_file_that_is_given_twice_is_read_once() {
    let text = morning(1, Format::Combined);
    let dir = tempfile::tempdir().unwrap();
    let path = write_files(dir.path(), &[&text]).remove(0);
    let once = Log::at(std::slice::from_ref(&path));
    let report = once.report(&once.scan(2, BLOCK_SIZE));
    assert_tells_something(&report);
    let other = dir.path().join("1.log");
    std::fs::hard_link(&path, &other).unwrap();
    for paths in [
        vec![path.clone(), path.clone()],
        vec![other.clone(), path.clone()],
        vec![path, dir.path().to_owned()],
    ] {
        let log = Log::at(&paths);
        assert_eq!(log.sources.len(), 1);
        assert!(
            log.problems.iter().any(|problem| problem.message.contains("read once")),
            "{:?}",
            log.problems
        );
        assert_same(&log.report(&log.scan(2, BLOCK_SIZE)), &report, "giving a file twice");
    }
}
