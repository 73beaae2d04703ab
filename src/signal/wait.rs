//! Code that is told to wait: whoever cannot see an answer measures how long it takes.

use super::class::Class;
use super::scan::{Lower, Words, after, skip_blanks};

/// What waits, up to where its seconds stand.
static WAITS: Words =
    Words::of(&["sleep", "pg_sleep", "waitfor delay", "dbms_pipe.receive_message", "timeout /t", "ping -c"]);

/// A shorter wait is no measure, and nobody waits longer.
const SECONDS: std::ops::RangeInclusive<u8> = 2..=120;

/// How many seconds a text, decoded and in lower case, in which `class` saw something tells some code to wait; 0 for none.
pub(super) fn asked(class: Class, lower: Lower<'_>) -> u8 {
    if !matches!(class, Class::Sqli | Class::CommandInjection | Class::CodeInjection | Class::Nosql) {
        return 0;
    }
    let waits = WAITS.likely(lower).flat_map(|word| after(lower, word).filter_map(seconds));
    waits.filter(|wait| SECONDS.contains(wait)).max().unwrap_or(0)
}

/// The seconds at the start of what follows: `(5)`, `'0:0:5'`, ` 5`, `('x',5)`; milliseconds where they are thousands.
fn seconds(rest: &[u8]) -> Option<u8> {
    let rest = rest.get(..rest.len().min(40))?;
    let rest = skip_blanks(rest);
    let inner = rest.strip_prefix(b"(").unwrap_or(rest);
    let end = inner
        .iter()
        .position(|byte| matches!(byte, b')' | b';' | b'-' | b'#' | b'&' | b'|'))
        .unwrap_or(inner.len());
    let words = inner.get(..end)?.split(|byte| !byte.is_ascii_digit());
    let last = words.rev().find(|word| !word.is_empty())?;
    let number: u32 = std::str::from_utf8(last).ok()?.parse().ok()?;
    let number = if number >= 1000 && number.is_multiple_of(500) { number / 1000 } else { number };
    u8::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_in_every_dialect() {
        for (text, wanted) in [
            ("1' and sleep(5)-- ", 5),
            ("1;waitfor delay '0:0:7'--", 7),
            ("1||pg_sleep(10)--", 10),
            ("x;sleep 4;", 4),
            ("1) or sleep(3)#", 3),
            ("a' or dbms_pipe.receive_message('x',6)--", 6),
            ("x&sleep(3000)", 3),
            ("deep sleep 2", 2),
            ("sleep(1)", 0),
            ("sleep(99999)", 0),
            ("asleep(5)", 0),
        ] {
            assert_eq!(asked(Class::Sqli, text.as_bytes().into()), wanted, "{text}");
            assert_eq!(asked(Class::Xss, text.as_bytes().into()), 0);
        }
    }
}
