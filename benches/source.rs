//! How fast records come in, before anybody parses them: the floor of every run.
#![allow(missing_docs, clippy::unwrap_used, clippy::needless_pass_by_value, reason = "a bench")]

use std::io::Write;

use divan::counter::BytesCount;
use gatehound::source::{BLOCK_SIZE, Feed, Limits, Milestones, Source, fetch, find};
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// A log of 256 MB, plain or packed.
fn log(pack: fn(Vec<u8>) -> Vec<u8>) -> (TempDir, Vec<Source>, usize) {
    let line = |nth: u32| {
        let (host, path) = (nth % 251, nth.wrapping_mul(2_654_435_761) >> 12);
        format!(
            "192.0.2.{host} - - [10/Mar/2026:17:00:03 +0000] \"GET /items/{path} HTTP/1.1\" 200 {nth} \"-\" \"agent\"\n"
        )
    };
    let content: Vec<u8> = (0..2_700_000).flat_map(|nth| line(nth).into_bytes()).collect();
    let (folder, len) = (tempfile::tempdir().unwrap(), content.len());
    let path = folder.path().join("log");
    std::fs::write(&path, pack(content)).unwrap();
    let (sources, problems) = find(&[path], &Limits::default());
    assert_eq!(problems, []);
    (folder, sources, len)
}

fn gzip(content: Vec<u8>) -> Vec<u8> {
    let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    to.write_all(&content).unwrap();
    to.finish().unwrap()
}

fn count(sources: &[Source], threads: usize, block_size: usize) -> usize {
    let feed = Feed::new(sources, Limits::default(), block_size).unwrap();
    let work = || {
        let mut lines = 0;
        while let Some(block) = feed.next() {
            let block = block.unwrap();
            lines += memchr::memchr_iter(b'\n', block.bytes()).count();
            feed.give_back(block);
        }
        lines
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    })
}

#[divan::bench(args = [1, 2], consts = [65_536, BLOCK_SIZE, 2_097_152])]
fn plain<const SIZE: usize>(bencher: divan::Bencher, threads: usize) {
    let (_folder, sources, len) = log(|content| content);
    bencher.counter(BytesCount::new(len)).bench(|| count(&sources, threads, SIZE));
}

#[divan::bench]
fn packed(bencher: divan::Bencher) {
    let (_folder, sources, len) = log(gzip);
    bencher.counter(BytesCount::new(len)).bench(|| count(&sources, 2, BLOCK_SIZE));
}

#[divan::bench]
fn line_number_of_the_last_record(bencher: divan::Bencher) {
    let (_folder, sources, len) = log(|content| content);
    let wanted = [(sources[0].id, len as u64 - 1)];
    bencher
        .counter(BytesCount::new(len))
        .bench(|| fetch(&sources, &wanted, &Limits::default(), &Milestones::default()));
}
