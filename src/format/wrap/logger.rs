//! What loggers of applications put before each line: a stamp, a level, who logs. Python's `logging`, logback and log4j, zap's
//! console (Caddy without JSON), each with the usual layouts.

use super::{Peeled, Wrapper};
use crate::format::Clock;
use crate::time::stamp::iso8601;
use crate::time::{Time, local};

pub(super) static LOGGER: Wrapper = Wrapper {
    name: "application log",
    peel: |line, clock, _| {
        let (time, rest) = stamp(line, clock)?;
        let message = behind_level(rest)?;
        // zap names logger and message, then writes the rest as JSON.
        let inside = match memchr::memmem::find(message, b"\t{") {
            Some(at) => &message[at + 1..],
            None => behind_name(message).unwrap_or(message),
        };
        Some(Peeled { line: inside, time: Some(time) })
    },
    enough: 30,
};

/// `2026-03-10 17:00:03`.
const WHOLE: usize = 19;
/// Thread, logger and the like before the level are no longer than that.
const BEFORE: usize = 96;

const LEVELS: [&[u8]; 9] =
    [b"trace", b"debug", b"info", b"notice", b"warn", b"warning", b"error", b"critical", b"fatal"];

/// The stamp at the start of a line, perhaps in brackets, and what stands behind it.
fn stamp<'a>(line: &'a [u8], clock: &Clock) -> Option<((Time, u8), &'a [u8])> {
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let decimals = line.get(WHOLE..)?;
    let length = match decimals {
        [b'.' | b',', rest @ ..] => 1 + rest.iter().take(9).take_while(|byte| byte.is_ascii_digit()).count(),
        _ => 0,
    };
    let zone = decimals.get(length..)?;
    let zoned = match zone {
        [b'Z', ..] => 1,
        [b' ', b'+' | b'-', a, b, c, d, ..] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()) => 6,
        [b'+' | b'-', ..] => zone.iter().take(6).take_while(|byte| !matches!(byte, b' ' | b'\t' | b']')).count(),
        _ => 0,
    };
    let (text, rest) = line.split_at_checked(WHOLE + length + zoned)?;
    let time = match zoned {
        0 => local::year_first(text).and_then(|(civil, digits)| Some((clock.time(civil)?, digits)))?,
        _ => iso8601(text)?,
    };
    Some((time, rest))
}

/// What stands behind the first level.
fn behind_level(text: &[u8]) -> Option<&[u8]> {
    let is_letter = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphabetic);
    let mut at = 0;
    while at < text.len().min(BEFORE) {
        let length = text[at..].iter().take(16).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let word = &text[at..at + length];
        let stands_alone = matches!(text.get(at + length), None | Some(b' ' | b'\t' | b':' | b']' | b'|' | b')'));
        if stands_alone && LEVELS.iter().any(|level| word.eq_ignore_ascii_case(level)) {
            let rest = &text[at + length..];
            let marks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b':' | b']' | b'|' | b')' | b'-')).count();
            return Some(&rest[marks..]);
        }
        at += length.max(1);
        // A word that only ends like a level is none.
        while at > 0 && is_letter(at) && is_letter(at - 1) {
            at += 1;
        }
    }
    None
}

/// What stands behind the name of a logger: a word with a letter, then ` : ` or ` - `.
fn behind_name(text: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr(b' ', text).filter(|&end| (1..=BEFORE).contains(&end))?;
    let name = text[..end].strip_suffix(b":").unwrap_or(&text[..end]);
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"._$-/[]".contains(byte);
    // Not an address: who asked begins an access line.
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic) && name.iter().all(fits);
    let behind = text[end..].trim_ascii_start();
    let behind = behind.strip_prefix(b": ").or_else(|| behind.strip_prefix(b"- "))?;
    is_name.then(|| behind.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Scratch;

    #[test]
    fn stamp_level_and_logger_are_peeled_off_and_lines_without_a_level_are_not() {
        let scratch = Scratch::default();
        for (before, time) in [
            ("2026-03-10 17:00:03,120 INFO:     ", "2026-03-10T17:00:03.120Z"),
            ("2026-03-10 17:00:03,120 - uvicorn.access - INFO - ", "2026-03-10T17:00:03.120Z"),
            ("[2026-03-10 17:00:03 +0100] [7] [INFO] ", "2026-03-10T16:00:03Z"),
            ("2026-03-10T17:00:03.120+01:00  INFO 1 --- [nio-8080-exec-1] access.log : ", "2026-03-10T16:00:03.120Z"),
            ("2026-03-10 17:00:03.120 [main] WARN  ktor.application - ", "2026-03-10T17:00:03.120Z"),
            ("2026/03/10 17:00:03.120\tINFO\thttp.log.access\thandled request\t", "2026-03-10T17:00:03.120Z"),
        ] {
            let inside = if before.ends_with("request\t") { "{}" } else { "192.0.2.7:9 - \"GET /a HTTP/1.1\" 200" };
            let line = format!("{before}{inside}");
            let peeled = (LOGGER.peel)(line.as_bytes(), &Clock::default(), &scratch).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(peeled.line, inside.as_bytes(), "{line}");
            assert_eq!(peeled.time.map(|(time, digits)| time.rfc3339(digits)).as_deref(), Some(time));
        }
        for line in ["2026-03-10 17:00:03 192.0.2.7 GET /info", "2026-03-10 17:00:03 reinfo x", "INFO x", ""] {
            assert!((LOGGER.peel)(line.as_bytes(), &Clock::default(), &scratch).is_none(), "{line}");
        }
    }
}
