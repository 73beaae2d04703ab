//! What a receiver has acknowledged: marks in a file, one a line, so that nothing is sent again in a later run.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How many marks are kept, the latest; the file may grow to twice as many.
const KEPT: usize = 100_000;

/// The marks of one receiver.
pub(super) struct Ledger {
    path: PathBuf,
    /// In the order in which they were acknowledged.
    marks: Vec<String>,
    known: BTreeSet<String>,
}

impl Ledger {
    /// Reads the file at `path`, if there is one. A line that was cut by a crash is no mark.
    pub(super) fn read(path: PathBuf) -> io::Result<Self> {
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(cause) => return Err(cause),
        };
        let lines = text.split(|byte| *byte == b'\n').filter(|line| line.len() == 16);
        let marks: Vec<String> = lines.map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        let known = marks.iter().cloned().collect();
        Ok(Self { path, marks, known })
    }

    /// Whether the receiver has this.
    pub(super) fn knows(&self, mark: &str) -> bool {
        self.known.contains(mark)
    }

    /// Notes what the receiver has acknowledged; on disk when the call returns.
    pub(super) fn note<'m>(&mut self, marks: impl IntoIterator<Item = &'m str>) -> io::Result<()> {
        let mut lines = String::new();
        for mark in marks {
            // A line end goes first as well: the last note may have been cut.
            lines.push_str(if lines.is_empty() { "\n" } else { "" });
            lines.push_str(mark);
            lines.push('\n');
            self.marks.push(mark.to_owned());
            self.known.insert(mark.to_owned());
        }
        if self.marks.len() > 2 * KEPT {
            return self.shorten();
        }
        let mut file = File::options().append(true).create(true).open(&self.path)?;
        file.write_all(lines.as_bytes())?;
        file.sync_data()
    }

    /// Forgets the oldest marks.
    fn shorten(&mut self) -> io::Result<()> {
        let kept = self.marks.split_off(self.marks.len() - KEPT);
        let mut file = NamedTempFile::new_in(self.path.parent().unwrap_or(Path::new(".")))?;
        file.write_all(kept.join("\n").as_bytes())?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        self.known = kept.iter().cloned().collect();
        self.marks = kept;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_that_was_cut_hides_none_that_follow() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sent");
        fs::write(&path, "0123456789abcdef\n0123").unwrap();
        let mut ledger = Ledger::read(path.clone()).unwrap();
        ledger.note(["fedcba9876543210"]).unwrap();
        let again = Ledger::read(path).unwrap();
        assert!(again.knows("0123456789abcdef") && again.knows("fedcba9876543210") && !again.knows("0123"));
    }

    #[test]
    fn a_long_ledger_forgets_the_oldest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sent");
        let mut ledger = Ledger::read(path.clone()).unwrap();
        let marks: Vec<String> = (0..=2 * KEPT).map(|nth| format!("{nth:016x}")).collect();
        ledger.note(marks.iter().map(String::as_str)).unwrap();
        let again = Ledger::read(path).unwrap();
        assert_eq!(again.marks.len(), KEPT);
        assert!(!again.knows(&marks[0]) && again.knows(&marks[2 * KEPT]));
    }
}
