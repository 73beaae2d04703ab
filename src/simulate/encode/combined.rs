//! nginx's `combined`.

use std::io::Write as _;

use super::{protocol, quoted};
use crate::simulate::request::Request;
use crate::time::{MONTHS, Time};

/// `10/Mar/2026:00:00:14 +0000`
pub(super) fn date(time: Time) -> String {
    let c = time.civil();
    let month = MONTHS[usize::from(c.month - 1)];
    format!("{:02}/{month}/{:04}:{:02}:{:02}:{:02} +0000", c.day, c.year, c.hour, c.minute, c.second)
}

/// Appends one line.
pub(super) fn line(line: &mut Vec<u8>, date: &str, request: &Request) {
    let answer = request.answer;
    let _ = write!(line, "{} - - [{date}] \"{} ", request.client, request.method);
    line.extend_from_slice(request.target.as_bytes());
    let _ = write!(line, " {}\" {} {} \"", protocol(request), answer.status, answer.bytes);
    quoted(line, request.referer.as_deref().unwrap_or("-"));
    line.extend_from_slice(b"\" \"");
    quoted(line, if request.agent.is_empty() { "-" } else { &request.agent });
    line.extend_from_slice(b"\"\n");
}
