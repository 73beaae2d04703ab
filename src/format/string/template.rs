//! Literals and fields in turn, as a format string has them, and how a line is held against them.

use crate::error::Error;
use crate::event::{Event, Malformed};
use crate::format::clf::no_access;
use crate::format::columns::is_escaped;
use crate::format::json::JsonLines;
use crate::format::slot::{Growing, Meaning, Slot};
use crate::format::{Around, Decoder};
use crate::text::Escapes;

/// The name of every format that came as a string.
const NAME: &str = "custom";

/// A field, and the literal behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// As the user wrote it.
    pub(super) name: String,
    /// Where, counted from 1.
    pub(super) column: usize,
    pub(super) shape: Shape,
    pub(super) literal: Vec<u8>,
}

/// What a field looks like, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Anything up to the literal.
    Text(Option<Meaning>),
    /// A stamp in brackets, which holds a blank.
    Bracketed(Meaning),
    /// `a, b : c`, where the literal may stand inside.
    List(Option<Meaning>),
    /// A size whose dash means zero.
    DashIsZero(Meaning),
    /// Host, then target, with nothing between them but the target's slash.
    HostAndTarget,
}

/// A compiled format string.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) start: Vec<u8>,
    pub(super) fields: Vec<Field>,
    /// How the producer escapes values.
    pub(super) escapes: Escapes,
}

impl Template {
    /// Checks what cannot be read: two fields with nothing between them, and a string without a time or a client.
    pub(super) fn checked(self) -> Result<Self, Error> {
        let runs_on = |field: &Field| field.literal.is_empty() && !matches!(field.shape, Shape::Bracketed(_));
        let neighbours = self.fields.iter().zip(self.fields.iter().skip(1));
        if let Some((first, second)) = neighbours.into_iter().find(|(first, _)| runs_on(first)) {
            return Err(Error::usage(format!(
                "format string, column {}: nothing stands between `{}` and `{}`, so nobody can tell where one ends",
                second.column, first.name, second.name
            )));
        }
        let has = |slot| {
            self.fields.iter().any(|field| match field.shape {
                Shape::Text(Some(meaning))
                | Shape::List(Some(meaning))
                | Shape::Bracketed(meaning)
                | Shape::DashIsZero(meaning) => meaning.slot == slot,
                _ => false,
            })
        };
        if !has(Slot::Time) {
            return Err(Error::usage("format string: no time in it (`$time_local`, `%t`)"));
        }
        if ![Slot::Client, Slot::Forwarded, Slot::User, Slot::Consumer].into_iter().any(has) {
            return Err(Error::usage("format string: no client in it (`$remote_addr`, `%h`)"));
        }
        Ok(self)
    }

    /// Takes a line apart.
    fn read<'a>(&self, line: &'a [u8]) -> Result<Event<'a>, Malformed> {
        let mut growing = Growing::new();
        let mut rest = line.strip_prefix(self.start.as_slice()).ok_or(Malformed::Short)?;
        for (nth, field) in self.fields.iter().enumerate() {
            let last = nth + 1 == self.fields.len();
            let end = self.end(field, rest, last).ok_or(Malformed::Short)?;
            put(&mut growing, field.shape, &rest[..end]);
            // A line that ends before its last quote was cut.
            rest = rest.get(end + field.literal.len()..).unwrap_or(b"");
        }
        if !rest.is_empty() {
            return Err(Malformed::Trailing);
        }
        let escaped = memchr::memchr(b'\\', line).is_some();
        growing.finish(if escaped { self.escapes } else { Escapes::None })?;
        Ok(growing.into_event())
    }

    /// Where the value at the start of `rest` ends: at the first literal that can be the one behind it.
    fn end(&self, field: &Field, rest: &[u8], last: bool) -> Option<usize> {
        let literal = field.literal.as_slice();
        if literal.is_empty() {
            let bracketed = matches!(field.shape, Shape::Bracketed(_)) && !last;
            return if bracketed { Some(memchr::memchr(b']', rest)? + 1) } else { Some(rest.len()) };
        }
        if last && self.escapes == Escapes::None {
            // Nothing is escaped, so only the end of the line is sure.
            return rest.strip_suffix(literal).map(<[u8]>::len);
        }
        let from = match field.shape {
            Shape::Bracketed(_) if rest.starts_with(b"[") => memchr::memchr(b']', rest)?,
            _ => 0,
        };
        let closes = |at: &usize| {
            let in_list = matches!(field.shape, Shape::List(_)) && goes_on(rest, *at);
            let escaped = literal[0] == b'"' && self.escapes != Escapes::None && is_escaped(rest, *at);
            *at >= from && !in_list && !escaped
        };
        let cut = (last && literal == b"\"").then_some(rest.len());
        memchr::memmem::find_iter(rest, literal).find(closes).or(cut)
    }
}

/// Whether a list goes on behind `at`: a comma stands before, or a lone colon behind or before.
fn goes_on(rest: &[u8], at: usize) -> bool {
    rest[..at].ends_with(b",") || rest[..at].ends_with(b" :") || rest[at..].starts_with(b" : ")
}

/// Takes what a field of a shape says.
fn put<'a>(growing: &mut Growing<'a>, shape: Shape, value: &'a [u8]) {
    match shape {
        Shape::Text(Some(meaning)) | Shape::List(Some(meaning)) | Shape::Bracketed(meaning) => {
            growing.put(meaning, value);
        }
        Shape::DashIsZero(meaning) => growing.put(meaning, if value == b"-" { b"0" } else { value }),
        Shape::Text(None) | Shape::List(None) => {}
        Shape::HostAndTarget => {
            let slash = memchr::memchr(b'/', value).unwrap_or(value.len());
            growing.put(Meaning::of(Slot::Host), &value[..slash]);
            growing.put(Meaning::of(Slot::Target), &value[slash..]);
        }
    }
}

impl Decoder for Template {
    fn format(&self) -> &'static str {
        NAME
    }

    fn decode<'a>(&self, record: &'a [u8], _: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = record.strip_suffix(b"\r").unwrap_or(record);
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        self.read(line).map_err(|malformed| no_access(line).unwrap_or(malformed))
    }
}

/// A format string in the shape of JSON: lines are read as JSON, and as text where they are none after all.
pub(super) struct JsonTemplate {
    pub(super) lines: JsonLines,
    pub(super) text: Option<Template>,
}

impl Decoder for JsonTemplate {
    fn format(&self) -> &'static str {
        NAME
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        match (self.lines.decode(record, around), &self.text) {
            (
                Err(malformed @ (Malformed::Json | Malformed::Unbalanced | Malformed::Trailing)),
                Some(text),
            ) => text.decode(record, around).map_err(|_| malformed),
            (decoded, _) => decoded,
        }
    }
}
