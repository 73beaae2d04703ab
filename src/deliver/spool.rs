//! What waits for one receiver: a folder with files of parcels, a ledger of those that arrived, and a lock.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::Deserialize;
use tempfile::NamedTempFile;

use super::courier::{Deadline, rest};
use super::ledger::Ledger;
use super::{Delivery, Parcel};
use crate::error::Error;

/// Parcels in one file, and bytes of them: a long outage, or a large report, is never in memory as a whole.
const A_FILE: Load = Load { parcels: 1000, bytes: 8 << 20 };
/// Parcels that are sent at a time, and bytes of them; files are read until there are as many.
const AT_ONCE: Load = Load { parcels: 1000, bytes: 16 << 20 };
/// How long a run that waits for another sleeps between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// How much there is of some parcels.
#[derive(Clone, Copy, Default)]
struct Load {
    parcels: usize,
    bytes: usize,
}

impl Load {
    /// With a parcel of so many bytes more.
    fn add(&mut self, bytes: usize) {
        self.parcels += 1;
        self.bytes += bytes;
    }

    /// Whether it is as much as `most`, in one way or the other.
    fn fills(self, most: Self) -> bool {
        self.parcels >= most.parcels || self.bytes >= most.bytes
    }
}

/// A file of parcels, beside its place until it is whole.
struct Unfinished {
    file: NamedTempFile,
    load: Load,
}

/// The folder of one receiver.
pub(super) struct Spool {
    folder: PathBuf,
}

/// A [`Spool`] that this run alone sends from.
pub(super) struct Held<'s> {
    spool: &'s Spool,
    /// What the receiver has.
    pub(super) ledger: Ledger,
    /// Closing it releases the lock, also when the process dies.
    _lock: File,
}

impl Spool {
    /// The folder of `delivery`, made where it is not there. Only its owner may read it.
    pub(super) fn open(delivery: &Delivery) -> Result<Self, Error> {
        let Delivery { address, format, spool, .. } = delivery;
        let whole = format!("{format}:{address}{}", address.path);
        let hash = blake3::hash(whole.as_bytes()).to_hex();
        let host = address.host.replace(':', "_");
        let folder = spool.join(format!("{format}-{host}-{}-{}", address.port, &hash[..16]));
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let queue = folder.join("queue");
        builder.create(&queue).map_err(|cause| {
            Error::usage(format!(
                "{}: cannot make the spool: {cause}; --spool names another place",
                queue.display()
            ))
        })?;
        Ok(Self { folder })
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Adds those of `parcels` that neither arrived nor wait; they are on disk when the call returns. One parcel is in memory
    /// at a time.
    pub(super) fn add(&self, parcels: impl IntoIterator<Item = Result<Parcel, Error>>) -> Result<(), Error> {
        let failed = |cause| Error::io(&self.folder, cause);
        let ledger = self.ledger().map_err(failed)?;
        let waiting = self.waiting().map_err(failed)?;
        let mut open = None;
        for parcel in parcels {
            let parcel = parcel?;
            if !ledger.knows(&parcel.mark) && !waiting.contains(&parcel.mark) {
                open = self.write(open, &parcel).map_err(failed)?;
            }
        }
        open.map_or(Ok(()), |file| self.place(file)).map_err(failed)
    }

    /// Writes a parcel to the open file, or to a new one; gives it back unless it is full by now, and in its place.
    fn write(&self, open: Option<Unfinished>, parcel: &Parcel) -> io::Result<Option<Unfinished>> {
        let mut file = open.map_or_else(|| self.unfinished(), Ok)?;
        let mut line = serde_json::to_vec(parcel)?;
        line.push(b'\n');
        file.file.write_all(&line)?;
        file.load.add(line.len());
        if file.load.fills(A_FILE) { self.place(file).map(|()| None) } else { Ok(Some(file)) }
    }

    /// A new file.
    fn unfinished(&self) -> io::Result<Unfinished> {
        let file =
            tempfile::Builder::new().prefix(".").suffix(".ndjson").tempfile_in(self.folder.join("queue"))?;
        Ok(Unfinished { file, load: Load::default() })
    }

    /// Moves a file to its place, behind those that are there.
    fn place(&self, Unfinished { file, .. }: Unfinished) -> io::Result<()> {
        let queue = self.folder.join("queue");
        file.as_file().sync_all()?;
        let last = self.files()?.last().and_then(|path| number(path)).unwrap_or(0);
        let own = file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        file.persist_noclobber(queue.join(format!("{:010}{own}", last + 1)))?;
        sync(&queue)
    }

    /// The files that wait, oldest first.
    pub(super) fn files(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.folder.join("queue"))? {
            let path = entry?.path();
            if number(&path).is_some() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// The marks of everything that waits.
    fn waiting(&self) -> io::Result<BTreeSet<String>> {
        #[derive(Deserialize)]
        struct Marked {
            mark: String,
        }
        let mut marks = BTreeSet::new();
        for path in self.files()? {
            // Whoever sends may have removed it by now.
            let Ok(file) = File::open(path) else { continue };
            for line in BufReader::new(file).split(b'\n') {
                let marked: Result<Marked, _> = serde_json::from_slice(&line?);
                marks.extend(marked.ok().map(|one| one.mark));
            }
        }
        Ok(marks)
    }

    /// How many wait that the receiver has not got.
    pub(super) fn count(&self, ledger: &Ledger) -> io::Result<usize> {
        Ok(self.waiting()?.iter().filter(|mark| !ledger.knows(mark)).count())
    }

    /// What the receiver has.
    pub(super) fn ledger(&self) -> io::Result<Ledger> {
        Ledger::read(self.folder.join("sent"))
    }

    /// Waits until no other run sends from here; `None` if that takes too long.
    pub(super) fn hold(&self, until: Deadline, stop: &AtomicBool) -> io::Result<Option<Held<'_>>> {
        let lock = File::options().append(true).create(true).open(self.folder.join("lock"))?;
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Some(Held { spool: self, ledger: self.ledger()?, _lock: lock })),
                Err(TryLockError::Error(cause)) => return Err(cause),
                Err(TryLockError::WouldBlock) => {}
            }
            if until.is_over() || !rest(LOOK, stop) {
                return Ok(None);
            }
        }
    }
}

impl Held<'_> {
    /// The first of `files`, and their parcels that the receiver has not got, each once: one load. A connection that is
    /// held for a while should not be held for each file.
    pub(super) fn load(&self, files: Vec<PathBuf>) -> io::Result<(Vec<PathBuf>, Vec<Parcel>)> {
        let (mut loaded, mut parcels, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        let mut load = Load::default();
        for path in files {
            for line in BufReader::new(File::open(&path)?).split(b'\n') {
                let line = line?;
                let Ok(parcel) = serde_json::from_slice::<Parcel>(&line) else { continue };
                if !self.ledger.knows(&parcel.mark) && seen.insert(parcel.mark.clone()) {
                    load.add(line.len());
                    parcels.push(parcel);
                }
            }
            loaded.push(path);
            if load.fills(AT_ONCE) {
                break;
            }
        }
        Ok((loaded, parcels))
    }

    /// Keeps what the receiver will never take, for people to look at.
    pub(super) fn refuse(&self, parcels: &[(Parcel, String)]) -> io::Result<()> {
        let mut file =
            File::options().append(true).create(true).open(self.spool.folder.join("refused.ndjson"))?;
        for (parcel, why) in parcels {
            let line = serde_json::json!({ "id": parcel.id, "why": why, "body": parcel.body });
            file.write_all(format!("{line}\n").as_bytes())?;
        }
        file.sync_data()
    }
}

/// The number at the front of a file's name.
fn number(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.split('.').next()?.parse().ok()
}

/// Brings a rename to the disk.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
