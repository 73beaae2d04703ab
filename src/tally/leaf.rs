//! A leaf: some keys of one shard as they lie on disk, in the order of the keys. What is known of a key at a glance stands in
//! front, its requests or its evidence behind.

use std::io;

use xxhash_rust::xxh3::xxh3_64;

use crate::collect::COLUMNS;
use crate::source::Disk;
use crate::tally::packed::{halves, joined};
use crate::tally::shard::{Entity, Shard};

/// Words of a key at a glance: its two halves, bytes sent, how many requests each column wanted (a byte each, of a key with
/// requests), where the rest stands.
const GLANCE: usize = 5;

/// Where in the last of these words the number of words of the rest begins, below which stands where they begin; and the bit
/// of a key with evidence.
const LENGTH: u32 = 32;
const FULL: u64 = 1 << 63;

/// How many words tell what columns wanted of a key with evidence.
const WANTED: usize = COLUMNS.div_ceil(2);

/// Where a leaf lies, and what must be known to pass it by.
pub(super) struct Place {
    /// Its first key.
    pub(super) first: u128,
    /// The columns that wanted anything of any of its keys.
    pub(super) columns: u8,
    offset: u64,
    keys: u32,
    words: u32,
    evidence: u32,
    /// The hash of its bytes: what a disk broke is not believed.
    hash: u64,
}

/// A leaf that is being written.
#[derive(Default)]
pub(super) struct Draft {
    first: u128,
    columns: u8,
    glances: Vec<u64>,
    rest: Vec<u64>,
    evidence: Vec<u8>,
}

impl Draft {
    /// How many bytes it has.
    pub(super) fn size(&self) -> usize {
        (self.glances.len() + self.rest.len()) * size_of::<u64>() + self.evidence.len()
    }

    /// Adds an entity of a settled shard, whose key is greater than those before; the columns that wanted anything of it.
    pub(super) fn add(&mut self, shard: &Shard, entity: &Entity) -> u8 {
        if self.glances.is_empty() {
            self.first = entity.key();
        }
        let begin = self.rest.len();
        let counts: [u32; COLUMNS] = std::array::from_fn(|column| shard.wanted(entity, column));
        let (wanted, full) = match entity.full() {
            None => {
                self.rest.extend_from_slice(shard.words(entity));
                let counts = counts.map(|count| u8::try_from(count).expect("a key holds few requests"));
                (u64::from_le_bytes(counts), 0)
            }
            Some(number) => {
                self.rest.extend(counts.chunks(2).map(|two| both(two[0], two.get(1).copied().unwrap_or(0))));
                for (column, evidence) in (0..).zip(&shard.columns) {
                    if let Some(bytes) = evidence.write(number) {
                        self.rest.extend([column, both(short(self.evidence.len()), short(bytes.len()))]);
                        self.evidence.extend(bytes);
                    }
                }
                (0, FULL)
            }
        };
        let length = (self.rest.len() - begin) as u64;
        self.glances.extend(halves(entity.key()));
        self.glances.extend([entity.bytes(), wanted, begin as u64 | length << LENGTH | full]);
        let bits = counts.iter().enumerate().map(|(column, &count)| u8::from(count > 0) << column);
        let columns = bits.sum();
        self.columns |= columns;
        columns
    }

    /// Hands its bytes to `write`, which says where it put them, and begins anew.
    pub(super) fn hand_over(&mut self, write: impl FnOnce(&[u8]) -> io::Result<u64>) -> io::Result<Place> {
        let words = self.glances.iter().chain(&self.rest);
        let mut bytes = Vec::with_capacity(self.size());
        words.for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        bytes.extend_from_slice(&self.evidence);
        let place = Place {
            first: self.first,
            columns: self.columns,
            offset: write(&bytes)?,
            keys: short(self.glances.len() / GLANCE),
            words: short(self.glances.len() + self.rest.len()),
            evidence: short(self.evidence.len()),
            hash: xxh3_64(&bytes),
        };
        self.columns = 0;
        self.glances.clear();
        self.rest.clear();
        self.evidence.clear();
        Ok(place)
    }
}

/// A size within a leaf.
fn short(size: usize) -> u32 {
    u32::try_from(size).expect("a leaf of less than 4 GiB")
}

/// Two numbers in one word.
fn both(first: u32, second: u32) -> u64 {
    u64::from(first) | u64::from(second) << u32::BITS
}

/// The two numbers of one word.
#[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
fn each(word: u64) -> [u32; 2] {
    [word as u32, (word >> u32::BITS) as u32]
}

/// A leaf that was read.
pub(super) struct Leaf {
    keys: usize,
    words: Vec<u64>,
    evidence: Vec<u8>,
}

impl Leaf {
    /// Reads the leaf at `place`.
    pub(super) fn read(disk: &Disk, place: &Place) -> io::Result<Self> {
        let words = place.words as usize * size_of::<u64>();
        let mut bytes = vec![0; words + place.evidence as usize];
        if disk.read_at(&mut bytes, place.offset)? < bytes.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if xxh3_64(&bytes) != place.hash {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "what was written there has changed"));
        }
        let (words, evidence) = bytes.split_at(words);
        let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("eight bytes each"));
        Ok(Self {
            keys: place.keys as usize,
            words: words.chunks_exact(size_of::<u64>()).map(word).collect(),
            evidence: evidence.to_vec(),
        })
    }

    /// How many bytes it has.
    pub(super) fn size(&self) -> usize {
        self.words.len() * size_of::<u64>() + self.evidence.len()
    }

    /// How many keys it has.
    pub(super) fn len(&self) -> usize {
        self.keys
    }

    /// Its keys, ascending.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.keys).map(|nth| self.row(nth))
    }

    /// Its key with this number.
    pub(super) fn row(&self, nth: usize) -> Row<'_> {
        Row { leaf: self, nth }
    }

    /// The row of `key`.
    pub(super) fn find(&self, key: u128) -> Option<Row<'_>> {
        let (mut from, mut to) = (0, self.keys);
        while from < to {
            let middle = from.midpoint(to);
            if self.row(middle).key() < key { from = middle + 1 } else { to = middle }
        }
        (from < self.keys && self.row(from).key() == key).then(|| self.row(from))
    }
}

/// One key of a leaf.
#[derive(Clone, Copy)]
pub(super) struct Row<'l> {
    leaf: &'l Leaf,
    nth: usize,
}

impl<'l> Row<'l> {
    fn glance(self, word: usize) -> u64 {
        self.leaf.words.get(self.nth * GLANCE + word).copied().unwrap_or(0)
    }

    fn rest(self) -> &'l [u64] {
        let word = self.glance(4);
        let [begin, length] = each(word & !FULL).map(|half| half as usize);
        let begin = self.leaf.keys * GLANCE + begin;
        self.leaf.words.get(begin..begin + length).unwrap_or(&[])
    }

    /// The key.
    pub(super) fn key(self) -> u128 {
        joined([self.glance(0), self.glance(1)])
    }

    /// Bytes sent in all of its requests.
    pub(super) fn bytes(self) -> u64 {
        self.glance(2)
    }

    /// Whether it has evidence in full.
    pub(super) fn is_full(self) -> bool {
        self.glance(4) & FULL != 0
    }

    /// How many of its requests a column wanted.
    pub(super) fn wanted(self, column: usize) -> u32 {
        if self.is_full() {
            let two = self.rest().get(column / 2).map_or([0; 2], |&word| each(word));
            return two[column % 2];
        }
        u32::from(self.glance(3).to_le_bytes()[column])
    }

    /// The words of its packed requests: none where it has evidence.
    pub(super) fn held(self) -> &'l [u64] {
        if self.is_full() { &[] } else { self.rest() }
    }

    /// Each column that has evidence of it, and this evidence, stored.
    pub(super) fn evidence(self) -> impl Iterator<Item = (usize, &'l [u8])> {
        let columns = if self.is_full() { self.rest().get(WANTED..).unwrap_or(&[]) } else { &[] };
        columns.chunks_exact(2).map(move |two| {
            let [begin, length] = each(two[1]).map(|half| half as usize);
            let bytes = self.leaf.evidence.get(begin..begin + length).unwrap_or(&[]);
            (usize::try_from(two[0]).unwrap_or(usize::MAX), bytes)
        })
    }

    /// Adds what is known of it to a shard.
    pub(super) fn add_to(self, shard: &mut Shard) {
        if !self.is_full() {
            shard.adopt_held(self.key(), self.held()).expect("packed by a shard, and its hash holds");
            return;
        }
        let wanted = std::array::from_fn(|column| self.wanted(column));
        let full = shard.adopt_full(self.key(), self.bytes(), wanted);
        for (column, bytes) in self.evidence() {
            let evidence = shard.columns.get_mut(column).expect("as many columns as were written");
            evidence.read(full, bytes).expect("written by a column, and its hash holds");
        }
    }

    /// About how many bytes it takes.
    pub(super) fn size(self) -> usize {
        let evidence = self.evidence().map(|(_, bytes)| bytes.len()).sum::<usize>();
        (GLANCE + self.rest().len()) * size_of::<u64>() + evidence
    }
}
