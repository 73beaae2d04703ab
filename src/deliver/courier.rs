//! Sends what waits for one receiver, and tries again while that makes sense. Waits grow the same way in every run.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::spool::{Held, Spool};
use super::{Answer, Carrier, Fate, Parcel, Trouble};
use crate::error::Error;

/// The first wait after a failure; each that follows is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest wait that is not the receiver's wish.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A receiver that refuses so many, and takes none, takes none for a reason that is not theirs.
const REFUSALS: usize = 10;
/// How long a sleep lasts before it is seen that the run must end.
const NAP: Duration = Duration::from_millis(50);

/// How sending went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Parcels that the receiver acknowledged in this run.
    pub delivered: usize,
    /// Parcels that it will never take; they are kept in `refused.ndjson`.
    pub refused: usize,
    /// Parcels that wait for the next run.
    pub waiting: usize,
    /// Why some wait or were refused.
    pub why: Option<String>,
    /// The folder that they wait in.
    pub folder: PathBuf,
}

/// A moment after which nothing is begun.
#[derive(Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// So long from now; never, where that is further than clocks go.
    pub(super) fn after(patience: Duration) -> Self {
        Self(Instant::now().checked_add(patience))
    }

    /// Whether it has passed.
    pub(super) fn is_over(self) -> bool {
        self.0.is_some_and(|moment| Instant::now() >= moment)
    }

    /// Whether `wait` from now is still before it.
    fn allows(self, wait: Duration) -> bool {
        let end = Instant::now().checked_add(wait);
        self.0.is_none_or(|moment| end.is_some_and(|end| end <= moment))
    }
}

/// Sleeps; `false` if the run must end before.
pub(super) fn rest(wait: Duration, stop: &AtomicBool) -> bool {
    let end = Deadline::after(wait);
    while !end.is_over() {
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        std::thread::sleep(NAP.min(wait));
    }
    true
}

/// Sends everything in `spool` with `carrier`; gives up where the receiver takes nothing for `patience`.
pub(super) fn deliver(
    spool: &Spool,
    carrier: &mut dyn Carrier,
    patience: Duration,
    stop: &AtomicBool,
) -> Result<Told, Error> {
    let failed = |cause| Error::io(spool.folder(), cause);
    let Some(held) = spool.hold(Deadline::after(patience), stop).map_err(failed)? else {
        let waiting = spool.ledger().and_then(|ledger| spool.count(&ledger)).map_err(failed)?;
        let why = Some("another run is sending".to_owned());
        return Ok(Told { waiting, why, folder: spool.folder().to_owned(), ..Told::default() });
    };
    let mut round = Round {
        held,
        carrier,
        patience,
        stop,
        told: Told::default(),
        suspects: Vec::new(),
        kept: Vec::new(),
    };
    let trouble = round.all(spool).map_err(failed)?;
    round.finish(trouble, spool).map_err(failed)
}

/// One run's work for one receiver.
struct Round<'a> {
    held: Held<'a>,
    carrier: &'a mut dyn Carrier,
    patience: Duration,
    stop: &'a AtomicBool,
    told: Told,
    /// What was refused; whether for good is known once another was taken.
    suspects: Vec<(Parcel, String)>,
    /// The files that they stand in.
    kept: Vec<PathBuf>,
}

impl Round<'_> {
    /// Sends load after load, also what another run adds meanwhile; ends early with the trouble that stopped it.
    fn all(&mut self, spool: &Spool) -> io::Result<Option<Trouble>> {
        loop {
            let mut files = spool.files()?;
            files.retain(|file| !self.kept.contains(file));
            if files.is_empty() {
                return Ok(None);
            }
            let suspects = self.suspects.len();
            let (files, parcels) = self.held.load(files)?;
            if let Some(trouble) = self.send(parcels)? {
                return Ok(Some(trouble));
            }
            if self.suspects.len() == suspects {
                files.iter().try_for_each(std::fs::remove_file)?;
            } else {
                self.kept.extend(files);
            }
        }
    }

    /// Sends `parcels` until each is taken or refused; else tells what is in the way.
    fn send(&mut self, mut parcels: Vec<Parcel>) -> io::Result<Option<Trouble>> {
        let mut wait = FIRST_WAIT;
        let mut deadline = Deadline::after(self.patience);
        while !parcels.is_empty() {
            let Answer { fates, trouble } = self.carrier.send(&parcels, self.stop);
            if self.settle(&mut parcels, fates)? {
                (wait, deadline) = (FIRST_WAIT, Deadline::after(self.patience));
            }
            if self.told.delivered == 0 && self.suspects.len() >= REFUSALS {
                return Ok(Some(Trouble::lasting("it takes nothing of what it is sent")));
            }
            let Some(trouble) = trouble else { continue };
            let next = trouble.after.unwrap_or_default().max(wait);
            if trouble.is_lasting || !deadline.allows(next) || !rest(next, self.stop) {
                return Ok(Some(trouble));
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        Ok(None)
    }

    /// Notes what became of the first of `parcels` and leaves those that must be sent again; whether any is settled.
    fn settle(&mut self, parcels: &mut Vec<Parcel>, fates: Vec<Fate>) -> io::Result<bool> {
        let behind = parcels.split_off(fates.len().min(parcels.len()));
        let before = parcels.len();
        let mut taken = Vec::new();
        let mut again = Vec::new();
        for (parcel, fate) in parcels.drain(..).zip(fates) {
            match fate {
                Fate::Taken => taken.push(parcel.mark),
                Fate::Refused(why) => self.suspects.push((parcel, why)),
                Fate::Again => again.push(parcel),
            }
        }
        if !taken.is_empty() {
            self.told.delivered += taken.len();
            self.held.ledger.note(taken.iter().map(String::as_str))?;
        }
        let settled = before > again.len();
        again.extend(behind);
        *parcels = again;
        Ok(settled)
    }

    /// Sets aside what was refused by a receiver that took others, and counts what is left.
    fn finish(mut self, trouble: Option<Trouble>, spool: &Spool) -> io::Result<Told> {
        let mut why = trouble.map(|trouble| trouble.why);
        if let Some((_, refusal)) = self.suspects.first() {
            why = why.or_else(|| Some(refusal.clone()));
        }
        if self.told.delivered > 0 && !self.suspects.is_empty() {
            self.held.refuse(&self.suspects)?;
            self.held.ledger.note(self.suspects.iter().map(|(parcel, _)| &*parcel.mark))?;
            self.told.refused = self.suspects.len();
            self.kept.iter().try_for_each(std::fs::remove_file)?;
        }
        let waiting = spool.count(&self.held.ledger)?;
        Ok(Told { waiting, why, folder: spool.folder().to_owned(), ..self.told })
    }
}
