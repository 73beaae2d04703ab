//! How many different things there were.

use serde::{Deserialize, Serialize};

use crate::hash::mix;
use crate::series::Evidence;

/// A count of different values: exact up to `K`, an estimate beyond (k minimum values: Bar-Yossef et al., 2002).
/// Keeps the `K` smallest hashes, so that any order of merging keeps the same ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct<const K: usize> {
    smallest: Vec<u64>,
    overflowed: bool,
}

impl<const K: usize> Distinct<K> {
    /// Counts `value`, which need not be evenly spread.
    pub fn add(&mut self, value: u64) {
        self.keep(Self::order(value));
    }

    /// The hash that decides whether `value` is kept.
    #[inline]
    pub(crate) fn order(value: u64) -> u64 {
        mix(value, 0x6469_7374)
    }

    /// The hash above which nothing is learned any more.
    pub(crate) fn bound(&self) -> u64 {
        match self.smallest.last() {
            Some(&largest) if self.overflowed => largest,
            _ => u64::MAX,
        }
    }

    /// Keeps `hash`, made by [`order`](Self::order), if it is among the smallest.
    pub(crate) fn keep(&mut self, hash: u64) {
        if self.smallest.len() == K && self.smallest.last().is_some_and(|&largest| largest < hash) {
            self.overflowed = true;
            return;
        }
        if let Err(at) = self.smallest.binary_search(&hash) {
            self.smallest.insert(at, hash);
            if self.smallest.len() > K {
                self.smallest.pop();
                self.overflowed = true;
            }
        }
    }

    /// How many different values were counted.
    pub fn count(&self) -> u64 {
        match self.smallest.last() {
            Some(&largest) if self.overflowed => {
                let estimate = (u128::from(u64::MAX) * (K as u128 - 1)) / u128::from(largest.max(1));
                u64::try_from(estimate).unwrap_or(u64::MAX)
            }
            _ => self.smallest.len() as u64,
        }
    }

    /// Whether [`count`](Self::count) is exact.
    pub fn is_exact(&self) -> bool {
        !self.overflowed
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.smallest.is_empty()
    }

    /// How many of the kept values `other` kept as well: both keep the smallest, so the share tells how alike they are.
    pub fn shared(&self, other: &Self) -> usize {
        self.smallest.iter().filter(|hash| other.smallest.binary_search(hash).is_ok()).count()
    }

    /// Which share of these values `other` counted as well, in tenths of a percent: exact while both are small, else judged by
    /// the smallest hashes, which both would have kept.
    pub fn share_in(&self, other: &Self) -> u64 {
        let bound = self.bound().min(other.bound());
        let both = self.smallest.iter().filter(|&&hash| hash <= bound);
        let (mut all, mut shared) = (0, 0);
        for hash in both {
            all += 1;
            shared += u64::from(other.smallest.binary_search(hash).is_ok());
        }
        (shared * 1000).checked_div(all).unwrap_or(0)
    }

    /// Adds what `other` counted.
    pub fn absorb(&mut self, other: &Self) {
        self.overflowed |= other.overflowed;
        for &hash in &other.smallest {
            self.keep(hash);
        }
    }

    /// How many values are kept.
    pub fn kept(&self) -> usize {
        self.smallest.len()
    }
}

impl<const K: usize> Evidence for Distinct<K> {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.absorb(&other);
    }

    fn clear(&mut self) {
        self.smallest.clear();
        self.overflowed = false;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(values: &[u64]) -> Distinct<16> {
        let mut distinct = Distinct::default();
        for &value in values {
            distinct.add(value);
        }
        distinct
    }

    proptest! {
        #[test]
        fn the_cut_does_not_matter(values in prop::collection::vec(0u64..100, 0..200), cut in 0usize..200) {
            let cut = cut.min(values.len());
            let (mut left, right) = (of(&values[..cut]), of(&values[cut..]));
            let mut back = right.clone();
            back.merge(left.clone());
            left.merge(right);
            prop_assert_eq!(&left, &of(&values));
            prop_assert_eq!(&back, &of(&values));
        }
    }

    #[test]
    fn a_share_is_told_of_few_and_of_many() {
        assert_eq!(of(&[1, 2, 3, 4]).share_in(&of(&[2, 4, 9])), 500);
        let mut many = Distinct::<64>::default();
        let mut half = Distinct::<64>::default();
        (0..10_000).for_each(|value| many.add(value));
        (0..10_000).filter(|value| value % 2 == 0).for_each(|value| half.add(value));
        assert!((350..650).contains(&many.share_in(&half)) && half.share_in(&many) == 1000);
        assert_eq!(of(&[]).share_in(&of(&[1])), 0);
    }

    #[test]
    fn it_is_exact_while_small_and_near_when_large() {
        assert_eq!(of(&[1, 2, 2, 3]).count(), 3);
        let mut many = Distinct::<256>::default();
        (0..100_000).for_each(|value| many.add(value));
        assert!((80_000..120_000).contains(&many.count()), "{}", many.count());
    }
}
