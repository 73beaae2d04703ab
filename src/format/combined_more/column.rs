//! A column of a tail: bare, quoted, or `key=value`.

use crate::event::Malformed;
use crate::text::is_escaped;

/// Keys longer than this are no keys.
const KEY: usize = 32;

/// A column's key, if it has one, its value, and what stands behind it.
pub(super) type Column<'a> = (Option<&'a [u8]>, &'a [u8], &'a [u8]);

/// The first column of `text`: its key, where it has one, its value without quotes, and what stands behind it. A bare list
/// goes on behind each comma and lone colon.
pub(super) fn column(text: &[u8]) -> Result<Column<'_>, Malformed> {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let letters = text.iter().take(KEY).take_while(|byte| is_key(byte)).count();
    let (key, value) = match text.split_at(letters) {
        (key, [b'=', value @ ..]) if !key.is_empty() => (Some(key), value),
        _ => (None, text),
    };
    if let [b'"', value @ ..] = value {
        let mut quotes = memchr::memchr_iter(b'"', value);
        let end = quotes.find(|&at| !is_escaped(value, at)).ok_or(Malformed::Unbalanced)?;
        let (value, behind) = value.split_at(end);
        return match &behind[1..] {
            behind @ ([] | [b' ', ..]) => Ok((key, value, behind)),
            _ => Err(Malformed::Unbalanced),
        };
    }
    // nginx parts the upstreams that were tried by commas, and those of an internal redirect by colons.
    let goes_on = |at: usize| {
        value[..at].ends_with(b",") || value[..at].ends_with(b" :") || value[at..].starts_with(b" : ")
    };
    let ends = |&at: &usize| at == 0 || !goes_on(at);
    let end = memchr::memchr_iter(b' ', value).find(ends).unwrap_or(value.len());
    let (value, behind) = value.split_at(end);
    Ok((key, value, behind))
}
