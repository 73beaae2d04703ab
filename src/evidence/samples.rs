//! Telling requests, and when something began and ended.

use serde::{Deserialize, Serialize};

use crate::request::{Place, Request};
use crate::series::Evidence;
use crate::time::Time;

/// From the first to the last of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first.
    pub first: Time,
    /// The last.
    pub last: Time,
}

impl Default for Span {
    fn default() -> Self {
        Self { first: Time(i64::MAX), last: Time(i64::MIN) }
    }
}

impl Span {
    /// Stretches to `time`.
    pub fn add(&mut self, time: Time) {
        self.first = self.first.min(time);
        self.last = self.last.max(time);
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.first > self.last
    }

    /// Its length in microseconds.
    pub fn micros(&self) -> i64 {
        (self.last.0 - self.first.0).max(0)
    }
}

impl Evidence for Span {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// The `K` earliest and the `K` latest requests, by time, then place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Samples<const K: usize> {
    earliest: Few<K>,
    latest: Few<K>,
}

/// At most `K` requests, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(Time, Place)>", from = "Vec<(Time, Place)>")]
struct Few<const K: usize> {
    /// The first so many; what follows is the default.
    count: u8,
    kept: [(Time, Place); K],
}

impl<const K: usize> Default for Few<K> {
    fn default() -> Self {
        const { assert!(K < 256) }
        Self { count: 0, kept: [(Time::default(), Place::default()); K] }
    }
}

impl<const K: usize> Few<K> {
    /// Those that were kept.
    fn all(&self) -> &[(Time, Place)] {
        &self.kept[..usize::from(self.count)]
    }

    /// Inserts `sample`; where there is no room, the latest are kept, or the earliest.
    fn keep<const LATEST: bool>(&mut self, sample: (Time, Place)) {
        let Err(at) = self.all().binary_search(&sample) else { return };
        let count = usize::from(self.count);
        if count < K {
            self.kept.copy_within(at..count, at + 1);
            self.kept[at] = sample;
            self.count += 1;
        } else if LATEST && at > 0 {
            self.kept.copy_within(1..at, 0);
            self.kept[at - 1] = sample;
        } else if !LATEST && at < K {
            self.kept.copy_within(at..K - 1, at + 1);
            self.kept[at] = sample;
        }
    }
}

impl<const K: usize> From<Few<K>> for Vec<(Time, Place)> {
    fn from(few: Few<K>) -> Self {
        few.all().to_vec()
    }
}

impl<const K: usize> From<Vec<(Time, Place)>> for Few<K> {
    fn from(stored: Vec<(Time, Place)>) -> Self {
        let mut few = Self::default();
        for sample in stored {
            few.keep::<false>(sample);
        }
        few
    }
}

impl<const K: usize> Samples<K> {
    /// Keeps `request` if it is among the earliest or the latest.
    pub fn add(&mut self, request: &Request) {
        self.keep((request.time, request.place));
    }

    /// As [`add`](Self::add).
    fn keep(&mut self, sample: (Time, Place)) {
        self.earliest.keep::<false>(sample);
        self.latest.keep::<true>(sample);
    }

    /// The earliest.
    pub fn first(&self) -> Option<(Time, Place)> {
        self.earliest.all().first().copied()
    }

    /// The latest.
    pub fn last(&self) -> Option<(Time, Place)> {
        self.latest.all().last().copied()
    }

    /// All that were kept, ascending, each once.
    pub fn all(&self) -> Vec<(Time, Place)> {
        let mut all = [self.earliest.all(), self.latest.all()].concat();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl<const K: usize> Evidence for Samples<K> {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        let others = other.earliest.all().iter().chain(other.latest.all());
        others.for_each(|&sample| self.keep(sample));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seconds: &[i64]) -> Samples<2> {
        let mut samples = Samples::default();
        for &second in seconds {
            samples.keep((Time::from_seconds(second), Place::default()));
        }
        samples
    }

    #[test]
    fn the_ends_are_kept_in_any_order() {
        let whole = of(&[5, 1, 9, 3, 7]);
        let mut parts = of(&[9, 5]);
        parts.merge(of(&[7, 3, 1]));
        assert_eq!(parts, whole);
        assert_eq!(whole.all().iter().map(|(time, _)| time.seconds()).collect::<Vec<_>>(), [1, 3, 7, 9]);
    }
}
