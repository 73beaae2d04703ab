//! What one collector gathered, for the judges: keys that are of interest at a glance are folded, the others cost next to
//! nothing.

use std::any::Any;
use std::marker::PhantomData;

use rayon::prelude::*;

use super::leaf::{Leaf, Row};
use super::packed::Requests;
use super::shard::{Entity, Shard};
use super::sorted::Sorted;
use super::{Tally, owner};
use crate::collect::{Collector, Column, column_of};
use crate::request::Request;
use crate::series::Evidence;

/// One collector's evidence, key by key; keys with few requests are folded on the way.
pub struct Population<'t, C: Collector> {
    keys: Keys<'t>,
    column: usize,
    collector: PhantomData<fn() -> C>,
}

/// Where the keys are.
#[derive(Clone, Copy)]
enum Keys<'t> {
    Memory(&'t [Shard]),
    Disk(&'t Sorted),
}

/// A key at hand: whatever is known about it needs no look-up. Ask only for collectors of its kind of key.
#[derive(Clone, Copy)]
pub struct Subject<'t> {
    at: At<'t>,
}

/// Where a key is.
#[derive(Clone, Copy)]
enum At<'t> {
    Memory(&'t Shard, &'t Entity),
    Disk(Row<'t>),
}

/// Keys whose requests are read together.
const TOGETHER: usize = 32;

/// Words that the processor fetches at a time.
const LINE: usize = 8;

impl<'t, C: Collector> Population<'t, C> {
    /// Of the keys of its kind.
    pub(super) fn of(tally: &'t Tally) -> Self {
        let in_memory = || Keys::Memory(&tally.shards[C::KEY as usize]);
        let keys = tally.sorted.as_ref().map_or_else(in_memory, Keys::Disk);
        Self { keys, column: column_of::<C>(), collector: PhantomData }
    }

    /// What `each` makes of every key that the collector wanted anything of, as far as it makes anything, sorted by key.
    pub fn collect<T: Send>(
        &self,
        each: impl Fn(Subject<'_>, &C::Evidence) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        self.collect_from(1, each)
    }

    /// As [`collect`](Self::collect), of keys of which at least `least` requests were wanted.
    pub fn collect_from<T: Send>(
        &self,
        least: u64,
        each: impl Fn(Subject<'_>, &C::Evidence) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        self.collect_where(|_, wanted, _| wanted >= least, each)
    }

    /// As [`collect`](Self::collect), of keys that `is_of_interest` at a glance: by the key, how many of its requests were
    /// wanted, and the bytes sent in all of its requests. Others cost next to nothing.
    pub fn collect_where<T: Send>(
        &self,
        is_of_interest: impl Fn(u128, u64, u64) -> bool + Sync,
        each: impl Fn(Subject<'_>, &C::Evidence) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        self.survey(is_of_interest, |subject, scratch| {
            subject.read_into::<C, _>(scratch, |evidence| each(subject, evidence))?
        })
    }

    /// As [`collect_where`](Self::collect_where), but nothing is folded: `each` looks for itself, and may use its `S` again.
    pub(crate) fn survey<S: Default, T: Send>(
        &self,
        is_of_interest: impl Fn(u128, u64, u64) -> bool + Sync,
        each: impl Fn(Subject<'_>, &mut S) -> Option<T> + Sync,
    ) -> Vec<(u128, T)> {
        let is_of_interest = |subject: &Subject<'_>| {
            let wanted = u64::from(subject.wanted_by(self.column));
            wanted > 0 && is_of_interest(subject.key(), wanted, subject.bytes())
        };
        let add = |made: &mut Vec<(u128, T)>, scratch: &mut S, subject: Subject<'_>| {
            made.extend(each(subject, scratch).map(|one| (subject.key(), one)));
        };
        let of_shard = |shard: &'t Shard| {
            let (mut made, mut scratch) = (Vec::new(), S::default());
            let subjects = shard.entities().iter().map(|entity| Subject { at: At::Memory(shard, entity) });
            together(subjects.filter(is_of_interest), |subject| add(&mut made, &mut scratch, subject));
            made
        };
        let mut all: Vec<(u128, T)> = match self.keys {
            Keys::Memory(shards) => shards.par_iter().flat_map_iter(of_shard).collect(),
            Keys::Disk(sorted) => {
                let of_leaf = |leaf: Leaf| {
                    let (mut made, mut scratch) = (Vec::new(), S::default());
                    let subjects = leaf.rows().map(|row| Subject { at: At::Disk(row) });
                    subjects.filter(is_of_interest).for_each(|subject| add(&mut made, &mut scratch, subject));
                    made
                };
                sorted.leaves(C::KEY, 1 << self.column).flat_map_iter(of_leaf).collect()
            }
        };
        all.par_sort_unstable_by_key(|&(key, _)| key);
        all
    }

    /// What is known about `key`.
    pub fn with<T>(&self, key: u128, read: impl FnOnce(&C::Evidence) -> T) -> Option<T> {
        self.ask(key, |subject| subject.read::<C, T>(read))?
    }

    /// How many keys there are of which it wanted anything.
    pub fn count(&self) -> u64 {
        let of_shard = |shard: &Shard| {
            let wanted = shard.entities().iter().map(|entity| shard.wanted(entity, self.column));
            wanted.map(|wanted| u64::from(wanted > 0)).sum::<u64>()
        };
        match self.keys {
            Keys::Memory(shards) => shards.par_iter().map(of_shard).sum(),
            Keys::Disk(sorted) => sorted.count(C::KEY, self.column),
        }
    }

    /// How many requests of `key` the collector wanted.
    pub fn wanted(&self, key: u128) -> u64 {
        self.ask(key, |subject| u64::from(subject.wanted_by(self.column))).unwrap_or(0)
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
        let of_leaf = |mut counts: T, leaf: Leaf| {
            leaf.rows().for_each(|row| each(&mut counts, row.key(), u64::from(row.wanted(self.column))));
            counts
        };
        match self.keys {
            Keys::Memory(shards) => shards.par_iter().fold(&none, of_shard).reduce(&none, merge),
            Keys::Disk(sorted) => sorted.leaves(C::KEY, u8::MAX).fold(&none, of_leaf).reduce(&none, merge),
        }
    }

    /// What `read` makes of a key, where it may ask several things about it.
    pub fn ask<T>(&self, key: u128, read: impl FnOnce(Subject<'_>) -> T) -> Option<T> {
        match self.keys {
            Keys::Memory(shards) => {
                let shard = &shards[owner(key)];
                shard.find(key).map(|entity| read(Subject { at: At::Memory(shard, entity) }))
            }
            Keys::Disk(sorted) => sorted.find(C::KEY, key, |row| read(Subject { at: At::Disk(row) })),
        }
    }
}

impl<'t> Subject<'t> {
    /// The key.
    pub fn key(self) -> u128 {
        match self.at {
            At::Memory(_, entity) => entity.key(),
            At::Disk(row) => row.key(),
        }
    }

    /// Bytes sent in all of its requests.
    fn bytes(self) -> u64 {
        match self.at {
            At::Memory(_, entity) => entity.bytes(),
            At::Disk(row) => row.bytes(),
        }
    }

    /// How many of its requests a column wanted.
    fn wanted_by(self, column: usize) -> u32 {
        match self.at {
            At::Memory(shard, entity) => shard.wanted(entity, column),
            At::Disk(row) => row.wanted(column),
        }
    }

    /// Whether it has evidence, and not its requests.
    fn is_full(self) -> bool {
        match self.at {
            At::Memory(_, entity) => entity.full().is_some(),
            At::Disk(row) => row.is_full(),
        }
    }

    /// The words of its requests, where they are kept.
    fn words(self) -> &'t [u64] {
        match self.at {
            At::Memory(shard, entity) => shard.words(entity),
            At::Disk(row) => row.held(),
        }
    }

    /// How many requests a collector of this kind of key wanted.
    pub fn wanted<C: Collector>(self) -> u64 {
        u64::from(self.wanted_by(column_of::<C>()))
    }

    /// What a collector of this kind of key knows, if it wanted anything.
    pub fn read<C: Collector, T>(self, read: impl FnOnce(&C::Evidence) -> T) -> Option<T> {
        self.read_into::<C, T>(&mut C::Evidence::default(), read)
    }

    /// The requests that a collector of this kind of key wanted, where they are kept: of keys with few.
    pub(crate) fn requests<C: Collector>(self) -> Option<impl Iterator<Item = Request>> {
        let column = column_of::<C>();
        let mut held = Requests::new(self.words(), C::KEY, self.key());
        let requests = std::iter::from_fn(move || held.next_wanted(1 << column).map(|(request, _)| request));
        (!self.is_full()).then_some(requests)
    }

    /// As [`read`](Self::read): the evidence as it stands, or the fold of its requests into `scratch`, which may
    /// hold whatever.
    pub(crate) fn read_into<C: Collector, T>(
        self,
        scratch: &mut C::Evidence,
        read: impl FnOnce(&C::Evidence) -> T,
    ) -> Option<T> {
        let column = column_of::<C>();
        if self.wanted_by(column) == 0 {
            return None;
        }
        match self.at {
            At::Memory(shard, entity) => {
                if let Some(full) = entity.full() {
                    let column: &dyn Any = shard.columns[column].as_ref();
                    let column: &Column<C> = column.downcast_ref().expect("the column of this collector");
                    return column.get(full).map(read);
                }
            }
            At::Disk(row) => {
                if row.is_full() {
                    let (_, stored) = row.evidence().find(|&(of, _)| of == column)?;
                    let evidence =
                        postcard::from_bytes(stored).expect("written by a column, and its hash holds");
                    return Some(read(&evidence));
                }
            }
        }
        scratch.clear();
        let mut held = Requests::new(self.words(), C::KEY, self.key());
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
        let words = some.iter().map(|subject: &Subject<'_>| subject.words());
        let far = words.flat_map(|words| words.iter().step_by(LINE));
        std::hint::black_box(far.fold(0, |all, one| all ^ one));
        for &subject in &some {
            each(subject);
        }
    }
}
