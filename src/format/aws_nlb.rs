//! What AWS's balancers log of connections, which hold no request: network load balancers with TLS, and the connection log
//! of application load balancers.

use super::clf::trimmed;
use super::columns::{Columns, Quoting};
use super::fields::{address, number};
use super::{Around, Decoder, Format, Opening};
use crate::event::{Event, Malformed};
use crate::time::stamp::iso8601;

/// Connection logs.
pub(super) struct AwsConnections;

impl Format for AwsConnections {
    fn name(&self) -> &'static str {
        "aws-connections"
    }

    fn about(&self) -> &'static str {
        "connections of AWS network and application load balancers: no requests in it, so all is skipped"
    }

    fn open(&self, _: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        Some(Box::new(AwsConnections))
    }

    fn holds_requests(&self) -> bool {
        false
    }
}

impl Decoder for AwsConnections {
    fn format(&self) -> &'static str {
        Format::name(self)
    }

    fn decode<'a>(&self, record: &'a [u8], _: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = trimmed(record);
        Err(if is_nlb(line).is_some() || is_alb(line).is_some() {
            Malformed::NotAccess
        } else {
            Malformed::Unknown
        })
    }
}

/// `tls 2.0 stamp net/name/id …`.
fn is_nlb(line: &[u8]) -> Option<()> {
    let mut columns = Columns::new(line, Quoting::Raw);
    let mut is = |fits: fn(&[u8]) -> bool| columns.word().ok().filter(|word| fits(word)).map(drop);
    is(|word| word == b"tls")?;
    is(|word| word == b"2.0")?;
    is(|word| iso8601(word).is_some())?;
    is(|word| word.starts_with(b"net/"))
}

/// `stamp client port port TLSv1.3 …`.
fn is_alb(line: &[u8]) -> Option<()> {
    let mut columns = Columns::new(line, Quoting::Raw);
    let mut is = |fits: fn(&[u8]) -> bool| columns.word().ok().filter(|word| fits(word)).map(drop);
    is(|word| iso8601(word).is_some())?;
    is(|word| address(word).is_some())?;
    is(|word| number(word).is_some())?;
    is(|word| number(word).is_some())?;
    is(|word| word == b"-" || word.starts_with(b"TLSv"))
}
