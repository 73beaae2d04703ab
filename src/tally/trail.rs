//! What the log tells of itself: whether its lines follow one another in time, whether some stand in it twice, and who wrote
//! columns into them.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::evidence::{Bounded, Sampled, Samples, Span};
use crate::request::{Client, Flags, Place, Request};
use crate::series::Evidence;
use crate::tally::halves;
use crate::tally::sequence::{Following, Sequence};
use crate::time::Time;

/// What the log tells of itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trail {
    /// By number of the source.
    pub sources: BTreeMap<u32, Sequence>,
    /// Whoever wrote columns into lines, by the client's number.
    pub forged: Bounded<Forged, 256>,
    /// A fair sample of all different lines, by what they say.
    pub lines: Sampled<Line, 512>,
}

/// Lines that one client forged.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Forged {
    /// Who; the lowest of those that found no room of their own.
    pub client: Option<Client>,
    /// How many.
    pub requests: u64,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest.
    pub samples: Samples<2>,
}

/// A line and its copies.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// How often it stands in the log.
    pub count: u64,
    /// Where it stands first and last.
    pub places: Option<(Place, Place)>,
    /// When it was.
    pub time: Time,
}

impl Trail {
    /// Counts requests.
    pub(crate) fn add(&mut self, requests: &[Request]) {
        for request in requests {
            if request.has(Flags::FORGED) {
                self.forged.at(request.client.number()).add(request);
            }
            if let Some(line) = self.lines.at(says(request)) {
                line.add(request);
            }
        }
    }

    /// Puts what follows one another in the block at `range` of a source in its place.
    pub(crate) fn put(&mut self, source: u32, range: Range<u64>, following: Following) {
        self.sources.entry(source).or_default().merge(following.within(range));
    }
}

/// A number for what a line says, wherever it stands. Sums are enough, since whoever keeps it mixes it.
#[inline]
fn says(request: &Request) -> u64 {
    let part = |value: u64, factor: u64| value.wrapping_mul(factor);
    part(request.time.0.cast_unsigned(), 0x9e37_79b9_7f4a_7c15)
        .wrapping_add(part(halves(request.client.0)[0], 0xbf58_476d_1ce4_e5b9))
        .wrapping_add(part(request.template.0, 0x94d0_49bb_1331_11eb))
        .wrapping_add(part(request.object.0 ^ request.agent.0.rotate_left(17), 0xd6e8_feb8_6659_fd93))
        .wrapping_add(part(request.bytes_out << 16 ^ u64::from(request.status), 0xa076_1d64_78bd_642f))
}

impl Forged {
    fn add(&mut self, request: &Request) {
        self.client = lowest(self.client, Some(request.client));
        self.requests += 1;
        self.span.add(request.time);
        self.samples.add(request);
    }
}

impl Line {
    fn add(&mut self, request: &Request) {
        self.count += 1;
        self.time = self.time.max(request.time);
        self.places = span(self.places, Some((request.place, request.place)));
    }
}

/// The lower of two clients.
fn lowest(one: Option<Client>, other: Option<Client>) -> Option<Client> {
    one.into_iter().chain(other).min()
}

/// From the first place of two to the last.
fn span(one: Option<(Place, Place)>, other: Option<(Place, Place)>) -> Option<(Place, Place)> {
    let both = || one.into_iter().chain(other);
    Some((both().map(|(first, _)| first).min()?, both().map(|(_, last)| last).max()?))
}

impl Evidence for Forged {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.client = lowest(self.client, other.client);
        self.requests += other.requests;
        self.span.merge(other.span);
        self.samples.merge(other.samples);
    }
}

impl Evidence for Line {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.time = self.time.max(other.time);
        self.places = span(self.places, other.places);
    }
}

impl Evidence for Trail {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        for (source, sequence) in other.sources {
            self.sources.entry(source).or_default().merge(sequence);
        }
        self.forged.merge(other.forged);
        self.lines.merge(other.lines);
    }
}
