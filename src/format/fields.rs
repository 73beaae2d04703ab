//! The small things that most formats are made of: addresses, numbers, lengths of time, request lines.

use crate::event::{Event, Malformed};
pub(super) use crate::text::address::address;
use crate::text::simd::find;
use crate::time::stamp::Decimal;

/// `field`, or nothing where the log writes a dash for nothing.
pub(super) fn present(field: &[u8]) -> &[u8] {
    if field == b"-" { b"" } else { field }
}

/// Where the two bytes of `mark` first stand side by side. Most texts have few of the second, and nothing is prepared for the search.
pub(super) fn find_pair(text: &[u8], mark: [u8; 2]) -> Option<usize> {
    memchr::memchr_iter(mark[1], text).filter_map(|at| at.checked_sub(1)).find(|&at| text[at] == mark[0])
}

/// A number of decimal digits alone.
pub(super) fn number(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    let digit = |byte: u8| Some(u64::from(byte.wrapping_sub(b'0'))).filter(|&digit| digit < 10);
    if text.len() < 20 {
        // Nineteen digits always fit.
        return text.iter().try_fold(0_u64, |value, &byte| Some(value * 10 + digit(byte)?));
    }
    text.iter().try_fold(0_u64, |value, &byte| value.checked_mul(10)?.checked_add(digit(byte)?))
}

/// A number of up to eight decimal digits, the last of `bytes`, without a branch that depends on how many they are.
pub(super) fn number_at_end(bytes: [u8; 8], length: usize) -> Option<u64> {
    if !(1..=8).contains(&length) {
        return None;
    }
    let digits = u64::from_le_bytes(bytes) ^ u64::from_le_bytes([b'0'; 8]);
    let digits = digits & (u64::MAX << (64 - 8 * length));
    let wrong = (digits.wrapping_add(u64::from_le_bytes([0x76; 8])) | digits) & u64::from_le_bytes([0x80; 8]);
    // Ones and tens become pairs, pairs become fours, and these become eight.
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let (even, odd) = (pairs & 0xff_0000_00ff, pairs >> 16 & 0xff_0000_00ff);
    let fours = (100 + (1_000_000 << 32), 1 + (10_000 << 32));
    let number = even.wrapping_mul(fours.0).wrapping_add(odd.wrapping_mul(fours.1)) >> 32;
    if wrong == 0 { Some(number) } else { None }
}

/// A size in bytes; a dash is zero, as in CLF's `%b`. `HAProxy` puts a plus before one that is not the last word.
pub(super) fn size(text: &[u8]) -> Result<u64, Malformed> {
    match text {
        b"-" => Ok(0),
        [b'+', digits @ ..] | digits => number(digits).ok_or(Malformed::Size),
    }
}

/// Sets the status; a dash and zeros say that there was none, because the client went away.
pub(super) fn set_status(event: &mut Event<'_>, text: &[u8]) -> Result<(), Malformed> {
    event.status = match text {
        b"-" | b"0" | b"000" | b"-1" => None,
        text => Some(status(text).ok_or(Malformed::Status)?),
    };
    if event.status.is_none() {
        event.flags = event.flags.or(Some(b"aborted"));
    }
    Ok(())
}

/// Marks a line whose request begins `text`, behind a stranger's quote of which nothing is certain: who asked, when, and up
/// to that quote for what, is all that is left.
pub(super) fn forge<'a>(event: &mut Event<'a>, text: &'a [u8]) {
    event.flags = Some(Event::FORGED);
    event.raw_request = Some(text);
    (event.status, event.bytes_out) = (None, None);
}

/// A status of three digits.
pub(super) fn status(text: &[u8]) -> Option<u16> {
    match text {
        [a, b, c] if text.iter().all(u8::is_ascii_digit) => {
            Some(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'))
        }
        _ => None,
    }
}

/// What one unit of a bare number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Seconds,
    Millis,
    Micros,
    Nanos,
    /// A decimal is seconds, an integer milliseconds.
    Guess,
}

/// A length of time in microseconds. A unit that is written (`12ms`, `1m32.05s`) beats `unit`; a dash, a negative number
/// or nothing is no time.
pub(super) fn duration(text: &[u8], unit: Unit) -> Option<u64> {
    let last = *text.last()?;
    if !last.is_ascii_digit() {
        return written_duration(text);
    }
    let power = match unit {
        Unit::Seconds => 6,
        Unit::Micros => 0,
        Unit::Nanos => -3,
        Unit::Guess if memchr::memchr3(b'.', b'e', b'E', text).is_some() => 6,
        Unit::Millis | Unit::Guess => 3,
    };
    Decimal::read(text)?.scaled(power)
}

/// A length of time as Go writes it: `1h2m3.5s`, `12ms`, `4.529µs`.
fn written_duration(text: &[u8]) -> Option<u64> {
    let (mut rest, mut total) = (text, 0_u64);
    while !rest.is_empty() {
        let digits = rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.')).count();
        let number = Decimal::read(&rest[..digits])?;
        let letters = rest[digits..].iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let part = match &rest[digits..digits + letters] {
            b"h" => number.scaled(6)?.checked_mul(3600)?,
            b"m" => number.scaled(6)?.checked_mul(60)?,
            b"s" => number.scaled(6)?,
            b"ms" => number.scaled(3)?,
            b"us" | b"\xc2\xb5s" | b"\xce\xbcs" => number.scaled(0)?,
            b"ns" => number.scaled(-3)?,
            _ => return None,
        };
        total = total.checked_add(part)?;
        rest = &rest[digits + letters..];
    }
    Some(total)
}

/// A list of upstream times, `0.010, 0.200 : 0.005`: their sum in microseconds.
pub(super) fn duration_list(text: &[u8], unit: Unit) -> Option<u64> {
    let parts = text.split(|&byte| byte == b',' || byte == b':');
    parts
        .filter_map(|part| duration(part.trim_ascii(), unit))
        .fold(None, |sum: Option<u64>, part| Some(sum.unwrap_or(0).saturating_add(part)))
}

/// The last of a list, `502, 200`: the answer that counts.
pub(super) fn last_of_list(text: &[u8]) -> &[u8] {
    let from = memchr::memrchr(b' ', text).map_or(0, |at| at + 1);
    text[from..].trim_ascii()
}

/// Sets client and port, or the client's name where the log holds a host name or a socket path.
pub(super) fn set_client<'a>(event: &mut Event<'a>, text: &'a [u8]) -> Result<(), Malformed> {
    (event.client, event.client_port, event.client_name) = (None, None, None);
    if let Some((address, port)) = address(text) {
        (event.client, event.client_port) = (Some(address), port);
        return Ok(());
    }
    if !is_host_name(text) {
        return Err(Malformed::Client);
    }
    event.client_name = Some(text);
    Ok(())
}

/// Whether `text` could name a host: letters, digits, dots, dashes; a port or `unix:` may be there.
pub(super) fn is_host_name(text: &[u8]) -> bool {
    let fits = |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':');
    text.len() <= 255 && text.iter().all(fits) && text.iter().any(u8::is_ascii_alphanumeric)
}

/// Takes a request line apart; sets every field of the event that has to do with it. A host that is known already stays.
pub(super) fn set_request<'a>(event: &mut Event<'a>, line: &'a [u8]) {
    set_request_before(event, line, line.len());
}

/// As [`set_request`], for the line that ends at `end`. What stands behind it is not looked at, but makes it faster.
pub(super) fn set_request_before<'a>(event: &mut Event<'a>, text: &'a [u8], end: usize) {
    let line = &text[..end];
    (event.scheme, event.raw_request) = (None, None);
    if let Some((method, target, protocol)) = usual_request(line) {
        (event.method, event.protocol) = (Some(method), Some(protocol));
        if target.first() != Some(&b'/') {
            event.set_target(target);
        } else if let Some(at) = find(&text[method.len() + 1..], target.len(), b'?') {
            (event.path, event.query) = (Some(&target[..at]), Some(&target[at + 1..]));
        } else {
            (event.path, event.query) = (Some(target), None);
        }
        return;
    }
    (event.method, event.path, event.query, event.protocol) = (None, None, None, None);
    let trimmed = line.trim_ascii_end();
    let Some(blank) = memchr::memchr(b' ', trimmed).filter(|&at| is_method(&trimmed[..at])) else {
        event.raw_request = Some(present(line));
        return;
    };
    let (method, rest) = (&trimmed[..blank], &trimmed[blank + 1..]);
    let protocol = memchr::memrchr(b' ', rest).filter(|&at| is_protocol(&rest[at + 1..]));
    let target = protocol.map_or(rest, |at| &rest[..at]);
    if target.is_empty() || (protocol.is_none() && !is_target(method, target)) {
        event.raw_request = Some(line);
        return;
    }
    event.method = Some(method);
    event.protocol = protocol.map(|at| &rest[at + 1..]);
    event.set_target(target);
}

/// Method, target and protocol of nearly every request line there is.
#[inline]
pub(super) fn usual_request(line: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (front, [b' ', protocol @ ..]) = line.split_last_chunk::<9>()? else { return None };
    let blank = match front {
        [b'G', b'E', b'T', b' ', ..] => 3,
        [b'P', b'O', b'S', b'T', b' ', ..] => 4,
        _ => front.iter().take(16).position(|byte| !byte.is_ascii_alphabetic())?,
    };
    let (method, [b' ', target @ ..]) = front.split_at_checked(blank)? else { return None };
    let usual = !method.is_empty()
        && !target.is_empty()
        && matches!(protocol, [b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9']);
    // Not `then`: what a closure returns goes through memory, and is waited for.
    if usual { Some((method, target, protocol)) } else { None }
}

/// Whether this could be a method: letters, and what `WebDAV` and friends add.
fn is_method(text: &[u8]) -> bool {
    let fits = |&byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
    text.len() <= 32 && text.first().is_some_and(u8::is_ascii_alphabetic) && text.iter().all(fits)
}

/// Whether this ends a request line: `HTTP/1.1`, `HTTP/2`, `http`, `RTSP/1.0`.
fn is_protocol(text: &[u8]) -> bool {
    match text {
        b"http" | b"HTTP" => true,
        [b'H', b'T', b'T', b'P', b'/', version @ ..] | [b'R', b'T', b'S', b'P', b'/', version @ ..] => {
            matches!(version, [b'0'..=b'9'] | [b'0'..=b'9', b'.', b'0'..=b'9'])
        }
        _ => false,
    }
}

/// Whether this is a request target although no protocol stands behind it (HTTP/0.9, or a cut line).
fn is_target(method: &[u8], target: &[u8]) -> bool {
    matches!(target, [b'/', ..] | b"*")
        || method == b"CONNECT"
        || memchr::memmem::find(target, b"://").is_some_and(|at| at <= 5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_read_from_its_end_like_any_other(before in "[0-9a ]{8}", text in "[0-9]{0,9}|[0-9/:\\-]{1,8}") {
            let all = [before.as_bytes(), text.as_bytes()].concat();
            let read = number_at_end(*all.last_chunk().unwrap(), text.len());
            prop_assert_eq!(read, number(text.as_bytes()).filter(|_| text.len() < 9));
        }

        #[test]
        fn a_usual_request_is_read_like_any_other(line in "[A-Z]{0,4}-?[A-Z]{0,3} ? ?[/a ?]{0,5} {0,2}HTTP/[0-9][.]?[0-9]? ?") {
            if let Some((method, target, protocol)) = usual_request(line.as_bytes()) {
                let blank = line.find(' ').unwrap();
                let last = line.rfind(' ').unwrap();
                let bytes = line.as_bytes();
                prop_assert!(is_method(method) && is_protocol(protocol) && !target.is_empty());
                prop_assert_eq!((method, target), (&bytes[..blank], &bytes[blank + 1..last]));
                prop_assert_eq!(protocol, &bytes[last + 1..]);
            }
        }
    }

    #[test]
    fn a_length_of_time_has_the_unit_that_is_written_or_promised() {
        let read = |text: &str, unit| duration(text.as_bytes(), unit);
        assert_eq!(read("0.050", Unit::Seconds), Some(50_000));
        assert_eq!(read("0.050", Unit::Guess), Some(50_000));
        assert_eq!(read("17", Unit::Guess), Some(17_000));
        assert_eq!(read("357313", Unit::Nanos), Some(357));
        assert_eq!(read("1.5e-05", Unit::Seconds), Some(15));
        assert_eq!(read("1m32.05s", Unit::Guess), Some(92_050_000));
        assert_eq!(read("4.529\u{b5}s", Unit::Guess), Some(4));
        assert_eq!(read("123000ms", Unit::Guess), Some(123_000_000));
        for text in ["", "-", "-1", "1x", "ms"] {
            assert_eq!(read(text, Unit::Millis), None, "{text}");
        }
        assert_eq!(duration_list(b"0.010, 0.200 : -", Unit::Seconds), Some(210_000));
        assert_eq!(duration_list(b"-", Unit::Seconds), None);
    }

    #[test]
    fn a_request_line_is_taken_apart_or_kept_whole() {
        let read = |line: &'static str| {
            let mut event = Event::default();
            set_request(&mut event, line.as_bytes());
            let fields = [event.method, event.path, event.query, event.protocol, event.raw_request];
            fields.map(|field| field.map_or("∅", |field| std::str::from_utf8(field).unwrap()))
        };
        assert_eq!(read("GET /a?b HTTP/1.1"), ["GET", "/a", "b", "HTTP/1.1", "∅"]);
        assert_eq!(read("GET /a b?c HTTP/2"), ["GET", "/a b", "c", "HTTP/2", "∅"]);
        assert_eq!(read("GET /foo http"), ["GET", "/foo", "∅", "http", "∅"]);
        assert_eq!(read("GET / "), ["GET", "/", "∅", "∅", "∅"]);
        assert_eq!(read("CONNECT foo.example:25 HTTP/1.1"), ["CONNECT", "", "∅", "HTTP/1.1", "∅"]);
        assert_eq!(read("PRI * HTTP/2.0"), ["PRI", "*", "∅", "HTTP/2.0", "∅"]);
        for odd in ["HELP", r"\x16\x03 \x01", "lv|'|'|x y", "GET", "GET ", "- http://a:80- -", "get away"] {
            assert_eq!(read(odd), ["∅", "∅", "∅", "∅", odd]);
        }
        assert_eq!(read("-")[4], "");
        assert_eq!(read("")[4], "");
    }
}
