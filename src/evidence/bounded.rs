//! Evidence by name, for at most so many names.

use serde::{Deserialize, Serialize};

use crate::hash::mix;
use crate::series::Evidence;

/// Evidence for each of at most `K` names; the evidence of all others is merged into one. Which names are kept is decided
/// by their hash alone, so any order of merging keeps the same ones, each with all of its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Bounded<E: Evidence, const K: usize> {
    /// (order, name, evidence), ascending: the order is the mixed name, so that crafted small names gain nothing by it.
    kept: Vec<(u64, u64, E)>,
    rest: Option<Box<E>>,
}

impl<E: Evidence, const K: usize> Default for Bounded<E, K> {
    fn default() -> Self {
        Self { kept: Vec::new(), rest: None }
    }
}

impl<E: Evidence, const K: usize> Bounded<E, K> {
    /// The evidence of `name`, or of the rest where `name` is not among the kept.
    pub fn at(&mut self, name: u64) -> &mut E {
        let order = Self::order(name);
        match self.kept.binary_search_by_key(&(order, name), |&(order, name, _)| (order, name)) {
            Ok(at) => &mut self.kept[at].2,
            Err(at) if at >= K => self.rest.get_or_insert_default(),
            Err(at) => {
                self.kept.insert(at, (order, name, E::default()));
                self.evict();
                &mut self.kept[at].2
            }
        }
    }

    /// Where `name` stands among all names.
    pub fn order(name: u64) -> u64 {
        mix(name, 0x626f_756e)
    }

    /// Up to where in their [`order`](Self::order) names are known: none up to there is among the rest.
    pub fn bound(&self) -> u64 {
        self.kept.last().filter(|_| self.rest.is_some()).map_or(u64::MAX, |&(largest, _, _)| largest)
    }

    /// Merges what is beyond `K` into the rest.
    fn evict(&mut self) {
        while self.kept.len() > K {
            let (_, _, evidence) = self.kept.pop().expect("more than K are kept");
            self.rest.get_or_insert_default().merge(evidence);
        }
    }

    /// The evidence of `name`, if it was kept.
    pub fn get(&self, name: u64) -> Option<&E> {
        let order = Self::order(name);
        let found = self.kept.binary_search_by_key(&(order, name), |&(order, name, _)| (order, name));
        found.ok().map(|at| &self.kept[at].2)
    }

    /// The kept names and their evidence, in an order that is stable and means nothing.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &E)> {
        self.kept.iter().map(|(_, name, evidence)| (*name, evidence))
    }

    /// The evidence of all names that were not kept.
    pub fn rest(&self) -> Option<&E> {
        self.rest.as_deref()
    }

    /// All evidence, kept or not.
    pub fn all(&self) -> impl Iterator<Item = &E> {
        self.kept.iter().map(|(_, _, evidence)| evidence).chain(self.rest())
    }

    /// How many names are kept.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many different names there were: exact up to `K`, an estimate beyond.
    pub fn count(&self) -> u64 {
        match self.kept.last() {
            Some(&(largest, _, _)) if self.rest.is_some() => {
                let estimate = (u128::from(u64::MAX) * (K as u128 - 1)) / u128::from(largest.max(1));
                u64::try_from(estimate).unwrap_or(u64::MAX)
            }
            _ => self.kept.len() as u64,
        }
    }
}

impl<E: Evidence, const K: usize> Evidence for Bounded<E, K> {
    const VERSION: u16 = E::VERSION;

    fn merge(&mut self, other: Self) {
        for (order, name, evidence) in other.kept {
            match self.kept.binary_search_by_key(&(order, name), |&(order, name, _)| (order, name)) {
                Ok(at) => self.kept[at].2.merge(evidence),
                Err(at) if at >= K => self.rest.get_or_insert_default().merge(evidence),
                Err(at) => self.kept.insert(at, (order, name, evidence)),
            }
        }
        self.evict();
        if let Some(rest) = other.rest {
            self.rest.get_or_insert_default().merge(*rest);
        }
    }

    fn clear(&mut self) {
        self.kept.clear();
        self.rest = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::series::Tries;

    fn of(names: &[u64]) -> Bounded<Tries, 8> {
        let mut bounded = Bounded::<Tries, 8>::default();
        for &name in names {
            bounded.at(name).0 += 1;
        }
        bounded
    }

    proptest! {
        #[test]
        fn the_cut_does_not_matter(names in prop::collection::vec(0u64..30, 0..200), cut in 0usize..200) {
            let cut = cut.min(names.len());
            let (mut left, right) = (of(&names[..cut]), of(&names[cut..]));
            let mut back = right.clone();
            back.merge(left.clone());
            left.merge(right);
            prop_assert_eq!(&left, &of(&names));
            prop_assert_eq!(&back, &of(&names));
            prop_assert_eq!(left.all().map(|tries| tries.0).sum::<u64>(), names.len() as u64);
        }
    }
}
