//! Which lists of words hold a word: all of them answer at once, in bits.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::words::{self, COMPOUNDS, WORDS};

/// No word of any list is longer.
pub(super) const LONGEST: usize = 24;

/// Which lists hold a word, or one of several words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lists {
    /// Bit *n*: `last` of the *n*th of [`WORDS`].
    pub(super) last: u64,
    /// Bit *n*: `after` of the *n*th of [`WORDS`].
    pub(super) after: u64,
    /// The bits of [`PLAIN`].
    plain: u16,
}

pub(super) const COLLECTIONS: u16 = 1;
pub(super) const HEALTH: u16 = 1 << 1;
pub(super) const ADMIN: u16 = 1 << 2;
pub(super) const STATIC_FOLDERS: u16 = 1 << 3;
pub(super) const STATIC: u16 = 1 << 4;
pub(super) const EXPORTED: u16 = 1 << 5;
pub(super) const PROGRAMS: u16 = 1 << 6;
pub(super) const ROOT_FILES: u16 = 1 << 7;
pub(super) const STRUCTURE: u16 = 1 << 8;
pub(super) const TAILS: u16 = 1 << 9;

/// The lists that ask neither for a method nor for a word in front, and their bits.
static PLAIN: [(u16, &str); 10] = [
    (COLLECTIONS, words::COLLECTIONS),
    (HEALTH, words::HEALTH),
    (ADMIN, words::ADMIN),
    (STATIC_FOLDERS, words::STATIC_FOLDERS),
    (STATIC, words::STATIC),
    (EXPORTED, words::EXPORTED),
    (PROGRAMS, words::PROGRAMS),
    (ROOT_FILES, words::ROOT_FILES),
    (STRUCTURE, words::STRUCTURE),
    (TAILS, words::TAILS),
];

/// The lists of every known word, and by its first byte: bit *n* where a known word has *n* bytes. That sorts out most
/// words that no list holds.
struct Table {
    lists: HashMap<Box<[u8]>, Lists, foldhash::fast::RandomState>,
    lengths: [u32; 256],
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { lists: HashMap::default(), lengths: [0; 256] };
    let mut note = |list: &str, bits| {
        for word in list.split_ascii_whitespace() {
            table.lists.entry(word.as_bytes().into()).or_insert_with(Lists::default).add(bits);
            table.lengths[usize::from(word.as_bytes()[0])] |= 1 << word.len();
        }
    };
    for (nth, word) in WORDS.iter().enumerate() {
        note(word.last, Lists { last: 1 << nth, ..Lists::default() });
        note(word.after, Lists { after: 1 << nth, ..Lists::default() });
    }
    for compound in COMPOUNDS {
        let nth = WORDS.iter().position(|word| word.class == compound.class && word.after.is_empty());
        let bits = nth.map_or(Lists::default(), |nth| Lists { last: 1 << nth, ..Lists::default() });
        compound.all().filter(|word| word.len() <= LONGEST).for_each(|word| note(&word, bits));
    }
    for (plain, list) in PLAIN {
        note(list, Lists { plain, ..Lists::default() });
    }
    table
});

impl Lists {
    /// The lists that hold `word`, as the lists write it.
    pub(super) fn of(word: &[u8]) -> Self {
        let table = &*TABLE;
        match word.first() {
            Some(&first) if table.lengths[usize::from(first)] >> word.len().min(31) & 1 != 0 => {
                table.lists.get(word).copied().unwrap_or_default()
            }
            _ => Self::default(),
        }
    }

    /// These and `others`.
    pub(super) fn add(&mut self, others: Self) {
        self.last |= others.last;
        self.after |= others.after;
        self.plain |= others.plain;
    }

    /// These without the plain lists.
    pub(super) fn as_words(self) -> Self {
        Self { plain: 0, ..self }
    }

    /// Whether one of the plain lists `lists` is among them.
    pub(super) fn has(self, lists: u16) -> bool {
        self.plain & lists != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_in_its_lists_alone() {
        let holds = |list: &str, word: &str| list.split_ascii_whitespace().any(|known| known == word);
        let bits = |lists: &mut dyn Iterator<Item = bool>| {
            lists.enumerate().fold(0, |bits, (nth, holds)| bits | u64::from(holds) << nth)
        };
        let all = WORDS.iter().flat_map(|word| [word.last, word.after]).chain(PLAIN.map(|(_, list)| list));
        for word in all.flat_map(str::split_ascii_whitespace).chain(["", "orders"]) {
            let lists = Lists::of(word.as_bytes());
            assert!(word.len() <= LONGEST, "{word}");
            assert_eq!(lists.last, bits(&mut WORDS.iter().map(|known| holds(known.last, word))), "{word}");
            assert_eq!(lists.after, bits(&mut WORDS.iter().map(|known| holds(known.after, word))), "{word}");
            for (bit, list) in PLAIN {
                assert_eq!(lists.has(bit), holds(list, word), "{word}");
            }
        }
        assert!(WORDS.len() <= 64);
    }
}
