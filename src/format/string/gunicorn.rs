//! `%(h)s %(l)s %(u)s %(t)s "%(r)s" …`: the access log of gunicorn.

use super::apache;
use super::dialect::{self, Compiled, Token, text};
use super::pattern::Pattern;
use super::template::Shape;
use crate::error::Error;
use crate::format::Clock;
use crate::format::fields::Unit;
use crate::format::json::of_name;
use crate::format::slot::{Meaning, Slot};
use crate::text::Escapes;

/// Reads a string alone.
pub(super) fn bare(string: &str, clock: &Clock) -> Result<Compiled, Error> {
    let pattern = Pattern::unescaped(string, apache::unescaped);
    dialect::compile(&pattern, &token, Escapes::Backslash, clock)
}

/// The atom that begins at `at`.
pub(super) fn token(bytes: &[u8], at: usize) -> Option<Token> {
    let rest = bytes.get(at..)?.strip_prefix(b"%")?;
    let close = memchr::memchr(b')', rest).filter(|_| rest.first() == Some(&b'('));
    let Some(close) = close.filter(|&close| rest.get(close + 1) == Some(&b's')) else {
        return Some(Token::Bad(at + 1, at, "expected `%(atom)s`".to_owned()));
    };
    let name = &rest[1..close];
    let end = at + close + 3;
    Some(match shape(name) {
        Some(shape) => Token::Field(shape, end),
        None => Token::Bad(end, at, format!("unknown atom `%({})s`", name.escape_ascii())),
    })
}

/// What an atom says; `None` where there is none of this name.
fn shape(name: &[u8]) -> Option<Shape> {
    let duration = |unit| Shape::Text(Some(Meaning::in_unit(Slot::Duration, unit)));
    Some(match name {
        b"h" => text(Slot::Client),
        b"u" => text(Slot::User),
        b"t" => Shape::Bracketed(Meaning::of(Slot::Time)),
        b"r" => text(Slot::Request),
        b"m" => text(Slot::Method),
        b"U" => text(Slot::Target),
        b"q" => text(Slot::Query),
        b"H" => text(Slot::Protocol),
        b"s" => text(Slot::Status),
        b"b" | b"B" => Shape::DashIsZero(Meaning::of(Slot::BytesOut)),
        b"f" => text(Slot::Referer),
        b"a" => text(Slot::UserAgent),
        b"D" => duration(Unit::Micros),
        b"M" => duration(Unit::Millis),
        b"L" => duration(Unit::Seconds),
        b"T" => Shape::Text(Some(Meaning { slot: Slot::Duration, unit: Unit::Seconds, rank: 1 })),
        b"l" | b"p" => Shape::Text(None),
        [b'{', header @ .., b'}', b'i'] => Shape::Text(of_name(&[b"headers.", header].concat())),
        [b'{', .., b'}', b'o' | b'e'] => Shape::Text(None),
        _ => return None,
    })
}
