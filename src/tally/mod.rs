//! All evidence of a run: in shards by owner, merged, written out, read back.
//!
//! Every key belongs to one shard, chosen by its hash. Shards are drained and merged in parallel without a lock, and one
//! that was never written to disk is the same as one that was.

mod arena;
mod fleet;
mod packed;
mod reading;
mod routes;
mod run;
mod shard;
mod stored;

use std::any::Any;

use rayon::prelude::*;

pub use fleet::{FLEET_TICK, Fleet, Minute};
pub(crate) use packed::{halves, pack};
pub use reading::{Filled, Reading, SourceReading};
pub use routes::{RouteNorm, Routes};
pub(crate) use run::Run;

use crate::collect::{Collector, Column, KeyKind, column_of};
use crate::hash::mix;
use crate::request::{Client, Request};
use crate::series::Evidence;
use shard::{Entity, Shard};

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
    pub fn merge(mut self, other: Self) -> Self {
        let pairs: Vec<_> =
            self.shards.iter_mut().flatten().zip(other.shards.into_iter().flatten()).collect();
        pairs.into_par_iter().for_each(|(ours, theirs)| ours.merge(theirs));
        self.routes.merge(other.routes);
        self.fleet.merge(other.fleet);
        self.reading.merge(other.reading);
        self
    }

    /// Leaves every key with its requests or with its evidence, not with both: how whoever judges or stores finds it.
    pub(crate) fn settle(&mut self) {
        self.shards.par_iter_mut().flatten().for_each(Shard::settle);
    }

    /// What one collector gathered.
    pub fn population<C: Collector>(&self) -> Population<'_, C> {
        let shards = &self.shards[C::KEY as usize];
        Population { shards, column: column_of::<C>(), collector: std::marker::PhantomData }
    }

    /// Calls `each` for every client, in no order that means anything.
    pub fn each_client(&self, mut each: impl FnMut(Client)) {
        let shards = self.shards[KeyKind::Client as usize].iter();
        shards.flat_map(Shard::entities).for_each(|entity| each(Client(entity.key())));
    }

    /// How many different keys of one kind there are.
    pub fn keys(&self, kind: KeyKind) -> u64 {
        self.shards[kind as usize].iter().map(|shard| shard.len() as u64).sum()
    }
}

/// One collector's evidence, key by key; keys with few requests are folded on the way.
pub struct Population<'t, C: Collector> {
    shards: &'t [Shard],
    column: usize,
    collector: std::marker::PhantomData<fn() -> C>,
}

/// A key at hand: whatever is known about it needs no look-up. Ask only for collectors of its kind of key.
#[derive(Clone, Copy)]
pub struct Subject<'t> {
    shard: &'t Shard,
    entity: &'t Entity,
}

/// Keys whose requests are read together.
const TOGETHER: usize = 32;

/// Words that the processor fetches at a time.
const LINE: usize = 8;

impl<'t, C: Collector> Population<'t, C> {
    /// What `each` makes of every key that the collector wanted anything of, as far as it makes anything, sorted by key.
    pub fn collect<T: Send>(
        &self,
        each: impl Fn(Subject<'t>, &C::Evidence) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        self.collect_from(1, each)
    }

    /// As [`collect`](Self::collect), of keys of which at least `least` requests were wanted.
    pub fn collect_from<T: Send>(
        &self,
        least: u64,
        each: impl Fn(Subject<'t>, &C::Evidence) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        self.collect_where(|_, wanted, _| wanted >= least, each)
    }

    /// As [`collect`](Self::collect), of keys that `is_of_interest` at a glance: by the key, how many of its requests were
    /// wanted, and the bytes sent in all of its requests. Others cost next to nothing.
    pub fn collect_where<T: Send>(
        &self,
        is_of_interest: impl Fn(u128, u64, u64) -> bool + Sync,
        each: impl Fn(Subject<'t>, &C::Evidence) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        self.survey(is_of_interest, |subject, scratch| {
            subject.read_into::<C, _>(scratch, |evidence| each(subject, evidence))?
        })
    }

    /// As [`collect_where`](Self::collect_where), but nothing is folded: `each` looks for itself, and may use its `S` again.
    pub(crate) fn survey<S: Default, T: Send>(
        &self,
        is_of_interest: impl Fn(u128, u64, u64) -> bool + Sync,
        each: impl Fn(Subject<'t>, &mut S) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        let is_of_interest = |subject: &Subject<'_>| {
            let wanted = u64::from(subject.entity.wanted(self.column));
            wanted > 0 && is_of_interest(subject.key(), wanted, subject.entity.bytes())
        };
        let of_shard = |shard: &'t Shard| {
            let mut made = Vec::new();
            let mut scratch = S::default();
            let subjects = shard.entities().iter().map(|entity| Subject { shard, entity });
            together(subjects.filter(is_of_interest), |subject| {
                made.extend(each(subject, &mut scratch).map(|one| (subject.key(), one)));
            });
            made
        };
        let mut all: Vec<(u128, T)> = self.shards.par_iter().flat_map_iter(of_shard).collect();
        all.par_sort_unstable_by_key(|&(key, _)| key);
        all
    }

    /// What is known about `key`.
    pub fn with<T>(&self, key: u128, read: impl FnOnce(&C::Evidence) -> T) -> Option<T> {
        self.subject(key)?.read::<C, T>(read)
    }

    /// How many keys there are of which it wanted anything.
    pub fn count(&self) -> u64 {
        let of_shard = |shard: &Shard| {
            let wanted = shard.entities().iter().map(|entity| entity.wanted(self.column));
            wanted.map(|wanted| u64::from(wanted > 0)).sum::<u64>()
        };
        self.shards.par_iter().map(of_shard).sum()
    }

    /// How many requests of `key` the collector wanted.
    pub fn wanted(&self, key: u128) -> u64 {
        self.subject(key).map_or(0, |subject| u64::from(subject.entity.wanted(self.column)))
    }

    /// Every key with the number of its requests that were wanted, counted by `each` into several `T`, which `merge` joins in
    /// no order that means anything.
    pub fn count_keys<T: Send>(
        &self,
        none: impl Fn() -> T + Sync,
        each: impl Fn(&mut T, u128, u64) + Sync,
        merge: impl Fn(T, T) -> T + Sync + Send,
    ) -> T {
        let of_shard = |mut counts: T, shard: &Shard| {
            for entity in shard.entities() {
                each(&mut counts, entity.key(), u64::from(entity.wanted(self.column)));
            }
            counts
        };
        self.shards.par_iter().fold(&none, of_shard).reduce(&none, merge)
    }

    /// A key, to ask several things about it.
    pub fn subject(&self, key: u128) -> Option<Subject<'t>> {
        let shard = &self.shards[owner(key)];
        shard.find(key).map(|entity| Subject { shard, entity })
    }
}

impl Subject<'_> {
    /// The key.
    pub fn key(self) -> u128 {
        self.entity.key()
    }

    /// How many requests a collector of this kind of key wanted.
    pub fn wanted<C: Collector>(self) -> u64 {
        u64::from(self.entity.wanted(column_of::<C>()))
    }

    /// What a collector of this kind of key knows, if it wanted anything.
    pub fn read<C: Collector, T>(self, read: impl FnOnce(&C::Evidence) -> T) -> Option<T> {
        self.read_into::<C, T>(&mut C::Evidence::default(), read)
    }

    /// The requests that a collector of this kind of key wanted, where they are kept: of keys with few.
    pub(crate) fn requests<C: Collector>(self) -> Option<impl Iterator<Item = Request>> {
        let column = column_of::<C>();
        let mut held = self.shard.held(self.entity);
        let requests = std::iter::from_fn(move || held.next_wanted(1 << column).map(|(request, _)| request));
        self.entity.full().is_none().then_some(requests)
    }

    /// As [`read`](Self::read): the evidence as it stands, or the fold of its requests into `scratch`, which may
    /// hold whatever.
    pub(crate) fn read_into<C: Collector, T>(
        self,
        scratch: &mut C::Evidence,
        read: impl FnOnce(&C::Evidence) -> T,
    ) -> Option<T> {
        let column = column_of::<C>();
        if self.entity.wanted(column) == 0 {
            return None;
        }
        if let Some(full) = self.entity.full() {
            let column: &dyn Any = self.shard.columns[column].as_ref();
            let column: &Column<C> = column.downcast_ref().expect("the column of this collector");
            return column.get(full).map(read);
        }
        scratch.clear();
        let mut held = self.shard.held(self.entity);
        while let Some((request, _)) = held.next_wanted(1 << column) {
            C::observe(&request, scratch);
        }
        Some(read(scratch))
    }
}

/// Calls `each` for all `subjects`. So many at a time have their requests looked at first: the processor waits for many far
/// lines of memory at once.
fn together<'t>(mut subjects: impl Iterator<Item = Subject<'t>>, mut each: impl FnMut(Subject<'t>)) {
    let mut some = Vec::with_capacity(TOGETHER);
    loop {
        some.clear();
        some.extend(subjects.by_ref().take(TOGETHER));
        if some.is_empty() {
            break;
        }
        let words = some.iter().map(|subject: &Subject<'_>| subject.shard.words(subject.entity));
        let far = words.flat_map(|words| words.iter().step_by(LINE));
        std::hint::black_box(far.fold(0, |all, one| all ^ one));
        for &subject in &some {
            each(subject);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::ClientProfiles;
    use crate::hash::NameHash;
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
                let (mut run, mut words, mut packed) = (Run::of(halves(7)), Vec::new(), Vec::new());
                pack(&request, KeyKind::Client, (1, true), 0, &mut packed);
                run.count(1, request.bytes_out, packed.len());
                run.write(&mut words);
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
