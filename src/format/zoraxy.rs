//! Zoraxy's traffic log: bracketed words, of which the user agent may hold brackets of its own.

use super::fields::{number, present, set_client, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::local;

pub(super) static ZORAXY: Plain = Plain { name: "zoraxy", about: "Zoraxy's traffic log", has: "[]:0", read };

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut event = Event::default();
    let start = memchr::memmem::find(line, b"] [router:").filter(|&at| at < 64).ok_or(Malformed::Unknown)?;
    let stamp = memchr::memchr(b'[', &line[..start]).ok_or(Malformed::Time)?;
    let (civil, digits) = local::year_first(&line[stamp + 1..start]).ok_or(Malformed::Time)?;
    (event.time, event.time_digits) = (clock.time(civil).ok_or(Malformed::Time)?, digits);
    let mut rest = &line[start + 2..];
    let mut named = |name: &[u8]| {
        let text =
            rest.strip_prefix(b"[").and_then(|text| text.strip_prefix(name)).ok_or(Malformed::Short)?;
        let end = memchr::memmem::find(text, b"] ").ok_or(Malformed::Unbalanced)?;
        rest = &text[end + 2..];
        Ok(text[..end].trim_ascii())
    };
    event.gateway_route = Some(named(b"router:")?);
    event.host = Some(present(named(b"origin:")?));
    set_client(&mut event, named(b"client:")?)?;
    let rest = rest.strip_prefix(b"[useragent:").ok_or(Malformed::Short)?;
    let (front, code) = last_word(rest).ok_or(Malformed::Short)?;
    let (front, target) = last_word(front).ok_or(Malformed::Short)?;
    let (front, method) = last_word(front).ok_or(Malformed::Short)?;
    event.user_agent = Some(present(front.strip_suffix(b"]").ok_or(Malformed::Unbalanced)?.trim_ascii()));
    event.method = Some(method);
    event.set_target(target);
    number(code).ok_or(Malformed::Status)?;
    set_status(&mut event, code)?;
    Ok(event)
}

/// What stands before the last blank, and behind it.
fn last_word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memrchr(b' ', text)?;
    Some((&text[..at], &text[at + 1..]))
}
