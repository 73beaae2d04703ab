//! Texts that are values wherever they stand: numbers, UUIDs, hexadecimal, dates, e-mail addresses, tokens.

use memchr::{memchr, memmem};

use super::kind::{COLON, DIGIT, DOT, HEX, JOINT, ODD};

/// The shortest run of hexadecimal digits that is a value, if it has a digit and a letter.
const MIN_HEX: usize = 8;
/// From this length on, hexadecimal digits are a value even without a digit or a letter.
const MIN_PLAIN_HEX: usize = 16;
/// The shortest base64 or base62 token.
pub(super) const MIN_TOKEN: usize = 16;

/// The shortest date, `2026-03`.
const MIN_DATE: usize = 7;

/// The marker of a segment that is one value. `kinds`, those of its bytes, spare it the tests that cannot succeed.
pub(super) fn marker(text: &[u8], kinds: u16) -> Option<&'static [u8]> {
    let only = |allowed: u16| kinds & !allowed == 0;
    let has = |kind: u16| kinds & kind != 0;
    if kinds == DIGIT {
        Some(b"{id}")
    } else if only(DIGIT | HEX | JOINT) && is_uuid(text) {
        Some(b"{uuid}")
    } else if only(DIGIT | HEX) && is_hex(text, kinds) {
        Some(b"{hex}")
    } else if text.len() >= MIN_DATE && has(DIGIT) && is_date(text) {
        Some(b"{date}")
    } else if has(ODD) && is_email(text) {
        Some(b"{email}")
    } else if kinds == DIGIT | DOT && is_address(text) {
        Some(b"{ip}")
    } else if has(COLON) && is_digest(text) {
        Some(b"{hash}")
    } else if text.len() >= MIN_TOKEN && is_token(text, kinds) {
        Some(b"{token}")
    } else {
        None
    }
}

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Of a text of nothing but hexadecimal digits.
fn is_hex(text: &[u8], kinds: u16) -> bool {
    text.len() >= MIN_PLAIN_HEX || (text.len() >= MIN_HEX && kinds == DIGIT | HEX)
}

/// `sha256:…` and its like.
fn is_digest(text: &[u8]) -> bool {
    memchr(b':', text).is_some_and(|at| {
        let (name, digest) = (&text[..at], &text[at + 1..]);
        (1..=10).contains(&at)
            && name.iter().all(u8::is_ascii_alphanumeric)
            && digest.len() >= 32
            && digest.iter().all(u8::is_ascii_hexdigit)
    })
}

/// `2026-03`, `2026-03-10`, `20260310T101500Z`, `2026-03-10T10:15:00+01:00`.
fn is_date(text: &[u8]) -> bool {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range)
            .filter(|d| d.iter().all(u8::is_ascii_digit))
            .map(|d| d.iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0')))
    };
    let month = |m: u32| (1..=12).contains(&m);
    if !digits(0..4).is_some_and(|year| (1900..2100).contains(&year)) {
        return false;
    }
    let rest = if text.get(4) == Some(&b'-') && digits(5..7).is_some_and(month) {
        match text.get(7) {
            None => return true,
            Some(b'-') if digits(8..10).is_some() => &text[10..],
            Some(_) => return false,
        }
    } else if digits(4..6).is_some_and(month) && digits(6..8).is_some() {
        &text[8..]
    } else {
        return false;
    };
    match rest {
        [] => true,
        [b'T' | b't' | b'_', time @ ..] => {
            time.iter().all(|b| b.is_ascii_hexdigit() || b"TtZz:.+-%_".contains(b))
        }
        _ => false,
    }
}

/// `a@b.example`, raw or with `%40`; not `lodash@4.17.21` and not `@scope`.
fn is_email(text: &[u8]) -> bool {
    let Some((at, width)) =
        memchr(b'@', text).map(|at| (at, 1)).or_else(|| memmem::find(text, b"%40").map(|at| (at, 3)))
    else {
        return false;
    };
    let domain = &text[at + width..];
    let top = memchr::memrchr(b'.', domain).map_or(&b""[..], |dot| &domain[dot + 1..]);
    at > 0 && top.len() >= 2 && top.iter().all(u8::is_ascii_alphabetic)
}

/// Four numbers with dots.
fn is_address(text: &[u8]) -> bool {
    text.len() <= 15
        && text.split(|&b| b == b'.').count() == 4
        && text.split(|&b| b == b'.').all(|n| (1..=3).contains(&n.len()) && n.iter().all(u8::is_ascii_digit))
}

/// Base64, base64url, base62, ULID, JWT: long, and changing between capitals, small letters and digits far more often than
/// words do, however they are joined.
fn is_token(text: &[u8], kinds: u16) -> bool {
    if text.starts_with(b"eyJ") {
        return text.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.=".contains(b));
    }
    if kinds & DIGIT == 0 || kinds & (DOT | COLON) != 0 {
        return false;
    }
    let (mut changes, mut digit_edges, mut letters) = (0, 0, 0);
    let mut before = 0;
    let mut rest = text;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let now = match byte {
            b'0'..=b'9' => 1,
            b'a'..=b'z' => 2,
            b'A'..=b'Z' => 3,
            b'-' | b'_' | b'+' | b'=' => 0,
            b'%' if is_escaped_base64(tail) => {
                rest = &tail[2..];
                0
            }
            _ => return false,
        };
        letters += usize::from(now != 0);
        if now != 0 && before != 0 && now != before {
            changes += 1;
            digit_edges += usize::from(now == 1 || before == 1);
        }
        before = now;
    }
    letters >= MIN_TOKEN - 2 && digit_edges >= 2 && 10 * changes >= 3 * letters
}

/// Whether the two digits of an escape stand for `=`, `+` or `/`.
fn is_escaped_base64(digits: &[u8]) -> bool {
    let escape = digits.get(..2).unwrap_or_default();
    [&b"3D"[..], b"2B", b"2F"].iter().any(|known| known.eq_ignore_ascii_case(escape))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::kind::kinds;
    use super::*;

    /// [`marker`] without a look at the kinds.
    fn plainly(text: &[u8]) -> Option<&'static [u8]> {
        let hex = text.iter().all(u8::is_ascii_hexdigit);
        let has = |test: fn(&u8) -> bool| text.iter().any(test);
        let mixed = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic);
        let token = text.len() >= 16 && is_token(text, DIGIT);
        let tests: [(bool, &'static [u8]); 8] = [
            (!text.is_empty() && text.iter().all(u8::is_ascii_digit), b"{id}"),
            (is_uuid(text), b"{uuid}"),
            (hex && (text.len() >= 16 || (text.len() >= 8 && mixed)), b"{hex}"),
            (is_date(text), b"{date}"),
            (is_email(text), b"{email}"),
            (is_address(text), b"{ip}"),
            (is_digest(text), b"{hash}"),
            (token, b"{token}"),
        ];
        tests.into_iter().find(|(is, _)| *is).map(|(_, marker)| marker)
    }

    proptest! {
        #[test]
        fn the_kinds_rule_out_nothing_that_is(
            text in "[0-9a-fA-F]{0,40}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(19|20)[0-9]{2}-?[01][0-9](-?[0-9]{2}T?[0-9:Z]{0,6})?\
                |[a-z0-9.]{1,6}(@|%40)[a-z0-9.]{1,12}|([0-9]{1,3}\\.){2,3}[0-9]{0,3}|[a-z0-9]{1,8}:[0-9a-f]{30,40}|(eyJ)?[A-Za-z0-9_.=%-]{10,30}\
                |[A-Za-z0-9_=+-]{10,30}(%3D|%2f)?|[a-zA-Z0-9@%.:;_/{}=+-]{0,40}"
        ) {
            let text = text.as_bytes();
            prop_assert_eq!(marker(text, kinds(text)), plainly(text));
        }
    }
}
