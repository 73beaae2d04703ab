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
    earliest: Vec<(Time, Place)>,
    latest: Vec<(Time, Place)>,
}

impl<const K: usize> Samples<K> {
    /// Keeps `request` if it is among the earliest or the latest.
    pub fn add(&mut self, request: &Request) {
        self.keep((request.time, request.place));
    }

    /// As [`add`](Self::add).
    fn keep(&mut self, sample: (Time, Place)) {
        insert::<K, false>(&mut self.earliest, sample);
        insert::<K, true>(&mut self.latest, sample);
    }

    /// The earliest.
    pub fn first(&self) -> Option<(Time, Place)> {
        self.earliest.first().copied()
    }

    /// The latest.
    pub fn last(&self) -> Option<(Time, Place)> {
        self.latest.last().copied()
    }

    /// All that were kept, ascending, each once.
    pub fn all(&self) -> Vec<(Time, Place)> {
        let mut all = [self.earliest.as_slice(), &self.latest].concat();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Inserts into an ascending list of at most `K`, dropping from its far end.
fn insert<const K: usize, const LATEST: bool>(list: &mut Vec<(Time, Place)>, sample: (Time, Place)) {
    if list.len() == K {
        let worse = if LATEST { sample <= list[0] } else { sample >= list[K - 1] };
        if worse {
            return;
        }
    }
    if let Err(at) = list.binary_search(&sample) {
        list.insert(at, sample);
        if list.len() > K {
            list.remove(if LATEST { 0 } else { K });
        }
    }
}

impl<const K: usize> Evidence for Samples<K> {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        other.earliest.into_iter().chain(other.latest).for_each(|sample| self.keep(sample));
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
