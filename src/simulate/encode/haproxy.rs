//! `HAProxy`'s HTTP log with host and user agent captured: names no account.

use std::io::Write as _;

use super::protocol;
use crate::simulate::random::mix;
use crate::simulate::request::Request;
use crate::time::{MONTHS, SECOND};

/// Appends one line.
pub(super) fn line(line: &mut Vec<u8>, host: &str, nth: u64, request: &Request) {
    let (chance, answer) = (mix(nth), request.answer);
    let (c, took) = (request.time.civil(), request.took / 1000);
    let month = MONTHS[usize::from(c.month - 1)];
    let _ = write!(
        line,
        "{}:{} [{:02}/{month}/{:04}:{:02}:{:02}:{:02}.{:03}] www~ api/srv{} 0/0/1/{took}/{} {} {} - - ---- 9/9/1/1/0 0/0 {{{host}|",
        request.client,
        1024 + chance % 64_000,
        c.day,
        c.year,
        c.hour,
        c.minute,
        c.second,
        request.time.0.rem_euclid(SECOND) / 1000,
        1 + chance % 5,
        took + 1,
        answer.status,
        answer.bytes + 250
    );
    // What could end a column is written as its number.
    for byte in request.agent.bytes() {
        match byte {
            b'"' | b'#' | b'{' | b'|' | b'}' => {
                let _ = write!(line, "#{byte:02X}");
            }
            byte => line.push(byte),
        }
    }
    let _ = writeln!(line, "}} {{}} \"{} {} {}\"", request.method, request.target, protocol(request));
}
