//! All evidence of a run: in shards by owner, merged, written out, read back.
//!
//! Every key belongs to one shard, chosen by its hash. Shards are drained and merged in parallel without a lock, and one
//! that was never written to disk is the same as one that was.

mod fleet;
mod reading;
mod routes;
mod shard;
mod stored;

use std::any::Any;

use rayon::prelude::*;

pub use fleet::{FLEET_TICK, Fleet, Minute};
pub use reading::{Filled, Reading, SourceReading};
pub use routes::{ROUTE_TICK, RouteNorm, Routes};
pub use shard::Young;

use crate::collect::{Collector, Column, KeyKind, all, number_of};
use crate::hash::mix;
use crate::request::{Client, Request};
use crate::series::Evidence;
use shard::Shard;

/// Shards of each kind of key.
pub(crate) const SHARDS: usize = 32;

/// All evidence of a run, or of a part of it.
pub struct Tally {
    /// By kind of key, then by owner.
    pub(crate) shards: Vec<Vec<Shard>>,
    /// What is ordinary on each route.
    pub routes: Routes,
    /// What happened to everybody, over time.
    pub fleet: Fleet,
    /// What was read.
    pub reading: Reading,
}

impl Default for Tally {
    fn default() -> Self {
        let shards =
            KeyKind::ALL.iter().map(|&kind| (0..SHARDS).map(|_| Shard::new(kind)).collect()).collect();
        Self { shards, routes: Routes::default(), fleet: Fleet::default(), reading: Reading::default() }
    }
}

/// The owner of a key.
pub(crate) fn owner(key: u128) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
    let hash = mix(key as u64, (key >> 64) as u64);
    usize::try_from(hash >> 59).expect("five bits are left")
}

impl Tally {
    /// Adds what `other` knows: commutative and associative.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let pairs: Vec<_> =
            self.shards.iter_mut().flatten().zip(other.shards.into_iter().flatten()).collect();
        pairs.into_par_iter().for_each(|(ours, theirs)| ours.merge(theirs));
        self.routes.merge(other.routes);
        self.fleet.merge(other.fleet);
        self.reading.merge(other.reading);
        self
    }

    /// What one collector gathered.
    pub fn population<C: Collector>(&self) -> Population<'_, C> {
        let number = number_of::<C>();
        Population {
            shards: &self.shards[C::KEY as usize],
            bit: 1 << number,
            column: all().iter().take(number).filter(|collector| collector.key() == C::KEY).count(),
            collector: std::marker::PhantomData,
        }
    }

    /// Calls `each` for every client, in no order that means anything.
    pub fn each_client(&self, mut each: impl FnMut(Client)) {
        self.shards[KeyKind::Client as usize].iter().flat_map(Shard::keys).for_each(|key| each(Client(key)));
    }

    /// How many different keys of one kind there are.
    pub fn keys(&self, kind: KeyKind) -> u64 {
        self.shards[kind as usize].iter().map(|shard| shard.len() as u64).sum()
    }
}

/// One collector's evidence, key by key; keys with few requests are folded on the way.
pub struct Population<'t, C: Collector> {
    shards: &'t [Shard],
    bit: u16,
    column: usize,
    collector: std::marker::PhantomData<fn() -> C>,
}

impl<C: Collector> Population<'_, C> {
    /// Calls `each` for every key that the collector wanted anything of, in no order that means anything: what is
    /// gathered here must not depend on it.
    pub fn each(&self, mut each: impl FnMut(u128, &C::Evidence)) {
        for shard in self.shards {
            self.each_of(shard, &mut each);
        }
    }

    /// What `each` makes of every key, as far as it makes anything, sorted by key; shards in parallel.
    pub fn collect<T: Send>(&self, each: impl Fn(u128, &C::Evidence) -> Option<T> + Sync) -> Vec<(u128, T)> {
        let mut all: Vec<(u128, T)> = self
            .shards
            .par_iter()
            .flat_map_iter(|shard| {
                let mut made = Vec::new();
                self.each_of(shard, &mut |key, evidence| {
                    made.extend(each(key, evidence).map(|one| (key, one)));
                });
                made
            })
            .collect();
        all.par_sort_unstable_by_key(|&(key, _)| key);
        all
    }

    /// Calls `each` for every key of one shard.
    fn each_of(&self, shard: &Shard, each: &mut impl FnMut(u128, &C::Evidence)) {
        for (key, young) in shard.wanted(self.bit) {
            match young {
                Young::Full(entity) => {
                    if let Some(evidence) = self.column(shard).get(entity) {
                        each(key, evidence);
                    }
                }
                Young::Requests(requests) => each(key, &fold::<C>(&requests)),
            }
        }
    }

    /// What is known about `key`.
    pub fn with<T>(&self, key: u128, read: impl FnOnce(&C::Evidence) -> T) -> Option<T> {
        let shard = &self.shards[owner(key)];
        match shard.find(key, self.bit)? {
            Young::Full(entity) => self.column(shard).get(entity).map(read),
            Young::Requests(requests) => Some(read(&fold::<C>(&requests))),
        }
    }

    /// The typed column of one shard.
    fn column<'s>(&self, shard: &'s Shard) -> &'s Column<C> {
        let column: &dyn Any = shard.columns[self.column].as_ref();
        column.downcast_ref().expect("the column of this collector")
    }
}

/// The evidence of a key with few requests.
fn fold<C: Collector>(requests: &[Request]) -> C::Evidence {
    let mut evidence = C::Evidence::default();
    requests
        .iter()
        .filter(|request| C::wants(request))
        .for_each(|request| C::observe(request, &mut evidence));
    evidence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::ClientProfiles;
    use crate::event::Event;
    use crate::request::{Meaning, Place, RouteCache};
    use crate::time::Time;

    #[test]
    fn the_fifth_request_unfolds_a_key_and_changes_nothing_else() {
        for count in 1..=6 {
            let mut shard = Shard::new(KeyKind::Client);
            let request = |second| {
                let event = Event { time: Time::from_seconds(second), ..Event::default() };
                Meaning::default().request(&event, Place::default(), &mut RouteCache::default())
            };
            let requests: Vec<Request> = (0..count).map(request).collect();
            for request in &requests {
                shard.adopt_young(7, 1, std::slice::from_ref(request));
            }
            match shard.find(7, 1).expect("it was adopted") {
                Young::Requests(young) => assert!(count < 5 && young.len() == requests.len()),
                Young::Full(_) => assert!(count >= 5),
            }
            let mut tally = Tally::default();
            tally.shards[KeyKind::Client as usize][owner(7)] = shard;
            let profile = tally.population::<ClientProfiles>().with(7, Clone::clone);
            assert_eq!(profile, Some(fold::<ClientProfiles>(&requests)));
        }
    }
}
