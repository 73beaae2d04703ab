//! A simulated day stage by stage: from blocks to a tally, then the world, then the findings.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::sync::atomic::{AtomicBool, AtomicU64};

use divan::counter::{BytesCount, ItemsCount};
use gatehound::detect::{self, World};
use gatehound::engine::{self, Scan};
use gatehound::format::{Decoder, Opening, Reader, recognise};
use gatehound::request::Meaning;
use gatehound::simulate::{Format, Options, run};
use gatehound::source::{BLOCK_SIZE, Feed, Limits, Source, find};
use gatehound::tally::Tally;
use tempfile::TempDir;

fn main() {
    divan::main();
}

/// A day of many clients in one of the formats.
struct Day {
    _folder: TempDir,
    sources: Vec<Source>,
    decoders: Vec<Option<Box<dyn Decoder>>>,
    meaning: Meaning,
    bytes: u64,
    lines: u64,
}

impl Day {
    fn of(format: Format) -> Self {
        let options =
            Options { seed: 7, clients: Some(50_000), agents: Some(1000), format, ..Options::default() };
        let mut log = Vec::new();
        let summary = run(&options, &mut log, None).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        std::fs::write(&path, log).unwrap();
        let (sources, problems) = find(&[path], &Limits::default());
        assert_eq!(problems, []);
        let head = sources[0].head(64 << 10).unwrap();
        let decoders = vec![
            recognise(&Opening::of(&head))
                .map(|choice| Box::new(Reader::of(choice, &Opening::of(&head))) as _),
        ];
        let (meaning, bytes, lines) = (Meaning::default(), summary.bytes, summary.lines);
        Self { _folder: folder, sources, decoders, meaning, bytes, lines }
    }

    fn tally(&self, threads: usize) -> Tally {
        let (interrupted, lines) = (AtomicBool::new(false), AtomicU64::new(0));
        let scan = Scan {
            decoders: &self.decoders,
            meaning: &self.meaning,
            since: None,
            until: None,
            threads,
            memory: None,
            interrupted: &interrupted,
            lines: &lines,
        };
        engine::scan(&scan, &Feed::new(&self.sources, Limits::default(), BLOCK_SIZE).unwrap()).unwrap()
    }
}

#[divan::bench(args = [1, 2])]
fn combined_to_tally(bencher: divan::Bencher, threads: usize) {
    let day = Day::of(Format::Combined);
    let counted = bencher.counter(BytesCount::new(day.bytes)).counter(ItemsCount::new(day.lines));
    counted.bench_local(|| day.tally(threads));
}

#[divan::bench(args = [1, 2])]
fn json_to_tally(bencher: divan::Bencher, threads: usize) {
    let day = Day::of(Format::Json);
    let counted = bencher.counter(BytesCount::new(day.bytes)).counter(ItemsCount::new(day.lines));
    counted.bench_local(|| day.tally(threads));
}

#[divan::bench]
fn tally_to_world(bencher: divan::Bencher) {
    let day = Day::of(Format::Json);
    let tally = day.tally(2);
    bencher.counter(ItemsCount::new(day.lines)).bench_local(|| World::new(&tally, &day.meaning.keys));
}

#[divan::bench]
fn world_to_findings(bencher: divan::Bencher) {
    let day = Day::of(Format::Json);
    let tally = day.tally(2);
    let world = World::new(&tally, &day.meaning.keys);
    let detectors = detect::all();
    bencher.counter(ItemsCount::new(day.lines)).bench_local(|| detect::judge(&detectors, &world));
}
