//! One owner's keys of one kind. A key keeps its requests packed until they are many; then they are folded into evidence,
//! all at once, while that evidence is at hand. Most addresses never get that far.

use hashbrown::HashTable;

use crate::collect::{AnyColumn, COLUMNS, KeyKind, all};
use crate::request::Request;
use crate::tally::arena::{Arena, Buffer};
use crate::tally::bundle::Bundle;
use crate::tally::packed::{One, Requests, halves, joined};

/// How many packed requests a key holds; with one more, they are folded. In this many requests, evidence in full takes more
/// room than they do.
pub(crate) const HELD: u8 = 64;

/// Requests that are looked up together.
const TOGETHER: usize = 32;

/// How many words a line of the processor's cache holds.
const LINE: usize = 8;

/// A key, what is known about it at a glance, and where the rest is. There may be ten million, so it is small.
pub(crate) struct Entity {
    key: [u64; 2],
    /// Bytes sent in all of its requests.
    bytes: u64,
    /// Its packed requests.
    buffer: Buffer,
    /// How many packed requests there are.
    held: u8,
    /// How many words they have.
    words: u16,
    wanted: Wanted,
}

/// Ten million of them fit into 400 MB.
const _: () = assert!(size_of::<Entity>() == 40);

/// How many requests of a key each column wanted.
#[derive(Clone, Copy)]
enum Wanted {
    /// Of a key with no more than [`HELD`].
    Few([u8; COLUMNS]),
    /// Of one with evidence, which has this number in the columns and in [`Shard::wanted`]; in bytes, so that it is small.
    Many([u8; 4]),
}

impl Entity {
    /// The entity of a key of which nothing is known.
    fn new(key: [u64; 2]) -> Self {
        let wanted = Wanted::Few([0; COLUMNS]);
        Self { key, bytes: 0, buffer: Buffer::NONE, held: 0, words: 0, wanted }
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
        match self.wanted {
            Wanted::Few(_) => None,
            Wanted::Many(number) => Some(u32::from_le_bytes(number)),
        }
    }
}

/// One owner's keys of one kind.
pub(crate) struct Shard {
    kind: KeyKind,
    /// From a key's hash to its entity.
    table: HashTable<(u32, u32)>,
    seed: foldhash::fast::RandomState,
    entities: Vec<Entity>,
    arena: Arena,
    /// Of full entities, by their number in the columns: how many requests each column wanted.
    wanted: Vec<[u32; COLUMNS]>,
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
            wanted: Vec::new(),
            columns: ours.map(|collector| collector.column()).collect(),
            unpacked: Vec::new(),
        }
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        let table = self.table.capacity() * (size_of::<(u32, u32)>() + 1);
        let entities = self.entities.capacity() * size_of::<Entity>();
        let wanted = self.wanted.capacity() * size_of::<[u32; COLUMNS]>();
        let columns: usize = self.columns.iter().map(|column| column.size()).sum();
        table + entities + wanted + self.arena.size() + columns
    }

    /// The hash of a key in this table: seeded anew in each process, so that crafted keys cannot collide.
    #[inline]
    fn hash(&self, key: [u64; 2]) -> u32 {
        use std::hash::BuildHasher;
        u32::try_from(self.seed.hash_one((key[0], key[1])) >> 32).expect("32 bits are left")
    }

    /// The number of `key`'s entity, made where it is missing.
    #[inline]
    fn entity(&mut self, key: [u64; 2]) -> usize {
        let hash = self.hash(key);
        let entities = &self.entities;
        let is = |&(known, at): &(u32, u32)| known == hash && entities[at as usize].key == key;
        match self.table.entry(spread(hash), is, |&(hash, _)| spread(hash)) {
            hashbrown::hash_table::Entry::Occupied(found) => found.get().1 as usize,
            hashbrown::hash_table::Entry::Vacant(free) => {
                let number = u32::try_from(entities.len()).expect("a shard holds fewer than 2^32 keys");
                free.insert((hash, number));
                self.entities.push(Entity::new(key));
                number as usize
            }
        }
    }

    /// Takes in bundles.
    pub(crate) fn drain(&mut self, mut words: &[u64]) {
        // Another core wrote them, and where the next bundle begins is only known once the one before it is there: so all
        // are asked for at once.
        std::hint::black_box(words.iter().step_by(LINE).fold(0, |all, word| all ^ word));
        let mut some = Vec::with_capacity(TOGETHER);
        let mut numbers = Vec::with_capacity(TOGETHER);
        while !words.is_empty() {
            some.clear();
            while some.len() < TOGETHER
                && let Some((bundle, requests, rest)) = Bundle::read(words)
            {
                words = rest;
                some.push((bundle, requests));
            }
            self.numbers(&some, &mut numbers);
            for (&number, (bundle, requests)) in numbers.iter().zip(&some) {
                self.add(number, bundle, requests);
            }
        }
    }

    /// The numbers of the entities of some bundles, made where they are missing. Each step asks for the memory that the next
    /// needs, of all bundles at once, since it is far away.
    fn numbers(&mut self, bundles: &[(Bundle, &[u64])], numbers: &mut Vec<usize>) {
        let guess = |(bundle, _): &(Bundle, &[u64])| {
            let hash = self.hash(bundle.key);
            let found = self.table.find(spread(hash), |&(known, _)| known == hash);
            found.map_or(usize::MAX, |&(_, number)| number as usize)
        };
        numbers.clear();
        numbers.extend(bundles.iter().map(guess));
        for (number, (bundle, _)) in numbers.iter_mut().zip(bundles) {
            if self.entities.get(*number).is_none_or(|entity| entity.key != bundle.key) {
                *number = self.entity(bundle.key);
            }
        }
        let far = numbers.iter().map(|&number| {
            let entity = &self.entities[number];
            self.arena.last(entity.buffer, usize::from(entity.words))
        });
        std::hint::black_box(far.fold(0, |all, one| all ^ one));
    }

    /// Adds a bundle to an entity. With more requests than a key holds, all are folded.
    #[inline]
    fn add(&mut self, number: usize, bundle: &Bundle, requests: &[u64]) {
        let held = u32::from(self.entities[number].held) + bundle.requests;
        match u8::try_from(held) {
            Ok(held) if held <= HELD => {
                self.see(number, bundle.bytes, &bundle.wanted);
                let entity = &mut self.entities[number];
                self.arena.append(&mut entity.buffer, usize::from(entity.words), requests);
                entity.words += u16::try_from(requests.len()).expect("what a key holds has few words");
                entity.held = held;
            }
            _ => {
                let full = self.fold(number);
                self.see(number, bundle.bytes, &bundle.wanted);
                let requests = Requests::new(requests, self.kind, joined(bundle.key));
                observe(&mut self.columns, &mut self.unpacked, full, requests);
            }
        }
    }

    /// Counts what more requests of an entity come to: no more than [`HELD`] in all, or it has evidence.
    #[inline]
    fn see(&mut self, number: usize, bytes: u64, wanted: &[u32; COLUMNS]) {
        let entity = &mut self.entities[number];
        entity.bytes = entity.bytes.saturating_add(bytes);
        match &mut entity.wanted {
            Wanted::Few(counts) => {
                for (count, &more) in counts.iter_mut().zip(wanted) {
                    *count = count.saturating_add(u8::try_from(more).unwrap_or(u8::MAX));
                }
            }
            Wanted::Many(full) => {
                for (count, more) in self.wanted[u32::from_le_bytes(*full) as usize].iter_mut().zip(wanted) {
                    *count = count.saturating_add(*more);
                }
            }
        }
    }

    /// Folds the packed requests of an entity into its evidence, whose number this is.
    fn fold(&mut self, number: usize) -> u32 {
        let entity = &mut self.entities[number];
        let full = match entity.wanted {
            Wanted::Many(full) => u32::from_le_bytes(full),
            Wanted::Few(counts) => {
                let full = u32::try_from(self.wanted.len()).expect("a shard holds fewer than 2^32 keys");
                self.wanted.push(counts.map(u32::from));
                entity.wanted = Wanted::Many(full.to_le_bytes());
                full
            }
        };
        if entity.held > 0 {
            let words = self.arena.words(entity.buffer, usize::from(entity.words));
            let requests = Requests::new(words, self.kind, joined(entity.key));
            observe(&mut self.columns, &mut self.unpacked, full, requests);
            (entity.held, entity.words) = (0, 0);
        }
        full
    }

    /// How many requests of an entity a column wanted.
    #[inline]
    pub(crate) fn wanted(&self, entity: &Entity, column: usize) -> u32 {
        match entity.wanted {
            Wanted::Few(counts) => counts[column].into(),
            Wanted::Many(full) => self.wanted[u32::from_le_bytes(full) as usize][column],
        }
    }

    /// Leaves no entity with both packed requests and evidence: those of more than [`HELD`] requests have evidence, the
    /// others requests, however they came by them.
    pub(crate) fn settle(&mut self) {
        for number in 0..self.entities.len() {
            if self.entities[number].full().is_some() {
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
        let hash = self.hash(key);
        let is = |&(known, at): &(u32, u32)| known == hash && self.entities[at as usize].key == key;
        let &(_, number) = self.table.find(spread(hash), is)?;
        Some(&self.entities[number as usize])
    }

    /// The words of an entity's packed requests.
    pub(crate) fn words(&self, entity: &Entity) -> &[u64] {
        self.arena.words(entity.buffer, usize::from(entity.words))
    }

    /// Adds packed requests of `key` from elsewhere; `None` if there are more than a key holds, or they are none.
    pub(crate) fn adopt_held(&mut self, key: u128, words: &[u64]) -> Option<()> {
        let mut bundle = Bundle::of(halves(key));
        let mut rest = words;
        while let Some((one, more)) = One::split(rest) {
            bundle.count(one.wanted(), one.bytes(), rest.len() - more.len());
            rest = more;
        }
        let number = self.entity(bundle.key);
        if !rest.is_empty() || bundle.requests > u32::from(HELD) {
            return None;
        }
        self.add(number, &bundle, words);
        Some(())
    }

    /// The number in the columns of a key that has evidence elsewhere, and counts there what `theirs` tells at a glance.
    pub(crate) fn adopt_full(&mut self, key: u128, bytes: u64, wanted: [u32; COLUMNS]) -> u32 {
        let number = self.entity(halves(key));
        let full = self.fold(number);
        self.see(number, bytes, &wanted);
        full
    }

    /// How many requests each column wanted of the entity with this number in the columns.
    pub(crate) fn wanted_of(&self, full: u32) -> [u32; COLUMNS] {
        self.wanted[full as usize]
    }

    /// Adds what `other` knows.
    pub(crate) fn merge(&mut self, mut other: Self) {
        if self.entities.is_empty() {
            *self = other;
            return;
        }
        other.settle();
        for entity in std::mem::take(&mut other.entities) {
            match entity.full() {
                None => {
                    let words = other.arena.words(entity.buffer, usize::from(entity.words));
                    self.adopt_held(joined(entity.key), words).expect("packed by a shard");
                }
                Some(theirs) => {
                    let wanted = other.wanted_of(theirs);
                    let ours = self.adopt_full(joined(entity.key), entity.bytes, wanted);
                    for (column, others) in self.columns.iter_mut().zip(&mut other.columns) {
                        column.adopt(ours, others.as_mut(), theirs);
                    }
                }
            }
        }
        self.settle();
    }
}

/// A hash as the table wants it, which looks at both ends of 64 bits.
#[inline]
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// Adds packed requests to the evidence of one entity.
fn observe(
    columns: &mut [Box<dyn AnyColumn>],
    unpacked: &mut Vec<(Request, u8)>,
    entity: u32,
    mut requests: Requests<'_>,
) {
    loop {
        unpacked.clear();
        unpacked.extend(std::iter::from_fn(|| requests.next_wanted(u8::MAX)).take(usize::from(HELD)));
        if unpacked.is_empty() {
            break;
        }
        for (column, evidence) in columns.iter_mut().enumerate() {
            evidence.observe(entity, unpacked, 1 << column);
        }
    }
}
