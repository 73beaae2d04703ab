//! What a log lacks: the fields that its events fill, the detectors that see less for those they do not, and what to add to
//! the configuration of the gateway that wrote it.

mod fields;
mod gateway;
mod gateways;
mod page;

use std::collections::BTreeMap;
use std::net::IpAddr;

use rayon::prelude::*;

pub use crate::event::FIELDS;
pub use gateway::{GATEWAYS, Gateway, gateways};
pub use page::{json, text};

use crate::detect::{About, Detector, Needs, Sight};
use crate::event::Malformed;
use crate::format::{Around, Decoder, Scratch};
use crate::request::{Cache, Meaning, Place, Trust};
use crate::series::Evidence;
use crate::source::{Block, Feed};
use crate::tally::Reading;

/// What was seen of one log. Sums only, so the order of blocks does not matter.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    /// Records.
    pub lines: u64,
    /// Records that are no access lines.
    pub skipped: u64,
    /// Access lines that could not be read.
    pub rejected: u64,
    /// How many events each format gave.
    pub formats: BTreeMap<&'static str, u64>,
    /// How many events filled each of [`FIELDS`].
    pub filled: [u64; FIELDS.len()],
    /// How many events name a proxy as their client: in private networks, or of a delivery network by its name.
    pub hidden: BTreeMap<&'static str, u64>,
    /// What the requests have, as detectors ask for it.
    reading: Reading,
}

impl Default for Examined {
    /// Nothing seen yet.
    fn default() -> Self {
        Self {
            lines: 0,
            skipped: 0,
            rejected: 0,
            formats: BTreeMap::new(),
            filled: [0; FIELDS.len()],
            hidden: BTreeMap::new(),
            reading: Reading::default(),
        }
    }
}

/// What one detector sees of a log.
pub struct Seen {
    /// The detector.
    pub detector: &'static str,
    /// How much it sees.
    pub sight: Sight,
    /// What it lacks.
    pub lacks: Vec<&'static Needs>,
}

impl Examined {
    /// How many records gave an event.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.formats.values().sum()
    }

    /// Whether any event filled `field`.
    #[must_use]
    pub fn fills(&self, field: &str) -> bool {
        FIELDS.iter().zip(self.filled).any(|(name, events)| *name == field && events > 0)
    }

    /// What each of `detectors` sees.
    #[must_use]
    pub fn seen(&self, detectors: &[Box<dyn Detector>]) -> Vec<Seen> {
        let see = |about: &'static About| {
            let lacks: Vec<&Needs> =
                about.needs.iter().filter(|needs| !needs.are_met(&self.reading.filled)).collect();
            let sight = lacks.iter().map(|needs| needs.without).min().unwrap_or(Sight::All);
            Seen { detector: about.id, sight, lacks }
        };
        detectors.iter().map(|detector| see(detector.about())).collect()
    }

    /// Adds what `decoder` reads in `block`, where `directives` are in force.
    pub fn add(&mut self, decoder: &dyn Decoder, meaning: &Meaning, block: &[u8], directives: &[u8]) {
        let (scratch, mut cache) = (Scratch::default(), Cache::default());
        let around = Around { directives, ..Around::nothing(&scratch) };
        decoder.decode_block(block, around, &mut |decoded| {
            self.lines += 1;
            match decoded.event {
                Ok(event) => {
                    *self.formats.entry(decoded.format).or_default() += 1;
                    let filled = fields::filled(event);
                    self.filled.iter_mut().zip(filled).for_each(|(sum, is)| *sum += u64::from(is));
                    let client = meaning.trust.origin(event).client;
                    if let Some(network) = client.and_then(proxies_of) {
                        *self.hidden.entry(network).or_default() += 1;
                    }
                    self.reading.add(&[meaning.request(event, Place::default(), &mut cache)]);
                }
                Err(malformed) => self.add_malformed(malformed),
            }
        });
    }

    fn add_malformed(&mut self, malformed: Malformed) {
        let count = if malformed.is_skip() { &mut self.skipped } else { &mut self.rejected };
        *count += 1;
    }

    fn merge(mut self, other: Self) -> Self {
        self.lines += other.lines;
        self.skipped += other.skipped;
        self.rejected += other.rejected;
        for (format, events) in other.formats {
            *self.formats.entry(format).or_default() += events;
        }
        self.filled.iter_mut().zip(other.filled).for_each(|(sum, events)| *sum += events);
        for (network, events) in other.hidden {
            *self.hidden.entry(network).or_default() += events;
        }
        self.reading.merge(other.reading);
        self
    }
}

/// Where an address is rather a proxy's than a client's.
fn proxies_of(address: IpAddr) -> Option<&'static str> {
    Trust::published_by(address).or_else(|| Trust::default().believes(address).then_some(PRIVATE))
}

/// What the networks are called that nobody on the internet has.
const PRIVATE: &str = "private";

/// Blocks that are looked at before more are read.
const ROUND: usize = 32;

/// Looks at the one log of `feed`, on the threads of the pool that this runs in. What cannot be read stands in the feed's
/// outcome.
pub fn examine(feed: &Feed, decoder: &dyn Decoder, meaning: &Meaning) -> Examined {
    let mut examined = Examined::default();
    loop {
        let blocks = std::iter::from_fn(|| feed.next()).filter_map(Result::ok).take(ROUND);
        let blocks: Vec<Block> = blocks.collect();
        if blocks.is_empty() {
            return examined;
        }
        let look = |block: &Block| {
            let mut mine = Examined::default();
            mine.add(decoder, meaning, block.bytes(), block.directives());
            mine
        };
        let round = blocks.par_iter().map(look).reduce(Examined::default, Examined::merge);
        examined = examined.merge(round);
        for block in blocks {
            feed.give_back(block);
        }
    }
}
