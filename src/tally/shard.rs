//! One owner's keys of one kind. A key begins young, as a few packed requests; most addresses never get beyond that.

use hashbrown::HashTable;

use crate::collect::{AnyColumn, KeyKind, all};
use crate::hash::mix;
use crate::request::Request;

/// How many requests a key may have before its evidence is unfolded.
const YOUNG: u8 = 4;

/// Marks an entity whose evidence stands in the columns.
const FULL: u8 = u8::MAX;

/// No packed request before this one.
const END: u32 = u32::MAX;

/// A key and where its evidence is.
struct Entity {
    key: [u64; 2],
    /// Young: the newest packed request in the arena. Full: the number in the columns.
    at: u32,
    /// Which collectors wanted any of its requests.
    mask: u16,
    /// How many packed requests, or [`FULL`].
    young: u8,
}

/// What is known about one key.
pub enum Young {
    /// Its number in the columns.
    Full(u32),
    /// Its few requests.
    Requests(Vec<Request>),
}

/// One owner's keys of one kind.
pub(crate) struct Shard {
    kind: KeyKind,
    table: HashTable<u32>,
    seed: foldhash::fast::RandomState,
    entities: Vec<Entity>,
    /// Packed requests: where the one before it is, its length, its bytes.
    arena: Vec<u8>,
    full: u32,
    /// The evidence of full entities, one column a collector of this kind.
    pub(crate) columns: Vec<Box<dyn AnyColumn>>,
    /// Numbers of the collectors of this kind in [`all`].
    collectors: Vec<usize>,
    /// Per column: full entities and requests to add, reused from batch to batch.
    wanted: Vec<Vec<(u32, u32)>>,
}

/// A key as its two halves.
#[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
fn halves(key: u128) -> [u64; 2] {
    [key as u64, (key >> 64) as u64]
}

/// The key of two halves.
fn joined([low, high]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

impl Shard {
    /// An empty shard for keys of `kind`.
    pub(crate) fn new(kind: KeyKind) -> Self {
        let ours = all().iter().enumerate().filter(|(_, collector)| collector.key() == kind);
        let (collectors, columns): (Vec<usize>, Vec<_>) =
            ours.map(|(number, collector)| (number, collector.column())).unzip();
        Self {
            kind,
            table: HashTable::new(),
            seed: foldhash::fast::RandomState::default(),
            entities: Vec::new(),
            arena: Vec::new(),
            full: 0,
            wanted: vec![Vec::new(); collectors.len()],
            columns,
            collectors,
        }
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    /// The hash of a key in this table: seeded anew in each process, so that crafted keys cannot collide.
    fn hash(seed: &foldhash::fast::RandomState, key: [u64; 2]) -> u64 {
        use std::hash::BuildHasher;
        seed.hash_one(mix(key[0], key[1]))
    }

    /// The number of `key`'s entity, made where it is missing.
    fn entity(&mut self, key: [u64; 2]) -> usize {
        let hash = Self::hash(&self.seed, key);
        let (entities, seed) = (&self.entities, &self.seed);
        let entry = self.table.entry(
            hash,
            |&at| entities[at as usize].key == key,
            |&at| Self::hash(seed, entities[at as usize].key),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(found) => *found.get() as usize,
            hashbrown::hash_table::Entry::Vacant(free) => {
                let number = u32::try_from(entities.len()).expect("a shard holds fewer than 2^32 keys");
                free.insert(number);
                self.entities.push(Entity { key, at: END, mask: 0, young: 0 });
                number as usize
            }
        }
    }

    /// Adds the requests with these indices, each wanted by the collectors of its mask.
    pub(crate) fn drain(&mut self, indices: &[u32], requests: &[Request], masks: &[u16]) {
        for &index in indices {
            let request = &requests[index as usize];
            let mask = masks[index as usize];
            let number = self.entity(halves(self.kind.of(request)));
            let entity = &mut self.entities[number];
            entity.mask |= mask;
            if entity.young == FULL {
                let at = entity.at;
                for (column, &collector) in self.collectors.iter().enumerate() {
                    if mask & 1 << collector != 0 {
                        self.wanted[column].push((at, index));
                    }
                }
            } else {
                self.add_young(number, request);
            }
        }
        for (column, wanted) in self.columns.iter_mut().zip(&mut self.wanted) {
            // One entity after the other: its evidence is fetched once, not once a request.
            wanted.sort_unstable();
            column.observe(wanted, requests);
            wanted.clear();
        }
    }

    /// Adds one request to a young entity, which unfolds if that is one too many.
    fn add_young(&mut self, number: usize, request: &Request) {
        let entity = &mut self.entities[number];
        if entity.young == YOUNG {
            self.unfold(number);
            let at = self.entities[number].at;
            self.columns.iter_mut().for_each(|column| column.observe_one(at, request));
            return;
        }
        entity.young += 1;
        let before = std::mem::replace(
            &mut entity.at,
            u32::try_from(self.arena.len()).expect("an arena of less than 4 GiB"),
        );
        self.arena.extend_from_slice(&before.to_le_bytes());
        let length_at = self.arena.len();
        self.arena.push(0);
        let arena = std::mem::take(&mut self.arena);
        self.arena = postcard::to_extend(request, arena).expect("a request can be packed");
        self.arena[length_at] =
            u8::try_from(self.arena.len() - length_at - 1).expect("a packed request is short");
    }

    /// Makes a young entity full: its evidence is the fold of its requests.
    fn unfold(&mut self, number: usize) {
        let requests = self.packed(&self.entities[number]);
        let at = self.full;
        self.full += 1;
        for request in &requests {
            self.columns.iter_mut().for_each(|column| column.observe_one(at, request));
        }
        let entity = &mut self.entities[number];
        (entity.at, entity.young) = (at, FULL);
    }

    /// The requests of a young entity.
    fn packed(&self, entity: &Entity) -> Vec<Request> {
        let mut requests = Vec::with_capacity(usize::from(entity.young));
        let mut at = entity.at;
        while at != END {
            let packed = &self.arena[at as usize..];
            let (before, packed) = packed.split_at(4);
            let length = usize::from(packed[0]);
            requests.push(postcard::from_bytes(&packed[1..=length]).expect("we packed it"));
            at = u32::from_le_bytes(before.try_into().expect("four bytes"));
        }
        requests
    }

    /// Every key that a collector of `mask` wanted, and what is known about it.
    pub(crate) fn wanted(&self, mask: u16) -> impl Iterator<Item = (u128, Young)> {
        self.entities
            .iter()
            .filter(move |entity| entity.mask & mask != 0)
            .map(|entity| (joined(entity.key), self.young(entity)))
    }

    /// What is known about `key`, if a collector of `mask` wanted any of it.
    pub(crate) fn find(&self, key: u128, mask: u16) -> Option<Young> {
        let key = halves(key);
        let found = self.table.find(Self::hash(&self.seed, key), |&at| self.entities[at as usize].key == key);
        let entity = &self.entities[*found? as usize];
        (entity.mask & mask != 0).then(|| self.young(entity))
    }

    /// Every key.
    pub(crate) fn keys(&self) -> impl Iterator<Item = u128> {
        self.entities.iter().map(|entity| joined(entity.key))
    }

    /// Every key, which collectors wanted it, and what is known about it.
    pub(crate) fn entities(&self) -> impl Iterator<Item = (u128, u16, Young)> {
        self.entities.iter().map(|entity| (joined(entity.key), entity.mask, self.young(entity)))
    }

    /// What is known about an entity.
    fn young(&self, entity: &Entity) -> Young {
        if entity.young == FULL { Young::Full(entity.at) } else { Young::Requests(self.packed(entity)) }
    }

    /// Adds a key that stands young in a stored or other tally.
    pub(crate) fn adopt_young(&mut self, key: u128, mask: u16, requests: &[Request]) {
        let number = self.entity(halves(key));
        self.entities[number].mask |= mask;
        for request in requests {
            if self.entities[number].young == FULL {
                let at = self.entities[number].at;
                self.columns.iter_mut().for_each(|column| column.observe_one(at, request));
            } else {
                self.add_young(number, request);
            }
        }
    }

    /// As [`adopt_young`](Self::adopt_young), for what is read from a disk; `None` if it is more than a young key can have.
    pub(crate) fn adopt_stored_young(&mut self, key: u128, mask: u16, requests: &[Request]) -> Option<()> {
        (requests.len() <= usize::from(YOUNG)).then(|| self.adopt_young(key, mask, requests))
    }

    /// The number in the columns of a key that stands full in a stored or other tally.
    pub(crate) fn adopt_full(&mut self, key: u128, mask: u16) -> u32 {
        let number = self.entity(halves(key));
        self.entities[number].mask |= mask;
        if self.entities[number].young != FULL {
            self.unfold(number);
        }
        self.entities[number].at
    }

    /// Adds what `other` knows.
    pub(crate) fn merge(&mut self, mut other: Self) {
        if self.entities.is_empty() {
            *self = other;
            return;
        }
        for entity in std::mem::take(&mut other.entities) {
            let key = joined(entity.key);
            match other.young(&entity) {
                Young::Requests(requests) => self.adopt_young(key, entity.mask, &requests),
                Young::Full(theirs) => {
                    let ours = self.adopt_full(key, entity.mask);
                    for (column, others) in self.columns.iter_mut().zip(&mut other.columns) {
                        column.adopt(ours, others.as_mut(), theirs);
                    }
                }
            }
        }
    }
}
