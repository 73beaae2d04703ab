//! Archives and pipes: decoded by threads of their own, ahead of those who parse.

use std::cell::Cell;
use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

use super::Origin;
use super::block::Block;
use super::cutter::Cutter;
use super::directives::Tracker;
use super::feed::Shared;
use super::outcome::Ends;
use super::pipe::{self, Spool};
use super::unpack::{Unpacked, describe};
use crate::error::Error;

impl Shared {
    /// Starts a thread that reads the sources in `queue` one after the other, the last first.
    pub(super) fn start_thread(self: &Arc<Self>, queue: Arc<Mutex<Vec<usize>>>) -> Result<(), Error> {
        let shared = Arc::clone(self);
        self.bay.open();
        let run = move || {
            let _leaving = Leaving(&shared);
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(source) = next else { break };
                if !shared.read_stream(source) {
                    break;
                }
            }
        };
        let started = std::thread::Builder::new().name("unpack".to_owned()).spawn(run);
        started.map(drop).map_err(|cause| {
            self.bay.done();
            Error::io(&self.sources[0].path, cause)
        })
    }

    /// Decodes a source to its end; `false` once nobody wants more.
    fn read_stream(&self, nth: usize) -> bool {
        let source = &self.sources[nth];
        let opened = match &source.origin {
            Origin::Pipe(pipe) => pipe::lock(pipe)
                .start()
                .ok_or_else(|| Error::io(&source.path, io::Error::other("a pipe can be read only once"))),
            _ => source.open().map(|disk| source.unpack(disk, &self.limits)),
        };
        match opened {
            Ok(unpacked) => {
                let ends = Ends::default();
                Stream { shared: self, nth, unpacked, spool: None, bytes: 0, packed: 0, ends }.run()
            }
            Err(e) => {
                self.account(nth).note("could not be opened");
                self.bay.push(Err(e))
            }
        }
    }
}

/// Tells the bay that a thread has ended, however it ended.
struct Leaving<'a>(&'a Shared);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.bay.done();
    }
}

/// One source on its way through the decoder.
struct Stream<'a> {
    shared: &'a Shared,
    nth: usize,
    unpacked: Unpacked,
    spool: Option<Spool>,
    /// Decoded bytes so far.
    bytes: u64,
    /// Packed bytes that are already in the progress.
    packed: u64,
    ends: Ends,
}

impl Stream<'_> {
    /// Decodes everything; `false` once nobody wants more.
    fn run(mut self) -> bool {
        let (shared, nth) = (self.shared, self.nth);
        let wanted = Cell::new(true);
        let mut tracker = shared.sources[nth].has_directives.then(Tracker::default);
        let mut full = |block: Block| {
            let in_force = tracker.as_mut().map(|tracker| {
                let in_force = tracker.in_force();
                tracker.pass(block.bytes());
                in_force
            });
            let block = block.under(in_force.filter(|lines| !lines.is_empty()));
            if let Some(cut_at) = block.cut_at() {
                shared.account(nth).cut(cut_at);
            }
            wanted.set(shared.bay.push(Ok(block.of(shared.sources[nth].id))));
        };
        self.keep_a_copy();
        let mut cutter = Cutter::new(&shared.buffers, shared.block_size, shared.limits.line);
        while wanted.get() {
            let chunk = self.unpacked.chunk();
            let len = chunk.len();
            if len == 0 {
                break;
            }
            cutter.push(chunk, &mut full);
            self.ends.push(chunk);
            let kept = self.spool.as_mut().map_or(Ok(()), |spool| spool.push(chunk));
            self.unpacked.consume(len);
            self.bytes += len as u64;
            self.after_chunk(kept);
        }
        cutter.finish(&mut full);
        self.close(wanted.get())
    }

    /// Begins to keep what a pipe gives, since it gives it only once.
    fn keep_a_copy(&mut self) {
        let Shared { sources, limits, .. } = self.shared;
        if matches!(sources[self.nth].origin, Origin::Pipe(_)) && 0 < limits.spool {
            match Spool::new(limits.spool) {
                Ok(spool) => self.spool = Some(spool),
                Err(e) => self.keep_no_copy(&e),
            }
        }
    }

    fn keep_no_copy(&mut self, why: &io::Error) {
        self.spool = None;
        self.shared.account(self.nth).note(format!("no copy could be kept to show lines of: {why}"));
    }

    fn after_chunk(&mut self, kept: io::Result<()>) {
        if let Err(e) = kept {
            self.keep_no_copy(&e);
        }
        let packed = self.unpacked.packed_bytes();
        self.shared.done.fetch_add(packed - self.packed, Relaxed);
        self.packed = packed;
    }

    /// Closes the books; `false` if nobody wants more.
    fn close(mut self, wanted: bool) -> bool {
        let source = &self.shared.sources[self.nth];
        if let (Some(spool), Origin::Pipe(pipe)) = (self.spool.take(), &source.origin) {
            if spool.is_full() {
                self.shared.account(self.nth).note("too long to keep a copy: late lines cannot be shown");
            }
            match spool.finish() {
                Ok(kept) => pipe::lock(pipe).kept = Some(kept),
                Err(e) => self.keep_no_copy(&e),
            }
        }
        let broken = self.unpacked.broken.take();
        let mut account = self.shared.account(self.nth);
        account.bytes = self.bytes;
        account.read = self.unpacked.packed_bytes();
        account.complete = wanted && broken.is_none();
        account.ends = Some(self.ends);
        let notes = broken.as_ref().map(describe).into_iter().chain(self.unpacked.note.take());
        notes.for_each(|note| account.note(note));
        drop(account);
        // What is wrong with an archive stands in its outcome; the system's refusals are told at once.
        match broken.filter(|e| e.raw_os_error().is_some()) {
            Some(cause) => self.shared.bay.push(Err(Error::io(&source.path, cause))),
            None => wanted,
        }
    }
}
