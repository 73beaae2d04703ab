//! One owner's keys of one kind. A key keeps its requests packed until they are many; then they are folded into evidence,
//! all at once, while that evidence is at hand. Most addresses never get that far.

use hashbrown::HashTable;

use crate::collect::{AnyColumn, COLUMNS, KeyKind, all};
use crate::hash::mix;
use crate::request::Request;
use crate::tally::arena::{Arena, Buffer};
use crate::tally::packed::{LONGEST, One, Requests, halves, joined};

/// How many packed requests a key holds; with one more, they are folded. In this many requests, evidence in full takes more
/// room than they do.
pub(crate) const HELD: u8 = 64;

/// Requests that are looked up together.
const TOGETHER: usize = 32;

/// No evidence in the columns.
const NONE: u32 = u32::MAX;

/// A key, what is known about it at a glance, and where the rest is.
pub(crate) struct Entity {
    key: [u64; 2],
    /// Bytes sent in all of its requests.
    bytes: u64,
    /// The agent of the last packed request.
    agent: u64,
    /// Its packed requests.
    buffer: Buffer,
    /// Its number in the columns, or [`NONE`].
    full: u32,
    /// How many requests each column wanted.
    wanted: [u32; COLUMNS],
    /// How many words the packed requests have.
    words: u16,
    /// How many packed requests there are.
    held: u8,
}

impl Entity {
    /// How many requests a column wanted.
    pub(crate) fn wanted(&self, column: usize) -> u32 {
        self.wanted[column]
    }

    /// Bytes sent in all of its requests.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The key.
    pub(crate) fn key(&self) -> u128 {
        joined(self.key)
    }

    /// Its number in the columns, where it has evidence in full.
    pub(crate) fn full(&self) -> Option<u32> {
        (self.full != NONE).then_some(self.full)
    }
}

/// One owner's keys of one kind.
pub(crate) struct Shard {
    kind: KeyKind,
    table: HashTable<u32>,
    seed: foldhash::fast::RandomState,
    entities: Vec<Entity>,
    arena: Arena,
    full: u32,
    /// The evidence of full entities, one column a collector of this kind.
    pub(crate) columns: Vec<Box<dyn AnyColumn>>,
    /// Room for unpacked requests.
    unpacked: Vec<(Request, u8)>,
}

impl Shard {
    /// An empty shard for keys of `kind`.
    pub(crate) fn new(kind: KeyKind) -> Self {
        let ours = all().iter().filter(|collector| collector.key() == kind);
        Self {
            kind,
            table: HashTable::new(),
            seed: foldhash::fast::RandomState::default(),
            entities: Vec::new(),
            arena: Arena::default(),
            full: 0,
            columns: ours.map(|collector| collector.column()).collect(),
            unpacked: Vec::new(),
        }
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    /// The hash of a key in this table: seeded anew in each process, so that crafted keys cannot collide.
    #[inline]
    fn hash(seed: &foldhash::fast::RandomState, key: [u64; 2]) -> u64 {
        use std::hash::BuildHasher;
        seed.hash_one(mix(key[0], key[1]))
    }

    /// The number of `key`'s entity, made where it is missing.
    #[inline]
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
                self.entities.push(Entity {
                    key,
                    bytes: 0,
                    agent: 0,
                    buffer: Buffer::NONE,
                    full: NONE,
                    wanted: [0; COLUMNS],
                    words: 0,
                    held: 0,
                });
                number as usize
            }
        }
    }

    /// Takes in packed requests, each behind the two halves of its key.
    pub(crate) fn drain(&mut self, mut words: &[u64]) {
        let mut some = Vec::with_capacity(TOGETHER);
        while !words.is_empty() {
            // All look-ups, then all additions: the processor waits for many far lines of memory at once.
            some.clear();
            while some.len() < TOGETHER
                && let Some((key, rest)) = words.split_first_chunk::<2>()
                && let Some((one, rest)) = One::split(rest)
            {
                words = rest;
                some.push((self.entity(*key), one));
            }
            if some.is_empty() {
                break;
            }
            let far = some.iter().map(|&(number, _)| self.entities[number].words).max();
            std::hint::black_box(far);
            let far = some.iter().map(|&(number, _)| {
                let entity = &self.entities[number];
                self.arena.last(entity.buffer, usize::from(entity.words))
            });
            std::hint::black_box(far.fold(0, |all, one| all ^ one));
            for &(number, one) in &some {
                self.add(number, one);
            }
        }
    }

    /// Adds one packed request to an entity, whose others are folded if it is one too many.
    #[inline]
    fn add(&mut self, number: usize, one: One<'_>) {
        if self.entities[number].held == HELD {
            self.fold(number);
        }
        let entity = &mut self.entities[number];
        let wanted = one.wanted();
        for (column, count) in entity.wanted.iter_mut().enumerate() {
            *count += u32::from(wanted >> column & 1);
        }
        entity.bytes = entity.bytes.saturating_add(one.bytes());
        let (first, rest) = one.shortened(entity.agent);
        self.arena.append(&mut entity.buffer, usize::from(entity.words), first, rest);
        entity.agent = one.agent().unwrap_or(entity.agent);
        entity.words += u16::try_from(1 + rest.len()).expect("a request has few words");
        entity.held += 1;
    }

    /// Folds the packed requests of an entity into its evidence.
    fn fold(&mut self, number: usize) {
        let entity = &mut self.entities[number];
        if entity.full == NONE {
            entity.full = self.full;
            self.full += 1;
        }
        let words = self.arena.words(entity.buffer, usize::from(entity.words));
        let mut requests = Requests::new(words, self.kind, joined(entity.key));
        self.unpacked.clear();
        self.unpacked.extend(std::iter::from_fn(|| requests.next_wanted(u8::MAX)));
        for (column, evidence) in self.columns.iter_mut().enumerate() {
            evidence.observe(entity.full, &self.unpacked, 1 << column);
        }
        (entity.held, entity.words, entity.agent) = (0, 0, 0);
    }

    /// Leaves no entity with both packed requests and evidence: those of more than [`HELD`] requests have evidence, the
    /// others requests, however they came by them.
    pub(crate) fn settle(&mut self) {
        for number in 0..self.entities.len() {
            if self.entities[number].full != NONE {
                if self.entities[number].held > 0 {
                    self.fold(number);
                }
                let buffer = std::mem::replace(&mut self.entities[number].buffer, Buffer::NONE);
                self.arena.release(buffer);
            }
        }
    }

    /// Every entity, in no order that means anything.
    pub(crate) fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The entity of `key`.
    pub(crate) fn find(&self, key: u128) -> Option<&Entity> {
        let key = halves(key);
        let found = self.table.find(Self::hash(&self.seed, key), |&at| self.entities[at as usize].key == key);
        Some(&self.entities[*found? as usize])
    }

    /// The packed requests of an entity.
    pub(crate) fn held(&self, entity: &Entity) -> Requests<'_> {
        Requests::new(self.words(entity), self.kind, joined(entity.key))
    }

    /// The words of an entity's packed requests.
    pub(crate) fn words(&self, entity: &Entity) -> &[u64] {
        self.arena.words(entity.buffer, usize::from(entity.words))
    }

    /// The packed requests of an entity in the order of their words: the same however they came.
    pub(crate) fn sorted_words(&self, entity: &Entity) -> Vec<u64> {
        let mut words = self.words(entity);
        let (mut agent, mut all) = (0, Vec::with_capacity(usize::from(entity.held)));
        while let Some((one, rest)) = One::split(words) {
            words = rest;
            let mut whole = Vec::with_capacity(LONGEST);
            agent = one.lengthened(agent, &mut whole);
            all.push(whole);
        }
        // By time, place, and the rest.
        all.sort_unstable_by(|a, b| (&a[1..], a[0]).cmp(&(&b[1..], b[0])));
        all.concat()
    }

    /// Adds packed requests of `key` from elsewhere; `None` if there are more than a key holds, or they are none.
    pub(crate) fn adopt_held(&mut self, key: u128, mut words: &[u64]) -> Option<()> {
        let number = self.entity(halves(key));
        let (mut agent, mut count) = (0, 0);
        let mut whole = Vec::with_capacity(LONGEST);
        while let Some((one, rest)) = One::split(words) {
            words = rest;
            count += 1;
            agent = one.lengthened(agent, &mut whole);
            self.add(number, One::split(&whole)?.0);
        }
        (words.is_empty() && count <= HELD).then_some(())
    }

    /// The number in the columns of a key that has evidence elsewhere, and counts there what `theirs` tells at a glance.
    pub(crate) fn adopt_full(&mut self, key: u128, bytes: u64, wanted: [u32; COLUMNS]) -> u32 {
        let number = self.entity(halves(key));
        self.fold(number);
        let entity = &mut self.entities[number];
        entity.bytes = entity.bytes.saturating_add(bytes);
        entity.wanted.iter_mut().zip(wanted).for_each(|(ours, theirs)| *ours += theirs);
        entity.full
    }

    /// What is known of an entity at a glance.
    pub(crate) fn glance(entity: &Entity) -> (u64, [u32; COLUMNS]) {
        (entity.bytes, entity.wanted)
    }

    /// Adds what `other` knows.
    pub(crate) fn merge(&mut self, mut other: Self) {
        if self.entities.is_empty() {
            *self = other;
            return;
        }
        other.settle();
        for entity in std::mem::take(&mut other.entities) {
            if entity.full == NONE {
                let words = other.arena.words(entity.buffer, usize::from(entity.words));
                self.adopt_held(joined(entity.key), words).expect("packed by a shard");
            } else {
                let ours = self.adopt_full(joined(entity.key), entity.bytes, entity.wanted);
                for (column, others) in self.columns.iter_mut().zip(&mut other.columns) {
                    column.adopt(ours, others.as_mut(), entity.full);
                }
            }
        }
        self.settle();
    }
}
