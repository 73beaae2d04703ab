//! gin's console log, which `KrakenD`'s community edition writes as well.

use super::fields::{Unit, duration, set_client, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::local;

pub(super) static GIN: Plain =
    Plain { name: "gin", about: "gin, and KrakenD CE which is built on it", has: "[]|0", read };

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let rest = line.strip_prefix(b"[GIN] ").ok_or(Malformed::Unknown)?;
    let mut columns = rest.splitn(5, |&byte| byte == b'|').map(<[u8]>::trim_ascii);
    let mut next = || columns.next().ok_or(Malformed::Short);
    let mut event = Event { escapes: Escapes::Backslash, ..Event::default() };
    let (civil, digits) = local::year_first(next()?).ok_or(Malformed::Time)?;
    (event.time, event.time_digits) = (clock.time(civil).ok_or(Malformed::Time)?, digits);
    set_status(&mut event, next()?)?;
    event.duration = duration(next()?, Unit::Guess);
    set_client(&mut event, next()?)?;
    let request = next()?;
    let at = memchr::memchr(b' ', request).ok_or(Malformed::Short)?;
    event.method = Some(&request[..at]);
    let target = request[at..].trim_ascii();
    let target = target.strip_prefix(b"\"").and_then(|target| target.strip_suffix(b"\"")).unwrap_or(target);
    event.set_target(target);
    Ok(event)
}
