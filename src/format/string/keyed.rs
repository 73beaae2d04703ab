//! Format strings in the shape of JSON: which key holds what is learned from the string, then lines are read by their keys.

use super::dialect::{Compiled, Token, Tokens, add};
use super::layout::Parts;
use super::pattern::Pattern;
use super::shape::Shape;
use super::template::{Field, NAME, Template};
use crate::error::Error;
use crate::event::{Event, Malformed};
use crate::format::clf::no_access;
use crate::format::json::{Given, JsonLines, each_value, of_name};
use crate::format::slot::Growing;
use crate::format::{Around, Clock, Decoder};
use crate::text::Escapes;

/// Whether a string writes JSON objects.
pub(super) fn is_json(pattern: &[u8]) -> bool {
    matches!(pattern.trim_ascii(), [b'{', .., b'}'])
}

/// What stands before and behind the number of a field while the string is read as JSON.
const MARK: (&[u8], u8) = (b"$_$", b'$');

/// Values that are more than one field: literals around it, or several.
type Composed = Vec<(Vec<u8>, Template)>;

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
    let (mut given, mut composed) = (Given::new(), Composed::new());
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
                    composed.push((path.to_vec(), template));
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
    let decoder: Box<dyn Decoder> = if composed.is_empty() {
        Box::new(JsonTemplate { lines: JsonLines::learn(b"", given, None).by(clock), text })
    } else {
        Box::new(Keyed { given, composed, text, clock: clock.clone() })
    };
    Ok(Compiled { decoder, slots })
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
fn or_as_text<'a>(
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

/// Lines whose values are strings of fields themselves.
struct Keyed {
    given: Given,
    composed: Composed,
    text: Option<Template>,
    clock: Clock,
}

impl Keyed {
    fn read<'a>(&self, line: &'a [u8]) -> Result<Event<'a>, Malformed> {
        if line.first() != Some(&b'{') {
            return Err(no_access(line).unwrap_or(Malformed::Json));
        }
        let (mut growing, mut parts) = (Growing::new(), Parts::default());
        each_value(line, &mut |path, value| {
            if let Some((_, template)) = self.composed.iter().find(|(known, _)| known == path) {
                // A value that says nothing has not the shape of its string.
                let _ = template.put(value, &mut growing, &mut parts);
                return;
            }
            let given = self.given.binary_search_by(|(known, _)| known.as_slice().cmp(path));
            if let Some(meaning) = given.map_or_else(|_| of_name(path), |nth| self.given[nth].1) {
                growing.put(meaning, value);
            }
        })?;
        if !growing.has_request() {
            return Err(Malformed::NotAccess);
        }
        if parts.is_any() {
            let (time, digits) = parts.time(&self.clock).ok_or(Malformed::Time)?;
            growing.set_instant(time, digits);
        }
        growing.place(&self.clock);
        let escaped = memchr::memchr(b'\\', line).is_some();
        growing.finish(if escaped { Escapes::Json } else { Escapes::None })?;
        Ok(growing.into_event())
    }
}

impl Decoder for Keyed {
    fn format(&self) -> &'static str {
        NAME
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record).trim_ascii();
        or_as_text(self.read(line), self.text.as_ref(), record, around)
    }
}
