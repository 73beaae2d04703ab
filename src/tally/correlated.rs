//! What correlation rules count: of every group the matches by second, with their words, and some requests to tell of.
//!
//! Groups are kept by their hash and a group's earliest seconds before later ones, so what is kept depends on what there is
//! and not on the order in which it came.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evidence::{Samples, Span};
use crate::hash::mix;
use crate::request::{Client, Request};
use crate::series::Evidence;
use crate::sigma::{GROUPED, Note};

/// What all correlations count.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Correlated {
    /// By number of the correlation.
    all: BTreeMap<u16, Groups>,
}

/// What one correlation counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Groups {
    /// By hash.
    kept: BTreeMap<u64, Counted>,
    /// Groups with a larger hash are not kept.
    bound: u64,
    /// About how many bytes they take.
    weight: u64,
}

impl Default for Groups {
    fn default() -> Self {
        Self { kept: BTreeMap::new(), bound: u64::MAX, weight: 0 }
    }
}

/// One group of one correlation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Hashes of the values that it has in common, 0 for none.
    pub by: [u64; GROUPED],
    /// By second and word: how many.
    ticks: BTreeMap<(i64, u64), u64>,
    /// Whether later seconds were left out.
    pub is_cut: bool,
    /// Matches.
    pub requests: u64,
    /// How many got 2xx.
    pub ok: u64,
    /// How many were refused: 401, 403, 406, 429, 444.
    pub refused: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Clients, those with the smallest hashes, and how many matches each has.
    clients: BTreeMap<(u64, u128), u64>,
    /// From the first to the last match.
    pub span: Span,
    /// The earliest and latest matches.
    pub samples: Samples<2>,
}

/// The groups of one correlation take about so many bytes at most; where there are more, every second one goes.
const BYTES: u64 = 32 << 20;

/// What a group weighs beside its seconds and clients, and what each of those weighs.
const GROUP: u64 = 256;
const ENTRY: u64 = 40;

/// A group keeps so many of its words by second, and so many clients.
const TICKS: usize = 1 << 18;
const CLIENTS: usize = 32;

impl Correlated {
    /// Adds what `request` makes correlations note.
    pub(crate) fn add(&mut self, notes: &[Note], request: &Request) {
        for note in notes {
            let groups = self.all.entry(note.correlation).or_default();
            groups.change(&note.by, |counted| counted.add(note, request));
        }
    }

    /// The groups of a correlation, in an order that is stable and means nothing.
    pub fn groups(&self, correlation: u16) -> impl Iterator<Item = &Counted> {
        self.all.get(&correlation).into_iter().flat_map(|groups| groups.kept.values())
    }

    /// The correlations that did not see everything, and the share of their groups that they saw: one of so many; of 1 some
    /// groups lost their later seconds.
    pub fn limited(&self) -> impl Iterator<Item = (u16, u64)> {
        self.all.iter().filter_map(|(&correlation, groups)| {
            let share = u64::MAX / groups.bound.max(1);
            (share > 1 || groups.kept.values().any(|counted| counted.is_cut)).then_some((correlation, share))
        })
    }
}

impl Groups {
    /// Changes what is counted for `by`, if it is kept.
    fn change(&mut self, by: &[u64; GROUPED], change: impl FnOnce(&mut Counted)) {
        let hash = by.iter().fold(0x6772_6f75, |hash, &value| mix(hash, value));
        if hash > self.bound {
            return;
        }
        let counted = self.kept.entry(hash).or_insert_with(|| {
            self.weight += GROUP;
            Counted { by: *by, ..Counted::default() }
        });
        let before = counted.weight();
        change(counted);
        self.weight = self.weight + counted.weight() - before;
        while self.weight > BYTES {
            self.bound /= 2;
            self.fit();
        }
    }

    /// Leaves out what is beyond the bound.
    fn fit(&mut self) {
        for (_, gone) in self.kept.split_off(&self.bound.saturating_add(1)) {
            self.weight -= GROUP + gone.weight();
        }
    }
}

impl Counted {
    /// Adds one match.
    fn add(&mut self, note: &Note, request: &Request) {
        self.tick(request.time.seconds(), note.word, 1);
        self.requests += 1;
        match request.status {
            200..300 => self.ok += 1,
            401 | 403 | 406 | 429 | 444 => self.refused += 1,
            _ => {}
        }
        self.bytes += request.bytes_out;
        self.client(request.client.0, 1);
        self.span.add(request.time);
        self.samples.add(request);
    }

    /// Adds a word of a second, so many times.
    fn tick(&mut self, second: i64, word: u64, count: u64) {
        *self.ticks.entry((second, word)).or_default() += count;
        if self.ticks.len() > TICKS {
            self.ticks.pop_last();
            self.is_cut = true;
        }
    }

    /// Seconds, words, and how many of each, ascending.
    pub fn ticks(&self) -> Vec<(i64, u64, u64)> {
        self.ticks.iter().map(|(&(second, word), &count)| (second, word, count)).collect()
    }

    /// Adds matches of a client.
    fn client(&mut self, client: u128, requests: u64) {
        *self.clients.entry((Client(client).number(), client)).or_default() += requests;
        if self.clients.len() > CLIENTS {
            self.clients.pop_last();
        }
    }

    /// About how many bytes it takes beside what every group does.
    fn weight(&self) -> u64 {
        ENTRY * (self.ticks.len() + self.clients.len()) as u64
    }

    /// The clients that are known, and how many matches each has.
    pub fn clients(&self) -> impl Iterator<Item = (Client, u64)> {
        self.clients.iter().map(|(&(_, client), &requests)| (Client(client), requests))
    }

    /// It as another correlation sees it: for whom it counts there, and the word that it leaves at each of these seconds.
    #[must_use]
    pub fn seen(&self, by: [u64; GROUPED], seconds: &[i64], word: u64) -> Self {
        let ticks = seconds.iter().map(|&second| ((second, word), 1)).collect();
        Self { by, ticks, ..self.clone() }
    }
}

impl Evidence for Counted {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        if self.requests == 0 {
            *self = other;
            return;
        }
        self.is_cut |= other.is_cut;
        other.ticks.into_iter().for_each(|((second, word), count)| self.tick(second, word, count));
        self.requests += other.requests;
        self.ok += other.ok;
        self.refused += other.refused;
        self.bytes += other.bytes;
        other.clients.into_iter().for_each(|((_, client), requests)| self.client(client, requests));
        self.span.merge(other.span);
        self.samples.merge(other.samples);
    }
}

impl Evidence for Correlated {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        for (correlation, theirs) in other.all {
            let ours = self.all.entry(correlation).or_default();
            ours.bound = ours.bound.min(theirs.bound);
            ours.fit();
            for counted in theirs.kept.into_values() {
                let by = counted.by;
                ours.change(&by, |known| known.merge(counted));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::Time;

    /// Matches of many groups, as they come.
    fn of(matches: &[(u64, i64, u64)]) -> Correlated {
        let mut all = Correlated::default();
        for &(group, second, word) in matches {
            let time = Time::from_seconds(second);
            let request = Request { time, client: Client(u128::from(group % 50 + 1)), ..Request::default() };
            all.add(&[Note { correlation: 0, by: [group, 0, 0, 0, 0, 0], word }], &request);
        }
        all
    }

    proptest! {
        #[test]
        fn the_cut_does_not_matter(
            matches in prop::collection::vec((0u64..9, 0i64..30, 0u64..4), 0..200), cut in 0usize..200
        ) {
            let cut = cut.min(matches.len());
            let (mut left, right) = (of(&matches[..cut]), of(&matches[cut..]));
            let mut back = right.clone();
            back.merge(left.clone());
            left.merge(right);
            prop_assert_eq!(&left, &of(&matches));
            prop_assert_eq!(&back, &of(&matches));
        }
    }

    #[test]
    fn too_many_groups_are_thinned_in_the_same_way_however_they_come() {
        let matches: Vec<(u64, i64, u64)> = (0..250_000).map(|n| (n * 7919 % 250_007, 5, 0)).collect();
        let whole = of(&matches);
        let (mut left, right) = (of(&matches[..90_000]), of(&matches[90_000..]));
        let mut back = right.clone();
        back.merge(left.clone());
        left.merge(right);
        assert!(left == whole && back == whole);
        assert_eq!(whole.limited().collect::<Vec<_>>(), [(0, 4)]);
        assert!((50_000..75_000).contains(&whole.groups(0).count()), "{}", whole.groups(0).count());
    }
}
