//! Text that a rule looks for: plain or with wildcards, at the start, at the end, anywhere or as a whole; in any case
//! unless the rule says otherwise.

use std::borrow::Cow;

use memchr::memmem::Finder;

/// Where in a text a pattern has to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// It is all of it.
    Whole,
    /// Anywhere.
    Inside,
    /// At its start.
    Start,
    /// At its end.
    End,
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// This text.
    Text(Vec<u8>),
    /// Any text, also none (`*`).
    Any,
    /// One character (`?`).
    One,
}

/// Text that a rule looks for.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) op: Op,
    /// In lower case unless `cased`; wildcards at the ends stand here and not in `op`.
    pub(super) pieces: Vec<Piece>,
    pub(super) cased: bool,
    /// For a single piece of text that may stand anywhere.
    finder: Option<Box<Finder<'static>>>,
}

impl Pattern {
    /// A pattern of `pieces`.
    pub(super) fn new(op: Op, pieces: Vec<Piece>, cased: bool) -> Self {
        let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            match (joined.last_mut(), piece) {
                (Some(Piece::Any), Piece::Any) => {}
                (Some(Piece::Text(text)), Piece::Text(more)) => text.extend_from_slice(&folded(more, cased)),
                (_, Piece::Text(text)) => joined.push(Piece::Text(folded(text, cased))),
                (_, piece) => joined.push(piece),
            }
        }
        let finder = match (&*joined, op) {
            ([Piece::Text(text)], Op::Inside) => Some(Box::new(Finder::new(text).into_owned())),
            _ => None,
        };
        Self { op, pieces: joined, cased, finder }
    }

    /// A pattern of plain text.
    pub(super) fn plain(op: Op, text: &[u8], cased: bool) -> Self {
        Self::new(op, vec![Piece::Text(text.to_vec())], cased)
    }

    /// Whether any of `patterns` stands in `text` where it has to.
    pub(super) fn any_is_in(patterns: &[Self], text: &[u8]) -> bool {
        let folded = fold(text);
        patterns.iter().any(|pattern| pattern.stands_in(text, &folded))
    }

    /// Whether it stands in `text`, which is `folded` in lower case.
    fn stands_in(&self, text: &[u8], folded: &[u8]) -> bool {
        let text = if self.cased { text } else { folded };
        if let Some(finder) = &self.finder {
            return finder.find(text).is_some();
        }
        match &*self.pieces {
            [] => self.op != Op::Whole || text.is_empty(),
            [Piece::Text(plain)] => self.op.holds_folded(text, plain),
            pieces => {
                let from = matches!(self.op, Op::Inside | Op::End);
                let to = matches!(self.op, Op::Inside | Op::Start);
                glob(pieces, text, from, to)
            }
        }
    }
}

impl Op {
    /// Whether `needle` stands in `text` where it has to.
    pub(super) fn holds(self, text: &[u8], needle: &[u8], cased: bool) -> bool {
        if cased { self.holds_folded(text, needle) } else { self.holds_folded(&fold(text), &fold(needle)) }
    }

    fn holds_folded(self, text: &[u8], needle: &[u8]) -> bool {
        match self {
            Self::Whole => text == needle,
            Self::Inside => memchr::memmem::find(text, needle).is_some(),
            Self::Start => text.starts_with(needle),
            Self::End => text.ends_with(needle),
        }
    }
}

/// `text` in lower case: ASCII at once, else in UTF-8, with U+FFFD for what is none.
pub(super) fn fold(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        let has_upper = text.iter().any(u8::is_ascii_uppercase);
        return if has_upper { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) };
    }
    Cow::Owned(String::from_utf8_lossy(text).to_lowercase().into_bytes())
}

fn folded(text: Vec<u8>, cased: bool) -> Vec<u8> {
    if cased { text } else { fold(&text).into_owned() }
}

/// Whether `pieces` fit `text`, with anything before or behind where that is `open`. Steps back to the last `*` alone, so
/// the time is at most the product of the lengths.
fn glob(pieces: &[Piece], text: &[u8], open_start: bool, open_end: bool) -> bool {
    let (mut piece, mut at) = (0, 0);
    // The piece behind the last `*`, and where the text that it swallowed ends.
    let mut star = open_start.then_some((0, 0));
    loop {
        let step = match pieces.get(piece) {
            None if open_end || at == text.len() => return true,
            None => None,
            Some(Piece::Any) => {
                star = Some((piece + 1, at));
                piece += 1;
                continue;
            }
            Some(Piece::One) => character(text, at),
            Some(Piece::Text(plain)) => {
                text.get(at..).is_some_and(|rest| rest.starts_with(plain)).then(|| at + plain.len())
            }
        };
        match (step, star) {
            (Some(next), _) => (piece, at) = (piece + 1, next),
            (None, Some((behind, swallowed))) => {
                let Some(next) =
                    character(text, swallowed).and_then(|next| next_start(pieces.get(behind), text, next))
                else {
                    return false;
                };
                star = Some((behind, next));
                (piece, at) = (behind, next);
            }
            (None, None) => return false,
        }
    }
}

/// The first place from `from` on at which a piece could begin.
fn next_start(piece: Option<&Piece>, text: &[u8], from: usize) -> Option<usize> {
    match piece {
        Some(Piece::Text(plain)) => {
            let Some(&first) = plain.first() else { return Some(from) };
            memchr::memchr(first, text.get(from..)?).map(|at| from + at)
        }
        _ => Some(from),
    }
}

/// The end of the character at `at`; a byte that is no UTF-8 counts as one.
fn character(text: &[u8], at: usize) -> Option<usize> {
    let first = *text.get(at)?;
    let length = match first {
        ..0x80 => return Some(at + 1),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let whole = text.get(at..at + length).is_some_and(|bytes| std::str::from_utf8(bytes).is_ok());
    Some(if whole { at + length } else { at + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(op: Op, pattern: &str, text: &str) -> bool {
        let pieces = pattern.split_inclusive(['*', '?']).flat_map(|part| {
            let (text, wild) = match part.strip_suffix('*') {
                Some(text) => (text, Some(Piece::Any)),
                None => part.strip_suffix('?').map_or((part, None), |text| (text, Some(Piece::One))),
            };
            let text = (!text.is_empty()).then(|| Piece::Text(text.into()));
            text.into_iter().chain(wild)
        });
        Pattern::any_is_in(&[Pattern::new(op, pieces.collect(), false)], text.as_bytes())
    }

    #[test]
    fn wildcards_fit_what_they_should() {
        assert!(fits(Op::Whole, "a*b?d", "aXXbcd"));
        assert!(fits(Op::Whole, "*", ""));
        assert!(!fits(Op::Whole, "?", ""));
        assert!(fits(Op::Whole, "A?C", "a\u{e4}c"));
        assert!(!fits(Op::Whole, "a*b", "aXbX"));
        assert!(fits(Op::Start, "a*b", "aXbX"));
        assert!(!fits(Op::Start, "a*b", "XaXb"));
        assert!(fits(Op::End, "a*b", "XaXb"));
        assert!(!fits(Op::End, "a*b", "aXbX"));
        assert!(fits(Op::Inside, "a*b", "XaXbX"));
        assert!(fits(Op::End, "ab?", "ababc"));
    }

    #[test]
    fn many_stars_take_no_time() {
        let text = "a".repeat(20_000);
        assert!(!fits(Op::Whole, &"a*".repeat(200).replace("a*a*", "a*b*"), &text));
    }

    #[test]
    fn an_empty_pattern_is_an_empty_text() {
        assert!(fits(Op::Whole, "", "") && !fits(Op::Whole, "", "a") && fits(Op::Inside, "", "a"));
    }
}
