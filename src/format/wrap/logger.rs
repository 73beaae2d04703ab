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
        let inside = if let Some(at) = memchr::memmem::find(message, b"\t{") {
            &message[at + 1..]
        } else {
            let message = behind_thread(message);
            behind_name(message).unwrap_or(message)
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
        [b'+' | b'-', ..] => {
            zone.iter().take(6).take_while(|byte| !matches!(byte, b' ' | b'\t' | b']')).count()
        }
        _ => 0,
    };
    let (text, rest) = line.split_at_checked(WHOLE + length + zoned)?;
    let time = match zoned {
        0 => local::year_first(text).and_then(|(civil, digits)| Some((clock.time(civil)?, digits)))?,
        _ => iso8601(text)?,
    };
    Some((time, rest))
}

/// What stands behind the first level: a word of its own, perhaps between brackets or bars.
fn behind_level(text: &[u8]) -> Option<&[u8]> {
    let is_mark = |byte: &u8| b"[]():|-".contains(byte);
    let mut end = 0;
    for word in text[..text.len().min(BEFORE)].split(|&byte| byte == b' ' || byte == b'\t') {
        end += word.len();
        let first = word.iter().position(|byte| !is_mark(byte)).unwrap_or(0);
        let last = word.iter().rposition(|byte| !is_mark(byte)).unwrap_or(0);
        let bare = word.get(first..=last).unwrap_or_default();
        if LEVELS.iter().any(|level| bare.eq_ignore_ascii_case(level)) {
            let rest = &text[end..];
            let marks = rest.iter().take_while(|byte| is_mark(byte) || byte.is_ascii_whitespace()).count();
            return Some(&rest[marks..]);
        }
        end += 1;
    }
    None
}

/// What stands behind process and threads as Spring Boot names them: `7 --- [main] `.
fn behind_thread(text: &[u8]) -> &[u8] {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let Some(mut rest) = text[digits..].strip_prefix(b" --- ") else { return text };
    while let Some(end) = memchr::memchr(b']', rest).filter(|&end| rest[0] == b'[' && end <= BEFORE) {
        rest = rest[end + 1..].trim_ascii_start();
    }
    rest
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
            (
                "2026-03-10T17:00:03.120+01:00  INFO 1 --- [nio-8080-exec-1] access.log : ",
                "2026-03-10T16:00:03.120Z",
            ),
            ("2026-03-10 17:00:03.120 [main] WARN  ktor.application - ", "2026-03-10T17:00:03.120Z"),
            ("2026/03/10 17:00:03.120\tINFO\thttp.log.access\thandled request\t", "2026-03-10T17:00:03.120Z"),
        ] {
            let inside =
                if before.ends_with("request\t") { "{}" } else { "192.0.2.7:9 - \"GET /a HTTP/1.1\" 200" };
            let line = format!("{before}{inside}");
            let peeled = (LOGGER.peel)(line.as_bytes(), &Clock::default(), &scratch)
                .unwrap_or_else(|| panic!("{line}"));
            assert_eq!(peeled.line, inside.as_bytes(), "{line}");
            assert_eq!(peeled.time.map(|(time, digits)| time.rfc3339(digits)).as_deref(), Some(time));
        }
        for line in ["2026-03-10 17:00:03 192.0.2.7 GET /info", "2026-03-10 17:00:03 reinfo x", "INFO x", ""]
        {
            assert!((LOGGER.peel)(line.as_bytes(), &Clock::default(), &scratch).is_none(), "{line}");
        }
    }
}
