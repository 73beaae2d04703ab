//! `LogFormat "…" nickname` and `CustomLog path "…"` of Apache, and their strings alone. Jetty, Tomcat, varnishncsa and
//! gunicorn's plain directives are the same.

use super::pattern::Pattern;
use super::template::{Field, Shape, Template};
use crate::error::Error;
use crate::format::Decoder;
use crate::format::fields::Unit;
use crate::format::json::of_name;
use crate::format::slot::{Meaning, Slot};
use crate::text::Escapes;

/// A decoder for a whole directive.
pub(super) fn directive(text: &str) -> Result<Box<dyn Decoder>, Error> {
    let bytes = text.as_bytes();
    let mut opening = bytes.iter().enumerate().filter(|&(_, &byte)| byte == b'"').map(|(at, _)| at);
    let start = opening.next().ok_or_else(|| Error::usage("LogFormat: no string in double quotes"))?;
    let mut pattern = Pattern::default();
    let end = pattern.quoted(bytes, start, unescaped)?;
    // The path of `CustomLog` may be quoted, too.
    if !pattern.bytes.contains(&b'%')
        && let Some(second) = memchr::memchr(b'"', &bytes[end..])
    {
        pattern = Pattern::default();
        pattern.quoted(bytes, end + second, unescaped)?;
    }
    compile(&pattern)
}

/// A decoder for a string alone; `\"` may still stand in it.
pub(super) fn bare(text: &str) -> Result<Box<dyn Decoder>, Error> {
    let mut pattern = Pattern::bare(text);
    if text.contains("\\\"") {
        let quoted = format!("\u{1}{text}\u{1}");
        pattern = Pattern::default();
        pattern.quoted(quoted.as_bytes(), 0, unescaped)?;
    }
    compile(&pattern)
}

/// What Apache's configuration makes of a byte behind a backslash.
fn unescaped(byte: u8) -> Option<u8> {
    match byte {
        b'"' | b'\\' => Some(byte),
        b'n' => Some(b'\n'),
        b't' => Some(b'\t'),
        _ => None,
    }
}

/// The decoder of a string.
fn compile(pattern: &Pattern) -> Result<Box<dyn Decoder>, Error> {
    let bytes = pattern.bytes.as_slice();
    let mut template = Template { start: Vec::new(), fields: Vec::new(), escapes: Escapes::Backslash };
    let mut at = 0;
    while at < bytes.len() {
        let percent = bytes[at] == b'%';
        if percent && bytes.get(at + 1) != Some(&b'%') {
            let (shape, end) = one(pattern, at)?;
            let name = String::from_utf8_lossy(&bytes[at..end]).into_owned();
            add(&mut template, Field { name, column: pattern.column(at), shape, literal: Vec::new() });
            at = end;
        } else {
            let literal = template.fields.last_mut().map_or(&mut template.start, |field| &mut field.literal);
            literal.push(bytes[at]);
            at += 1 + usize::from(percent);
        }
    }
    Ok(Box::new(template.checked()?))
}

/// Adds a directive; path and query that stand side by side are one field.
fn add(template: &mut Template, field: Field) {
    if let Some(before) = template.fields.last_mut().filter(|before| before.literal.is_empty())
        && before.name == "%U"
        && field.name == "%q"
    {
        before.name.push_str("%q");
        return;
    }
    template.fields.push(field);
}

/// The directive that begins at `at`: `%`, conditions, `{parameter}`, letter; and where it ends.
fn one(pattern: &Pattern, at: usize) -> Result<(Shape, usize), Error> {
    let bytes = pattern.bytes.as_slice();
    let fail = |here: usize, why: &str| {
        Err(Error::usage(format!("format string, column {}: {why}", pattern.column(here))))
    };
    let condition = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'!' | b',' | b'<' | b'>');
    let mut here = at + 1;
    let mut last = false;
    while let Some(byte) = bytes.get(here).filter(|byte| condition(byte)) {
        last |= *byte == b'>';
        here += 1;
    }
    let mut parameter: &[u8] = b"";
    if bytes.get(here) == Some(&b'{') {
        let Some(length) = memchr::memchr(b'}', &bytes[here..]) else {
            return fail(here, "the brace is never closed");
        };
        parameter = &bytes[here + 1..here + length];
        here += length + 1;
        while let Some(b'<' | b'>') = bytes.get(here) {
            here += 1;
        }
    }
    if let [b'^', b't', b'i' | b'o', ..] = &bytes[here..] {
        return Ok((Shape::Text(None), here + 3));
    }
    let Some(&letter) = bytes.get(here) else { return fail(at, "no letter behind `%`") };
    match shape(letter, parameter, last) {
        Some(Ok(shape)) => Ok((shape, here + 1)),
        Some(Err(why)) => fail(at, why),
        None => fail(here, &format!("unknown directive `%{}`", letter.escape_ascii())),
    }
}

/// What a directive says; `None` where there is no such directive.
fn shape(letter: u8, parameter: &[u8], last: bool) -> Option<Result<Shape, &'static str>> {
    let text = |slot| Shape::Text(Some(Meaning::of(slot)));
    let ranked = |slot, rank| Meaning { rank, ..Meaning::of(slot) };
    Some(Ok(match letter {
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
        b't' => return Some(time(parameter)),
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
    }))
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

/// The time in the layout that a parameter asks for.
fn time(parameter: &[u8]) -> Result<Shape, &'static str> {
    let layout = parameter.strip_prefix(b"begin:").or(parameter.strip_prefix(b"end:")).unwrap_or(parameter);
    let meaning = Meaning::of(Slot::Time);
    match layout {
        b"" | b"[%d/%b/%Y:%H:%M:%S %z]" | b"[%d/%b/%Y:%T %z]" => Ok(Shape::Bracketed(meaning)),
        // A stamp without a blank ends at its literal, like any other field.
        b"sec"
        | b"msec"
        | b"usec"
        | b"%s"
        | b"%FT%T%z"
        | b"%Y-%m-%dT%H:%M:%S%z"
        | b"%FT%TZ"
        | b"%Y-%m-%dT%H:%M:%SZ"
        | b"%FT%T"
        | b"%Y-%m-%dT%H:%M:%S" => Ok(Shape::Text(Some(meaning))),
        _ => Err("this layout of the time is not known; known: `%t`, `%{sec}t`, `%{msec}t`, `%{usec}t`, \
                  `%{%FT%T%z}t`, `%{[%d/%b/%Y:%T %z]}t`"),
    }
}
