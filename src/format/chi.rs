//! The line of chi's `middleware.Logger`, which many services in Go write.

use super::columns::{Columns, Quoting};
use super::fields::{Unit, duration, number, set_client, set_request, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::local;

pub(super) static CHI: Plain = Plain {
    name: "chi",
    about: "the logger of chi, `middleware.Logger`, in services written in Go",
    has: "0",
    read,
};

/// As long as the stamp of Go's logger is.
const STAMP: usize = 19;

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let (stamp, rest) = line.split_at_checked(STAMP).ok_or(Malformed::Unknown)?;
    let (civil, digits) = local::year_first(stamp).ok_or(Malformed::Time)?;
    let mut columns = Columns::new(rest, Quoting::Raw);
    let mut event = Event::default();
    (event.time, event.time_digits) = (clock.time(civil).ok_or(Malformed::Time)?, digits);
    if rest.trim_ascii_start().starts_with(b"[") {
        event.request_id = Some(columns.bracketed()?);
    }
    set_request(&mut event, columns.quoted_before(|behind| behind.starts_with(b" from "))?);
    word(&mut columns, b"from")?;
    set_client(&mut event, columns.word()?)?;
    word(&mut columns, b"-")?;
    set_status(&mut event, columns.word()?)?;
    let sent = columns.word()?.strip_suffix(b"B").and_then(number);
    event.bytes_out = Some(sent.ok_or(Malformed::Size)?);
    word(&mut columns, b"in")?;
    event.duration = Some(duration(columns.word()?, Unit::Guess).ok_or(Malformed::Short)?);
    columns.end()?;
    Ok(event)
}

/// A word that always stands there.
fn word(columns: &mut Columns<'_>, word: &[u8]) -> Result<(), Malformed> {
    if columns.word()? == word { Ok(()) } else { Err(Malformed::Unknown) }
}
