//! Classic load balancers of AWS, HTTP and TCP; older ones wrote 12 columns.

use super::columns::{Columns, Quoting};
use super::fields::{Unit, duration, number, present, set_client, set_request, set_status, status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::stamp::iso8601;

pub(super) static AWS_CLB: Plain =
    Plain { name: "aws-clb", about: "AWS classic load balancer (ELB), 12 or 15 columns", has: ":0", read };

fn read<'a>(line: &'a [u8], _: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut columns = Columns::new(line, Quoting::Raw);
    let mut event = Event::default();
    (event.time, event.time_digits) = iso8601(columns.word()?).ok_or(Malformed::Time)?;
    event.api = Some(columns.word()?);
    set_client(&mut event, columns.word()?)?;
    event.client_port.ok_or(Malformed::Client)?;
    event.upstream = Some(present(columns.word()?));
    let times = [columns.word()?, columns.word()?, columns.word()?].map(|t| duration(t, Unit::Seconds));
    event.duration = times.iter().try_fold(0_u64, |sum, time| sum.checked_add((*time)?));
    event.upstream_duration = times[1];
    set_status(&mut event, columns.word()?)?;
    event.upstream_status = status(columns.word()?);
    event.bytes_in = Some(number(columns.word()?).ok_or(Malformed::Size)?);
    event.bytes_out = Some(number(columns.word()?).ok_or(Malformed::Size)?);
    let request = columns.quoted_before(|behind| behind.is_empty() || behind.starts_with(b" \""))?;
    // A TCP listener knows nothing of requests.
    if request.trim_ascii() == b"- - -" {
        return Err(Malformed::NotAccess);
    }
    set_request(&mut event, request);
    if !columns.rest().is_empty() {
        event.user_agent =
            Some(present(columns.quoted_before(|behind| memchr::memchr_iter(b' ', behind).count() == 2)?));
        (event.tls_cipher, event.tls_version) =
            (Some(present(columns.word()?)), Some(present(columns.word()?)));
    }
    columns.end().map(|()| event)
}
