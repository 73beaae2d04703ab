//! Literals and fields in turn, as a format string has them, and how a line is held against them.

use super::forged;
use super::layout::Parts;
use super::shape::Shape;
use super::values::put;
use crate::error::{Error, nearest};
use crate::event::{Event, Malformed};
use crate::format::clf::no_access;
use crate::format::slot::{Growing, Slot};
use crate::format::{Around, Clock, Decoder};
use crate::text::{Escapes, is_escaped};

/// The name of every format that came as a string.
pub(super) const NAME: &str = "custom";

/// A field, and the literal behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// As the user wrote it.
    pub(super) name: String,
    /// Where, counted from 1.
    pub(super) column: usize,
    pub(super) shape: Shape,
    /// Whether its producer may put it in quotes of its own.
    pub(super) is_quoted: bool,
    pub(super) literal: Vec<u8>,
}

/// A compiled format string.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) start: Vec<u8>,
    pub(super) fields: Vec<Field>,
    /// How the producer escapes values.
    pub(super) escapes: Escapes,
    /// How stamps are read that do not say everything.
    pub(super) clock: Clock,
}

impl Template {
    /// The literal that is being written: behind the last field, or before the first.
    pub(super) fn literal(&mut self) -> &mut Vec<u8> {
        self.fields.last_mut().map_or(&mut self.start, |field| &mut field.literal)
    }

    /// What its fields say, in their order.
    pub(super) fn slots(&self) -> Vec<Slot> {
        self.fields.iter().flat_map(|field| field.shape.slots()).collect()
    }

    /// Checks that something stands between any two fields.
    pub(super) fn run_on(&self) -> Result<(), Error> {
        let ends_itself =
            |shape: &Shape| matches!(shape, Shape::Bracketed(_) | Shape::Stamp(_) | Shape::Blanks);
        let runs_on = |field: &Field| field.literal.is_empty() && !ends_itself(&field.shape);
        let neighbours = self.fields.iter().zip(self.fields.iter().skip(1));
        let Some((first, second)) = neighbours.into_iter().find(|(first, _)| runs_on(first)) else {
            return Ok(());
        };
        Err(Error::usage(format!(
            "format string, column {}: nothing stands between `{}` and `{}`, so nobody can tell where one ends",
            second.column, first.name, second.name
        )))
    }

    /// Checks what cannot be read: two fields with nothing between them, and a string without a time or a client.
    pub(super) fn checked(self) -> Result<Self, Error> {
        self.run_on()?;
        let slots = self.slots();
        if !slots.contains(&Slot::Time) {
            return Err(
                self.lacks("time", &["$time_local", "$time_iso8601", "%t", "%START_TIME%", "%tr", "%d:%t"])
            );
        }
        if ![Slot::Client, Slot::Forwarded, Slot::User, Slot::Consumer]
            .iter()
            .any(|slot| slots.contains(slot))
        {
            return Err(self.lacks("client", &["$remote_addr", "%h", "%DOWNSTREAM_REMOTE_ADDRESS%", "%ci"]));
        }
        Ok(self)
    }

    /// That nothing in it says `what`, which any of `known` would; a field that is nearly one is pointed at.
    fn lacks(&self, what: &str, known: &[&str]) -> Error {
        let mut unknown =
            self.fields.iter().filter(|field| field.shape == Shape::Text(None) && field.name.len() > 4);
        let meant = unknown.find_map(|field| Some((field, nearest(&field.name, known)?)));
        Error::usage(match meant {
            Some((field, near)) => format!(
                "format string, column {}: no {what} in it; `{}` says none, did you mean `{near}`?",
                field.column, field.name
            ),
            None => format!("format string: no {what} in it (`{}`)", known.join("`, `")),
        })
    }

    /// Takes a line apart; where a blank in an unquoted target misled that, from both sides.
    fn read<'a>(&self, line: &'a [u8]) -> Result<Event<'a>, Malformed> {
        let first = self.read_with(line, |template, growing, parts| template.put(line, growing, parts));
        if let Some(pivot) = self.other_pivot() {
            return forged::or_one(first, self.read_from_both_sides(pivot, line), line);
        }
        match self.pivot(|literal| literal.first().is_some_and(|&byte| byte != b'"')) {
            Some(pivot) => {
                first.or_else(|malformed| self.read_from_both_sides(pivot, line).map_err(|_| malformed))
            }
            None => first,
        }
    }

    /// The first field that a stranger fills and ends with a quote, where nothing is escaped and another comes behind it: what
    /// stands between them can be taken for more than one thing.
    fn other_pivot(&self) -> Option<usize> {
        let mut strangers = self
            .fields
            .iter()
            .enumerate()
            .filter(|(_, field)| field.literal.first() == Some(&b'"') && field.shape.is_strangers());
        let (first, _) = strangers.next().filter(|_| self.escapes == Escapes::None)?;
        strangers.next().map(|_| first)
    }

    /// The event of a line whose fields before `pivot` are taken from the left, and those behind it from the right.
    fn read_from_both_sides<'a>(&self, pivot: usize, line: &'a [u8]) -> Result<Event<'a>, Malformed> {
        let rest = line.strip_prefix(self.start.as_slice()).ok_or(Malformed::Short)?;
        self.read_with(line, |template, growing, parts| template.take_both_sides(pivot, rest, growing, parts))
    }

    /// The event of a line whose fields `put` takes.
    fn read_with<'a>(
        &self,
        line: &'a [u8],
        put: impl Fn(&Self, &mut Growing<'a>, &mut Parts) -> Result<(), Malformed>,
    ) -> Result<Event<'a>, Malformed> {
        let (mut growing, mut parts) = (Growing::new(), Parts::default());
        put(self, &mut growing, &mut parts)?;
        if parts.is_any() {
            let (time, digits) = parts.time(&self.clock).ok_or(Malformed::Time)?;
            growing.set_instant(time, digits);
        }
        let mark = if self.escapes == Escapes::Hash { b'#' } else { b'\\' };
        let escaped = memchr::memchr(mark, line).is_some();
        growing.finish(if escaped { self.escapes } else { Escapes::None })?;
        Ok(growing.into_event())
    }

    /// Takes what the fields of a line say.
    pub(super) fn put<'a>(
        &self,
        line: &'a [u8],
        growing: &mut Growing<'a>,
        parts: &mut Parts,
    ) -> Result<(), Malformed> {
        let rest = line.strip_prefix(self.start.as_slice()).ok_or(Malformed::Short)?;
        if self.escapes == Escapes::None
            // Where nothing is escaped, quotes may stand in it.
            && let Some(pivot) = self.pivot(|literal| literal.first() == Some(&b'"'))
        {
            return self.take_both_sides(pivot, rest, growing, parts);
        }
        let rest = self.take_left(self.fields.len(), rest, growing, parts)?;
        if rest.is_empty() { Ok(()) } else { Err(Malformed::Trailing) }
    }

    /// The last field that a stranger fills, with a literal behind it that `ends` wants.
    fn pivot(&self, ends: impl Fn(&[u8]) -> bool) -> Option<usize> {
        self.fields.iter().rposition(|field| ends(&field.literal) && field.shape.is_strangers())
    }

    /// Takes the first `count` fields; gives what stands behind them.
    fn take_left<'a>(
        &self,
        count: usize,
        line: &'a [u8],
        growing: &mut Growing<'a>,
        parts: &mut Parts,
    ) -> Result<&'a [u8], Malformed> {
        let (mut before, mut rest) = (self.start.as_slice(), line);
        for (nth, field) in self.fields.iter().enumerate().take(count) {
            // Where no headers are captured, not even the blank is written.
            if matches!(field.shape, Shape::Captures(_)) && rest.first() != Some(&b'{') {
                continue;
            }
            let last = nth + 1 == self.fields.len();
            let (value, behind) = self.value(field, before, rest, last, parts)?;
            put(growing, &field.shape, value);
            // A line that ends before its last quote was cut.
            rest = behind.get(field.literal.len()..).unwrap_or(b"");
            before = &field.literal;
        }
        Ok(rest)
    }

    /// Takes the fields behind the pivot from the end of the line, those before it from its start, and the pivot is what is
    /// left between.
    fn take_both_sides<'a>(
        &self,
        pivot: usize,
        line: &'a [u8],
        growing: &mut Growing<'a>,
        parts: &mut Parts,
    ) -> Result<(), Malformed> {
        let mut rest = self.take_left(pivot, line, growing, parts)?;
        let behind = self.fields.get(pivot + 1..).unwrap_or(&[]);
        let ends = [&self.fields[pivot]].into_iter().chain(behind).map(|field| field.literal.as_slice());
        let literals: Vec<&[u8]> = ends.collect();
        let (before, after) = literals.split_at(literals.len() - 1);
        rest = rest.strip_suffix(after.first().copied().unwrap_or(b"")).ok_or(Malformed::Short)?;
        for (literal, field) in before.iter().zip(behind).rev() {
            let at = memchr::memmem::rfind(rest, literal).ok_or(Malformed::Short)?;
            let value = &rest[at + literal.len()..];
            if let Shape::Stamp(layout) = &field.shape {
                layout.read(value, parts).ok_or(Malformed::Time)?;
            }
            put(growing, &field.shape, value);
            rest = &rest[..at];
        }
        put(growing, &self.fields[pivot].shape, rest);
        Ok(())
    }

    /// The value at the start of `rest`, which stands behind the literal `before`; and what follows it, its literal first.
    fn value<'a>(
        &self,
        field: &Field,
        before: &[u8],
        rest: &'a [u8],
        last: bool,
        parts: &mut Parts,
    ) -> Result<(&'a [u8], &'a [u8]), Malformed> {
        if let Some(inside) = rest.strip_prefix(b"\"").filter(|_| field.is_quoted && !before.ends_with(b"\""))
        {
            let closes = |at: &usize| {
                let behind = &inside[at + 1..];
                let follows = if field.literal.is_empty() {
                    behind.is_empty()
                } else {
                    behind.starts_with(&field.literal)
                };
                follows && !is_escaped(inside, *at)
            };
            let end = memchr::memchr_iter(b'"', inside).find(closes).ok_or(Malformed::Unbalanced)?;
            return Ok((&inside[..end], &inside[end + 1..]));
        }
        let from = match &field.shape {
            Shape::Stamp(layout) => layout.read(rest, parts).ok_or(Malformed::Time)?,
            Shape::Blanks => rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
            // A closing brace inside is escaped.
            Shape::Captures(_) => memchr::memchr(b'}', rest).ok_or(Malformed::Unbalanced)? + 1,
            Shape::Bracketed(_) if rest.first() == Some(&b'[') => {
                memchr::memchr(b']', rest).ok_or(Malformed::Short)? + usize::from(field.literal.is_empty())
            }
            _ => 0,
        };
        let end = self.end(field, rest, from, last).ok_or(Malformed::Short)?;
        Ok(rest.split_at(end))
    }

    /// Where a value at the start of `rest`, at least `from` bytes long, ends: at the first literal that can be the one behind
    /// it.
    fn end(&self, field: &Field, rest: &[u8], from: usize, last: bool) -> Option<usize> {
        let literal = field.literal.as_slice();
        if literal.is_empty() {
            let ends_itself = matches!(field.shape, Shape::Stamp(_) | Shape::Blanks | Shape::Bracketed(_));
            return Some(if ends_itself && !last { from } else { rest.len() });
        }
        if last && self.escapes == Escapes::None {
            // Nothing is escaped, so only the end of the line is sure.
            return rest.strip_suffix(literal).map(<[u8]>::len);
        }
        let is_escapable = !matches!(self.escapes, Escapes::None | Escapes::Hash);
        let closes = |at: &usize| {
            let in_list = matches!(field.shape, Shape::List(_)) && goes_on(rest, *at);
            let escaped = literal[0] == b'"' && is_escapable && is_escaped(rest, *at);
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
