//! Decoding before judging: what an application behind the log would see, and how it was hidden.
//!
//! Each layer is undone and the rest looked at again, at most [`ROUNDS`] times; every layer is one pass over the text, and
//! texts end at [`LONGEST`], so the time is linear.

pub(super) mod base64;
mod entity;
mod escape;
mod fold;
mod lookup;
mod percent;

use super::gate::Bytes;
use crate::text::Plus;

/// How many times layers are taken off.
const ROUNDS: usize = 6;

/// How many of these rounds undo percent-encoding.
const PERCENT_ROUNDS: usize = 3;

/// Longer texts are judged by their beginning: servers refuse longer targets (RFC 9112 §3 asks for 8,000 bytes at least).
pub(super) const LONGEST: usize = 16 * 1024;

/// Which transformations were undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decodings(pub(crate) u16);

impl Decodings {
    pub(super) const PERCENT: Self = Self(1);
    pub(super) const DOUBLE_PERCENT: Self = Self(1 << 1);
    pub(super) const PERCENT_U: Self = Self(1 << 2);
    pub(super) const OVERLONG: Self = Self(1 << 3);
    pub(super) const ENTITY: Self = Self(1 << 4);
    pub(super) const ESCAPE: Self = Self(1 << 5);
    pub(super) const WIDE: Self = Self(1 << 6);
    pub(super) const BASE64: Self = Self(1 << 7);
    pub(super) const LOOKUP: Self = Self(1 << 8);
    pub(super) const COMMENT: Self = Self(1 << 9);
    pub(super) const CASE: Self = Self(1 << 10);
    pub(super) const PATH: Self = Self(1 << 11);
    pub(super) const ADDRESS: Self = Self(1 << 12);

    /// Each with its name in reports, and by how much it makes a signal stronger: what no browser does by itself tells most.
    const KNOWN: [(Self, &'static str, u8); 13] = [
        (Self::PERCENT, "percent", 0),
        (Self::DOUBLE_PERCENT, "double-percent", 8),
        (Self::PERCENT_U, "percent-u", 8),
        (Self::OVERLONG, "overlong", 15),
        (Self::ENTITY, "html-entity", 5),
        (Self::ESCAPE, "escape", 8),
        (Self::WIDE, "full-width", 8),
        (Self::BASE64, "base64", 5),
        (Self::LOOKUP, "nested-lookup", 10),
        (Self::COMMENT, "comment", 10),
        (Self::CASE, "mixed-case", 8),
        (Self::PATH, "path", 5),
        (Self::ADDRESS, "address", 5),
    ];

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::KNOWN.into_iter().filter(move |(one, ..)| self.has(*one)).map(|(_, name, _)| name)
    }

    /// By how much they make a signal stronger.
    pub(super) fn weight(self) -> u8 {
        Self::KNOWN.iter().filter(|(one, ..)| self.has(*one)).map(|(.., weight)| weight).sum()
    }

    /// Whether all of `other` are among them.
    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Adds `other`.
    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Room for texts while they are decoded; kept, so that ordinary lines allocate nothing.
#[derive(Default)]
pub(super) struct Room {
    /// What was decoded.
    pub(super) text: Vec<u8>,
    spare: Vec<u8>,
}

impl Room {
    /// Takes all layers off `raw`; the text stands in [`Room::text`] then.
    pub(super) fn decode(&mut self, raw: &[u8], plus: Plus) -> Decodings {
        let raw = raw.get(..LONGEST).unwrap_or(raw);
        self.text.clear();
        self.text.extend_from_slice(raw);
        let mut all = Decodings::default();
        if plus == Plus::IsBlank {
            self.text.iter_mut().filter(|byte| **byte == b'+').for_each(|byte| *byte = b' ');
        }
        let mut percents = 0;
        for _ in 0..ROUNDS {
            let kinds = Bytes::of(&self.text);
            let mut round = Decodings::default();
            if kinds.any(Bytes::PERCENT) && percents < PERCENT_ROUNDS {
                let undone = self.layer(percent::undo);
                percents += usize::from(undone != Decodings::default());
                round.add(undone);
            }
            if percents > 1 && round.has(Decodings::PERCENT) {
                round.add(Decodings::DOUBLE_PERCENT);
            }
            let kinds = if round == Decodings::default() { kinds } else { Bytes::of(&self.text) };
            if kinds.any(Bytes::HIGH) {
                round.add(self.layer(fold::undo));
            }
            if kinds.any(Bytes::JOIN) {
                round.add(self.layer(entity::undo));
            }
            if kinds.any(Bytes::BACKSLASH) {
                round.add(self.layer(escape::undo));
            }
            if kinds.any(Bytes::DOLLAR) {
                round.add(self.layer(lookup::undo));
            }
            let may_hide = !kinds.any(Bytes::CODE)
                || kinds.any(Bytes::SEMICOLON) && memchr::memmem::find(&self.text, base64::NAMED).is_some();
            if !all.has(Decodings::BASE64) && may_hide {
                round.add(self.layer(|text, out| base64::undo(text, raw, out)));
            }
            if round == Decodings::default() {
                break;
            }
            all.add(round);
        }
        all
    }

    /// Lets `undo` write the text anew; keeps the old one where nothing was undone.
    fn layer(&mut self, undo: impl FnOnce(&[u8], &mut Vec<u8>) -> Decodings) -> Decodings {
        self.spare.clear();
        let undone = undo(&self.text, &mut self.spare);
        if undone != Decodings::default() {
            std::mem::swap(&mut self.text, &mut self.spare);
        }
        undone
    }
}

/// Writes `text` with what begins with `sign` replaced where `undo` knows it: `undo` sees the text from a sign on, writes what it
/// stands for, and tells what it undid and how many bytes that took. Other signs stay.
fn replace(
    text: &[u8],
    sign: u8,
    out: &mut Vec<u8>,
    mut undo: impl FnMut(&[u8], &mut Vec<u8>) -> Option<(Decodings, usize)>,
) -> Decodings {
    let mut found = Decodings::default();
    let mut rest = text;
    while let Some(at) = memchr::memchr(sign, rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let (undone, taken) = undo(from, out).unwrap_or_else(|| {
            out.push(sign);
            (Decodings::default(), 1)
        });
        found.add(undone);
        rest = from.get(taken..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    found
}

/// Appends a character that an escape of any kind stood for; what is no character becomes U+FFFD.
fn push_char(code: u32, out: &mut Vec<u8>) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The number that the hexadecimal `digits` write, if all are digits.
fn hex_number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, &digit| {
        number.checked_mul(16)?.checked_add(u32::from(crate::text::hex(digit)?))
    })
}

#[cfg(test)]
mod tests;
