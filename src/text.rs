//! Bytes of strangers: how log producers escape them, and how they are shown so that they can do nothing.

pub(crate) mod address;
mod remembered;
pub(crate) mod simd;
mod words;

use std::borrow::Cow;
use std::fmt;

pub(crate) use remembered::{Hashed, Remembered, place};
pub(crate) use words::{count, number};

/// How a producer escaped the text fields of a record. Fields stay as they stand in the log until somebody reads them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Escapes {
    /// Nothing in the record is escaped.
    #[default]
    None,
    /// `\xHH`, `\"`, `\\`, `\n`, `\t` …: nginx and Apache.
    Backslash,
    /// JSON strings (RFC 8259 §7).
    Json,
    /// `#HH`: `HAProxy`.
    Hash,
}

/// `field` without its producer's escapes; borrowed where there is nothing to undo. Broken escapes stay as they stand.
#[must_use]
pub fn unescape(field: &[u8], escapes: Escapes) -> Cow<'_, [u8]> {
    let mark = if escapes == Escapes::Hash { b'#' } else { b'\\' };
    if escapes == Escapes::None || memchr::memchr(mark, field).is_none() {
        return Cow::Borrowed(field);
    }
    let mut plain = Vec::with_capacity(field.len());
    let mut rest = field;
    while let Some(at) = memchr::memchr(mark, rest) {
        plain.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let taken = match escapes {
            Escapes::Json => unescape_json(rest, &mut plain),
            Escapes::Hash => unescape_hash(rest, &mut plain),
            Escapes::Backslash | Escapes::None => unescape_backslash(rest, &mut plain),
        };
        rest = &rest[taken..];
    }
    plain.extend_from_slice(rest);
    Cow::Owned(plain)
}

/// Undoes the escape at the start of `rest`; how many bytes it took.
fn unescape_backslash(rest: &[u8], plain: &mut Vec<u8>) -> usize {
    match rest {
        [_, b'x', high, low, ..] if hex(*high).is_some() && hex(*low).is_some() => {
            plain.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
            4
        }
        [_, b'n', ..] => push(plain, b'\n'),
        [_, b't', ..] => push(plain, b'\t'),
        [_, b'r', ..] => push(plain, b'\r'),
        [_, b'b', ..] => push(plain, 8),
        [_, b'v', ..] => push(plain, 11),
        [_, literal @ (b'"' | b'\\'), ..] => push(plain, *literal),
        _ => {
            plain.push(b'\\');
            1
        }
    }
}

/// As [`unescape_backslash`], for `#HH`.
fn unescape_hash(rest: &[u8], plain: &mut Vec<u8>) -> usize {
    match rest {
        [_, high, low, ..] if hex(*high).is_some() && hex(*low).is_some() => {
            plain.push(hex(*high).unwrap_or(0) << 4 | hex(*low).unwrap_or(0));
            3
        }
        _ => {
            plain.push(b'#');
            1
        }
    }
}

/// As [`unescape_backslash`], for JSON; surrogate pairs are joined, lone surrogates become U+FFFD.
fn unescape_json(rest: &[u8], plain: &mut Vec<u8>) -> usize {
    match rest {
        [_, b'n', ..] => push(plain, b'\n'),
        [_, b't', ..] => push(plain, b'\t'),
        [_, b'r', ..] => push(plain, b'\r'),
        [_, b'b', ..] => push(plain, 8),
        [_, b'f', ..] => push(plain, 12),
        [_, literal @ (b'"' | b'\\' | b'/'), ..] => push(plain, *literal),
        [_, b'u', digits @ ..] => match unit(digits) {
            Some(first) => unescape_unicode(first, &digits[4..], plain),
            None => push(plain, b'u'),
        },
        // nginx's own `\xHH` inside what looks like JSON (`escape=default`).
        [_, b'x', ..] => unescape_backslash(rest, plain),
        _ => {
            plain.push(b'\\');
            1
        }
    }
}

/// Writes the character of a `\uXXXX`, with the second half of a pair if `after` holds it.
fn unescape_unicode(first: u32, after: &[u8], plain: &mut Vec<u8>) -> usize {
    let second = match after {
        [b'\\', b'u', digits @ ..] if (0xd800..0xdc00).contains(&first) => unit(digits),
        _ => None,
    };
    let (code, taken) = match second {
        Some(low) if (0xdc00..0xe000).contains(&low) => {
            (0x10000 + ((first - 0xd800) << 10) + (low - 0xdc00), 12)
        }
        _ => (first, 6),
    };
    let mut utf8 = [0; 4];
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    plain.extend_from_slice(character.encode_utf8(&mut utf8).as_bytes());
    taken
}

/// The value of four hexadecimal digits.
fn unit(digits: &[u8]) -> Option<u32> {
    digits.get(..4)?.iter().try_fold(0, |value, &digit| Some(value << 4 | u32::from(hex(digit)?)))
}

/// Appends one byte that an escape of two bytes stood for.
fn push(plain: &mut Vec<u8>, byte: u8) -> usize {
    plain.push(byte);
    2
}

/// The value of a hexadecimal digit.
#[must_use]
pub fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// `text` with `%HH` undone once, and `+` read as a blank where `plus` says so; broken escapes stay.
#[must_use]
pub fn percent_decode(text: &[u8], plus: Plus) -> Cow<'_, [u8]> {
    if memchr::memchr2(b'%', b'+', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut plain = text.to_vec();
    let length = percent_decode_in_place(&mut plain, plus);
    plain.truncate(length);
    Cow::Owned(plain)
}

/// As [`percent_decode`], where `text` stands; how long it is afterwards.
pub(crate) fn percent_decode_in_place(text: &mut [u8], plus: Plus) -> usize {
    let (mut at, mut length) = (0, 0);
    while let Some(&byte) = text.get(at) {
        let pair = (text.get(at + 1).and_then(|&high| hex(high)), text.get(at + 2).and_then(|&low| hex(low)));
        let (byte, taken) = match (byte, pair) {
            (b'%', (Some(high), Some(low))) => (high << 4 | low, 3),
            (b'+', _) if plus == Plus::IsBlank => (b' ', 1),
            _ => (byte, 1),
        };
        text[length] = byte;
        (at, length) = (at + taken, length + 1);
    }
    length
}

/// What a `+` stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plus {
    /// A blank, as in form data (application/x-www-form-urlencoded).
    IsBlank,
    /// Itself, as in a path.
    IsPlus,
}

/// Shows bytes from a log so that they can do nothing to a terminal: control, bidi, zero-width and invalid bytes are escaped.
pub struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '"' | '\'' | '\\' => write!(f, "{character}")?,
                    character => write!(f, "{}", character.escape_debug())?,
                }
            }
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        Ok(())
    }
}

/// Whether an odd number of backslashes stands before `at`.
pub(crate) fn is_escaped(text: &[u8], at: usize) -> bool {
    text[..at].iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_producer_s_escapes_are_undone() {
        let plain = |text: &str, escapes| unescape(text.as_bytes(), escapes).into_owned();
        assert_eq!(plain(r"a\x22b\x5C", Escapes::Backslash), br#"a"b\"#);
        assert_eq!(plain(r#"a\"b\\c\q"#, Escapes::Backslash), br#"a"b\c\q"#);
        assert_eq!(plain(r#"a\"\u00e9\ud83d\ude00\/"#, Escapes::Json), "a\"é😀/".as_bytes());
        assert_eq!(plain(r"\ud83d!", Escapes::Json), "\u{fffd}!".as_bytes());
        assert_eq!(plain(r"tail\", Escapes::Json), br"tail\");
    }

    #[test]
    fn what_is_shown_cannot_move_the_cursor() {
        let shown = Escaped(b"a\x1b[2J\xff\xe2\x80\xae\"q\"").to_string();
        assert_eq!(shown, "a\\u{1b}[2J\\xff\\u{202e}\"q\"");
    }

    #[test]
    fn broken_percent_escapes_stay() {
        assert_eq!(&*percent_decode(b"a%2Fb%zz+%4", Plus::IsBlank), b"a/b%zz %4");
        assert_eq!(&*percent_decode(b"a+b", Plus::IsPlus), b"a+b");
    }
}
