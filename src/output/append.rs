//! A file that records are appended to: whole ones, from several runs at once, also while somebody rotates it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A growing file. One call of [`write`](Write::write) is one record.
pub(super) struct Append {
    path: PathBuf,
    file: File,
}

impl Append {
    /// Opens the file at `path`, or makes it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().read(true).append(true).create(true).open(path)?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Opens the file anew if another stands in its place by now: whoever rotated it gets no more records.
    fn follow(&mut self) -> io::Result<()> {
        if !is_at(&self.file, &self.path) {
            *self = Self::open(&self.path)?;
        }
        Ok(())
    }

    /// Writes a record behind the last whole one; what a full disk cuts is taken back.
    fn append(&mut self, record: &[u8]) -> io::Result<()> {
        let length = self.file.seek(SeekFrom::End(0))?;
        if length > 0 && !ends_line(&mut self.file)? {
            self.file.write_all(b"\n")?;
        }
        self.file.write_all(record).inspect_err(|_| {
            // The first error is told; that the half record stays, if it does, the next run mends.
            let _ = self.file.set_len(length);
        })
    }
}

impl Write for Append {
    fn write(&mut self, record: &[u8]) -> io::Result<usize> {
        self.follow()?;
        // Some file systems know no locks; there, one call for each record must do.
        let is_locked = self.file.lock().is_ok();
        let written = self.append(record);
        if is_locked {
            self.file.unlock()?;
        }
        written.map(|()| record.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Whether the last byte of a file that is not empty ends a line.
fn ends_line(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Whether `path` still names this open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(ours), Ok(there)) = (file.metadata(), path.metadata()) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// Whether `path` still names this open file: elsewhere, an open file is not moved.
#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_go_to_the_file_that_bears_the_name_now() {
        let folder = tempfile::tempdir().unwrap();
        let (path, old) = (folder.path().join("a"), folder.path().join("a.1"));
        let mut file = Append::open(&path).unwrap();
        file.write_all(b"one\n").unwrap();
        std::fs::rename(&path, &old).unwrap();
        file.write_all(b"two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "one\n");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two\n");
    }

    #[test]
    fn a_record_that_a_crash_cut_spoils_none_that_follows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "{\"half\":").unwrap();
        Append::open(&path).unwrap().write_all(b"whole\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"half\":\nwhole\n");
    }

    #[test]
    fn two_writers_do_not_mix_their_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let record = |letter: &str| format!("{}\n", letter.repeat(100_000));
        std::thread::scope(|scope| {
            for letter in ["a", "b", "c"] {
                let mut file = Append::open(&path).unwrap();
                scope.spawn(move || (0..20).for_each(|_| file.write_all(record(letter).as_bytes()).unwrap()));
            }
        });
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 60);
        assert!(
            text.lines().all(|line| ["a", "b", "c"].iter().any(|one| format!("{line}\n") == record(one)))
        );
    }
}
