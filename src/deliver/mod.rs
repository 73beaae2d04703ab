//! Sending incidents to receivers. To add one: `deliver/<name>.rs` with a `Carrier`, then name it in `Delivery::carrier`.
//!
//! What is sent lies on disk first and stays there until the receiver has acknowledged it: a receiver that is down loses
//! nothing. What was acknowledged is remembered, so it is not sent again. A crash between an acknowledgement and its note
//! sends a parcel twice, with the same id.

mod address;
mod answers;
mod body;
mod courier;
mod http;
mod ledger;
mod secret;
mod spool;
mod stream;
mod tls;
mod udp;

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::Error;

pub use address::{Address, Way};
pub use courier::Told;
pub use secret::{Auth, Secret};

/// One incident, or one document, on its way to a receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// The id that a receiver tells repetitions by.
    pub id: String,
    /// Sixteen hexadecimal digits that change with the content.
    pub mark: String,
    /// What is sent, without a line end.
    pub body: String,
}

/// What became of a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fate {
    /// The receiver has it.
    Taken,
    /// The receiver will never take it; why.
    Refused(String),
    /// Not yet.
    Again,
}

/// Why a receiver did not take everything.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trouble {
    /// In words, without secrets.
    why: String,
    /// How long the receiver wants to be left alone.
    after: Option<Duration>,
    /// Whether trying again in this run is in vain.
    is_lasting: bool,
}

impl Trouble {
    /// Something that may be over soon.
    fn passing(why: impl Into<String>) -> Self {
        Self { why: why.into(), after: None, is_lasting: false }
    }

    /// Something that somebody has to mend.
    fn lasting(why: impl Into<String>) -> Self {
        Self { why: why.into(), after: None, is_lasting: true }
    }
}

/// What a receiver said to some parcels: what became of the first of them, in their order; the others were not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Answer {
    fates: Vec<Fate>,
    trouble: Option<Trouble>,
}

impl Answer {
    /// All of them are acknowledged.
    fn taken(parcels: usize) -> Self {
        Self { fates: vec![Fate::Taken; parcels], trouble: None }
    }

    /// None of them is.
    fn trouble(trouble: Trouble) -> Self {
        Self { fates: Vec::new(), trouble: Some(trouble) }
    }
}

/// Brings parcels to one receiver.
trait Carrier: Send {
    /// Sends as many of `parcels`, from the first on, as it likes to at once; at least one. Ends early once `stop` is set.
    fn send(&mut self, parcels: &[Parcel], stop: &AtomicBool) -> Answer;
}

/// Everything about one receiver.
pub struct Delivery {
    /// Where it is.
    pub address: Address,
    /// The name of the output that the parcels are written in.
    pub format: &'static str,
    /// The folder in which every receiver has one of its own.
    pub spool: PathBuf,
    /// How long a connection must hold after the last message before those on it count as delivered.
    pub resend: Duration,
    /// How long a receiver may take to answer.
    pub timeout: Duration,
    /// For how long a receiver that takes nothing is tried again.
    pub patience: Duration,
    /// What the receiver knows us by.
    pub secret: Option<Secret>,
    /// How it is told.
    pub auth: Option<Auth>,
    /// A file of certificates (PEM) that are trusted beside those of the system.
    pub ca: Option<PathBuf>,
    /// Our certificate and its key, files in PEM.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// What is sent instead of the parcel's own text; `{name}` stands for a member of it.
    pub template: Option<String>,
}

impl Delivery {
    /// Whether everything that is needed is there; better told before a long scan than after it. Opens no socket.
    pub fn check(&self) -> Result<(), Error> {
        spool::Spool::open(self)?;
        self.carrier().map(drop)
    }

    /// Puts `parcels` on disk, those that the receiver has not got yet. From then on they cannot be lost.
    pub fn keep(&self, parcels: impl IntoIterator<Item = Result<Parcel, Error>>) -> Result<(), Error> {
        spool::Spool::open(self)?.add(parcels)
    }

    /// Sends what lies on disk, oldest first. One run at a time sends; another waits for it.
    pub fn send(&self, stop: &AtomicBool) -> Result<Told, Error> {
        let spool = spool::Spool::open(self)?;
        courier::deliver(&spool, &mut *self.carrier()?, self.patience, stop)
    }

    /// Who brings parcels there.
    fn carrier(&self) -> Result<Box<dyn Carrier>, Error> {
        Ok(match self.address.way {
            Way::Udp => Box::new(udp::Datagrams::to(&self.address)),
            Way::Tcp => Box::new(stream::Stream::new(self, None)),
            Way::Tls => Box::new(stream::Stream::new(self, Some(tls::client(self)?))),
            Way::Http | Way::Https => Box::new(http::Http::new(self)?),
        })
    }
}
