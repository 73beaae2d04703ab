//! Who shares the objects of a route.

use serde::{Deserialize, Serialize};

use crate::hash::mix;

/// For a fair sample of objects, chosen by their hash alone: up to three of those who were given each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Readers {
    /// Those with the smallest hashes, ascending.
    objects: Vec<Object>,
}

/// Who was given one object.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Object {
    /// Its hash.
    hash: u64,
    /// The smallest hashes of its readers, ascending; zeros for none.
    who: [u64; 3],
    /// Whether one of them was given it more than once. Not known, and not needed, where three were given it.
    again: bool,
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
        if self.objects.len() < OBJECTS { u64::MAX } else { self.objects[OBJECTS - 1].hash }
    }

    /// `who`, which is not zero, was given the object with this hash.
    pub(super) fn keep(&mut self, object: u64, who: u64) {
        if let Some(object) = self.at(object) {
            object.given_to(who);
        }
    }

    /// The object with this hash, if it belongs into the sample.
    fn at(&mut self, hash: u64) -> Option<&mut Object> {
        let full = self.objects.len() == OBJECTS;
        if full && self.objects.last().is_some_and(|largest| largest.hash < hash) {
            return None;
        }
        let at = match self.objects.binary_search_by_key(&hash, |object| object.hash) {
            Ok(at) => at,
            Err(at) => {
                if full {
                    self.objects.pop();
                }
                self.objects.insert(at, Object { hash, who: [0; 3], again: false });
                at
            }
        };
        self.objects.get_mut(at)
    }

    /// Takes in another's sample.
    pub(super) fn merge(&mut self, other: &Self) {
        for theirs in &other.objects {
            let Some(ours) = self.at(theirs.hash) else { break };
            theirs.who.into_iter().filter(|&who| who != 0).for_each(|who| ours.given_to(who));
            ours.again = (ours.again || theirs.again) && !ours.is_full();
        }
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }

    /// How many objects are in the sample.
    pub fn sampled(&self) -> usize {
        self.objects.len()
    }

    /// How many readers each object of the sample has that was given more than once, at most three: one where the same
    /// reader came back. Whoever was given a sixth of the sample walks over the route and makes nothing shared that hardly
    /// anybody else was given; but where more than two walk, all do.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        let mut all: Vec<u64> = self.objects.iter().flat_map(|object| object.who).collect();
        all.sort_unstable();
        let many = (self.objects.len() / 6).max(4);
        let given = all.chunk_by(|a, b| a == b).filter(|given| given[0] != 0 && given.len() >= many);
        let mut walkers: Vec<u64> = given.map(|given| given[0]).collect();
        if walkers.len() > 2 {
            walkers.clear();
        }
        self.objects.iter().filter_map(move |object| {
            let walking = object.readers().filter(|who| walkers.binary_search(who).is_ok()).count();
            let count = if object.is_full() { 3 } else { object.readers().count() - walking };
            (count > 1 || count == 1 && object.again).then_some(count)
        })
    }
}

impl Object {
    /// Whether so many were given it that one more does not matter.
    fn is_full(&self) -> bool {
        self.who[2] != 0
    }

    fn readers(&self) -> impl Iterator<Item = &u64> {
        self.who.iter().filter(|&&who| who != 0)
    }

    /// `who` was given it.
    fn given_to(&mut self, mut who: u64) {
        for kept in &mut self.who {
            if *kept == who {
                self.again = !self.is_full();
                return;
            }
            if *kept == 0 || who < *kept {
                std::mem::swap(kept, &mut who);
            }
            if who == 0 {
                break;
            }
        }
        self.again &= !self.is_full();
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
    fn up_to_three_readers_of_an_object_that_was_given_again_are_counted() {
        let readers = of(&[(7, 1), (7, 1), (8, 1), (8, 2), (9, 3), (9, 1), (9, 2), (9, 9), (6, 5)]);
        let mut counts: Vec<usize> = readers.counts().collect();
        counts.sort_unstable();
        assert_eq!(counts, [1, 2, 3]);
    }

    #[test]
    fn one_who_walks_over_all_objects_does_not_make_them_shared() {
        let own = (0..30).flat_map(|object| [(object, 100 + object), (object, 100 + object), (object, 7)]);
        let given: Vec<(u64, u64)> = own.collect();
        assert_eq!(of(&given).counts().collect::<Vec<_>>(), [1; 30]);
    }
}
