//! `LogFormat "…" nickname` and `CustomLog path "…"` of Apache, and their strings alone. Jetty, Tomcat, varnishncsa and
//! gunicorn's plain directives are the same.

use super::dialect::{self, Compiled, Token, stamp};
use super::layout::Layout;
use super::pattern::Pattern;
use super::template::Shape;
use crate::error::Error;
use crate::format::Clock;
use crate::format::fields::Unit;
use crate::format::json::of_name;
use crate::format::slot::{Meaning, Slot};
use crate::text::Escapes;

/// Reads a whole directive.
pub(super) fn directive(text: &str, clock: &Clock) -> Result<Compiled, Error> {
    let bytes = text.as_bytes();
    let start =
        memchr::memchr(b'"', bytes).ok_or_else(|| Error::usage("LogFormat: no string in double quotes"))?;
    let mut pattern = Pattern::default();
    let end = pattern.quoted(bytes, start, unescaped)?;
    // The path of `CustomLog` may be quoted, too.
    if !pattern.bytes.contains(&b'%')
        && let Some(second) = memchr::memchr(b'"', bytes.get(end..).unwrap_or(b""))
    {
        pattern = Pattern::default();
        pattern.quoted(bytes, end + second, unescaped)?;
    }
    dialect::compile(&pattern, &token, Escapes::Backslash, clock)
}

/// Reads a string alone; `\"` may still stand in it.
pub(super) fn bare(text: &str, clock: &Clock) -> Result<Compiled, Error> {
    let pattern =
        if text.contains("\\\"") { Pattern::unescaped(text, unescaped) } else { Pattern::bare(text) };
    dialect::compile(&pattern, &token, Escapes::Backslash, clock)
}

/// What Apache's configuration makes of a byte behind a backslash.
pub(super) fn unescaped(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' => Some(byte),
        b'n' => Some(b'\n'),
        b't' => Some(b'\t'),
        _ => None,
    }
}

/// The directive that begins at `at`: `%`, conditions, `{parameter}`, letter.
pub(super) fn token(bytes: &[u8], at: usize) -> Option<Token> {
    if bytes.get(at) != Some(&b'%') {
        return None;
    }
    if bytes.get(at + 1) == Some(&b'%') {
        return Some(Token::Literal(b"%", at + 2));
    }
    let condition = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'!' | b',' | b'<' | b'>');
    let mut here = at + 1;
    let mut last = false;
    while let Some(byte) = bytes.get(here).filter(|byte| condition(byte)) {
        last |= *byte == b'>';
        here += 1;
    }
    let mut parameter: &[u8] = b"";
    let begin = here + 1;
    if bytes.get(here) == Some(&b'{') {
        let Some(length) = memchr::memchr(b'}', &bytes[here..]) else {
            return Some(Token::Bad(bytes.len(), here, "the brace is never closed".to_owned()));
        };
        parameter = &bytes[begin..here + length];
        here += length + 1;
        while let Some(b'<' | b'>') = bytes.get(here) {
            here += 1;
        }
    }
    if let Some([b'^', b't', b'i' | b'o', ..]) = bytes.get(here..) {
        return Some(Token::Field(Shape::Text(None), here + 3));
    }
    let Some(&letter) = bytes.get(here) else {
        return Some(Token::Bad(bytes.len(), at, "no letter behind `%`".to_owned()));
    };
    if letter == b't' {
        return Some(time(parameter, begin, here + 1));
    }
    Some(match shape(letter, parameter, last) {
        Some(shape) => Token::Field(shape, here + 1),
        None => Token::Bad(here + 1, here, format!("unknown directive `%{}`", letter.escape_ascii())),
    })
}

/// What a directive says; `None` where there is no such directive.
fn shape(letter: u8, parameter: &[u8], last: bool) -> Option<Shape> {
    if parameter.is_empty() && b"Ccienox".contains(&letter) {
        return None;
    }
    let text = |slot| Shape::Text(Some(Meaning::of(slot)));
    let ranked = |slot, rank| Meaning { rank, ..Meaning::of(slot) };
    Some(match letter {
        b'a' if parameter == b"c" => Shape::Text(Some(ranked(Slot::Client, 2))),
        b'a' => text(Slot::Client),
        b'h' => Shape::Text(Some(ranked(Slot::Client, 1))),
        b'b' | b'B' => Shape::DashIsZero(Meaning::of(Slot::BytesOut)),
        b'O' => Shape::DashIsZero(ranked(Slot::BytesOut, 1)),
        b'I' => Shape::DashIsZero(Meaning::of(Slot::BytesIn)),
        b'D' => Shape::Text(Some(Meaning::in_unit(Slot::Duration, Unit::Micros))),
        b'T' => {
            let unit = match parameter {
                b"ms" => Unit::Millis,
                b"us" => Unit::Micros,
                _ => Unit::Seconds,
            };
            // `%D` is finer.
            Shape::Text(Some(Meaning { slot: Slot::Duration, unit, rank: u8::from(unit == Unit::Seconds) }))
        }
        b'H' => text(Slot::Protocol),
        b'm' => text(Slot::Method),
        b'q' => text(Slot::Query),
        b'r' => text(Slot::Request),
        b's' => Shape::Text(Some(ranked(Slot::Status, u8::from(!last)))),
        b'u' => text(Slot::User),
        b'U' => text(Slot::Target),
        b'v' | b'V' => text(Slot::Host),
        b'C' => text(Slot::Session),
        b'i' => Shape::Text(of_name(&[b"headers.", parameter].concat())),
        b'e' | b'n' if parameter.eq_ignore_ascii_case(b"unique_id") => text(Slot::RequestId),
        b'x' | b'c' => Shape::Text(tls(parameter)),
        b'A' | b'e' | b'f' | b'k' | b'l' | b'L' | b'n' | b'o' | b'p' | b'P' | b'R' | b'S' | b'X' => {
            Shape::Text(None)
        }
        _ => return None,
    })
}

/// What a variable of `mod_ssl` says.
fn tls(name: &[u8]) -> Option<Meaning> {
    match name {
        b"SSL_PROTOCOL" | b"version" => Some(Meaning::of(Slot::TlsVersion)),
        b"SSL_CIPHER" | b"cipher" => Some(Meaning::of(Slot::TlsCipher)),
        b"SSL_CLIENT_S_DN" | b"subjectdn" => Some(Meaning::of(Slot::TlsClient)),
        _ => None,
    }
}

/// The time in the layout that a parameter asks for; it begins at `begin`.
fn time(parameter: &[u8], begin: usize, end: usize) -> Token {
    let prefixed = [b"begin:".as_slice(), b"end:"].into_iter().find(|prefix| parameter.starts_with(prefix));
    let skipped = prefixed.map_or(0, <[u8]>::len);
    let layout = &parameter[skipped..];
    let meaning = Meaning::of(Slot::Time);
    match layout {
        b"" | b"[%d/%b/%Y:%H:%M:%S %z]" | b"[%d/%b/%Y:%T %z]" => Token::Field(Shape::Bracketed(meaning), end),
        b"sec" | b"msec" | b"usec" => Token::Field(Shape::Text(Some(meaning)), end),
        b"msec_frac" | b"usec_frac" => Token::Field(Shape::Stamp(Layout::fraction()), end),
        _ => stamp(layout, begin + skipped, end),
    }
}
