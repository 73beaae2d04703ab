//! `NPMplus`: the stamp first, the user agent last and without quotes.

use super::columns::{Columns, Quoting};
use super::fields::{Unit, duration, number, present, set_client, set_request, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::stamp;

pub(super) static NPMPLUS: Plain = Plain { name: "npmplus", about: "NPMplus", has: "[]0", read };

fn read<'a>(line: &'a [u8], _: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut columns = Columns::new(line, Quoting::Escaped);
    let mut event = Event { escapes: Escapes::Backslash, ..Event::default() };
    (event.time, event.time_digits) = stamp::bracketed(columns.bracketed()?).ok_or(Malformed::Time)?;
    event.host = Some(columns.word()?).filter(|&host| host != b"_").map(present);
    set_client(&mut event, columns.word()?)?;
    event.duration = Some(duration(columns.word()?, Unit::Seconds).ok_or(Malformed::Short)?);
    set_request(&mut event, columns.quoted()?);
    set_status(&mut event, columns.word()?)?;
    let (_body, sent) = (number(columns.word()?).ok_or(Malformed::Size)?, columns.word()?);
    event.bytes_out = Some(number(sent).ok_or(Malformed::Size)?);
    event.referer = Some(present(columns.word()?));
    event.user_agent = Some(present(columns.rest().trim_ascii()));
    Ok(event)
}
