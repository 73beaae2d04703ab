//! Squid's native log (`logformat squid`): epoch, milliseconds, client, result, size, method, URL, user, peer, type. Some put
//! the client's port behind its address.

use super::fields::{number, present, set_client, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::stamp::epoch;

pub(super) static SQUID: Plain = Plain { name: "squid", about: "Squid's native access.log", has: ".0", read };

fn read<'a>(line: &'a [u8], _: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut words = line.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    let mut next = || words.next().ok_or(Malformed::Short);
    let mut event = Event::default();
    let stamp = next()?;
    if memchr::memchr(b'.', stamp).is_none_or(|at| at < 9) {
        return Err(Malformed::Unknown);
    }
    (event.time, event.time_digits) = epoch(stamp).ok_or(Malformed::Time)?;
    event.duration = number(next()?).and_then(|time| time.checked_mul(1000));
    set_client(&mut event, next()?)?;
    let mut result = next()?;
    if let Some(port) = number(result).and_then(|port| u16::try_from(port).ok()) {
        (event.client_port, result) = (Some(port), next()?);
    }
    let slash = memchr::memchr(b'/', result).ok_or(Malformed::Status)?;
    event.cache = Some(&result[..slash]);
    set_status(&mut event, &result[slash + 1..])?;
    event.bytes_out = Some(number(next()?).ok_or(Malformed::Size)?);
    let (method, target) = (next()?, next()?);
    if method == b"NONE" || target.starts_with(b"error:") {
        event.raw_request = Some(target);
    } else {
        event.method = Some(method);
        event.set_target(target);
    }
    event.user = Some(present(next()?));
    let peer = next()?;
    event.upstream = memchr::memchr(b'/', peer).map(|at| present(&peer[at + 1..]));
    Ok(event)
}
