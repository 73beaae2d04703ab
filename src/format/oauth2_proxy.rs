//! oauth2-proxy's request log: who was let through to which page. Lines about logins stand between; they hold no request.

use super::columns::{Columns, Quoting};
use super::fields::{Unit, duration, number, present, set_client, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::local;

pub(super) static OAUTH2_PROXY: Plain =
    Plain { name: "oauth2-proxy", about: "the request log of oauth2-proxy", has: "[]0", read };

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut columns = Columns::new(line, Quoting::Escaped);
    let mut event = Event { escapes: Escapes::Backslash, ..Event::default() };
    set_client(&mut event, columns.word()?)?;
    dash(&mut columns)?;
    event.request_id = Some(columns.word()?).filter(|&id| id != b"-");
    dash(&mut columns)?;
    event.user = Some(present(columns.word()?));
    let (civil, digits) = local::year_first(columns.bracketed()?).ok_or(Malformed::Time)?;
    (event.time, event.time_digits) = (clock.time(civil).ok_or(Malformed::Time)?, digits);
    if columns.rest().trim_ascii_start().starts_with(b"[") {
        return Err(Malformed::NotAccess);
    }
    event.host = Some(present(columns.word()?));
    event.method = Some(columns.word()?);
    event.upstream = Some(columns.word()?).filter(|&upstream| upstream != b"-");
    event.set_target(columns.quoted()?);
    event.protocol = Some(columns.word()?);
    event.user_agent = Some(present(columns.quoted()?));
    set_status(&mut event, columns.word()?)?;
    event.bytes_out = Some(number(columns.word()?).ok_or(Malformed::Size)?);
    event.duration = Some(duration(columns.word()?, Unit::Seconds).ok_or(Malformed::Short)?);
    columns.end()?;
    Ok(event)
}

/// A dash between two columns.
fn dash(columns: &mut Columns<'_>) -> Result<(), Malformed> {
    if columns.word()? == b"-" { Ok(()) } else { Err(Malformed::Unknown) }
}
