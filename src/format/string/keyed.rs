//! Format strings in the shape of JSON: which key holds what is learned from the string, then lines are read by their keys.

use super::composed::{Composed, Keyed};
use super::dialect::{Compiled, Token, Tokens, add};
use super::pattern::Pattern;
use super::shape::Shape;
use super::template::{Field, NAME, Template};
use crate::error::Error;
use crate::event::{Event, Malformed};
use crate::format::json::{Given, JsonLines, Members, each_value, object, of_name};
use crate::format::slot::{Meaning, Slot};
use crate::format::{Around, Clock, Decoder};
use crate::text::Escapes;

/// Whether a string writes JSON objects.
pub(super) fn is_json(pattern: &[u8]) -> bool {
    matches!(pattern.trim_ascii(), [b'{', .., b'}'])
}

/// What stands before and behind the number of a field while the string is read as JSON.
const MARK: (&[u8], u8) = (b"$_$", b'$');

/// The decoder of a string that is JSON but for its fields. `text` is the same string as text.
pub(super) fn compile(
    pattern: &Pattern,
    tokens: Tokens<'_>,
    text: Result<Template, Error>,
    clock: &Clock,
) -> Result<Compiled, Error> {
    let text = text?;
    let mut slots = text.slots();
    let (plain, fields) = marked(pattern, tokens);
    let (mut given, mut composed) = (Given::new(), Vec::new());
    each_value(plain.trim_ascii(), &mut |path, value| {
        let Some(template) = inside(value, &fields, clock) else { return };
        let alone = match &*template.fields {
            [] => return,
            [Field { shape: Shape::Captured, .. }] => {
                slots.extend(of_name(path).map(|meaning| meaning.slot));
                return;
            }
            [field] if template.start.is_empty() && field.literal.is_empty() => Some(&field.shape),
            _ => None,
        };
        let meaning = match alone {
            Some(Shape::Text(meaning) | Shape::List(meaning)) => *meaning,
            Some(Shape::Bracketed(meaning) | Shape::DashIsZero(meaning)) => Some(*meaning),
            // It takes more than a meaning to read the others.
            _ => {
                if template.run_on().is_ok() {
                    composed.push(Composed::new(path, template));
                }
                None
            }
        };
        given.push((path.to_vec(), meaning));
    })
    .map_err(|malformed| {
        Error::usage(format!("format string: it looks like JSON, but: {}", malformed.reason()))
    })?;
    given.sort_by(|(one, _), (other, _)| one.cmp(other));
    given.dedup_by(|(one, _), (other, _)| one == other);
    let text = text.checked().ok();
    let doubles = names_twice(plain.trim_ascii());
    let decoder: Box<dyn Decoder> = if composed.is_empty() {
        Box::new(JsonTemplate { lines: JsonLines::learn(b"", given, None).by(clock).doubling(doubles), text })
    } else {
        Box::new(Keyed { given, composed, doubles, text, clock: clock.clone() })
    };
    Ok(Compiled { decoder, slots })
}

/// Whether a string itself names a member twice.
fn names_twice(plain: &[u8]) -> bool {
    let mut members = Members::default();
    let read = object(plain, &mut |path, leaf| members.pass(path, &leaf, Meaning::of(Slot::Request)));
    read.is_ok() && members.repeat()
}

/// The string with a mark for each field, which may stand where JSON has a number; and the fields.
fn marked(pattern: &Pattern, tokens: Tokens<'_>) -> (Vec<u8>, Vec<Field>) {
    let bytes = pattern.bytes.as_slice();
    let (mut plain, mut fields, mut at) = (Vec::new(), Vec::new(), 0);
    while at < bytes.len() {
        at = match tokens(bytes, at) {
            Some(Token::Field(shape, end) | Token::Quoted(shape, end)) => {
                plain.extend_from_slice(MARK.0);
                plain.extend_from_slice(fields.len().to_string().as_bytes());
                plain.push(MARK.1);
                let name = String::from_utf8_lossy(&bytes[at..end]).into_owned();
                let column = pattern.column(at);
                fields.push(Field { name, column, shape, is_quoted: false, literal: Vec::new() });
                end
            }
            Some(Token::Literal(literal, end)) => {
                plain.extend_from_slice(literal);
                end
            }
            Some(Token::Bad(end, ..)) => end,
            None => {
                // Users break long objects into lines.
                plain.push(if bytes[at].is_ascii_whitespace() { b' ' } else { bytes[at] });
                at + 1
            }
        };
    }
    (plain, fields)
}

/// Literals and fields of one value.
fn inside(value: &[u8], fields: &[Field], clock: &Clock) -> Option<Template> {
    let mut template =
        Template { start: Vec::new(), fields: Vec::new(), escapes: Escapes::Json, clock: clock.clone() };
    let mut rest = value;
    while let Some(at) = memchr::memmem::find(rest, MARK.0) {
        template.literal().extend_from_slice(&rest[..at]);
        let number = &rest[at + MARK.0.len()..];
        let end = memchr::memchr(MARK.1, number)?;
        let nth: usize = std::str::from_utf8(&number[..end]).ok()?.parse().ok()?;
        add(&mut template.fields, fields.get(nth)?.clone());
        rest = &number[end + 1..];
    }
    template.literal().extend_from_slice(rest);
    Some(template)
}

/// Lines are read as JSON, and as text where they are none after all.
struct JsonTemplate {
    lines: JsonLines,
    text: Option<Template>,
}

impl Decoder for JsonTemplate {
    fn format(&self) -> &'static str {
        NAME
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        let decoded = self.lines.decode(record, around);
        or_as_text(decoded, self.text.as_ref(), record, around)
    }
}

/// What a broken object says when it is read as text.
pub(super) fn or_as_text<'a>(
    decoded: Result<Event<'a>, Malformed>,
    text: Option<&Template>,
    record: &'a [u8],
    around: Around<'a>,
) -> Result<Event<'a>, Malformed> {
    match (decoded, text) {
        (Err(malformed @ (Malformed::Json | Malformed::Unbalanced | Malformed::Trailing)), Some(text)) => {
            text.decode(record, around).map_err(|_| malformed)
        }
        (decoded, _) => decoded,
    }
}
