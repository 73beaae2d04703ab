//! What waits for one receiver: a folder with files of parcels, a ledger of those that arrived, and a lock.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::Deserialize;

use super::courier::{Deadline, rest};
use super::ledger::Ledger;
use super::{Delivery, Parcel};
use crate::error::Error;

/// Parcels in one file, so that a long outage is not read into memory at once.
const A_FILE: usize = 1000;
/// How long a run that waits for another sleeps between two looks.
const LOOK: Duration = Duration::from_millis(100);

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

    /// Adds those of `parcels` that neither arrived nor wait; they are on disk when the call returns.
    pub(super) fn add(&self, parcels: &[Parcel]) -> Result<(), Error> {
        let failed = |cause| Error::io(&self.folder, cause);
        let ledger = self.ledger().map_err(failed)?;
        let waiting = self.waiting().map_err(failed)?;
        let new: Vec<&Parcel> =
            parcels.iter().filter(|one| !ledger.knows(&one.mark) && !waiting.contains(&one.mark)).collect();
        new.chunks(A_FILE).try_for_each(|some| self.write(some)).map_err(failed)
    }

    /// Writes parcels beside their place, then moves them there whole.
    fn write(&self, parcels: &[&Parcel]) -> io::Result<()> {
        let queue = self.folder.join("queue");
        let mut file = tempfile::Builder::new().prefix(".").suffix(".ndjson").tempfile_in(&queue)?;
        for parcel in parcels {
            let mut line = serde_json::to_vec(parcel)?;
            line.push(b'\n');
            file.write_all(&line)?;
        }
        file.as_file().sync_all()?;
        let last = self.files()?.last().and_then(|path| number(path)).unwrap_or(0);
        let own = file.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{:010}{own}", last + 1);
        file.persist_noclobber(queue.join(name))?;
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
        for path in files {
            for line in BufReader::new(File::open(&path)?).split(b'\n') {
                let Ok(parcel) = serde_json::from_slice::<Parcel>(&line?) else { continue };
                if !self.ledger.knows(&parcel.mark) && seen.insert(parcel.mark.clone()) {
                    parcels.push(parcel);
                }
            }
            loaded.push(path);
            if parcels.len() >= A_FILE {
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
