//! Artifactory's request log: columns between bars, the user agent last.

use super::fields::{Unit, duration, number, present, set_client, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::stamp;

pub(super) static ARTIFACTORY: Plain = Plain {
    name: "artifactory",
    about: "Artifactory's request log (artifactory-request.log)",
    has: "|0",
    read,
};

/// How many columns there are.
const COLUMNS: usize = 11;

fn read<'a>(line: &'a [u8], _: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut columns = line.splitn(COLUMNS, |&byte| byte == b'|').map(<[u8]>::trim_ascii);
    let mut next = || columns.next().ok_or(Malformed::Short);
    let mut event = Event::default();
    (event.time, event.time_digits) = stamp::iso8601(next()?).ok_or(Malformed::Time)?;
    event.request_id = Some(next()?).filter(|id| !id.is_empty());
    set_client(&mut event, next()?)?;
    event.user =
        Some(present(next()?)).filter(|user| !matches!(*user, b"anonymous" | b"non_authenticated_user"));
    event.method = Some(next()?);
    event.set_target(next()?);
    set_status(&mut event, next()?)?;
    // What was not said is -1.
    event.bytes_in = number(next()?);
    event.bytes_out = number(next()?);
    event.duration = Some(duration(next()?, Unit::Millis).ok_or(Malformed::Short)?);
    event.user_agent = Some(present(next()?));
    Ok(event)
}
