//! What the log tells of itself: whether its lines follow one another in time, whether some stand in it twice, and who wrote
//! columns into them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::evidence::{Bounded, Sampled, Samples, Span};
use crate::request::{Client, Flags, Place, Request};
use crate::route::Method;
use crate::series::Evidence;
use crate::time::{MINUTE, Time};

/// From one line to the next, a silence as long as this is noted, in microseconds.
const SILENCE: i64 = 5 * MINUTE;

/// A line that began so long before the one above it, and did not take that long, is noted, in microseconds: longer than any
/// clock is set back in autumn.
const BACKDATED: i64 = 90 * MINUTE;

/// So many of the widest steps of each direction are kept a source.
const STEPS: usize = 64;

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

/// How the lines of one source, or of pieces of it, follow one another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sequence {
    /// By where it begins: a piece that was read, and where it ends. Pieces that touch are one.
    pieces: BTreeMap<u64, Piece>,
    /// Requests.
    pub requests: u64,
    /// Steps back in time.
    pub back: Steps,
    /// Steps forth over a silence.
    pub forth: Steps,
}

/// A piece of a source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Piece {
    end: u64,
    /// Its first and last requests; `None` where it holds none.
    edges: Option<(Edge, Edge)>,
}

/// What is compared of two requests that follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Edge {
    time: Time,
    /// When it ended, as far as the log tells how long it took.
    ended: Time,
    place: Place,
    client: Client,
}

/// The widest steps in one direction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Steps {
    /// How many there were.
    pub count: u64,
    widest: BTreeSet<Step>,
}

/// Two requests that follow one another in a source and not in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Step {
    /// How far it is, in microseconds.
    width: i64,
    /// When the first was.
    pub from: Time,
    /// When the second was.
    pub to: Time,
    /// Where the first stands.
    pub before: Place,
    /// Where the second stands.
    pub place: Place,
    /// Who made the second.
    pub client: Client,
}

impl Steps {
    /// The widest, in the order in which they stand.
    pub fn all(&self) -> Vec<Step> {
        let mut all: Vec<Step> = self.widest.iter().copied().collect();
        all.sort_unstable_by_key(|step| step.place);
        all
    }

    fn add(&mut self, step: Step) {
        self.count += 1;
        self.widest.insert(step);
        self.fit();
    }

    fn fit(&mut self) {
        while self.widest.len() > STEPS {
            self.widest.pop_first();
        }
    }
}

/// Requests of one block, in their order, on the way into a [`Sequence`].
#[derive(Default)]
pub(crate) struct Following {
    sequence: Sequence,
    edges: Option<(Edge, Edge)>,
}

impl Following {
    /// Goes on with `requests`.
    pub(crate) fn add(&mut self, requests: &[Request]) {
        self.sequence.requests += requests.len() as u64;
        for request in requests {
            // What was upgraded or tunnelled may last all day, and is logged when it ends.
            let is_long = request.duration.0 == u32::MAX;
            if is_long || request.status == 101 || request.method == Method::Connect {
                continue;
            }
            let ended = Time(request.time.0.saturating_add(i64::from(request.duration.0)));
            let edge = Edge { time: request.time, ended, place: request.place, client: request.client };
            let first = match self.edges {
                Some((first, last)) => {
                    self.sequence.step(last, edge);
                    first
                }
                None => edge,
            };
            self.edges = Some((first, edge));
        }
    }
}

impl Sequence {
    /// Notes the step from `last` to `next`, if it is wide.
    #[inline]
    fn step(&mut self, last: Edge, next: Edge) {
        let (forth, back) =
            (next.time.0.saturating_sub(last.time.0), last.time.0.saturating_sub(next.ended.0));
        let steps = match (forth >= SILENCE, back > BACKDATED) {
            (true, _) => &mut self.forth,
            (_, true) => &mut self.back,
            _ => return,
        };
        steps.add(Step {
            width: forth.saturating_abs(),
            from: last.time,
            to: next.time,
            before: last.place,
            place: next.place,
            client: next.client,
        });
    }

    /// Puts a piece in its place, and joins it with those that it touches.
    fn put(&mut self, mut start: u64, mut piece: Piece) {
        if let Some((&before, &left)) =
            self.pieces.range(..start).next_back().filter(|(_, left)| left.end == start)
        {
            piece = Piece { edges: self.joined(left.edges, piece.edges), ..piece };
            start = before;
        }
        if let Some(right) = self.pieces.remove(&piece.end) {
            piece = Piece { end: right.end, edges: self.joined(piece.edges, right.edges) };
        }
        self.pieces.insert(start, piece);
    }

    /// The edges of two pieces that touch; the step between them is noted.
    fn joined(&mut self, left: Option<(Edge, Edge)>, right: Option<(Edge, Edge)>) -> Option<(Edge, Edge)> {
        match (left, right) {
            (Some((first, last)), Some((next, end))) => {
                self.step(last, next);
                Some((first, end))
            }
            (edges, None) | (None, edges) => edges,
        }
    }
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
    pub(crate) fn put(&mut self, source: u32, range: Range<u64>, mut following: Following) {
        let piece = Piece { end: range.end, edges: following.edges };
        following.sequence.put(range.start, piece);
        self.sources.entry(source).or_default().merge(following.sequence);
    }
}

/// A number for what a line says, wherever it stands. Sums are enough, since whoever keeps it mixes it.
#[inline]
fn says(request: &Request) -> u64 {
    let part = |value: u64, factor: u64| value.wrapping_mul(factor);
    part(request.time.0.cast_unsigned(), 0x9e37_79b9_7f4a_7c15)
        .wrapping_add(part(request.client.0 as u64, 0xbf58_476d_1ce4_e5b9))
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

impl Evidence for Steps {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.widest.extend(other.widest);
        self.fit();
    }
}

impl Evidence for Sequence {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.back.merge(other.back);
        self.forth.merge(other.forth);
        for (start, piece) in other.pieces {
            self.put(start, piece);
        }
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
