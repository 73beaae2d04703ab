//! All evidence of a run: in shards by owner, merged, written out, read back.
//!
//! Every key belongs to one shard, chosen by its hash. Shards are drained and merged in parallel without a lock, and one
//! that was never written to disk is the same as one that was.

mod arena;
mod bundle;
mod cache;
mod correlated;
mod fleet;
mod leaf;
mod packed;
mod population;
mod reading;
mod routes;
mod sequence;
mod shard;
mod sorted;
mod stored;
mod trail;

use rayon::prelude::*;

pub(crate) use bundle::Bundle;
pub use correlated::{Correlated, Counted};
pub use fleet::{FLEET_TICK, Fleet, Minute};
pub(crate) use packed::{halves, pack};
pub use population::{Population, Subject};
pub use reading::{Filled, Reading, SourceReading};
pub use routes::{RouteNorm, Routes};
pub(crate) use sequence::Following;
pub use sequence::{Sequence, Step, Steps};
pub(crate) use sorted::Sorted;
pub use trail::{Forged, Line, Trail};

use crate::collect::{Collector, KeyKind};
use crate::error::Error;
use crate::hash::mix;
use crate::series::Evidence;
use shard::Shard;

/// Shards of each kind of key.
pub(crate) const SHARDS: usize = 32;

/// All evidence of a run, or of a part of it.
pub struct Tally {
    /// By kind of key, then by owner.
    pub(crate) shards: Vec<Vec<Shard>>,
    /// All keys, where they are too many for memory; then the shards are empty.
    pub(crate) sorted: Option<Sorted>,
    /// Why some keys could not be read back.
    lost: Option<String>,
    /// What is ordinary on each route.
    pub routes: Routes,
    /// What happened to everybody, over time.
    pub fleet: Fleet,
    /// What correlation rules count.
    pub correlated: Correlated,
    /// What was read.
    pub reading: Reading,
    /// What the log tells of itself.
    pub trail: Trail,
}

impl Default for Tally {
    fn default() -> Self {
        let shards =
            KeyKind::ALL.iter().map(|&kind| (0..SHARDS).map(|_| Shard::new(kind)).collect()).collect();
        Self {
            shards,
            sorted: None,
            lost: None,
            routes: Routes::default(),
            fleet: Fleet::default(),
            correlated: Correlated::default(),
            reading: Reading::default(),
            trail: Trail::default(),
        }
    }
}

/// The owner of a key.
#[inline]
pub(crate) fn owner(key: u128) -> usize {
    let [low, high] = halves(key);
    owner_of(mix(low, high))
}

/// The owner of a key whose mixed halves are `hash`.
#[inline]
pub(crate) fn owner_of(hash: u64) -> usize {
    usize::try_from(hash >> 59).expect("five bits are left")
}

impl Tally {
    /// Adds what `other` knows: commutative and associative.
    #[must_use]
    pub fn merge(mut self, mut other: Self) -> Self {
        self.put_back();
        other.put_back();
        self.lost = self.lost.or(other.lost);
        let pairs: Vec<_> =
            self.shards.iter_mut().flatten().zip(other.shards.into_iter().flatten()).collect();
        pairs.into_par_iter().for_each(|(ours, theirs)| ours.merge(theirs));
        self.routes.merge(other.routes);
        self.fleet.merge(other.fleet);
        self.correlated.merge(other.correlated);
        self.reading.merge(other.reading);
        self.trail.merge(other.trail);
        self
    }

    /// Leaves every key with its requests or with its evidence, not with both: how whoever judges or stores finds it.
    pub(crate) fn settle(&mut self) {
        self.shards.par_iter_mut().flatten().for_each(Shard::settle);
    }

    /// What one collector gathered.
    pub fn population<C: Collector>(&self) -> Population<'_, C> {
        Population::of(self)
    }

    /// How many different keys of one kind there are.
    pub fn keys(&self, kind: KeyKind) -> u64 {
        let in_memory = self.shards[kind as usize].iter().map(|shard| shard.len() as u64).sum::<u64>();
        in_memory + self.sorted.as_ref().map_or(0, |sorted| sorted.keys(kind))
    }

    /// Whether what is known about keys went to disk, for want of memory.
    pub fn lies_on_disk(&self) -> bool {
        self.sorted.is_some()
    }

    /// About how many bytes of memory the keys take.
    pub(crate) fn size(&self) -> usize {
        self.shards.par_iter().flatten().map(Shard::size).sum()
    }

    /// Why nothing that was made of it counts: keys that lie on disk could not be read. To be asked at the end.
    pub fn failure(&self) -> Option<Error> {
        let why = self.lost.clone().or_else(|| self.sorted.as_ref()?.failure())?;
        let folder = std::env::temp_dir();
        Some(Error::usage(format!("evidence in {} cannot be read back: {why}", folder.display())))
    }

    /// Puts keys that lie on disk back into memory.
    fn put_back(&mut self) {
        if let Some(sorted) = self.sorted.take() {
            sorted.put_back(&mut self.shards);
            self.lost = self.lost.take().or_else(|| sorted.failure());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shard::Entity;
    use super::*;
    use crate::collect::ClientProfiles;
    use crate::hash::NameHash;
    use crate::request::{Client, Request};
    use crate::time::Time;

    #[test]
    fn one_request_too_many_folds_a_key_and_changes_nothing_else() {
        for count in [1, 2, 63, 64, 65, 66, 128, 129, 1000] {
            let mut shard = Shard::new(KeyKind::Client);
            let request = |second: u64| Request {
                time: Time::from_seconds(second.cast_signed()),
                client: Client(7),
                agent: NameHash(second / 3),
                ..Request::default()
            };
            let mut profile = crate::collect::Profile::default();
            for request in (0..count).map(request) {
                let (mut bundle, mut words, mut packed) = (Bundle::of(halves(7)), Vec::new(), Vec::new());
                pack(&request, KeyKind::Client, (1, true), 0, &mut packed);
                bundle.count(1, request.bytes_out, packed.len());
                bundle.write(&mut words);
                words.extend_from_slice(&packed);
                shard.drain(&words);
                ClientProfiles::observe(&request, &mut profile);
            }
            shard.settle();
            assert_eq!(shard.find(7).and_then(Entity::full).is_some(), count > 64, "{count}");
            let mut tally = Tally::default();
            tally.shards[KeyKind::Client as usize][owner(7)] = shard;
            assert_eq!(tally.population::<ClientProfiles>().with(7, Clone::clone), Some(profile));
            assert_eq!(tally.population::<ClientProfiles>().wanted(7), count);
        }
    }
}
