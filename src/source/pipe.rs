//! Bytes that come once: looked at before they are read, and kept for a second look in a temporary file.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use super::disk::{Disk, Forward};
use super::packed::Packed;
use super::unpack::Unpacked;
use super::{Encoding, Limits};

/// A pipe that several clones of a source share.
pub(super) struct Pipe {
    /// The unread rest; `None` once a feed has begun to read it.
    unread: Option<Unpacked>,
    head: Vec<u8>,
    /// What was kept, once the feed has read it.
    pub(super) kept: Option<Kept>,
}

/// The decoded beginning of a pipe in a temporary file that vanishes with the process.
pub(super) struct Kept {
    disk: Arc<Disk>,
    packed: u64,
    /// How many decoded bytes it holds.
    pub(super) bytes: u64,
}

impl Pipe {
    /// All that comes out of `packed`.
    pub(super) fn new(packed: Packed, encoding: Encoding, limits: &Limits) -> Self {
        let unread = Some(Unpacked::resume(packed, encoding, None, limits));
        Self { unread, head: Vec::new(), kept: None }
    }

    /// The first `len` decoded bytes; waits for them.
    pub(super) fn head(&mut self, len: usize) -> io::Result<Vec<u8>> {
        if let Some(unread) = &mut self.unread {
            unread.fill(&mut self.head, len)?;
        }
        Ok(self.head[..len.min(self.head.len())].to_vec())
    }

    /// Everything, for the one that reads it first.
    pub(super) fn start(&mut self) -> Option<Unpacked> {
        let mut unread = self.unread.take()?;
        unread.unread(self.head.clone());
        Some(unread)
    }
}

impl std::fmt::Debug for Pipe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pipe").field("head", &self.head.len()).finish_non_exhaustive()
    }
}

impl Kept {
    /// The kept bytes from the start.
    pub(super) fn unpack(&self, limits: &Limits) -> Unpacked {
        // What we packed ourselves may expand as it likes.
        let trusted = Limits { expansion_ratio: u64::MAX, expanded_bytes: u64::MAX, ..*limits };
        let from = Forward::new(Arc::clone(&self.disk), self.packed);
        Unpacked::new(Box::new(from), Encoding::Zstd, Some(self.packed), &trusted)
    }
}

/// Whoever panicked while holding the pipe lost a head at most.
pub(super) fn lock(pipe: &Mutex<Pipe>) -> MutexGuard<'_, Pipe> {
    pipe.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Keeps what passes through a pipe, up to a size.
pub(super) struct Spool {
    to: zstd::Encoder<'static, Counted>,
    most: u64,
    bytes: u64,
    full: bool,
}

/// Packs lightly: a copy is mostly never looked at, and the thread that packs it also decodes.
const LEVEL: i32 = -10;
/// What the packer may hold back before it writes.
const HELD_BACK: u64 = 256 << 10;

impl Spool {
    /// An empty spool that takes `most` bytes of temporary file.
    pub(super) fn new(most: u64) -> io::Result<Self> {
        let to = zstd::Encoder::new(Counted { file: tempfile::tempfile()?, written: 0 }, LEVEL)?;
        Ok(Self { to, most, bytes: 0, full: false })
    }

    /// Keeps `bytes`, unless it is full.
    pub(super) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.full = self.full || self.most < self.to.get_ref().written + HELD_BACK;
        if self.full {
            return Ok(());
        }
        self.to.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Whether something passed that was not kept.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// What was kept.
    pub(super) fn finish(self) -> io::Result<Kept> {
        let Counted { file, written } = self.to.finish()?;
        Ok(Kept { disk: Arc::new(Disk::from(file)), packed: written, bytes: self.bytes })
    }
}

/// A file that knows how much was written to it.
struct Counted {
    file: File,
    written: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
