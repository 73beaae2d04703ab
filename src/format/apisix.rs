//! APISIX's nginx log: the host between stamp and request, then time, agent and upstream; the AI gateway adds more.

use super::clf::{set_client_and_user, status_follows, without_port};
use super::columns::{Columns, Quoting};
use super::fields::{
    Unit, duration, duration_list, find_pair, last_of_list, present, set_request, set_status, size, status,
};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::stamp;

pub(super) static APISIX: Plain =
    Plain { name: "apisix", about: "APISIX `access.log`, with or without its AI columns", has: "[]0", read };

fn read<'a>(line: &'a [u8], _: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut event = Event { escapes: Escapes::Backslash, ..Event::default() };
    let open = find_pair(line, *b" [").ok_or(Malformed::Time)?;
    let mut columns = Columns::new(&line[open + 1..], Quoting::Escaped);
    (event.time, event.time_digits) = stamp::bracketed(columns.bracketed()?).ok_or(Malformed::Time)?;
    set_client_and_user(&line[..open], &mut event)?;
    let host = columns.word()?;
    if host.starts_with(b"\"") {
        return Err(Malformed::Unknown);
    }
    event.host = Some(without_port(present(host)));
    set_request(&mut event, columns.quoted_before(status_follows)?);
    set_status(&mut event, columns.word()?)?;
    event.bytes_out = Some(size(columns.word()?)?);
    event.duration = Some(duration(columns.word()?, Unit::Seconds).ok_or(Malformed::Short)?);
    event.referer = Some(present(columns.quoted()?));
    event.user_agent = Some(present(columns.quoted()?));
    event.upstream = Some(present(columns.list()?));
    event.upstream_status = status(last_of_list(columns.list()?));
    event.upstream_duration = duration_list(columns.list()?, Unit::Seconds);
    // A try that failed has its own time here.
    if !columns.rest().trim_ascii_start().starts_with(b"\"") {
        columns.word()?;
    }
    let _asked_upstream = columns.quoted()?;
    if !columns.rest().is_empty() {
        event.request_id = Some(present(columns.quoted()?));
    }
    Ok(event)
}
