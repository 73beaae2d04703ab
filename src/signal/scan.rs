//! Looking for words in a text in lower case.

use std::ops::Deref;

/// A text in lower case, and which pairs of bytes it has: hundreds of words are looked for in it, and nearly all are known not
/// to be there without a search.
#[derive(Clone, Copy)]
pub(super) struct Lower<'t> {
    text: &'t [u8],
    pairs: &'t Pairs,
}

/// Which two bytes stand side by side in a text, as far as their low five bits tell: these part all letters.
#[derive(Default)]
pub(super) struct Pairs([u32; 32]);

/// Of a text that nobody looked through: it may hold any word.
static ANY: Pairs = Pairs([u32::MAX; 32]);

impl Pairs {
    /// Those of `text`.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut pairs = Self::default();
        for pair in text.array_windows() {
            let (row, bit) = Self::place(*pair);
            pairs.0[row] |= bit;
        }
        pairs
    }

    /// Whether any pair is in both.
    fn meet(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |both, (one, other)| both | one & other) != 0
    }

    /// Whether a text with these may hold `word`.
    fn may_hold(&self, word: &[u8]) -> bool {
        word.array_windows().all(|pair| {
            let (row, bit) = Self::place(*pair);
            self.0[row] & bit != 0
        })
    }

    const fn place([one, other]: [u8; 2]) -> (usize, u32) {
        ((one % 32) as usize, 1 << (other % 32))
    }
}

/// Words that are looked for together, in lower case: most texts have no two bytes that any of them begins with.
pub(super) struct Words {
    all: &'static [&'static str],
    starts: Pairs,
}

/// Words that are only looked for in one place.
macro_rules! words {
    ($($word:literal),+ $(,)?) => {
        const { &$crate::signal::scan::Words::of(&[$($word),+]) }
    };
}

pub(super) use words;

impl Words {
    /// These words.
    pub(super) const fn of(all: &'static [&'static str]) -> Self {
        let mut starts = Pairs([0; 32]);
        let mut nth = 0;
        while nth < all.len() {
            match all[nth].as_bytes() {
                [one, other, ..] => {
                    let (row, bit) = Pairs::place([*one, *other]);
                    starts.0[row] |= bit;
                }
                _ => starts = Pairs([u32::MAX; 32]),
            }
            nth += 1;
        }
        Self { all, starts }
    }

    /// Each of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static str> {
        self.all.iter().copied()
    }

    /// One of them.
    pub(super) fn nth(&self, nth: usize) -> Option<&'static str> {
        self.all.get(nth).copied()
    }

    /// Those that may stand in `text`.
    pub(super) fn likely(&self, text: Lower<'_>) -> impl Iterator<Item = &'static str> {
        let all = if text.pairs.meet(&self.starts) { self.all } else { &[] };
        all.iter().copied().filter(move |word| text.may_hold(word.as_bytes()))
    }
}

/// Names that whole words are compared with: most words have no such first letter and length.
pub(super) struct Names {
    all: &'static [&'static [u8]],
    /// By the low bits of a first letter, a bit for each length.
    lengths: [u32; 32],
}

impl Names {
    /// These names, each shorter than 32 bytes.
    pub(super) const fn of(all: &'static [&'static [u8]]) -> Self {
        let mut lengths = [0; 32];
        let mut nth = 0;
        while nth < all.len() {
            lengths[(all[nth][0] % 32) as usize] |= 1 << all[nth].len();
            nth += 1;
        }
        Self { all, lengths }
    }

    /// Whether `word` is one of them.
    pub(super) fn contains(&self, word: &[u8]) -> bool {
        let Some(first) = word.first() else { return false };
        let lengths = self.lengths[usize::from(first % 32)];
        word.len() < 32 && lengths >> word.len() & 1 != 0 && self.all.contains(&word)
    }
}

impl<'t> Lower<'t> {
    /// `text`, whose pairs are `pairs`.
    pub(super) fn new(text: &'t [u8], pairs: &'t Pairs) -> Self {
        Self { text, pairs }
    }

    /// Whether `word` may stand in it.
    fn may_hold(self, word: &[u8]) -> bool {
        word.len() <= self.text.len() && self.pairs.may_hold(word)
    }
}

impl<'t> From<&'t [u8]> for Lower<'t> {
    fn from(text: &'t [u8]) -> Self {
        Self { text, pairs: &ANY }
    }
}

impl Deref for Lower<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.text
    }
}

/// Where `word` stands in `text`: texts and words are short, so nothing is prepared for the search.
pub(super) fn places<'t>(text: impl Into<Lower<'t>>, word: &'t [u8]) -> impl Iterator<Item = usize> {
    let lower = text.into();
    let first = word.first().copied().unwrap_or_default();
    let starts = lower.may_hold(word).then(|| memchr::memchr_iter(first, lower.text));
    let is_here = move |&at: &usize| lower.text.get(at..).is_some_and(|rest| rest.starts_with(word));
    starts.into_iter().flatten().filter(is_here)
}

/// Whether `text` holds `word`.
pub(super) fn holds<'t>(text: impl Into<Lower<'t>>, word: &'t [u8]) -> bool {
    places(text, word).next().is_some()
}

/// Whether `text` holds any of `words`.
pub(super) fn holds_any<'t>(text: impl Into<Lower<'t>>, words: &Words) -> bool {
    let text = text.into();
    words.likely(text).any(|word| holds(text, word.as_bytes()))
}

/// Whether a byte belongs to names.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// What follows each `word` in `text` that no name runs into from the left.
pub(super) fn after<'t>(text: impl Into<Lower<'t>>, word: &'t str) -> impl Iterator<Item = &'t [u8]> {
    let text = text.into();
    places(text, word.as_bytes()).filter_map(move |at| {
        let is_start = at.checked_sub(1).is_none_or(|before| !text.get(before).copied().is_some_and(is_name));
        is_start.then(|| text.text.get(at + word.len()..)).flatten()
    })
}

/// `text` without blanks and line ends at its start.
pub(super) fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == 0).count();
    text.get(blanks..).unwrap_or_default()
}

/// The name at the start of `text`.
pub(super) fn name(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|&&byte| is_name(byte)).count();
    text.get(..length).unwrap_or_default()
}

/// Whether `text` holds one of `names` as a whole name, called: behind it, after blanks, `(` opens.
pub(super) fn calls<'t>(text: impl Into<Lower<'t>>, names: &Words) -> bool {
    let text = text.into();
    names.likely(text).any(|name| after(text, name).any(|rest| skip_blanks(rest).first() == Some(&b'(')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pairs_rule_out_no_word_that_is_there(text in "[a-c\"'=(/{]{0,24}", word in "[a-c\"'=(/{]{1,4}") {
            let pairs = Pairs::of(text.as_bytes());
            let lower = Lower::new(text.as_bytes(), &pairs);
            prop_assert_eq!(holds(lower, word.as_bytes()), text.contains(&word));
            prop_assert_eq!(holds(text.as_bytes(), word.as_bytes()), text.contains(&word));
            prop_assert!(after(lower, &word).eq(after(text.as_bytes(), &word)));
        }
    }

    #[test]
    fn most_words_are_ruled_out_by_the_pairs_of_a_text() {
        let pairs = Pairs::of(b"mozilla/5.0 (windows nt 10.0; win64; x64) \"gecko/20100101\" firefox/128.0");
        for word in ["passthru", "getruntime(", "document", "javascript:", "$ifs", "/bin/"] {
            assert!(!pairs.may_hold(word.as_bytes()), "{word}");
        }
    }
}
