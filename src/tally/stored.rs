//! A tally on disk: versioned, keyed by the names of collectors, so that a newer gatehound knows what it can read, and
//! sealed, so that what a disk or an editor broke is not believed.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::collect::{COLUMNS, KeyKind, all};
use crate::error::Error;
use crate::series::Evidence;
use crate::tally::packed::{LONGEST, One};
use crate::tally::shard::{Entity, Shard};
use crate::tally::{Correlated, Fleet, Reading, Routes, Tally, Trail, owner};

/// What a stored tally holds behind its seal.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// Name and version of each collector, in the order of the numbers used below.
    collectors: Vec<(String, u16)>,
    routes: Routes,
    fleet: Fleet,
    correlated: Correlated,
    reading: Reading,
    trail: Trail,
    entities: Vec<StoredEntity>,
}

/// One key and its evidence.
#[derive(Serialize, Deserialize)]
struct StoredEntity {
    kind: KeyKind,
    key: u128,
    /// Bytes sent, and how many requests each column wanted; of a key with evidence, else zeros.
    bytes: u64,
    wanted: [u32; COLUMNS],
    /// Its packed requests, in the order of their words.
    held: Vec<u64>,
    /// Number of the collector and its evidence, stored.
    full: Vec<(u8, Vec<u8>)>,
}

/// How a stored tally begins; the version of [`Stored`] (two bytes) and the hash of what follows (eight) stand behind it.
const MAGIC: &[u8; 16] = b"gatehound tally\n";

/// Version of [`Stored`]: grows with every change, never in silence.
const VERSION: u16 = 5;

/// Why a stored tally is not read.
fn refused(why: impl std::fmt::Display) -> Error {
    Error::usage(format!("the stored tally cannot be read: {why}"))
}

/// What stands behind a seal that is ours and whole.
fn opened(bytes: &[u8]) -> Result<&[u8], Error> {
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| refused("it is none"))?;
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(|| refused("it is cut off"))?;
    if u16::from_le_bytes(*version) != VERSION {
        return Err(another_version());
    }
    let (hash, held) = rest.split_first_chunk::<8>().ok_or_else(|| refused("it is cut off"))?;
    if u64::from_le_bytes(*hash) != xxh3_64(held) {
        return Err(refused("it is damaged"));
    }
    Ok(held)
}

/// The error for what another gatehound wrote.
fn another_version() -> Error {
    Error::usage("the stored tally was written by another version of gatehound")
}

impl Tally {
    /// The stored form: the same evidence gives the same bytes. They count only where there is no [`failure`](Self::failure).
    pub fn write(&self) -> Vec<u8> {
        let mut entities: Vec<StoredEntity> = Vec::new();
        for (&kind, shards) in KeyKind::ALL.iter().zip(&self.shards) {
            let numbers: Vec<usize> =
                (0..all().len()).filter(|&number| all()[number].key() == kind).collect();
            let mut add = |shard: &Shard| {
                entities.extend(shard.entities().iter().map(|entity| stored(kind, &numbers, shard, entity)));
            };
            shards.iter().for_each(&mut add);
            if let Some(sorted) = &self.sorted {
                sorted.shards(kind).for_each(|shard| add(&shard));
            }
        }
        entities.sort_unstable_by_key(|entity| (entity.kind, entity.key));
        let collectors = all().iter().map(|one| (one.name().to_owned(), one.version())).collect();
        let stored = Stored {
            collectors,
            routes: self.routes.clone(),
            fleet: self.fleet.clone(),
            correlated: self.correlated.clone(),
            reading: self.reading.clone(),
            trail: self.trail.clone(),
            entities,
        };
        let held = postcard::to_stdvec(&stored).expect("a tally can be written to memory");
        let (version, hash) = (VERSION.to_le_bytes(), xxh3_64(&held).to_le_bytes());
        [MAGIC.as_slice(), &version, &hash, &held].concat()
    }

    /// Reads back what [`write`](Self::write) wrote; refuses what another version wrote, and what is damaged.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let stored: Stored = postcard::from_bytes(opened(bytes)?).map_err(refused)?;
        let known = stored.collectors.iter().map(|(name, version)| (name.as_str(), *version));
        if !known.eq(all().iter().map(|one| (one.name(), one.version()))) {
            return Err(another_version());
        }
        if !stored.entities.is_sorted_by(|a, b| (a.kind, a.key) < (b.kind, b.key)) {
            return Err(refused("its keys are out of order"));
        }
        let Stored { routes, fleet, correlated, reading, trail, .. } = stored;
        let mut tally = Self { routes, fleet, correlated, reading, trail, ..Self::default() };
        stored.entities.iter().try_for_each(|entity| tally.adopt(entity))?;
        Ok(tally)
    }

    /// Takes in one stored key.
    fn adopt(&mut self, entity: &StoredEntity) -> Result<(), Error> {
        let shard = &mut self.shards[entity.kind as usize][owner(entity.key)];
        if entity.full.is_empty() {
            return shard
                .adopt_held(entity.key, &entity.held)
                .ok_or_else(|| refused("a key holds what are no requests, or too many"));
        }
        let at = shard.adopt_full(entity.key, entity.bytes, entity.wanted);
        for (number, evidence) in &entity.full {
            let number = usize::from(*number);
            let of_kind = |one: &usize| all()[*one].key() == entity.kind;
            if number >= all().len() || !of_kind(&number) {
                return Err(refused("it names an unknown collector"));
            }
            let column = (0..number).filter(of_kind).count();
            shard.columns[column].read(at, evidence).map_err(refused)?;
        }
        Ok(())
    }
}

/// The stored form of one entity; `numbers` are those of the collectors of its kind.
fn stored(kind: KeyKind, numbers: &[usize], shard: &Shard, entity: &Entity) -> StoredEntity {
    let key = entity.key();
    let Some(full) = entity.full() else {
        let (bytes, wanted) = (0, [0; COLUMNS]);
        return StoredEntity {
            kind,
            key,
            bytes,
            wanted,
            held: in_order(shard.words(entity)),
            full: Vec::new(),
        };
    };
    let columns = numbers.iter().zip(&shard.columns);
    let evidence = columns.filter_map(|(&number, column)| {
        let number = u8::try_from(number).expect("fewer than 256 collectors");
        Some((number, column.write(full)?))
    });
    let (bytes, wanted) = (entity.bytes(), shard.wanted_of(full));
    StoredEntity { kind, key, bytes, wanted, held: Vec::new(), full: evidence.collect() }
}

/// Packed requests in the order of their words: the same however they came.
fn in_order(mut words: &[u64]) -> Vec<u64> {
    let (mut agent, mut all) = (0, Vec::new());
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

/// Every part of a tally has a version of its own.
const _: () = assert!(
    Routes::VERSION == 4
        && Fleet::VERSION == 2
        && Correlated::VERSION == 1
        && Reading::VERSION == 1
        && Trail::VERSION == 1
);
