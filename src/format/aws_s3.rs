//! Server access logs of AWS S3: owner, bucket, stamp, who, what, how it ended; later columns were added behind.

use super::columns::{Columns, Quoting};
use super::fields::{Unit, duration, forge, number, present, set_client, set_request, set_status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::time::stamp;

pub(super) static AWS_S3: Plain =
    Plain { name: "aws-s3", about: "AWS S3 server access log", has: "[]0", read };

fn read<'a>(line: &'a [u8], _: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut columns = Columns::new(line, Quoting::Raw);
    let mut event = Event::default();
    let _owner = columns.word()?;
    event.api = Some(columns.word()?);
    (event.time, event.time_digits) = stamp::bracketed(columns.bracketed()?).ok_or(Malformed::Time)?;
    let client = columns.word()?;
    event.user = Some(present(columns.word()?));
    event.request_id = Some(columns.word()?);
    let operation = columns.word()?;
    if !OPERATIONS.iter().any(|kind| operation.starts_with(kind)) {
        return Err(Malformed::Unknown);
    }
    event.gateway_route = Some(operation);
    let _key = columns.word()?;
    let text = columns.rest();
    let request = columns.quoted_before(status_error_and_size_follow)?;
    // What S3 does by itself, such as a lifecycle's deletions, nobody has asked for.
    if client == b"-" {
        return Err(Malformed::NotAccess);
    }
    set_client(&mut event, client)?;
    if request.is_empty() {
        event.raw_request = Some(operation);
    } else {
        set_request(&mut event, request);
    }
    if columns.closes_again(status_error_and_size_follow) {
        forge(&mut event, text);
        return Ok(event);
    }
    set_status(&mut event, columns.word()?)?;
    event.flags = event.flags.or(Some(columns.word()?).filter(|&error| error != b"-"));
    event.bytes_out = number(columns.word()?).or(Some(0));
    let _size = columns.word()?;
    event.duration = duration(columns.word()?, Unit::Millis);
    event.upstream_duration = duration(columns.word()?, Unit::Millis);
    event.referer = Some(present(columns.quoted()?));
    // Nothing is escaped: an agent ends where a version id or nothing follows.
    event.user_agent = Some(present(columns.quoted_before(|behind| memchr::memchr(b'"', behind).is_none())?));
    later_columns(columns, &mut event);
    Ok(event)
}

/// Whether what stands behind the request stands behind a quote. Error codes are words: what identifies the host, which follows
/// the agent at the same distance, has digits and signs.
fn status_error_and_size_follow(behind: &[u8]) -> bool {
    let mut columns = Columns::new(behind, Quoting::Raw);
    let mut is = |fits: fn(&[u8]) -> bool| columns.word().is_ok_and(|word| word == b"-" || fits(word));
    is(|code| code.len() == 3 && number(code).is_some())
        && is(|error| error.iter().all(u8::is_ascii_alphabetic))
        && is(|size| number(size).is_some())
}

/// What operations begin with.
const OPERATIONS: [&[u8]; 5] = [b"REST.", b"WEBSITE.", b"SOAP.", b"BATCH.", b"S3."];

/// Version id, host id, signature, cipher, authentication, host and TLS version, as far as the line has them.
fn later_columns<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) {
    let mut next = || columns.word().ok();
    let (_version, _host_id, _signature) = (next(), next(), next());
    event.tls_cipher = next().map(present);
    let _authentication = next();
    event.host = next().map(present).filter(|host| !host.is_empty()).or(event.host);
    event.tls_version = next().map(present);
}
