//! AWS API Gateway's other defaults for REST APIs: ten columns with commas between them, and XML on one line. Neither escapes
//! anything.

use super::fields::present;
use super::plain::Plain;
use super::slot::{Growing, Meaning, Slot};
use crate::event::Malformed;
use crate::text::Escapes;

pub(super) static API_GATEWAY_TEXT: Plain = Plain {
    name: "aws-api-gateway-text",
    about: "AWS API Gateway access logs in its CSV and XML forms",
    has: "0",
    read: |line, clock, _| {
        let mut growing = Growing::new();
        if line.starts_with(b"<request id=\"") {
            of_xml(line, &mut growing)?;
        } else {
            of_columns(line, &mut growing)?;
        }
        growing.place(clock);
        growing.finish(Escapes::None)?;
        let mut event = growing.into_event();
        // The resource is all that is known of the path.
        event.gateway_route = event.path;
        Ok(event)
    },
};

/// What the columns say, in their order.
const COLUMNS: [Slot; 10] = [
    Slot::Client,
    Slot::Consumer,
    Slot::User,
    Slot::Time,
    Slot::Method,
    Slot::Target,
    Slot::Protocol,
    Slot::Status,
    Slot::BytesOut,
    Slot::RequestId,
];

/// What the elements say.
const ELEMENTS: [(&[u8], Slot); 9] = [
    (b"ip", Slot::Client),
    (b"caller", Slot::Consumer),
    (b"user", Slot::User),
    (b"requestTime", Slot::Time),
    (b"httpMethod", Slot::Method),
    (b"resourcePath", Slot::Target),
    (b"status", Slot::Status),
    (b"protocol", Slot::Protocol),
    (b"responseLength", Slot::BytesOut),
];

fn of_columns<'a>(line: &'a [u8], growing: &mut Growing<'a>) -> Result<(), Malformed> {
    let mut columns = line.split(|&byte| byte == b',');
    for slot in COLUMNS {
        growing.put(Meaning::of(slot), present(columns.next().ok_or(Malformed::Short)?));
    }
    if columns.next().is_some() { Err(Malformed::Trailing) } else { Ok(()) }
}

fn of_xml<'a>(line: &'a [u8], growing: &mut Growing<'a>) -> Result<(), Malformed> {
    let id = &line[b"<request id=\"".len()..];
    let end = memchr::memchr(b'"', id).ok_or(Malformed::Unbalanced)?;
    growing.put(Meaning::of(Slot::RequestId), &id[..end]);
    let mut rest = &id[end..];
    while let Some(open) = memchr::memmem::find(rest, b" <") {
        rest = &rest[open + 2..];
        if rest.starts_with(b"/request>") {
            return Ok(());
        }
        let close = memchr::memchr(b'>', rest).ok_or(Malformed::Unbalanced)?;
        let (name, value) = (&rest[..close], &rest[close + 1..]);
        let ends = memchr::memmem::find(value, b"</").ok_or(Malformed::Unbalanced)?;
        if let Some((_, slot)) = ELEMENTS.iter().find(|(known, _)| *known == name) {
            growing.put(Meaning::of(*slot), present(&value[..ends]));
        }
        rest = &value[ends..];
    }
    Err(Malformed::Short)
}
