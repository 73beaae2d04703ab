//! Every record once: whatever the size of a block, the number of workers, and the state of the input.

mod archives;
mod broken;
mod names;
mod places;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A record with its place.
type Placed = (u64, Vec<u8>);

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn write(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

fn found<P: AsRef<Path>>(paths: &[P]) -> Vec<Source> {
    let (sources, problems) = find(paths, &Limits::default());
    assert_eq!(problems, []);
    sources
}

/// What `content` should give: each line, up to `limit` bytes of it.
fn split(content: &[u8], limit: usize) -> Vec<Placed> {
    let mut records = Vec::new();
    let mut at = 0;
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        let bytes = line.strip_suffix(b"\n").unwrap_or(line);
        records.push((at, bytes[..bytes.len().min(limit)].to_vec()));
        at += line.len() as u64;
    }
    records
}

/// Everything that `workers` get, by source and place; checks the slack of each block on the way.
fn read(
    sources: &[Source],
    limits: Limits,
    block_size: usize,
    workers: usize,
) -> (Vec<Vec<Placed>>, Vec<Outcome>) {
    let feed = Feed::new(sources, limits, block_size).unwrap();
    let all = Mutex::new(vec![Vec::new(); sources.len()]);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(block) = feed.next() {
                    let block = block.unwrap();
                    let (buffer, start, end) = block.padded();
                    assert_eq!(&buffer[start..end], block.bytes());
                    assert!(buffer[start - SLACK..start].iter().all(|&byte| byte == 0));
                    assert!(buffer[end..end + SLACK].iter().all(|&byte| byte == 0));
                    assert!(!block.bytes().is_empty());
                    let records = block.records().map(|(offset, bytes)| (offset, bytes.to_vec()));
                    all.lock().unwrap()[block.source.index()].extend(records);
                    feed.give_back(block);
                }
            });
        }
    });
    let mut all = all.into_inner().unwrap();
    for records in &mut all {
        records.sort();
    }
    (all, feed.outcomes())
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(content).unwrap();
    to.finish().unwrap()
}

/// Content with short lines, long lines, empty lines, NULs and carriage returns; the end with or without a newline.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"\n".to_vec()),
        1 => Just(b"\r\n\n\n".to_vec()),
        4 => proptest::collection::vec(any::<u8>(), 0..12),
        1 => (20_usize..300).prop_map(|len| vec![b'x'; len]),
        1 => (1_usize..9).prop_map(|len| vec![0; len]),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_record_comes_once_however_the_input_is_cut(
        content in content(),
        block_size in prop_oneof![1_usize..40, 40_usize..2000, Just(usize::MAX)],
        limit in prop_oneof![1_usize..30, 100_usize..400],
        workers in 1_usize..4,
    ) {
        let folder = folder();
        let plain = write(&folder, "a.log", &content);
        let packed = write(&folder, "b.log", &gzip(&content));
        let limits = Limits { line: limit, ..Limits::default() };
        let (records, outcomes) = read(&found(&[plain, packed]), limits, block_size, workers);
        let expected = split(&content, limit);
        let is_cut = |(offset, bytes): &&Placed| {
            bytes.len() == limit && content.get(usize::try_from(*offset).unwrap() + limit).is_some_and(|&b| b != b'\n')
        };
        let cut: Vec<u64> = expected.iter().filter(is_cut).map(|record| record.0).collect();
        for (records, outcome) in records.iter().zip(&outcomes) {
            prop_assert_eq!(records, &expected);
            prop_assert_eq!(outcome.cut, cut.len() as u64);
            prop_assert_eq!(&outcome.cut_at[..], &cut[..cut.len().min(8)]);
            prop_assert_eq!(outcome.bytes, content.len() as u64);
            prop_assert!(outcome.complete);
        }
        let twin = outcomes[1].note.as_deref().is_some_and(|note| note.starts_with("same content as "));
        prop_assert_eq!(twin, !content.is_empty());
    }
}

#[test]
fn progress_ends_where_it_should() {
    let folder = folder();
    let path = write(&folder, "a.log", &b"one line\n".repeat(10_000));
    let feed = Feed::new(&found(&[path]), Limits::default(), 1000).unwrap();
    assert_eq!(feed.progress(), Progress { done: 0, total: Some(90_000) });
    while feed.next().is_some() {}
    assert_eq!(feed.progress(), Progress { done: 90_000, total: Some(90_000) });
}

#[test]
fn a_reader_who_stops_early_is_told_that_it_is_not_complete() {
    let folder = folder();
    let plain = write(&folder, "a.log", &b"one line\n".repeat(10_000));
    let packed = write(&folder, "b.log", &gzip(&b"another line\n".repeat(1_000_000)));
    let feed = Feed::new(&found(&[plain, packed]), Limits::default(), 1000).unwrap();
    assert!(feed.next().unwrap().is_ok());
    assert!(feed.outcomes().iter().all(|outcome| !outcome.complete));
}
