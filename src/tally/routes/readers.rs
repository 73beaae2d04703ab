//! Who shares the objects of a route.

use serde::{Deserialize, Serialize};

use crate::hash::mix;

/// For a fair sample of objects, chosen by their hash alone: up to three of those who were given each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Readers {
    /// The smallest hashes of objects, ascending, each with the smallest hashes of its readers; zeros for none.
    objects: Vec<(u64, [u64; 3])>,
}

/// How many objects the sample holds.
const OBJECTS: usize = 48;

impl Readers {
    /// The hash that decides whether an object is in the sample.
    #[inline]
    pub(super) fn order(object: u64) -> u64 {
        mix(object, 0x7265_6164)
    }

    /// The hash above which no object gets into the sample any more.
    pub(super) fn bound(&self) -> u64 {
        if self.objects.len() < OBJECTS { u64::MAX } else { self.objects[OBJECTS - 1].0 }
    }

    /// `who`, which is not zero, was given the object with this hash.
    pub(super) fn keep(&mut self, object: u64, mut who: u64) {
        let full = self.objects.len() == OBJECTS;
        if full && self.objects.last().is_some_and(|&(largest, _)| largest < object) {
            return;
        }
        let at = match self.objects.binary_search_by_key(&object, |&(object, _)| object) {
            Ok(at) => at,
            Err(at) => {
                if full {
                    self.objects.pop();
                }
                self.objects.insert(at, (object, [0; 3]));
                at
            }
        };
        for kept in &mut self.objects[at].1 {
            if *kept == who {
                return;
            }
            if *kept == 0 || who < *kept {
                std::mem::swap(kept, &mut who);
            }
            if who == 0 {
                return;
            }
        }
    }

    /// Takes in another's sample.
    pub(super) fn merge(&mut self, other: &Self) {
        for &(object, readers) in &other.objects {
            readers.into_iter().filter(|&who| who != 0).for_each(|who| self.keep(object, who));
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// For each object of the sample that has any: how many readers it has, at most three. Whoever was given a sixth of the
    /// sample walks over the route, so it does not make an object shared that has one or two readers.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        let mut all: Vec<u64> = self.objects.iter().flat_map(|(_, readers)| *readers).collect();
        all.sort_unstable();
        let many = (self.objects.len() / 6).max(4);
        let walkers: Vec<u64> =
            all.chunk_by(|a, b| a == b).filter(|given| given.len() >= many).map(|given| given[0]).collect();
        self.objects
            .iter()
            .map(move |(_, readers)| {
                let known = readers.iter().filter(|&&who| who != 0);
                let walking = known.clone().filter(|who| walkers.binary_search(who).is_ok()).count();
                match known.count() {
                    3 => 3,
                    few => few - walking,
                }
            })
            .filter(|&count| count > 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(given: &[(u64, u64)]) -> Readers {
        let mut readers = Readers::default();
        for &(object, who) in given {
            readers.keep(Readers::order(object), who);
        }
        readers
    }

    proptest! {
        #[test]
        fn the_cut_does_not_matter(given in prop::collection::vec((0_u64..90, 1_u64..9), 0..400), cut in 0_usize..400) {
            let cut = cut.min(given.len());
            let (mut left, right) = (of(&given[..cut]), of(&given[cut..]));
            let mut back = right.clone();
            back.merge(&left);
            left.merge(&right);
            prop_assert_eq!(&left, &of(&given));
            prop_assert_eq!(&back, &of(&given));
            prop_assert_eq!(left.bound() == u64::MAX, left.objects.len() < OBJECTS);
        }
    }

    #[test]
    fn up_to_three_readers_of_an_object_are_counted() {
        let readers = of(&[(7, 1), (7, 1), (8, 1), (8, 2), (9, 3), (9, 1), (9, 2), (9, 9)]);
        let mut counts: Vec<usize> = readers.counts().collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 3]);
    }

    #[test]
    fn one_who_walks_over_all_objects_does_not_make_them_shared() {
        let own = (0..30).flat_map(|object| [(object, 100 + object), (object, 7)]);
        let given: Vec<(u64, u64)> = own.collect();
        assert!(of(&given).counts().all(|count| count == 1));
    }
}
