//! Looking for words in a text in lower case.

/// Where `word` stands in `text`: texts and words are short, so nothing is prepared for the search.
pub(super) fn places<'t>(text: &'t [u8], word: &'t [u8]) -> impl Iterator<Item = usize> {
    let first = word.first().copied().unwrap_or_default();
    memchr::memchr_iter(first, text)
        .filter(move |&at| text.get(at..).is_some_and(|rest| rest.starts_with(word)))
}

/// Whether `text` holds `word`.
pub(super) fn holds(text: &[u8], word: &[u8]) -> bool {
    places(text, word).next().is_some()
}

/// Whether `text` holds any of `words`.
pub(super) fn holds_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| holds(text, word.as_bytes()))
}

/// Whether a byte belongs to names.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// What follows each `word` in `text` that no name runs into from the left.
pub(super) fn after<'t>(text: &'t [u8], word: &'t str) -> impl Iterator<Item = &'t [u8]> {
    places(text, word.as_bytes()).filter_map(move |at| {
        let is_start = at.checked_sub(1).is_none_or(|before| !text.get(before).copied().is_some_and(is_name));
        is_start.then(|| text.get(at + word.len()..)).flatten()
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
pub(super) fn calls(text: &[u8], names: &[&str]) -> bool {
    names.iter().any(|name| after(text, name).any(|rest| skip_blanks(rest).first() == Some(&b'(')))
}
