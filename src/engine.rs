//! From sources to a tally, in parallel: blocks are read and understood by all workers, then every owner drains its
//! requests; round after round.
//!
//! In the first half of a round nobody knows of keys, in the second nobody knows of text, and no lock is held in either.

mod batch;
mod memory;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::prelude::*;

use crate::error::Error;
use crate::event::Malformed;
use crate::format::{Around, Decoder, Scratch};
use crate::request::{Cache, Meaning, Place, Request};
use crate::route::text;
use crate::series::Evidence;
use crate::source::{Block, Feed};
use crate::tally::{Correlated, Fleet, Following, Reading, Routes, SourceReading, Tally, Trail};
use crate::time::Time;
use batch::Batch;
use memory::Keeper;
pub use memory::{Memory, process_memory};

/// What a scan needs to know; opened and checked by the plan.
pub struct Scan<'p> {
    /// A decoder a source, by the source's number; `None` where no format was recognised.
    pub decoders: &'p [Option<Box<dyn Decoder>>],
    /// What lines mean.
    pub meaning: &'p Meaning,
    /// Requests before this are not counted.
    pub since: Option<Time>,
    /// Requests from here on are not counted.
    pub until: Option<Time>,
    /// How many workers.
    pub threads: usize,
    /// How much memory it may take; `None` for as much as there is.
    pub memory: Option<Memory>,
    /// Set from outside to end the scan early.
    pub interrupted: &'p AtomicBool,
    /// Lines read so far, for whoever shows progress.
    pub lines: &'p AtomicU64,
}

impl Scan<'_> {
    /// Whether a request at `time` counts.
    fn counts(&self, time: Time) -> bool {
        self.since.is_none_or(|since| since <= time) && self.until.is_none_or(|until| time < until)
    }
}

/// Blocks that each worker takes in one round.
const BLOCKS_A_ROUND: usize = 16;

/// Reads all of `feed` into a tally.
pub fn scan(scan: &Scan<'_>, feed: &Feed) -> Result<Tally, Error> {
    on(scan.threads, || rounds(scan, feed))?
}

/// Does `work`, which may spread over so many threads and no more.
pub fn on<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T, Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.max(1)).build();
    let pool = pool.map_err(|error| Error::usage(format!("cannot start {threads} threads: {error}")))?;
    Ok(pool.install(work))
}

/// Round after round until the feed is dry. What a source could not give is told by the feed's outcomes.
fn rounds(scan: &Scan<'_>, feed: &Feed) -> Result<Tally, Error> {
    let workers: Vec<Mutex<Worker>> = (0..scan.threads.max(1)).map(|_| Mutex::default()).collect();
    let mut tally = Tally::default();
    let mut keeper = Keeper::new(scan.memory);
    let blocks = workers.len() * keeper.blocks(workers.len());
    let mut batches: Vec<Batch> = (0..blocks).map(|_| Batch::default()).collect();
    loop {
        let read = AtomicU64::new(0);
        batches.par_iter_mut().for_each(|batch| {
            batch.clear();
            // What cannot be read stands in the feed's outcomes; the rest still comes.
            let Some(block) = std::iter::from_fn(|| feed.next()).find_map(Result::ok) else { return };
            read.fetch_add(1, Ordering::Relaxed);
            let worker = rayon::current_thread_index().unwrap_or(0) % workers.len();
            let mut worker = workers[worker].lock().expect("no worker panicked");
            let records = worker.understand(scan, &block, batch);
            feed.passed(&block, records);
            feed.give_back(block);
        });
        drain(&mut tally, &batches);
        keeper.look(&mut tally)?;
        if read.into_inner() == 0 || scan.interrupted.load(Ordering::Relaxed) {
            break;
        }
    }
    drop(batches);
    for worker in workers {
        let worker = worker.into_inner().expect("no worker panicked");
        tally.routes.merge(worker.routes);
        tally.fleet.merge(worker.fleet);
        tally.correlated.merge(worker.correlated);
        tally.reading.merge(worker.reading);
        tally.trail.merge(worker.trail);
    }
    keeper.finish(&mut tally)?;
    Ok(tally)
}

/// Tallies one block alone: what tests of the law cut logs into.
pub fn tally_of(scan: &Scan<'_>, block: &Block) -> Tally {
    let (mut worker, mut batch, mut tally) = (Worker::default(), Batch::default(), Tally::default());
    worker.understand(scan, block, &mut batch);
    drain(&mut tally, std::slice::from_ref(&batch));
    (tally.routes, tally.fleet, tally.reading) = (worker.routes, worker.fleet, worker.reading);
    tally.trail = worker.trail;
    tally.correlated = worker.correlated;
    tally.settle();
    tally
}

/// Every owner takes its requests out of the batches.
fn drain(tally: &mut Tally, batches: &[Batch]) {
    let shards = tally.shards.par_iter_mut().enumerate().flat_map(|(kind, shards)| {
        shards.par_iter_mut().enumerate().map(move |(number, shard)| (kind, number, shard))
    });
    shards.for_each(|(kind, number, shard)| {
        for batch in batches {
            shard.drain(batch.owned(kind, number));
        }
    });
}

/// Requests that are looked at together: so few that they stay in the nearest cache.
const TOGETHER: usize = 64;

/// What one worker counts for itself: kinds of evidence with few keys.
#[derive(Default)]
struct Worker {
    routes: Routes,
    fleet: Fleet,
    correlated: Correlated,
    reading: Reading,
    trail: Trail,
    cache: Cache,
}

/// Requests that wait to be counted together, with their paths.
struct Waiting<'b> {
    requests: Vec<Request>,
    paths: Vec<&'b [u8]>,
    following: Following,
}

impl Worker {
    /// Reads a block: its lines become requests. How many lines it has.
    fn understand(&mut self, scan: &Scan<'_>, block: &Block, batch: &mut Batch) -> u64 {
        let source = block.source.0;
        let mut reading = SourceReading::default();
        let Some(decoder) = scan.decoders.get(source as usize).and_then(Option::as_deref) else {
            reading.lines = block.records().count() as u64;
            reading.malformed.insert(Malformed::Unknown, reading.lines);
            let lines = reading.lines;
            self.reading.sources.entry(source).or_default().merge(reading);
            return lines;
        };
        // Formats change rarely, so only a change is written down.
        let mut format = (decoder.format(), 0);
        let scratch = Scratch::default();
        let (requests, paths) = (Vec::with_capacity(TOGETHER), Vec::with_capacity(TOGETHER));
        let mut waiting = Waiting { requests, paths, following: Following::default() };
        let around = Around { directives: block.directives(), ..Around::nothing(&scratch) };
        decoder.decode_block(block.bytes(), around, &mut |decoded| {
            reading.lines += 1;
            match decoded.event {
                Ok(event) => {
                    if format.0 != decoded.format {
                        reading.of_format(format);
                        format = (decoded.format, 0);
                    }
                    format.1 += 1;
                    if scan.counts(event.time) {
                        let place = Place::new(source, block.offset + decoded.offset as u64);
                        let mut request = scan.meaning.request(event, place, &mut self.cache);
                        request.matched =
                            scan.meaning.matched(event, decoded.record, &request, &mut self.cache);
                        if scan.meaning.rules.correlates() {
                            self.correlated.add(&self.cache.notes, &request);
                        }
                        waiting.requests.push(request);
                        waiting.paths.push(event.path.unwrap_or(b""));
                    }
                }
                Err(malformed) => *reading.malformed.entry(malformed).or_default() += 1,
            }
            if waiting.requests.len() == TOGETHER {
                self.count(&mut waiting, batch);
            }
        });
        self.count(&mut waiting, batch);
        batch.hand_over();
        let range = block.offset..block.offset + block.bytes().len() as u64;
        self.trail.put(source, range, waiting.following);
        reading.of_format(format);
        let lines = reading.lines;
        scan.lines.fetch_add(lines, Ordering::Relaxed);
        self.reading.sources.entry(source).or_default().merge(reading);
        lines
    }

    /// Counts what has few keys, and leaves the rest to the owners.
    fn count(&mut self, waiting: &mut Waiting<'_>, batch: &mut Batch) {
        let requests = &waiting.requests;
        self.reading.add(requests);
        self.trail.add(requests);
        waiting.following.add(requests);
        self.fleet.add(requests);
        self.routes.add(requests, |nth| text(waiting.paths[nth]));
        batch.add(requests);
        waiting.requests.clear();
        waiting.paths.clear();
    }
}
