//! What the dialects of format strings have in common: a string is fields and literals, and each dialect says what stands
//! for a field.

use super::keyed;
use super::layout::Layout;
use super::pattern::Pattern;
use super::template::{Field, Shape, Template};
use crate::error::{Error, nearest};
use crate::format::slot::{Meaning, Slot};
use crate::format::{Clock, Decoder};
use crate::text::Escapes;

/// What begins at a place of a string.
pub(super) enum Token {
    /// A field that ends there.
    Field(Shape, usize),
    /// A field that its producer may put in quotes.
    Quoted(Shape, usize),
    /// Bytes that stand for other bytes, and where they end.
    Literal(&'static [u8], usize),
    /// Nothing that the dialect knows: where it ends, where it is wrong, and why.
    Bad(usize, usize, String),
}

/// Reads the token at a place of a string; `None` where a byte stands for itself.
pub(super) type Tokens<'t> = &'t dyn Fn(&[u8], usize) -> Option<Token>;

/// How many places of a string a dialect does not know, and how many bytes the fields have that it knows.
pub(super) fn score(text: &[u8], tokens: Tokens<'_>) -> (usize, usize) {
    let (mut at, mut known, mut bad) = (0, 0, 0);
    while at < text.len() {
        at = match tokens(text, at) {
            Some(Token::Field(_, end) | Token::Quoted(_, end)) => {
                known += end - at;
                end
            }
            Some(Token::Bad(end, ..)) => {
                bad += 1;
                end
            }
            Some(Token::Literal(_, end)) => end,
            None => at + 1,
        };
    }
    (bad, known)
}

/// The decoder of a string: as JSON where it writes objects.
pub(super) fn compile(
    pattern: &Pattern,
    tokens: Tokens<'_>,
    escapes: Escapes,
    clock: &Clock,
) -> Result<Compiled, Error> {
    let template = template(pattern, tokens, escapes, clock);
    if keyed::is_json(&pattern.bytes) {
        return keyed::compile(pattern, tokens, template, clock);
    }
    let template = template?.checked()?;
    Ok(Compiled { slots: template.slots(), decoder: Box::new(template) })
}

/// A format string, ready to read lines.
pub(super) struct Compiled {
    pub(super) decoder: Box<dyn Decoder>,
    /// What its fields say, in their order.
    pub(super) slots: Vec<Slot>,
}

/// Literals and fields of a string.
pub(super) fn template(
    pattern: &Pattern,
    tokens: Tokens<'_>,
    escapes: Escapes,
    clock: &Clock,
) -> Result<Template, Error> {
    let bytes = pattern.bytes.as_slice();
    let mut template = Template { start: Vec::new(), fields: Vec::new(), escapes, clock: clock.clone() };
    let mut at = 0;
    while at < bytes.len() {
        let token = tokens(bytes, at);
        let is_quoted = matches!(token, Some(Token::Quoted(..)));
        at = match token {
            Some(Token::Field(shape, end) | Token::Quoted(shape, end)) => {
                let name = String::from_utf8_lossy(&bytes[at..end]).into_owned();
                let column = pattern.column(at);
                add(&mut template.fields, Field { name, column, shape, is_quoted, literal: Vec::new() });
                end
            }
            Some(Token::Bad(_, here, why)) => {
                return Err(Error::usage(format!("format string, column {}: {why}", pattern.column(here))));
            }
            Some(Token::Literal(literal, end)) => {
                template.literal().extend_from_slice(literal);
                end
            }
            None => {
                template.literal().push(bytes[at]);
                at + 1
            }
        };
    }
    join_requests(&mut template);
    Ok(template)
}

/// Method, target and protocol in quotes are the request line, in which blanks may stand.
fn join_requests(template: &mut Template) {
    let is_request = |fields: &[Field]| {
        let slots: Vec<Option<Slot>> = fields.iter().map(|field| field.shape.slot()).collect();
        let literals: Vec<&[u8]> = fields.iter().map(|field| field.literal.as_slice()).collect();
        slots == [Some(Slot::Method), Some(Slot::Target), Some(Slot::Protocol)]
            && matches!(literals.as_slice(), [b" ", b" ", [b'"', ..]])
            && !fields.iter().any(|field| field.is_quoted)
    };
    let Some(at) = template.fields.windows(3).position(is_request) else { return };
    let before = at.checked_sub(1).map_or(&template.start, |before| &template.fields[before].literal);
    if !before.ends_with(b"\"") {
        return;
    }
    let mut parts = template.fields.drain(at..at + 3);
    let (Some(mut line), Some(target), Some(protocol)) = (parts.next(), parts.next(), parts.next()) else {
        return;
    };
    drop(parts);
    line.name = [line.name, target.name, protocol.name].join(" ");
    line.shape = text(Slot::Request);
    line.literal = protocol.literal;
    template.fields.insert(at, line);
}

/// Adds a field; some that often stand side by side are one.
pub(super) fn add(fields: &mut Vec<Field>, field: Field) {
    let joined = fields.last().and_then(|before| {
        let slots = (before.shape.slot(), field.shape.slot());
        Some(match (before.literal.as_slice(), slots) {
            (b"", (Some(Slot::Target), Some(Slot::Query))) => before.shape.clone(),
            (b"", (Some(Slot::Query), Some(Slot::Query))) => before.shape.clone(),
            (b"", (Some(Slot::Host), Some(Slot::Target))) => Shape::HostAndTarget,
            (b":", (Some(Slot::Client), Some(Slot::ClientPort))) => Shape::AddressAndPort,
            (b"/", _) if before.name.ends_with("%b") && field.shape == Shape::Server => Shape::Server,
            _ => return None,
        })
    });
    match (joined, fields.last_mut()) {
        (Some(shape), Some(before)) => {
            before.name.push_str(&String::from_utf8_lossy(&std::mem::take(&mut before.literal)));
            before.name.push_str(&field.name);
            before.shape = shape;
        }
        _ => fields.push(field),
    }
}

/// A field that says `slot`.
pub(super) fn text(slot: Slot) -> Shape {
    Shape::Text(Some(Meaning::of(slot)))
}

/// A field that says `slot`, if no field of a smaller rank does.
pub(super) fn ranked(slot: Slot, rank: u8) -> Shape {
    Shape::Text(Some(Meaning { rank, ..Meaning::of(slot) }))
}

/// A stamp in a layout that stands at `at` of the string; or why there is none.
pub(super) fn stamp(layout: &[u8], at: usize, end: usize) -> Token {
    match Layout::new(layout) {
        Ok(layout) => Token::Field(Shape::Stamp(layout), end),
        Err((here, why)) => Token::Bad(end, at + here, why),
    }
}

/// That `word` is none of the `known`, the nearest of which is named.
pub(super) fn unknown<'k>(what: &str, word: &str, known: impl Iterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.collect();
    let near = nearest(word, &known).map(|near| format!("; did you mean `{near}`?"));
    format!("unknown {what} `{word}`{}", near.unwrap_or_default())
}
