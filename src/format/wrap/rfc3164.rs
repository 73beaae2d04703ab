//! Syslog as daemons have always written it (RFC 3164 §4.1): a stamp without year and zone, host, `tag[pid]:`. Relays leave
//! out the priority, write RFC 3339 stamps instead, or no tag at all.

use super::{Peeled, Wrapper, behind_tag, word};
use crate::time::local;
use crate::time::stamp::iso8601;

pub(super) static RFC3164: Wrapper = Wrapper {
    name: "syslog",
    peel: |line, clock, _| {
        let rest = behind_priority(line);
        if let Some((civil, digits)) = rest.get(..15).and_then(local::syslog) {
            let rest = rest[15..].strip_prefix(b" ")?;
            let message = match word(rest) {
                Some((host, message)) if !host.ends_with(b":") => behind_tag(message).unwrap_or(message),
                _ => behind_tag(rest).unwrap_or(rest),
            };
            return Some(Peeled {
                line: message,
                time: clock.time_of_some_year(civil).map(|time| (time, digits)),
            });
        }
        let (stamp, rest) = word(rest)?;
        let time = iso8601(stamp).filter(|_| stamp.len() >= 20)?;
        let (host, message) = rest.split_at(memchr::memchr(b' ', rest)?);
        let is_host = host.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-_:".contains(byte));
        // A relay that knows no tag leaves two blanks.
        let message = message.strip_prefix(b"  ").or_else(|| behind_tag(message.trim_ascii_start()))?;
        is_host.then_some(Peeled { line: message, time: Some(time) })
    },
    enough: 30,
};

/// `line` behind `<123>`.
fn behind_priority(line: &[u8]) -> &[u8] {
    let digits = line.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    match line.get(digits + 1..) {
        Some([b'>', rest @ ..]) if line[0] == b'<' && (1..=3).contains(&digits) => rest,
        _ => line,
    }
}
