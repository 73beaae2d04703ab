//! Hands the blocks of all sources to any number of workers: several files at a time, and one large file too.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bay::Bay;
use super::block::{Block, Buffers};
use super::directives;
use super::disk::Disk;
use super::milestones::{Milestones, Notes};
use super::outcome::{Account, Ends, Outcome, Progress, outcomes};
use super::plain::{self, Range};
use super::{Limits, Origin, Source};
use crate::error::Error;

/// Hands out blocks; workers call [`Feed::next`] until nothing comes.
///
/// The blocks of all sources together hold every record exactly once, whatever the size of a block and the number of
/// workers; their order means nothing.
#[derive(Debug)]
pub struct Feed {
    shared: Arc<Shared>,
    cursor: Mutex<Cursor>,
}

/// What workers and decoding threads share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) sources: Vec<Source>,
    pub(super) limits: Limits,
    pub(super) block_size: usize,
    pub(super) buffers: Buffers,
    pub(super) bay: Bay,
    notes: Notes,
    /// Bytes read from disk and pipes.
    pub(super) done: AtomicU64,
    accounts: Vec<Mutex<Account>>,
}

/// The next range of the plain files.
#[derive(Debug)]
struct Cursor {
    source: usize,
    from: u64,
}

impl Feed {
    /// A feed of `sources` as [`find`](super::find) returned them, in blocks of about `block_size` bytes: with 1 about a
    /// record a block, with `usize::MAX` a file a block. Archives and pipes begin to be read at once.
    pub fn new(sources: &[Source], limits: Limits, block_size: usize) -> Result<Self, Error> {
        let limits = Limits { line: limits.line.max(1), ..limits };
        let account = |source: &Source| {
            let plain = source.bytes.filter(|_| source.is_positional());
            Mutex::new(plain.map_or_else(Account::default, Account::plain))
        };
        let shared = Arc::new(Shared {
            accounts: sources.iter().map(account).collect(),
            sources: sources.to_vec(),
            limits,
            block_size: block_size.max(1),
            buffers: Buffers::default(),
            bay: Bay::default(),
            notes: Notes::default(),
            done: AtomicU64::new(0),
        });
        let feed = Self { shared, cursor: Mutex::new(Cursor { source: 0, from: 0 }) };
        feed.start_streams()?;
        Ok(feed)
    }

    /// A block of whole records, or what could not be read; `None` when all is read. Waits for archives and pipes.
    ///
    /// After an error the rest still comes.
    pub fn next(&self) -> Option<Result<Block, Error>> {
        loop {
            if let Some(ready) = self.shared.bay.try_take() {
                return Some(ready);
            }
            let Some((source, range)) = self.next_range() else { return self.shared.bay.take() };
            match self.shared.read_range(source, range) {
                Ok(Some(block)) => return Some(Ok(block)),
                Ok(None) => {}
                Err(e) => return Some(Err(e)),
            }
        }
    }

    /// Notes how many records a block held, for [`milestones`](Self::milestones).
    pub fn passed(&self, block: &Block, records: u64) {
        self.shared.notes.add(block, records);
    }

    /// Takes back a block whose bytes nobody needs any more, so that its memory is used again.
    pub fn give_back(&self, block: Block) {
        self.shared.buffers.give_back(block);
    }

    /// Ends the reading early: what is ready is still handed out, and nobody waits for more.
    pub fn stop(&self) {
        self.shared.bay.close();
    }

    /// How far the reading is.
    pub fn progress(&self) -> Progress {
        let total = self.shared.sources.iter().map(|source| source.bytes).sum();
        Progress { done: self.shared.done.load(Relaxed), total }
    }

    /// On which lines the blocks began that were passed.
    pub fn milestones(&self) -> Milestones {
        self.shared.notes.milestones()
    }

    /// What became of each source. Before [`Feed::next`] has returned `None`, sources are incomplete.
    pub fn outcomes(self) -> Vec<Outcome> {
        let mut accounts: Vec<_> =
            (0..self.shared.accounts.len()).map(|nth| self.shared.account(nth)).collect();
        outcomes(&self.shared.sources, accounts.iter_mut().map(|account| &mut **account))
    }

    /// A thread for each pipe, since it may keep us waiting, and a few for all archives.
    fn start_streams(&self) -> Result<(), Error> {
        let is_pipe = |source: &Source| matches!(source.origin, Origin::Pipe(_));
        let streams = self.shared.sources.iter().enumerate().filter(|(_, source)| !source.is_positional());
        let (pipes, archives): (Vec<_>, Vec<_>) = streams.partition(|(_, source)| is_pipe(source));
        for (nth, _) in pipes {
            self.shared.start_thread(Arc::new(Mutex::new(vec![nth])))?;
        }
        let threads = self.shared.limits.streams.max(1).min(archives.len());
        let queue = archives.into_iter().map(|(nth, _)| nth).rev().collect();
        let queue = Arc::new(Mutex::new(queue));
        (0..threads).try_for_each(|_| self.shared.start_thread(Arc::clone(&queue)))
    }

    /// The next range of a plain file that nobody has.
    fn next_range(&self) -> Option<(usize, Range)> {
        let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let source = self.shared.sources.get(cursor.source)?;
            let size = source.bytes.filter(|_| source.is_positional()).unwrap_or(0);
            if cursor.from < size {
                let from = cursor.from;
                let to = from.saturating_add(self.shared.block_size as u64).min(size);
                cursor.from = to;
                return Some((cursor.source, Range { from, to, size }));
            }
            *cursor = Cursor { source: cursor.source + 1, from: 0 };
        }
    }
}

impl Drop for Feed {
    /// Threads that decode stop at the next block. They are not waited for: a pipe may stay silent for ever.
    fn drop(&mut self) {
        self.shared.bay.close();
    }
}

impl Shared {
    /// The books on a source.
    pub(super) fn account(&self, source: usize) -> MutexGuard<'_, Account> {
        self.accounts[source].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records that begin in `range`: the first block of them, the others go to the bay.
    fn read_range(&self, source: usize, range: Range) -> Result<Option<Block>, Error> {
        let read = self.open(source).map(|disk| {
            let Some(disk) = disk else { return Ok(None) };
            let directives = self.directives(source, &disk, range.size)?;
            plain::read(&disk, range, self.limits.line, &self.buffers).map(|given| Some((given, directives)))
        });
        let mut account = self.account(source);
        account.left -= range.to - range.from;
        let given = match read {
            Ok(Ok(given)) => given,
            Ok(Err(cause)) => {
                account.note(cause.to_string());
                // A bad disk has many bad blocks; one word is enough.
                let is_first = !std::mem::replace(&mut account.lost, true);
                let error = || Err(Error::io(&self.sources[source].path, cause));
                return if is_first { error() } else { Ok(None) };
            }
            Err(e) => return Err(e),
        };
        let Some((given, directives)) = given else { return Ok(None) };
        self.done.fetch_add(given.present, Relaxed);
        account.bytes += given.present;
        account.read += given.present;
        given.blocks.iter().filter_map(Block::cut_at).for_each(|offset| account.cut(offset));
        if given.present < range.to - range.from {
            account.note("shrank while it was read");
            account.lost = true;
        }
        if account.left == 0 {
            account.complete = !account.lost;
            account.ends = account.disk.take().and_then(|disk| Ends::of(&disk, range.size).ok());
        }
        drop(account);
        let directives = |offset| directives.as_deref().and_then(|changes| directives::at(changes, offset));
        let mut blocks = given.blocks.into_iter().map(|block| {
            let in_force = directives(block.offset);
            block.of(self.sources[source].id).under(in_force)
        });
        let first = blocks.next();
        blocks.for_each(|block| self.bay.push_at_once(block));
        Ok(first)
    }

    /// The directives of a plain source, if it may hold any; whoever asks first reads them.
    fn directives(
        &self,
        source: usize,
        disk: &Disk,
        size: u64,
    ) -> io::Result<Option<Arc<directives::Changes>>> {
        if !self.sources[source].has_directives {
            return Ok(None);
        }
        let mut account = self.account(source);
        if account.directives.is_none() {
            account.directives = Some(Arc::new(directives::changes(disk, size)?));
        }
        Ok(account.directives.clone())
    }

    /// The file behind a plain source; `None` if it could not be opened, which is told once.
    fn open(&self, source: usize) -> Result<Option<Arc<Disk>>, Error> {
        let mut account = self.account(source);
        if account.disk.is_none() && !account.lost {
            match self.sources[source].open() {
                Ok(disk) => account.disk = Some(disk),
                Err(e) => {
                    account.lost = true;
                    account.note("could not be opened");
                    return Err(e);
                }
            }
        }
        Ok(account.disk.clone())
    }
}
