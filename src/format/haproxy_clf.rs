//! `HAProxy`'s `option httplog clf` (its configuration manual §8.2.3): common, two columns that stay empty, then what `httplog`
//! tells besides.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::{Unit, duration, number, present};
use crate::event::{Event, Malformed, Secret};
use crate::time::Time;

pub(super) static HAPROXY_CLF: Clf = Clf {
    name: "haproxy-clf",
    about: "HAProxy `option httplog clf`",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let (port, millis) = (columns.word()?, columns.word()?);
    let port = number(port).and_then(|port| u16::try_from(port).ok()).ok_or(Malformed::Trailing)?;
    event.client_port = Some(port);
    // Of the second in brackets.
    let millis = number(millis).and_then(|millis| i64::try_from(millis).ok()).filter(|millis| *millis < 1000);
    (event.time, event.time_digits) = (Time(event.time.0 + millis.ok_or(Malformed::Trailing)? * 1000), 3);
    let frontend = columns.quoted()?;
    event.scheme = frontend.ends_with(b"~").then_some(&b"https"[..]).or(event.scheme);
    event.gateway_route = Some(frontend.strip_suffix(b"~").unwrap_or(frontend));
    let (backend, server) = (columns.quoted()?, columns.quoted()?);
    event.api = Some(present(backend));
    event.upstream = Some(server).filter(|server| !server.ends_with(b">"));
    let (_request, _queue, _connect) = (columns.word()?, columns.word()?, columns.word()?);
    event.upstream_duration = duration(columns.word()?, Unit::Millis);
    let took = columns.word()?;
    event.duration = duration(took.strip_prefix(b"+").unwrap_or(took), Unit::Millis);
    event.flags = Some(columns.quoted()?);
    for _connections_and_queues in 0..7 {
        let count = columns.word()?;
        number(count.strip_prefix(b"+").unwrap_or(count)).ok_or(Malformed::Trailing)?;
    }
    let cookie = columns.quoted().unwrap_or_default();
    event.session = Some(present(cookie)).filter(|cookie| !cookie.is_empty()).map(Secret::new);
    // The cookie that was set, and captured headers, whose names stand in the configuration alone.
    while !columns.rest().trim_ascii_start().is_empty() {
        columns.quoted()?;
    }
    Ok(())
}
