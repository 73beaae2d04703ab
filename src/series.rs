//! Evidence over time. The law of all evidence stands here, with the one structure that cuts time into ticks.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::time::{SECOND, Seconds, Time};

/// What is remembered about one key.
///
/// The law: merging is commutative and associative, and `default()` changes nothing. Whoever breaks it makes the report
/// depend on the number of threads; `tests/laws.rs` checks it.
pub trait Evidence: Default + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Changes whenever the stored form does; a tally of another version is not read back.
    const VERSION: u16;

    /// Adds what `other` knows.
    fn merge(&mut self, other: Self);

    /// Forgets everything; memory that it holds may stay for what comes next.
    fn clear(&mut self) {
        *self = Self::default();
    }
}

/// `evidence` as if new, with the memory that it held.
pub(crate) fn cleared<E: Evidence>(evidence: &mut E) -> E {
    let mut evidence = std::mem::take(evidence);
    evidence.clear();
    evidence
}

/// Evidence in ticks of one width, at most `N` of them that are not empty. Beyond `N` the width doubles, aligned to the
/// epoch, until they fit: the width in the end depends on the content alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Series<E: Evidence, const N: usize> {
    /// How often the width was doubled.
    doublings: u8,
    /// Number of the tick since the epoch, and what happened in it; ascending.
    ticks: Vec<(i64, E)>,
}

impl<E: Evidence, const N: usize> Default for Series<E, N> {
    fn default() -> Self {
        Self { doublings: 0, ticks: Vec::new() }
    }
}

impl<E: Evidence, const N: usize> Series<E, N> {
    /// The evidence of the tick that holds `time`, where ticks begin as `tick` wide.
    pub fn at(&mut self, tick: Seconds, time: Time) -> &mut E {
        let finest = time.0.div_euclid(tick.micros());
        let at = loop {
            let number = finest >> self.doublings;
            let found = match self.ticks.last() {
                Some(&(last, _)) if last == number => Ok(self.ticks.len() - 1),
                Some(&(last, _)) if last < number => Err(self.ticks.len()),
                _ => self.ticks.binary_search_by_key(&number, |&(n, _)| n),
            };
            match found {
                Ok(at) => break at,
                Err(at) => self.ticks.insert(at, (number, E::default())),
            }
            self.fit();
        };
        &mut self.ticks[at].1
    }

    /// Doubles the width until at most `N` ticks are left.
    fn fit(&mut self) {
        while self.ticks.len() > N {
            self.double();
        }
    }

    /// Doubles the width once.
    fn double(&mut self) {
        self.doublings += 1;
        let old = std::mem::take(&mut self.ticks);
        for (number, evidence) in old {
            let number = number >> 1;
            match self.ticks.last_mut() {
                Some((last, kept)) if *last == number => kept.merge(evidence),
                _ => self.ticks.push((number, evidence)),
            }
        }
    }

    /// How wide a tick is by now, where ticks began as `tick` wide.
    pub fn width(&self, tick: Seconds) -> Seconds {
        Seconds(tick.0.saturating_mul(1 << self.doublings.min(24)))
    }

    /// Start of each tick that is not empty and its evidence, ascending.
    pub fn ticks(&self, tick: Seconds) -> impl DoubleEndedIterator<Item = (Time, &E)> {
        let width = self.width(tick).micros();
        self.ticks.iter().map(move |(number, evidence)| (Time(number * width), evidence))
    }

    /// How many ticks are not empty.
    pub fn len(&self) -> usize {
        self.ticks.len()
    }

    /// Whether nothing was ever seen.
    pub fn is_empty(&self) -> bool {
        self.ticks.is_empty()
    }

    /// The busiest stretch of `within`, or of one tick where ticks are wider: its start and its total; the
    /// earliest wins a tie.
    pub fn peak(&self, tick: Seconds, within: Seconds, value: impl Fn(&E) -> u64) -> (Time, u64) {
        let width = self.width(tick).micros();
        let reach = (within.micros() / width).max(1);
        let mut best = (Time(0), 0);
        let (mut from, mut total) = (0, 0);
        for to in 0..self.ticks.len() {
            total += value(&self.ticks[to].1);
            while self.ticks[to].0 - self.ticks[from].0 >= reach {
                total -= value(&self.ticks[from].1);
                from += 1;
            }
            if total > best.1 {
                best = (Time(self.ticks[from].0 * width), total);
            }
        }
        best
    }
}

impl<E: Evidence, const N: usize> Evidence for Series<E, N> {
    const VERSION: u16 = E::VERSION;

    fn merge(&mut self, mut other: Self) {
        while self.doublings < other.doublings && !self.ticks.is_empty() {
            self.double();
        }
        while other.doublings < self.doublings && !other.ticks.is_empty() {
            other.double();
        }
        if other.ticks.is_empty() {
            return;
        }
        self.doublings = other.doublings;
        let mut merged = Vec::with_capacity(self.ticks.len() + other.ticks.len());
        let (mut ours, mut theirs) =
            (std::mem::take(&mut self.ticks).into_iter().peekable(), other.ticks.into_iter().peekable());
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (Some(a), Some(b)) if a.0 == b.0 => {
                    let (number, mut evidence) = ours.next().expect("peeked");
                    evidence.merge(theirs.next().expect("peeked").1);
                    (number, evidence)
                }
                (Some(a), Some(b)) if a.0 < b.0 => ours.next().expect("peeked"),
                (_, Some(_)) => theirs.next().expect("peeked"),
                (Some(_), None) => ours.next().expect("peeked"),
                (None, None) => break,
            };
            merged.push(next);
        }
        self.ticks = merged;
        self.fit();
    }

    fn clear(&mut self) {
        self.doublings = 0;
        self.ticks.clear();
    }
}

/// A plain count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries(pub u64);

impl Evidence for Tries {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// The start of the second that holds `time`.
pub fn whole_second(time: Time) -> Time {
    Time(time.0.div_euclid(SECOND) * SECOND)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TICK: Seconds = Seconds(10);

    fn series(seconds: &[i64]) -> Series<Tries, 8> {
        let mut series = Series::<Tries, 8>::default();
        for &second in seconds {
            series.at(TICK, Time::from_seconds(second)).0 += 1;
        }
        series
    }

    proptest! {
        #[test]
        fn the_width_depends_on_the_content_alone(
            seconds in prop::collection::vec(-100_000i64..100_000, 0..60), cut in 0usize..60,
        ) {
            let whole = series(&seconds);
            let mut sorted = seconds.clone();
            sorted.sort_unstable();
            let cut = cut.min(seconds.len());
            let (mut left, right) = (series(&seconds[..cut]), series(&seconds[cut..]));
            let mut back = right.clone();
            back.merge(left.clone());
            left.merge(right);
            prop_assert_eq!(&left.ticks, &whole.ticks);
            prop_assert_eq!(&back.ticks, &whole.ticks);
            prop_assert_eq!(&series(&sorted).ticks, &whole.ticks);
            prop_assert!(whole.len() <= 8);
            let total: u64 = whole.ticks.iter().map(|(_, tries)| tries.0).sum();
            prop_assert_eq!(total, seconds.len() as u64);
        }
    }

    #[test]
    fn the_peak_is_the_busiest_stretch_and_the_earliest_wins() {
        let series = series(&[0, 5, 10, 11, 12, 100, 101, 102, 103, 104]);
        assert_eq!(series.peak(TICK, Seconds(10), |tries| tries.0), (Time::from_seconds(100), 5));
        assert_eq!(series.peak(TICK, Seconds(20), |tries| tries.0), (Time::from_seconds(0), 5));
    }
}
