//! A tally on disk: versioned, keyed by the names of collectors, so that a newer gatehound knows what it can read.

use serde::{Deserialize, Serialize};

use crate::collect::{KeyKind, all};
use crate::error::Error;
use crate::request::Request;
use crate::series::Evidence;
use crate::tally::shard::Young;
use crate::tally::{Fleet, Reading, Routes, Tally, owner};

/// The stored form of a tally; grows by version, never in silence.
#[derive(Serialize, Deserialize)]
struct Stored {
    version: u16,
    /// Name and version of each collector, in the order of the numbers used below.
    collectors: Vec<(String, u16)>,
    routes: Routes,
    fleet: Fleet,
    reading: Reading,
    entities: Vec<StoredEntity>,
}

/// One key and its evidence.
#[derive(Serialize, Deserialize)]
struct StoredEntity {
    kind: KeyKind,
    key: u128,
    /// Which collectors wanted it, as bits of their numbers.
    mask: u16,
    young: Vec<Request>,
    /// Number of the collector and its evidence, stored.
    full: Vec<(u8, Vec<u8>)>,
}

/// Version of [`Stored`].
const VERSION: u16 = 1;

impl Tally {
    /// The stored form: the same evidence gives the same bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut entities: Vec<StoredEntity> = Vec::new();
        for (&kind, shards) in KeyKind::ALL.iter().zip(&self.shards) {
            let numbers: Vec<usize> =
                (0..all().len()).filter(|&number| all()[number].key() == kind).collect();
            for shard in shards {
                for (key, mask, young) in shard.entities() {
                    let (young, full) = match young {
                        Young::Requests(mut requests) => {
                            requests.sort_unstable_by_key(|request| (request.time, request.place));
                            (requests, Vec::new())
                        }
                        Young::Full(at) => {
                            let columns = numbers.iter().zip(&shard.columns);
                            let evidence = columns.filter_map(|(&number, column)| {
                                let number = u8::try_from(number).expect("fewer than 16 collectors");
                                Some((number, column.write(at)?))
                            });
                            (Vec::new(), evidence.collect())
                        }
                    };
                    entities.push(StoredEntity { kind, key, mask, young, full });
                }
            }
        }
        entities.sort_unstable_by_key(|entity| (entity.kind, entity.key));
        let collectors = all().iter().map(|one| (one.name().to_owned(), one.version())).collect();
        let stored = Stored {
            version: VERSION,
            collectors,
            routes: self.routes.clone(),
            fleet: self.fleet.clone(),
            reading: self.reading.clone(),
            entities,
        };
        postcard::to_stdvec(&stored).expect("a tally can be written to memory")
    }

    /// Reads back what [`write`](Self::write) wrote; refuses what another version wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let broken =
            |error: postcard::Error| Error::usage(format!("the stored tally cannot be read: {error}"));
        let stored: Stored = postcard::from_bytes(bytes).map_err(broken)?;
        let ours: Vec<(String, u16)> =
            all().iter().map(|one| (one.name().to_owned(), one.version())).collect();
        if stored.version != VERSION || stored.collectors != ours {
            return Err(Error::usage("the stored tally was written by another version of gatehound"));
        }
        let mut tally =
            Self { routes: stored.routes, fleet: stored.fleet, reading: stored.reading, ..Self::default() };
        for entity in stored.entities {
            let shard = &mut tally.shards[entity.kind as usize][owner(entity.key)];
            if entity.full.is_empty() {
                shard.adopt_young(entity.key, entity.mask, &entity.young);
                continue;
            }
            let at = shard.adopt_full(entity.key, entity.mask);
            for (number, evidence) in &entity.full {
                let number = usize::from(*number);
                let same_kind = |one: &usize| all()[*one].key() == entity.kind;
                let column = (0..number).filter(same_kind).count();
                let column = shard.columns.get_mut(column);
                let column =
                    column.ok_or_else(|| Error::usage("the stored tally names an unknown collector"))?;
                column.read(at, evidence).map_err(broken)?;
            }
        }
        Ok(tally)
    }
}

/// Every part of a tally has a version of its own.
const _: () = assert!(Routes::VERSION == 1 && Fleet::VERSION == 1 && Reading::VERSION == 1);
