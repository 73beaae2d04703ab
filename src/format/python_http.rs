//! Python's own servers, `http.server` and werkzeug: common with a stamp without a zone.

use super::clf::set_client_and_user;
use super::columns::{Columns, Quoting};
use super::fields::{find_pair, set_request, set_status, size};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::local;

pub(super) static PYTHON_HTTP: Plain =
    Plain { name: "python-http", about: "Python's http.server and werkzeug (Flask)", has: "[]0", read };

fn read<'a>(line: &'a [u8], clock: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let open = find_pair(line, *b" [").ok_or(Malformed::Time)?;
    let mut columns = Columns::new(&line[open + 1..], Quoting::Escaped);
    let mut event = Event::default();
    let (civil, digits) = local::clf(columns.bracketed()?).ok_or(Malformed::Time)?;
    (event.time, event.time_digits) = (clock.time(civil).ok_or(Malformed::Time)?, digits);
    set_client_and_user(&line[..open], &mut event)?;
    set_request(&mut event, columns.quoted()?);
    set_status(&mut event, columns.word()?)?;
    event.bytes_out = Some(size(columns.word()?)?);
    columns.end().map(|()| event)
}
