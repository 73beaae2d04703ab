//! uvicorn's access log: no time at all, so a wrapper's counts, else when the file was last written.

use super::columns::{Columns, Quoting};
use super::fields::{set_client, set_request, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};

pub(super) static UVICORN: Plain = Plain {
    name: "uvicorn",
    about: "uvicorn and what runs in it (FastAPI, Starlette, LiteLLM)",
    has: ":",
    read,
};

fn read<'a>(line: &'a [u8], clock: &Clock, around: Around<'a>) -> Result<Event<'a>, Malformed> {
    let levels: [&[u8]; 5] = [b"INFO:", b"WARNING:", b"ERROR:", b"DEBUG:", b"CRITICAL:"];
    let level = levels.into_iter().find(|&level| line.starts_with(level));
    // Whoever sets up its logger has the level elsewhere, and a stamp.
    let level = level.or(around.time.map(|_| &b""[..])).ok_or(Malformed::Unknown)?;
    let mut columns = Columns::new(&line[level.len()..], Quoting::Raw);
    let mut event = Event::default();
    let client = columns.word()?;
    let is_access = set_client(&mut event, client).is_ok() && event.client_port.is_some();
    if !is_access || columns.word()? != b"-" {
        return Err(if level.is_empty() { Malformed::Unknown } else { Malformed::NotAccess });
    }
    set_request(&mut event, columns.quoted()?);
    set_status(&mut event, columns.word()?)?;
    // The reason phrase follows.
    (event.time, event.time_digits) =
        around.time.or(clock.written.map(|time| (time, 0))).ok_or(Malformed::Time)?;
    Ok(event)
}
