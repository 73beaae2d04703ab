//! An open file: read at any offset by many threads, and told apart from other files.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::Arc;

/// An open file without a cursor.
#[derive(Debug)]
pub(crate) struct Disk {
    file: File,
    /// Where no positional read exists, seeking and reading is one step.
    #[cfg(not(unix))]
    cursor: std::sync::Mutex<()>,
}

/// What makes two names the same file.
#[cfg(unix)]
pub(super) type Identity = (u64, u64);
/// What makes two names the same file.
#[cfg(not(unix))]
pub(super) type Identity = std::path::PathBuf;

impl Disk {
    /// Opens `path` for reading.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        File::open(path).map(Self::from)
    }

    /// What the system knows about it.
    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    /// Device and inode.
    #[cfg(unix)]
    pub(super) fn identity(&self, _path: &Path) -> io::Result<Identity> {
        use std::os::unix::fs::MetadataExt;
        self.file.metadata().map(|metadata| (metadata.dev(), metadata.ino()))
    }

    /// The path without links.
    #[cfg(not(unix))]
    pub(super) fn identity(&self, path: &Path) -> io::Result<Identity> {
        std::fs::canonicalize(path)
    }

    /// Whether nothing was read from it yet through another handle.
    pub(super) fn is_at_start(&self) -> bool {
        let mut file = &self.file;
        file.stream_position().is_ok_and(|position| position == 0)
    }

    /// The file itself, with its cursor.
    pub(super) fn into_file(self) -> File {
        self.file
    }

    /// Reads at `offset` until `buffer` is full or the file ends; how much that was.
    pub(crate) fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.read_once(&mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(filled)
    }

    #[cfg(unix)]
    fn read_once(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(not(unix))]
    fn read_once(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        use std::io::SeekFrom;
        let _alone = self.cursor.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut file = &self.file;
        file.seek(SeekFrom::Start(offset))?;
        file.read(buffer)
    }
}

impl From<File> for Disk {
    fn from(file: File) -> Self {
        Self {
            file,
            #[cfg(not(unix))]
            cursor: std::sync::Mutex::new(()),
        }
    }
}

/// Reads an open file from its start up to a size, whoever else reads it.
pub(super) struct Forward {
    disk: Arc<Disk>,
    at: u64,
    size: u64,
}

impl Forward {
    /// The first `size` bytes of `disk`.
    pub(super) fn new(disk: Arc<Disk>, size: u64) -> Self {
        Self { disk, at: 0, size }
    }
}

impl Read for Forward {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.disk.read_at(&mut buffer[..left], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
