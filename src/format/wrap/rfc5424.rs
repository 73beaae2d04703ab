//! Syslog as RFC 5424 §6 has it: priority, version, stamp, host, application, process, message id, structured data.

use super::{Peeled, Wrapper, word};
use crate::time::stamp::iso8601;

pub(super) static RFC5424: Wrapper = Wrapper {
    name: "syslog (RFC 5424)",
    peel: |line, _, _| {
        let rest = line.strip_prefix(b"<")?;
        let end = memchr::memchr(b'>', rest).filter(|end| (1..=3).contains(end))?;
        let rest = rest[end + 1..].strip_prefix(b"1 ")?;
        let (stamp, rest) = word(rest)?;
        let (_host, rest) = word(rest)?;
        let (_application, rest) = word(rest)?;
        let (_process, rest) = word(rest)?;
        let (_id, rest) = word(rest)?;
        // Heroku's drains leave the structured data out.
        let message = behind_data(rest).unwrap_or(rest).trim_ascii_start();
        let message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
        Some(Peeled { line: message, time: iso8601(stamp) })
    },
    enough: 30,
};

/// What stands behind the structured data: `-`, or elements in brackets whose values escape `"`, `\` and `]`.
fn behind_data(text: &[u8]) -> Option<&[u8]> {
    if let Some(rest) = text.strip_prefix(b"-") {
        return Some(rest);
    }
    let mut rest = text;
    while let [b'[', element @ ..] = rest {
        let (mut quoted, mut escaped) = (false, false);
        let end = element.iter().position(|&byte| {
            let plain = !std::mem::take(&mut escaped);
            match byte {
                b'\\' => escaped = plain,
                b'"' if plain => quoted = !quoted,
                _ => {}
            }
            byte == b']' && plain && !quoted
        })?;
        rest = &element[end + 1..];
    }
    (rest.len() < text.len()).then_some(rest)
}
