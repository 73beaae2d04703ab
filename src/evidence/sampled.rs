//! Evidence about a fair sample of names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hash::mix;
use crate::series::Evidence;

/// Evidence about the `K` names with the smallest hashes; all others are forgotten. A name that is among them in the end was
/// among them in every part, so any order of merging keeps the same ones, each with all of its evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Sampled<E: Evidence, const K: usize> {
    /// By the mixed name.
    kept: BTreeMap<u64, E>,
    /// Names whose hash is larger are forgotten.
    most: u64,
}

impl<E: Evidence, const K: usize> Default for Sampled<E, K> {
    fn default() -> Self {
        Self { kept: BTreeMap::new(), most: u64::MAX }
    }
}

impl<E: Evidence, const K: usize> Sampled<E, K> {
    /// The evidence about `name`, if it belongs to the sample: most do not, and cost next to nothing.
    #[inline]
    pub fn at(&mut self, name: u64) -> Option<&mut E> {
        let hash = mix(name, 0x7361_6d70);
        if hash > self.most {
            return None;
        }
        self.kept.entry(hash).or_default();
        self.fit();
        self.kept.get_mut(&hash)
    }

    /// Forgets what is beyond `K`.
    fn fit(&mut self) {
        while self.kept.len() > K {
            self.kept.pop_last();
        }
        if self.kept.len() == K {
            self.most = self.kept.last_key_value().map_or(u64::MAX, |(&hash, _)| hash);
        }
    }

    /// The evidence about each name of the sample, in an order that is stable and means nothing.
    pub fn iter(&self) -> impl Iterator<Item = &E> {
        self.kept.values()
    }

    /// How many names it holds.
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }
}

impl<E: Evidence, const K: usize> Evidence for Sampled<E, K> {
    const VERSION: u16 = E::VERSION;

    fn merge(&mut self, other: Self) {
        for (hash, evidence) in other.kept {
            self.kept.entry(hash).or_default().merge(evidence);
        }
        self.fit();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::series::Tries;

    fn of(names: &[u64]) -> Sampled<Tries, 8> {
        let mut sampled = Sampled::<Tries, 8>::default();
        for &name in names {
            if let Some(tries) = sampled.at(name) {
                tries.0 += 1;
            }
        }
        sampled
    }

    proptest! {
        #[test]
        fn a_sample_does_not_depend_on_the_cut(names in prop::collection::vec(0_u64..40, 0..200), at in 0_usize..200) {
            let whole = of(&names);
            let (left, right) = names.split_at(at.min(names.len()));
            let (mut one, mut other) = (of(left), of(right));
            one.merge(of(right));
            other.merge(of(left));
            prop_assert_eq!(&one, &whole);
            prop_assert_eq!(&other, &whole);
        }
    }
}
