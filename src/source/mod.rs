//! Where bytes come from: files, folders, globs and pipes, plain or packed, handed out as blocks of whole records.
//!
//! [`find`] expands what the user named, [`Source::head`] shows a beginning for recognition, a [`Feed`] hands blocks to
//! any number of workers, and [`fetch`] reads single records again for the report. Nothing is mapped into memory, since
//! a log may be truncated while it is read. Offsets count bytes of the decoded source, so a record has the same place in
//! a log and in its archive.

mod bay;
mod block;
mod cutter;
mod directives;
mod disk;
mod feed;
mod fetch;
mod find;
mod framing;
mod milestones;
mod outcome;
mod packed;
mod pieces;
mod pipe;
mod plain;
mod record;
mod stream;
mod unpack;
mod utf16;
mod walk;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

pub use block::{Block, SLACK};
pub use feed::Feed;
pub use fetch::{Record, fetch};
pub use find::{Problem, find};
pub use milestones::Milestones;
pub use outcome::{Outcome, Progress};

use crate::error::Error;
use crate::time::Time;
pub(crate) use disk::Disk;
use disk::Identity;
use pipe::Pipe;
use unpack::Unpacked;

/// The default size of a block: reading is no faster with more, and less stays in memory with less.
pub const BLOCK_SIZE: usize = 512 << 10;

/// A source's number: its place in the list that [`find`] returned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

impl SourceId {
    /// The number as an index.
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a source is packed, by its first bytes and never by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Not packed.
    Plain,
    /// gzip, all members.
    Gzip,
    /// Zstandard, all frames.
    Zstd,
    /// bzip2, all streams.
    Bzip2,
    /// xz, all streams.
    Xz,
}

/// Bounds that hostile or broken input cannot exceed. Whatever is hit stands in an [`Outcome`] or a [`Problem`].
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most bytes of a record without its newline; the rest of a longer one is skipped.
    pub line: usize,
    /// How many times its packed size an archive may expand to, once it gave 64 MiB.
    pub expansion_ratio: u64,
    /// The most bytes that an archive may expand to.
    pub expanded_bytes: u64,
    /// The most bytes of temporary file that keep what came through one pipe, so that [`fetch`] finds it.
    pub spool: u64,
    /// How many archives and pipes are read at a time.
    pub streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 1 << 20,
            expansion_ratio: 1000,
            expanded_bytes: 1 << 40,
            spool: 4 << 30,
            streams: std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)),
        }
    }
}

/// One thing to read, found but not yet read. Cheap to clone; clones share a pipe.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its number, dense from 0 in the order of the paths.
    pub id: SourceId,
    /// Its name; `-` for the standard input.
    pub path: PathBuf,
    /// How it is packed.
    pub encoding: Encoding,
    /// Its size on disk when it was found; `None` for a pipe. What is appended later is left for the next run.
    pub bytes: Option<u64>,
    /// When it was last written, when it was found; `None` for a pipe.
    pub written: Option<Time>,
    /// Whether lines in it may say how others are read.
    has_directives: bool,
    /// Whether its records are made lines first.
    is_framed: bool,
    origin: Origin,
}

/// What stands behind a source.
#[derive(Clone, Debug)]
enum Origin {
    /// A file kept open since it was found, so that a rotation in the middle of a run does no harm.
    Held(Arc<Disk>),
    /// A file to be opened again, when it must still be the same one.
    Named(Identity),
    /// Bytes that come once.
    Pipe(Arc<Mutex<Pipe>>),
}

impl Source {
    /// The first `len` decoded bytes, or all of them if there are fewer. A pipe is waited for, and loses nothing.
    pub fn head(&self, len: usize) -> Result<Vec<u8>, Error> {
        let read = match &self.origin {
            Origin::Pipe(pipe) => pipe::lock(pipe).head(len),
            Origin::Held(_) | Origin::Named(_) => {
                let mut head = Vec::with_capacity(len.min(BLOCK_SIZE));
                self.unpack(self.open()?, &Limits::default()).fill(&mut head, len).map(|()| head)
            }
        };
        read.map_err(|cause| Error::io(&self.path, cause))
    }

    /// Whether its records can be read at any offset, by many workers.
    fn is_positional(&self) -> bool {
        self.encoding == Encoding::Plain && !self.is_framed && !matches!(self.origin, Origin::Pipe(_))
    }

    /// The file behind it; the very one that was found.
    fn open(&self) -> Result<Arc<Disk>, Error> {
        let fail = |cause| Error::io(&self.path, cause);
        match &self.origin {
            Origin::Held(disk) => Ok(Arc::clone(disk)),
            Origin::Named(identity) => {
                let disk = Disk::open(&self.path).map_err(fail)?;
                let now = disk.identity(&self.path).map_err(fail)?;
                let moved = || fail(std::io::Error::other("another file has taken its place"));
                if now == *identity { Ok(Arc::new(disk)) } else { Err(moved()) }
            }
            Origin::Pipe(_) => Err(fail(std::io::Error::other("a pipe cannot be opened twice"))),
        }
    }

    /// `disk` as decoded bytes, up to the size that was found.
    fn unpack(&self, disk: Arc<Disk>, limits: &Limits) -> Unpacked {
        let size = self.bytes.unwrap_or(u64::MAX);
        Unpacked::new(Box::new(disk::Forward::new(disk, size)), self.encoding, self.bytes, limits)
    }
}

/// The files that `name` means: itself, those below it, or those that match it; none where it is not there.
#[must_use]
pub fn named_files(name: &Path) -> Vec<PathBuf> {
    walk::expand(name, &mut Vec::new()).into_iter().map(|found| found.path).collect()
}

/// Whether `path` means the standard input.
fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
