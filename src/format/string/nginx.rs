//! `log_format name [escape=default|json|none] 'part' …;` of nginx, and its strings alone.

use super::pattern::Pattern;
use super::template::{Field, JsonTemplate, Shape, Template};
use crate::error::Error;
use crate::event::Malformed;
use crate::format::Decoder;
use crate::format::fields::Unit;
use crate::format::json::{Given, JsonLines, each_value, of_name};
use crate::format::slot::{Meaning, Slot};
use crate::text::Escapes;

/// Whether a variable of nginx is in `text`.
pub(super) fn has_variable(text: &str) -> bool {
    (0..text.len()).any(|at| variable(text.as_bytes(), at).is_some())
}

/// A decoder for a whole directive.
pub(super) fn directive(text: &str) -> Result<Box<dyn Decoder>, Error> {
    let bytes = text.as_bytes();
    let mut at = bytes.iter().position(|&byte| matches!(byte, b'\'' | b'"')).ok_or_else(|| {
        Error::usage("log_format: no string in quotes; give the directive as nginx's configuration has it")
    })?;
    let escapes = escapes(&text[..at])?;
    let mut pattern = Pattern::default();
    loop {
        at = pattern.quoted(bytes, at, |byte| matches!(byte, b'\'' | b'"' | b'\\').then_some(byte))?;
        while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        match bytes.get(at) {
            Some(b'\'' | b'"') => {}
            Some(b';') | None => return compile(&pattern, escapes),
            Some(_) => {
                let found = text[at..].chars().next().unwrap_or('?');
                return Err(Error::usage(format!(
                    "log_format, column {}: expected a quote or `;`, found `{found}`",
                    at + 1
                )));
            }
        }
    }
}

/// A decoder for a string alone.
pub(super) fn bare(text: &str) -> Result<Box<dyn Decoder>, Error> {
    let pattern = Pattern::bare(text);
    let shaped = is_json(&pattern.bytes);
    compile(&pattern, if shaped { Escapes::Json } else { Escapes::Backslash })
}

/// The escaping that stands before the first string.
fn escapes(before: &str) -> Result<Escapes, Error> {
    let word = before.split_ascii_whitespace().find_map(|word| word.strip_prefix("escape="));
    match word {
        None | Some("default") => Ok(Escapes::Backslash),
        Some("json") => Ok(Escapes::Json),
        Some("none") => Ok(Escapes::None),
        Some(word) => Err(Error::unknown("escape", word, &["default", "json", "none"])),
    }
}

/// Whether a string writes JSON objects.
fn is_json(pattern: &[u8]) -> bool {
    matches!(pattern.trim_ascii(), [b'{', .., b'}'])
}

/// The decoder of a string.
fn compile(pattern: &Pattern, escapes: Escapes) -> Result<Box<dyn Decoder>, Error> {
    if is_json(&pattern.bytes) {
        let given = json_keys(&pattern.bytes).map_err(|malformed| {
            Error::usage(format!("format string: it looks like JSON, but: {}", malformed.reason()))
        })?;
        let text = template(pattern, escapes).and_then(Template::checked).ok();
        return Ok(Box::new(JsonTemplate { lines: JsonLines::learn(b"", given, None), text }));
    }
    Ok(Box::new(template(pattern, escapes)?.checked()?))
}

/// Which key of a JSON-shaped string holds which variable.
fn json_keys(pattern: &[u8]) -> Result<Given, Malformed> {
    let (mut plain, mut at) = (Vec::new(), 0);
    while at < pattern.len() {
        if let Some((name, end)) = variable(pattern, at) {
            // Without braces, a variable may stand where JSON has a number.
            plain.push(b'$');
            plain.extend_from_slice(name);
            at = end;
        } else {
            plain.push(pattern[at]);
            at += 1;
        }
    }
    let mut given = Given::new();
    each_value(plain.trim_ascii(), &mut |path, value| {
        if let Some((name, _)) = variable(value, 0).filter(|&(_, end)| end == value.len()) {
            given.push((path.to_vec(), meaning(name)));
        }
    })?;
    given.sort_by(|(one, _), (other, _)| one.cmp(other));
    given.dedup_by(|(one, _), (other, _)| one == other);
    Ok(given)
}

/// Literals and fields of a string.
fn template(pattern: &Pattern, escapes: Escapes) -> Result<Template, Error> {
    let bytes = &pattern.bytes;
    let mut template = Template { start: Vec::new(), fields: Vec::new(), escapes };
    let mut at = 0;
    while at < bytes.len() {
        if let Some((name, end)) = variable(bytes, at) {
            let text = String::from_utf8_lossy(&bytes[at..end]).into_owned();
            add(&mut template, name, text, pattern.column(at));
            at = end;
        } else if bytes[at] == b'$' {
            return Err(Error::usage(format!(
                "format string, column {}: no name behind `$`",
                pattern.column(at)
            )));
        } else {
            let literal = template.fields.last_mut().map_or(&mut template.start, |field| &mut field.literal);
            literal.push(bytes[at]);
            at += 1;
        }
    }
    Ok(template)
}

/// Adds a variable; some that often stand side by side are one field.
fn add(template: &mut Template, name: &[u8], text: String, column: usize) {
    if let Some(before) = template.fields.last_mut().filter(|field| field.literal.is_empty()) {
        let joined = match (before.name.trim_matches(['$', '{', '}']), name) {
            ("uri" | "document_uri" | "uri$is_args", b"is_args" | b"args" | b"query_string") => {
                Some(Shape::Text(Some(Meaning::of(Slot::Target))))
            }
            ("host" | "http_host" | "server_name", b"request_uri" | b"uri") => Some(Shape::HostAndTarget),
            _ => None,
        };
        if let Some(shape) = joined {
            before.name.push_str(&text);
            before.shape = shape;
            return;
        }
    }
    let meaning = meaning(name);
    let is_list = name.starts_with(b"upstream_") || name == b"http_x_forwarded_for";
    let shape = if is_list { Shape::List(meaning) } else { Shape::Text(meaning) };
    template.fields.push(Field { name: text, column, shape, literal: Vec::new() });
}

/// The variable that begins at `at`, `$name` or `${name}`: its name, and where it ends.
fn variable(text: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = text.get(at..)?.strip_prefix(b"$")?;
    let (braced, rest) = match rest.strip_prefix(b"{") {
        Some(rest) => (2, rest),
        None => (0, rest),
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let closed = braced == 0 || rest.get(length) == Some(&b'}');
    (length > 0 && closed).then(|| (&rest[..length], at + 1 + length + braced))
}

/// What a variable says.
fn meaning(name: &[u8]) -> Option<Meaning> {
    let silent: [&[u8]; 6] = [
        b"arg_",
        b"sent_http_",
        b"sent_trailer_",
        b"upstream_http_",
        b"upstream_cookie_",
        b"upstream_trailer_",
    ];
    match name {
        b"msec" => Some(Meaning::of(Slot::Time)),
        // What stands nearer to the socket wins over what a module made of it.
        b"bytes_sent" => Some(Meaning { rank: 1, ..Meaning::of(Slot::BytesOut) }),
        _ if silent.iter().any(|prefix| name.starts_with(prefix)) => None,
        _ if name.starts_with(b"cookie_") => Some(Meaning::of(Slot::Session)),
        _ => of_name(name).map(|meaning| match meaning.slot {
            Slot::Duration | Slot::UpstreamDuration => Meaning { unit: Unit::Seconds, ..meaning },
            _ => meaning,
        }),
    }
}
