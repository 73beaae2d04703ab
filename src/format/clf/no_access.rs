//! Lines that are no access lines at all.

use crate::event::Malformed;
use crate::format::fields::find_pair;

/// Why a line is no access line at all: blank, a comment, or a line of an error log.
pub(in crate::format) fn no_access(line: &[u8]) -> Option<Malformed> {
    match line.trim_ascii_start() {
        b"" => Some(Malformed::Blank),
        [b'#', ..] => Some(Malformed::Comment),
        [b'[' | b'0'..=b'9', ..] if is_of_error_log(line) => Some(Malformed::NotAccess),
        _ if is_of_stream(line) => Some(Malformed::NotAccess),
        _ => None,
    }
}

/// Whether a line begins as those of the error logs of nginx, Apache, `LiteSpeed` and gunicorn do.
fn is_of_error_log(line: &[u8]) -> bool {
    let is = |at: usize, shape: &[u8]| {
        line.get(at..at + shape.len()).is_some_and(|text| {
            text.iter().zip(shape).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                shape => byte == shape,
            })
        })
    };
    let nginx = is(0, b"0000/00/00 00:00:00 [A");
    let apache = is(0, b"[AAA AAA 00 00:00:00") && memchr::memmem::find(line, b"] [").is_some();
    let apache_clf = is(0, b"[00/AAA/0000:00:00:00 +0000] [A");
    let litespeed = is(0, b"0000-00-00 00:00:00.000000 [A");
    let gunicorn = is(0, b"[0000-00-00 00:00:00 +0000] [0");
    nginx || apache || apache_clf || litespeed || gunicorn
}

/// Whether a line is of nginx's `stream` module as APISIX and Kong have it set up, `address [stamp] TCP 200 …`: a connection,
/// and no request.
fn is_of_stream(line: &[u8]) -> bool {
    let before = &line[..line.len().min(STREAM)];
    let is_protocol = |at: usize| matches!(before.get(at..at + 6), Some(b"] TCP " | b"] UDP "));
    memchr::memchr_iter(b']', before).any(is_protocol) && find_pair(before, *b" [").is_some()
}

/// Address, stamp and protocol of such a line are no longer than that.
const STREAM: usize = 96;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_error_logs_and_of_streams_hold_no_request_and_requests_do() {
        for line in [
            "2026/03/10 17:00:03 [error] 7#7: *1 open() failed",
            "[Tue Mar 10 17:00:03.880562 2026] [core:error] [pid 10] AH00126: x",
            "[2026-03-10 17:00:03 +0000] [1] [INFO] Starting gunicorn 21.2.0",
            "192.0.2.7 [10/Mar/2026:17:00:03 +0000] TCP 200 12 34 0.001",
        ] {
            assert_eq!(no_access(line.as_bytes()), Some(Malformed::NotAccess), "{line}");
        }
        for line in
            ["192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] \"TCP \" 400 0", "[10/Mar/2026:17:00:03 +0000] x"]
        {
            assert_eq!(no_access(line.as_bytes()), None, "{line}");
        }
    }
}
