//! uWSGI's own request log: `[pid: …] client (user) {…} [when] METHOD target => generated … bytes in … msecs (…)`.

use super::fields::{number, present, set_client, status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::local;

pub(super) static UWSGI: Plain = Plain { name: "uwsgi", about: "uWSGI's request log", has: "[:", read };

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    if !line.starts_with(b"[pid: ") {
        return Err(Malformed::Unknown);
    }
    let mut event = Event::default();
    let (_, rest) = split(line, b"] ")?;
    let (client, rest) = split(rest, b" (")?;
    set_client(&mut event, client)?;
    let (user, rest) = split(rest, b") {")?;
    event.user = Some(present(user));
    let (_, rest) = split(rest, b"} [")?;
    let (stamp, rest) = split(rest, b"] ")?;
    let (civil, digits) = local::ctime(stamp).ok_or(Malformed::Time)?;
    (event.time, event.time_digits) = (clock.time(civil).ok_or(Malformed::Time)?, digits);
    // The target is the stranger's: it ends at the last arrow.
    let arrow = memchr::memmem::rfind(rest, b" => generated ").ok_or(Malformed::Short)?;
    let (request, rest) = (&rest[..arrow], &rest[arrow + 14..]);
    let (method, target) = split(request, b" ")?;
    event.method = Some(method);
    event.set_target(target);
    let (size, rest) = split(rest, b" bytes in ")?;
    event.bytes_out = Some(number(size).ok_or(Malformed::Size)?);
    let (time, rest) = split(rest, b" ")?;
    let unit = if rest.starts_with(b"micros") { 1 } else { 1000 };
    event.duration = number(time).and_then(|time| time.checked_mul(unit));
    let (_, rest) = split(rest, b" (")?;
    let (protocol, rest) = split(rest, b" ")?;
    event.protocol = Some(protocol);
    event.status = Some(rest.get(..3).and_then(status).ok_or(Malformed::Status)?);
    Ok(event)
}

/// What stands before and behind the first `mark`.
fn split<'a>(text: &'a [u8], mark: &[u8]) -> Result<(&'a [u8], &'a [u8]), Malformed> {
    let at = memchr::memmem::find(text, mark).ok_or(Malformed::Short)?;
    Ok((&text[..at], &text[at + mark.len()..]))
}
