//! What tests of whole runs share: a log on disk, opened once, to be scanned in many ways and told in one.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]
#![allow(dead_code, reason = "each test file uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64};

use gatehound::detect::{self, World};
use gatehound::engine::{self, Memory, Scan};
use gatehound::format::{Around, Decoder, Opening, Reader, recognise};
use gatehound::incident::{self, Incident};
use gatehound::report::Teller;
use gatehound::request::Meaning;
use gatehound::simulate::{self, Format, Options};
use gatehound::source::{self, Feed, Limits, Milestones, Source};
use gatehound::tally::Tally;
use tempfile::TempDir;

/// Nothing around a record; the little that a decoder writes anew is never freed.
pub(crate) fn alone() -> Around<'static> {
    Around::nothing(Box::leak(Box::default()))
}

/// Sources that were found and opened, and what their lines mean.
pub(crate) struct Log {
    /// What was found.
    pub(crate) sources: Vec<Source>,
    /// What the user would be told about what was not.
    pub(crate) problems: Vec<source::Problem>,
    /// How each is read.
    pub(crate) decoders: Vec<Option<Box<dyn Decoder>>>,
    /// What lines mean.
    pub(crate) meaning: Meaning,
    /// How much memory a scan may take.
    pub(crate) memory: Option<Memory>,
    limits: Limits,
    /// Keeps files alive that were written for the test.
    dir: Option<TempDir>,
}

impl Log {
    /// The log that these files make together, in the order given.
    pub(crate) fn at(paths: &[PathBuf]) -> Self {
        let limits = Limits::default();
        let (sources, problems) = source::find(paths, &limits);
        let decoders = sources
            .iter()
            .map(|source| {
                let head = source.head(64 << 10).unwrap();
                recognise(&Opening::of(&head))
                    .map(|choice| Box::new(Reader::of(choice, &Opening::of(&head))) as Box<dyn Decoder>)
            })
            .collect();
        Self { sources, problems, decoders, meaning: Meaning::default(), memory: None, limits, dir: None }
    }

    /// The log that these texts make, each a file `0.log`, `1.log` …
    pub(crate) fn of<T: AsRef<[u8]>>(texts: &[T]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let paths = write_files(dir.path(), texts);
        Self { dir: Some(dir), ..Self::at(&paths) }
    }

    /// All evidence, by so many workers, out of blocks of about this size.
    pub(crate) fn scan(&self, threads: usize, block_size: usize) -> Tally {
        let (interrupted, lines) = (AtomicBool::new(false), AtomicU64::new(0));
        let scan = self.plan(threads, &interrupted, &lines);
        engine::scan(&scan, &self.feed(block_size)).unwrap()
    }

    /// The evidence of each block alone, in the order of the blocks of one worker; taken one by one, since a tally is large.
    pub(crate) fn each_piece(&self, block_size: usize, mut each: impl FnMut(Tally)) {
        let (interrupted, lines) = (AtomicBool::new(false), AtomicU64::new(0));
        let scan = self.plan(1, &interrupted, &lines);
        let feed = self.feed(block_size);
        while let Some(block) = feed.next() {
            each(engine::tally_of(&scan, &block.unwrap()));
        }
    }

    /// As [`each_piece`](Self::each_piece), all at once.
    pub(crate) fn pieces(&self, block_size: usize) -> Vec<Tally> {
        let mut pieces = Vec::new();
        self.each_piece(block_size, |piece| pieces.push(piece));
        pieces
    }

    fn feed(&self, block_size: usize) -> Feed {
        Feed::new(&self.sources, self.limits, block_size).unwrap()
    }

    fn plan<'p>(&'p self, threads: usize, interrupted: &'p AtomicBool, lines: &'p AtomicU64) -> Scan<'p> {
        Scan {
            decoders: &self.decoders,
            meaning: &self.meaning,
            since: None,
            until: None,
            threads,
            memory: self.memory,
            interrupted,
            lines,
        }
    }

    /// Everything that all detectors make of `tally`, best first.
    pub(crate) fn incidents(&self, tally: &Tally) -> Vec<Incident> {
        let world = World::new(tally, &self.meaning.keys);
        let detectors = detect::with_rules(&self.meaning.rules);
        let groups = incident::rank(detect::judge(&detectors, &world));
        let teller = Teller {
            world: &world,
            detectors: &detectors,
            sources: &self.sources,
            decoders: &self.decoders,
            meaning: &self.meaning,
            limits: &self.limits,
            milestones: &Milestones::default(),
            max_entities: 1000,
            evidence: 5,
        };
        teller.tell(&groups)
    }

    /// The same, as a scan by two workers finds it.
    pub(crate) fn judged(&self) -> Vec<Incident> {
        self.incidents(&self.scan(2, source::BLOCK_SIZE))
    }

    /// The report to the byte: one incident a line.
    pub(crate) fn report(&self, tally: &Tally) -> String {
        text(&self.incidents(tally))
    }
}

/// One incident a line.
pub(crate) fn text(incidents: &[Incident]) -> String {
    incidents.iter().map(|incident| serde_json::to_string(incident).unwrap() + "\n").collect()
}

/// Writes each text to a file of its own, named by its number.
pub(crate) fn write_files<T: AsRef<[u8]>>(dir: &Path, texts: &[T]) -> Vec<PathBuf> {
    let write = |(number, text): (usize, &T)| {
        let path = dir.join(format!("{number}.log"));
        fs::write(&path, text.as_ref()).unwrap();
        path
    };
    texts.iter().enumerate().map(write).collect()
}

/// A simulated morning with every look-alike and every attack.
pub(crate) fn morning(seed: u64, format: Format) -> Vec<u8> {
    simulated(&Options { seed, hours: 6, rate_milli: 2000, format, ..Options::default() })
}

/// A simulated log.
pub(crate) fn simulated(options: &Options) -> Vec<u8> {
    let mut log = Vec::new();
    simulate::run(options, &mut log, None).unwrap();
    log
}

/// A file that stands beside the project where it is built with its test days; says so where it does not.
pub(crate) fn beside(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}
