//! What one collector gathered, for the judges: keys that are of interest at a glance are folded, the others cost next to
//! nothing.

use std::any::Any;
use std::marker::PhantomData;

use rayon::prelude::*;

use super::owner;
use super::shard::{Entity, Shard};
use crate::collect::{Collector, Column, column_of};
use crate::request::Request;
use crate::series::Evidence;

/// One collector's evidence, key by key; keys with few requests are folded on the way.
pub struct Population<'t, C: Collector> {
    shards: &'t [Shard],
    column: usize,
    collector: PhantomData<fn() -> C>,
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
    /// Of the shards of its kind of key.
    pub(super) fn of(shards: &'t [Shard]) -> Self {
        Self { shards, column: column_of::<C>(), collector: PhantomData }
    }

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
            let wanted = u64::from(subject.shard.wanted(subject.entity, self.column));
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
            let wanted = shard.entities().iter().map(|entity| shard.wanted(entity, self.column));
            wanted.map(|wanted| u64::from(wanted > 0)).sum::<u64>()
        };
        self.shards.par_iter().map(of_shard).sum()
    }

    /// How many requests of `key` the collector wanted.
    pub fn wanted(&self, key: u128) -> u64 {
        self.subject(key).map_or(0, |subject| u64::from(subject.shard.wanted(subject.entity, self.column)))
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
                each(&mut counts, entity.key(), u64::from(shard.wanted(entity, self.column)));
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
        u64::from(self.shard.wanted(self.entity, column_of::<C>()))
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
        if self.shard.wanted(self.entity, column) == 0 {
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
