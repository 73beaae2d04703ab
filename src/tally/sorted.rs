//! Keys on disk, in their order: what did not fit into memory. A tally that grows too large is written as a sorted run; at the
//! end all runs are merged into one, which judges read as they read memory.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::cache::Cache;
use super::leaf::{Draft, Leaf, Place, Row};
use super::shard::Shard;
use super::{SHARDS, owner};
use crate::collect::{COLUMNS, KeyKind};
use crate::error::Error;
use crate::source::Disk;

/// How many bytes a leaf has at least, if it is not the last: so few that one key is looked up soon, so many that where leaves
/// lie takes little memory.
const LEAF: usize = 64 << 10;

/// Keys on disk, in their order. The file has no name, so nothing stays when the process ends, however it does.
pub(crate) struct Sorted {
    disk: Disk,
    /// By kind of key, then by owner.
    parts: Vec<Vec<Part>>,
    cache: Mutex<Cache>,
    /// Why a leaf could not be read.
    failed: OnceLock<String>,
}

/// The keys of one shard.
#[derive(Default)]
struct Part {
    leaves: Vec<Place>,
    keys: u64,
    /// Of how many keys each column wanted anything.
    wanted: [u64; COLUMNS],
}

impl Part {
    /// Appends the keys of a settled shard, which are greater than those before.
    fn append(&mut self, shard: &Shard, file: &Appending) -> io::Result<()> {
        let mut order: Vec<_> = shard.entities().iter().collect();
        order.sort_unstable_by_key(|entity| entity.key());
        let mut draft = Draft::default();
        for entity in order {
            let columns = draft.add(shard, entity);
            self.keys += 1;
            for (column, count) in self.wanted.iter_mut().enumerate() {
                *count += u64::from(columns >> column & 1);
            }
            if draft.size() >= LEAF {
                self.leaves.push(draft.hand_over(|bytes| file.append(bytes))?);
            }
        }
        if draft.size() > 0 {
            self.leaves.push(draft.hand_over(|bytes| file.append(bytes))?);
        }
        Ok(())
    }
}

/// A temporary file to which several threads append.
struct Appending(Mutex<(File, u64)>);

impl Appending {
    fn new() -> io::Result<Self> {
        Ok(Self(Mutex::new((tempfile::tempfile()?, 0))))
    }

    /// Appends `bytes`; where they begin.
    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.0.write_all(bytes)?;
        let begin = file.1;
        file.1 += bytes.len() as u64;
        Ok(begin)
    }
}

/// The error of a write.
fn unwritten(cause: &io::Error) -> Error {
    Error::usage(format!(
        "evidence that is too large for memory cannot be kept in {}: {cause}; set TMPDIR to a folder with more room, or \
         give more --memory",
        std::env::temp_dir().display()
    ))
}

impl Sorted {
    /// Writes all keys of `shards`, by kind and owner, which are empty then.
    pub(crate) fn write(shards: &mut [Vec<Shard>]) -> Result<Self, Error> {
        Self::made(|file| {
            let of_kind = |(&kind, shards): (&KeyKind, &mut Vec<Shard>)| {
                let part = |shard: &mut Shard| {
                    let mut shard = std::mem::replace(shard, Shard::new(kind));
                    shard.settle();
                    let mut part = Part::default();
                    part.append(&shard, file).map(|()| part)
                };
                shards.par_iter_mut().map(part).collect()
            };
            KeyKind::ALL.par_iter().zip(shards).map(of_kind).collect()
        })
    }

    /// All keys of several runs, of which a key may stand in any number.
    pub(crate) fn merge(mut runs: Vec<Self>) -> Result<Self, Error> {
        if runs.len() == 1
            && let Some(only) = runs.pop()
        {
            return Ok(only);
        }
        Self::made(|file| {
            let of_kind = |&kind: &KeyKind| {
                (0..SHARDS).into_par_iter().map(|owner| merged(&runs, kind, owner, file)).collect()
            };
            KeyKind::ALL.par_iter().map(of_kind).collect()
        })
    }

    /// What `make` writes to a new file.
    fn made(make: impl FnOnce(&Appending) -> io::Result<Vec<Vec<Part>>>) -> Result<Self, Error> {
        let file = Appending::new().map_err(|cause| unwritten(&cause))?;
        let parts = make(&file).map_err(|cause| unwritten(&cause))?;
        let (file, _) = file.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (cache, failed) = (Mutex::new(Cache::new(0)), OnceLock::new());
        Ok(Self { disk: Disk::from(file), parts, cache, failed })
    }

    /// Keeps so many bytes of what was looked up at hand.
    pub(crate) fn with_cache(self, bytes: usize) -> Self {
        Self { cache: Mutex::new(Cache::new(bytes)), ..self }
    }

    /// How many keys of one kind there are.
    pub(crate) fn keys(&self, kind: KeyKind) -> u64 {
        self.parts[kind as usize].iter().map(|part| part.keys).sum()
    }

    /// How many keys of one kind there are of which this column wanted anything.
    pub(super) fn count(&self, kind: KeyKind, column: usize) -> u64 {
        self.parts[kind as usize].iter().map(|part| part.wanted[column]).sum()
    }

    /// The leaves with a key of which any of these columns wanted anything.
    pub(super) fn leaves(&self, kind: KeyKind, columns: u8) -> impl ParallelIterator<Item = Leaf> {
        let places = self.parts[kind as usize].par_iter().flat_map(|part| &part.leaves);
        places.filter(move |place| place.columns & columns != 0).filter_map(|place| self.leaf(place))
    }

    /// What `read` makes of `key`.
    pub(super) fn find<T>(&self, kind: KeyKind, key: u128, read: impl FnOnce(Row<'_>) -> T) -> Option<T> {
        let owner = owner(key);
        let leaves = &self.parts[kind as usize][owner].leaves;
        let number = leaves.partition_point(|place| place.first <= key).checked_sub(1)?;
        let name = (kind as usize, owner, number);
        let cache = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let known = cache().get(name);
        let leaf = if let Some(leaf) = known {
            leaf
        } else {
            let leaf = Arc::new(self.leaf(&leaves[number])?);
            cache().keep(name, &leaf);
            leaf
        };
        leaf.find(key).map(read)
    }

    /// Puts all keys back into the memory of `shards`.
    pub(super) fn put_back(&self, shards: &mut [Vec<Shard>]) {
        for (parts, shards) in self.parts.iter().zip(shards) {
            parts.par_iter().zip(shards).for_each(|(part, shard)| {
                let leaves = part.leaves.iter().filter_map(|place| self.leaf(place));
                leaves.for_each(|leaf| leaf.rows().for_each(|row| row.add_to(shard)));
                shard.settle();
            });
        }
    }

    /// Each leaf of one kind as a shard, one after the other.
    pub(super) fn shards(&self, kind: KeyKind) -> impl Iterator<Item = Shard> {
        let places = self.parts[kind as usize].iter().flat_map(|part| &part.leaves);
        places.filter_map(|place| self.leaf(place)).map(move |leaf| {
            let mut shard = Shard::new(kind);
            leaf.rows().for_each(|row| row.add_to(&mut shard));
            shard.settle();
            shard
        })
    }

    /// A leaf; what kept it from being read is remembered.
    fn leaf(&self, place: &Place) -> Option<Leaf> {
        let leaf = Leaf::read(&self.disk, place);
        leaf.inspect_err(|cause| drop(self.failed.set(cause.to_string()))).ok()
    }

    /// Why something could not be read: then nothing that was made of it counts.
    pub(super) fn failure(&self) -> Option<String> {
        self.failed.get().cloned()
    }
}

/// One run while it is merged.
struct Cursor<'r> {
    disk: &'r Disk,
    places: std::slice::Iter<'r, Place>,
    leaf: Option<Leaf>,
    nth: usize,
}

impl<'r> Cursor<'r> {
    /// Before the first key of a part.
    fn new(run: &'r Sorted, kind: KeyKind, owner: usize) -> Self {
        let places = run.parts[kind as usize][owner].leaves.iter();
        Self { disk: &run.disk, places, leaf: None, nth: 0 }
    }

    /// Goes on to the next key, if there is one.
    fn next(&mut self) -> io::Result<Option<u128>> {
        self.nth += 1;
        if self.leaf.as_ref().is_none_or(|leaf| leaf.len() <= self.nth) {
            self.nth = 0;
            // The old one goes before the next comes: there may be many runs.
            self.leaf = None;
            self.leaf = self.places.next().map(|place| Leaf::read(self.disk, place)).transpose()?;
        }
        Ok(self.row().map(Row::key))
    }

    /// The key at which it stands.
    fn row(&self) -> Option<Row<'_>> {
        self.leaf.as_ref().map(|leaf| leaf.row(self.nth))
    }
}

/// How many bytes of keys are merged before they are written.
const TOGETHER: usize = 4 * LEAF;

/// The keys of one shard, of all runs.
fn merged(runs: &[Sorted], kind: KeyKind, owner: usize, file: &Appending) -> io::Result<Part> {
    let mut cursors: Vec<Cursor<'_>> = runs.iter().map(|run| Cursor::new(run, kind, owner)).collect();
    let mut next = BinaryHeap::new();
    for (nth, cursor) in cursors.iter_mut().enumerate() {
        next.extend(cursor.next()?.map(|key| Reverse((key, nth))));
    }
    let (mut part, mut shard) = (Part::default(), Shard::new(kind));
    let (mut last, mut size) = (0, 0);
    while let Some(Reverse((key, nth))) = next.pop() {
        if size >= TOGETHER && key != last {
            shard.settle();
            part.append(&shard, file)?;
            (shard, size) = (Shard::new(kind), 0);
        }
        last = key;
        if let Some(row) = cursors[nth].row() {
            size += row.size();
            row.add_to(&mut shard);
        }
        next.extend(cursors[nth].next()?.map(|key| Reverse((key, nth))));
    }
    shard.settle();
    part.append(&shard, file).map(|()| part)
}
