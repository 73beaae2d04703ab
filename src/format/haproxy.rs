//! `HAProxy`'s `option httplog` and `httpslog` (its configuration manual §8.2.3): client, accept date, frontend, backend and
//! server, timers, status, bytes, captured cookies, how the session ended, connections, queues, captured headers, request.

use super::clf::without_port;
use super::columns::{Columns, Quoting};
use super::fields::{address, number, set_client, set_request, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed, Secret};
use crate::text::Escapes;
use crate::time::{local, stamp};

pub(super) static HAPROXY: Plain = Plain {
    name: "haproxy",
    about: "HAProxy `option httplog` and `httpslog`, bare or behind syslog",
    has: "",
    read,
};

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let line = without_tag(line);
    let mut columns = Columns::new(line, Quoting::Raw);
    let client = columns.word()?;
    if client == b"Connect" || client == b"Proxy" {
        return Err(no_request(line));
    }
    let mut event = Event { escapes: Escapes::Hash, ..Event::default() };
    if !client.starts_with(b"unix:") {
        set_client(&mut event, client)?;
        event.client_port.ok_or(Malformed::Client)?;
    }
    (event.time, event.time_digits) = when(columns.bracketed()?, clock).ok_or(Malformed::Time)?;
    let frontend = columns.word()?;
    if frontend.ends_with(b":") {
        // `frontend/bind: message`: a connection that never became a request.
        return Err(Malformed::NotAccess);
    }
    event.scheme = frontend.ends_with(b"~").then_some(b"https");
    event.gateway_route = Some(frontend.strip_suffix(b"~").unwrap_or(frontend));
    let server = columns.word()?;
    memchr::memchr(b'/', server).ok_or(Malformed::Short)?;
    event.upstream = Some(server).filter(|server| !server.ends_with(b">"));
    timers(columns.word()?, &mut event)?;
    set_status(&mut event, columns.word()?)?;
    let bytes = columns.word()?;
    event.bytes_out = Some(number(bytes.strip_prefix(b"+").unwrap_or(bytes)).ok_or(Malformed::Size)?);
    let (cookie, _set_cookie) = (columns.word()?, columns.word()?);
    event.session = Some(cookie).filter(|&cookie| cookie != b"-").map(Secret::new);
    event.flags = Some(columns.word()?);
    let (_connections, _queues) = (columns.word()?, columns.word()?);
    captures(&mut columns, &mut event)?;
    set_request(&mut event, columns.quoted()?);
    tls(columns, &mut event);
    Ok(event)
}

/// `line` behind `haproxy[123]: `, which some shippers leave there.
fn without_tag(line: &[u8]) -> &[u8] {
    let Some(rest) = line.strip_prefix(b"haproxy[") else { return line };
    memchr::memmem::find(rest, b"]: ").map_or(line, |at| &rest[at + 3..])
}

/// A line of `HAProxy` about itself or about a bare connection.
fn no_request(line: &[u8]) -> Malformed {
    let is = |shape: &[u8]| memchr::memmem::find(line, shape).is_some();
    if is(b" to ") || is(b" started.") || is(b" stopped") { Malformed::NotAccess } else { Malformed::Client }
}

/// The accept date is local and says no zone; `%trg` and `%Tl` do.
fn when(text: &[u8], clock: &Clock) -> Option<(crate::time::Time, u8)> {
    match local::clf(text) {
        Some((civil, digits)) => Some((clock.time(civil)?, digits)),
        None => stamp::bracketed(text),
    }
}

/// `TR/Tw/Tc/Tr/Ta` in milliseconds; -1 where that never came, `+` where the line was written before the end. Three timers
/// are a TCP session, which holds no request.
fn timers(text: &[u8], event: &mut Event<'_>) -> Result<(), Malformed> {
    let mut times = text.split(|&byte| byte == b'/');
    let mut next = || times.next().map(|time| number(time.strip_prefix(b"+").unwrap_or(time)));
    let [Some(_), Some(_), Some(_)] = [next(), next(), next()] else { return Err(Malformed::Short) };
    let Some(response) = next() else { return Err(Malformed::NotAccess) };
    event.upstream_duration = response.and_then(|time| time.checked_mul(1000));
    event.duration = next().ok_or(Malformed::Short)?.and_then(|time| time.checked_mul(1000));
    Ok(())
}

/// The captured headers of the request, then of the answer. Their names stand in the configuration alone, so what they are
/// is told by what they look like.
fn captures<'a>(columns: &mut Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let mut is_request = true;
    while let [b'{', rest @ ..] = columns.rest().trim_ascii_start() {
        let end = memchr::memchr(b'}', rest).ok_or(Malformed::Unbalanced)?;
        if is_request {
            rest[..end].split(|&byte| byte == b'|').for_each(|value| capture(value, event));
        }
        is_request = false;
        *columns = Columns::new(&rest[end + 1..], Quoting::Raw);
    }
    Ok(())
}

/// What one captured header of a request says.
fn capture<'a>(value: &'a [u8], event: &mut Event<'a>) {
    let has = |what: &[u8]| memchr::memmem::find(value, what).is_some();
    let is_list = value.split(|&byte| byte == b',').all(|hop| address(hop.trim_ascii()).is_some());
    if value.is_empty() {
    } else if is_list {
        event.forwarded = event.forwarded.or(Some(value));
    } else if has(b"://") && !has(b" ") {
        event.referer = event.referer.or(Some(value));
    } else if has(b"/") || has(b" ") {
        event.user_agent = event.user_agent.or(Some(value));
    } else if has(b".") && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(byte)) {
        event.host = event.host.or(Some(without_port(value)));
    }
}

/// What `httpslog` adds: error codes, then server name, version and cipher.
fn tls<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) {
    let (Ok(_errors), Ok(names)) = (columns.word(), columns.word()) else { return };
    let mut names = names.splitn(3, |&byte| byte == b'/');
    let mut next = || names.next().filter(|&name| name != b"-");
    event.host = event.host.or(next());
    (event.tls_version, event.tls_cipher) = (next(), next());
    event.scheme = Some(b"https");
}
