//! Requests of one block on the way to the owners of their keys: packed, the requests of each key together.
//!
//! Whoever makes a request mostly makes several within a block, so owners look up a key once for all of them.

use hashbrown::HashTable;

use crate::collect::{COLUMNS, KeyKind, wanted};
use crate::hash::mix;
use crate::request::Request;
use crate::tally::{Bundle, SHARDS, halves, owner_of, pack};

/// The requests of one block by kind of key and owner.
pub(super) struct Batch {
    kinds: [OfKind; KeyKind::ALL.len()],
}

/// The requests of one block that have a key of one kind.
struct OfKind {
    kind: KeyKind,
    groups: Groups,
    /// By owner: the bundles of its keys.
    owned: Vec<Vec<u64>>,
}

impl Default for Batch {
    fn default() -> Self {
        let kind = |kind| OfKind { kind, groups: Groups::default(), owned: vec![Vec::new(); SHARDS] };
        Self { kinds: KeyKind::ALL.map(kind) }
    }
}

impl Batch {
    /// What an owner of keys of one kind has to take in.
    pub(super) fn owned(&self, kind: usize, owner: usize) -> &[u64] {
        &self.kinds[kind].owned[owner]
    }

    /// Empties it, keeping its memory.
    pub(super) fn clear(&mut self) {
        self.kinds.iter_mut().flat_map(|kind| &mut kind.owned).for_each(Vec::clear);
    }

    /// Takes requests in.
    pub(super) fn add(&mut self, requests: &[Request]) {
        for request in requests {
            let wanted = wanted(request);
            for (kind, &wanted) in self.kinds.iter_mut().zip(&wanted) {
                if wanted.0 != 0 {
                    kind.groups.add(kind.kind, request, wanted);
                }
            }
        }
    }

    /// Hands all that was taken in to the owners.
    pub(super) fn hand_over(&mut self) {
        self.kinds.iter_mut().for_each(|kind| kind.groups.hand_over(&mut kind.owned));
    }
}

/// The requests of some keys, each key's in a chain.
#[derive(Default)]
struct Groups {
    /// From a key to its group.
    table: HashTable<u32>,
    seed: foldhash::fast::RandomState,
    all: Vec<Group>,
    /// Where the next of the same key stands, how many words follow, and these: a packed request.
    words: Vec<u64>,
}

/// The requests of one key.
struct Group {
    bundle: Bundle,
    /// Where its first and its last request stand.
    first: u32,
    last: u32,
    /// The agent of the last.
    agent: u64,
    owner: u8,
}

/// The place of the next request in the upper half, the number of words in the lower.
const NEXT: u32 = 32;

impl Groups {
    /// Adds one request, wanted by some columns of its key of `kind`.
    #[inline]
    fn add(&mut self, kind: KeyKind, request: &Request, wanted: (u8, bool)) {
        let key = halves(kind.of(request));
        let at = u32::try_from(self.words.len()).expect("a block of less than 32 GiB");
        let (groups, seed) = (&self.all, &self.seed);
        let entry = self.table.entry(
            seeded(seed, key),
            |&group| groups[group as usize].bundle.key == key,
            |&group| seeded(seed, groups[group as usize].bundle.key),
        );
        let group = match entry {
            hashbrown::hash_table::Entry::Occupied(found) => {
                let group = &mut self.all[*found.get() as usize];
                self.words[group.last as usize] |= u64::from(at) << NEXT;
                group
            }
            hashbrown::hash_table::Entry::Vacant(free) => {
                free.insert(u32::try_from(self.all.len()).expect("a block holds fewer than 2^32 keys"));
                let owner = u8::try_from(owner_of(mix(key[0], key[1]))).expect("there are few owners");
                self.all.push(Group { bundle: Bundle::of(key), first: at, last: at, agent: 0, owner });
                self.all.last_mut().expect("just pushed")
            }
        };
        self.words.push(0);
        pack(request, kind, wanted, group.agent, &mut self.words);
        let length = self.words.len() - at as usize - 1;
        self.words[at as usize] = length as u64;
        group.agent = if request.agent.is_some() { request.agent.0 } else { group.agent };
        group.last = at;
        group.bundle.count(wanted.0, request.bytes_out, length);
    }

    /// Writes the bundle of each key to its owner, and forgets all.
    fn hand_over(&mut self, owned: &mut [Vec<u64>]) {
        for group in &self.all {
            let words = &mut owned[usize::from(group.owner)];
            group.bundle.write(words);
            let mut at = group.first as usize;
            loop {
                let link = self.words[at];
                let length = usize::try_from(link & u64::from(u32::MAX)).expect("32 bits are left");
                words.extend_from_slice(&self.words[at + 1..=at + length]);
                match usize::try_from(link >> NEXT).expect("32 bits are left") {
                    0 => break,
                    next => at = next,
                }
            }
        }
        self.all.clear();
        self.words.clear();
        self.table.clear();
    }
}

/// The hash of a key in one table: seeded anew in each process, so that crafted keys cannot collide.
#[inline]
fn seeded(seed: &foldhash::fast::RandomState, [low, high]: [u64; 2]) -> u64 {
    use std::hash::BuildHasher;
    seed.hash_one((low, high))
}

/// Every column of a key fits into the mask of a request.
const _: () = assert!(COLUMNS <= 8 && SHARDS <= 256);
