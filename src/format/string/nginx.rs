//! `log_format name [escape=default|json|none] 'part' …;` of nginx, and its strings alone.

use super::dialect::{self, Compiled, Token};
use super::keyed::is_json;
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
            Some(b';') | None => return dialect::compile(&pattern, &token, escapes, clock),
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

/// Reads a string alone.
pub(super) fn bare(text: &str, clock: &Clock) -> Result<Compiled, Error> {
    let pattern = Pattern::bare(text);
    let escapes = if is_json(&pattern.bytes) { Escapes::Json } else { Escapes::Backslash };
    dialect::compile(&pattern, &token, escapes, clock)
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

/// The variable that begins at `at`: `$name` or `${name}`.
pub(super) fn token(bytes: &[u8], at: usize) -> Option<Token> {
    if bytes.get(at) != Some(&b'$') {
        return None;
    }
    let Some((name, end)) = variable(bytes, at) else {
        return Some(Token::Bad(at + 1, at, "no name behind `$`".to_owned()));
    };
    let meaning = meaning(name);
    let is_list = name.starts_with(b"upstream_") || name == b"http_x_forwarded_for";
    Some(Token::Field(if is_list { Shape::List(meaning) } else { Shape::Text(meaning) }, end))
}

/// The name of the variable at `at`, and where it ends.
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
        // Only the question mark, where there is one.
        b"is_args" => Some(Meaning { rank: 64, ..Meaning::of(Slot::Query) }),
        _ if silent.iter().any(|prefix| name.starts_with(prefix)) => None,
        _ if name.starts_with(b"cookie_") => Some(Meaning::of(Slot::Session)),
        _ => of_name(name).map(|meaning| match meaning.slot {
            Slot::Duration | Slot::UpstreamDuration => Meaning { unit: Unit::Seconds, ..meaning },
            _ => meaning,
        }),
    }
}
