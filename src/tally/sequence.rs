//! How the lines of a source follow one another in time, told by whoever read pieces of it in any order.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::request::{Client, Place, Request};
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
        let is_wide = |least: &Step| self.widest.len() < STEPS || *least < step;
        if self.widest.first().is_none_or(is_wide) {
            self.widest.insert(step);
            self.fit();
        }
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
    /// What they tell, since they are all that stands in this part of their source.
    pub(super) fn within(mut self, range: Range<u64>) -> Sequence {
        self.sequence.put(range.start, Piece { end: range.end, edges: self.edges });
        self.sequence
    }

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
