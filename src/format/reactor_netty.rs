//! reactor-netty and Spring Cloud Gateway, which is made of it: common with milliseconds that say so, and in some versions
//! with the client's port before them and a stamp as Java prints one.

use super::clf::{set_client_and_user, status_follows};
use super::columns::{Columns, Quoting};
use super::fields::{find_pair, number, set_request, set_status, size};
use super::plain::Plain;
use crate::event::{Event, Malformed};
use crate::time::stamp::{bracketed, iso8601};

pub(super) static REACTOR_NETTY: Plain = Plain {
    name: "reactor-netty",
    about: "reactor-netty and Spring Cloud Gateway: common with the time taken in `ms`",
    has: "[]\"",
    read: |line, _, _| {
        let open = memchr::memmem::find(line, b"] \"").ok_or(Malformed::Short)?;
        let (before, mut columns) = (&line[..open], Columns::new(&line[open + 2..], Quoting::Raw));
        let at = find_pair(before, *b" [").ok_or(Malformed::Time)?;
        let stamp = &before[at + 2..];
        // `2026-03-10T17:00:03.123+01:00[Europe/Berlin]`.
        let zoned = stamp.strip_suffix(b"]").and_then(|stamp| stamp.split(|&byte| byte == b'[').next());
        let time = zoned.map_or_else(|| bracketed(stamp).or_else(|| iso8601(stamp)), iso8601);
        let mut event = Event::default();
        (event.time, event.time_digits) = time.ok_or(Malformed::Time)?;
        set_client_and_user(&before[..at], &mut event)?;
        set_request(&mut event, columns.quoted_before(status_follows)?);
        set_status(&mut event, columns.word()?)?;
        event.bytes_out = Some(size(columns.word()?)?);
        let (mut took, mut unit) = (columns.word()?, columns.word()?);
        if unit != b"ms" {
            event.client_port = number(took).and_then(|port| u16::try_from(port).ok()).or(event.client_port);
            (took, unit) = (unit, columns.word()?);
        }
        let millis = number(took).filter(|_| unit == b"ms").ok_or(Malformed::Trailing)?;
        event.duration = millis.checked_mul(1000);
        columns.end().map(|()| event)
    },
};
