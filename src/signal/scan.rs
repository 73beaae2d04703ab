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

    /// Whether a text with these may hold `word`.
    #[inline]
    fn may_hold(&self, word: &[u8]) -> bool {
        word.array_windows().all(|pair| {
            let (row, bit) = Self::place(*pair);
            self.0[row] & bit != 0
        })
    }

    #[inline]
    fn place([one, other]: [u8; 2]) -> (usize, u32) {
        (usize::from(one % 32), 1 << (other % 32))
    }
}

impl<'t> Lower<'t> {
    /// `text`, whose pairs are `pairs`.
    pub(super) fn new(text: &'t [u8], pairs: &'t Pairs) -> Self {
        Self { text, pairs }
    }

    /// Whether a glance leaves it open that `word` stands here.
    #[inline]
    fn may_hold(&self, word: &[u8]) -> bool {
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

/// Where `word` stands in `text`.
pub(super) fn places<'t>(text: impl Into<Lower<'t>>, word: &'t [u8]) -> impl Iterator<Item = usize> {
    let text = text.into();
    searched(if text.may_hold(word) { text.text } else { &[] }, word)
}

/// Where `word` stands in a `text` that may hold it: texts and words are short, so nothing is prepared for the search.
fn searched<'t>(text: &'t [u8], word: &'t [u8]) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(word.first().copied().unwrap_or_default(), text)
        .filter(move |&at| text.get(at..).is_some_and(|rest| rest.starts_with(word)))
}

/// Whether `text` holds `word`.
#[inline]
pub(super) fn holds<'t>(text: impl Into<Lower<'t>>, word: &'t [u8]) -> bool {
    let text = text.into();
    text.may_hold(word) && searched(text.text, word).next().is_some()
}

/// Whether `text` holds any of `words`.
pub(super) fn holds_any<'t>(text: impl Into<Lower<'t>>, words: &'t [&'t str]) -> bool {
    let text = text.into();
    words.iter().any(|word| holds(text, word.as_bytes()))
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
pub(super) fn calls<'t>(text: impl Into<Lower<'t>>, names: &[&str]) -> bool {
    let text = text.into();
    names.iter().any(|name| after(text, name).any(|rest| skip_blanks(rest).first() == Some(&b'(')))
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
