//! Application load balancers of AWS: 33 columns, of which older ones wrote 18 and more.

use super::columns::{Columns, Quoting};
use super::fields::{Unit, duration, number, present, set_client, set_request, set_status, status};
use super::{Around, Decoder, Format, Opening};
use crate::event::{Event, Malformed};
use crate::time::stamp::iso8601;

/// Access logs of application load balancers.
pub(super) struct AwsAlb;

impl Format for AwsAlb {
    fn name(&self) -> &'static str {
        "aws-alb"
    }

    fn about(&self) -> &'static str {
        "AWS application load balancer, 18 columns (2016) to 33"
    }

    fn open(&self, _: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        Some(Box::new(AwsAlb))
    }
}

impl Decoder for AwsAlb {
    fn format(&self) -> &'static str {
        Format::name(self)
    }

    fn decode<'a>(&self, record: &'a [u8], _: Around<'a>) -> Result<Event<'a>, Malformed> {
        let line = record.trim_ascii();
        if line.is_empty() {
            return Err(Malformed::Blank);
        }
        // Nothing is escaped, so a quote closes only where the next column begins as it must.
        let mut columns = Columns::new(line, Quoting::Raw);
        if !matches!(columns.word()?, b"http" | b"https" | b"h2" | b"grpcs" | b"ws" | b"wss") {
            return Err(Malformed::Unknown);
        }
        let mut event = Event::default();
        (event.time, event.time_digits) = iso8601(columns.word()?).ok_or(Malformed::Time)?;
        event.api = Some(present(columns.word()?));
        set_client(&mut event, columns.word()?)?;
        event.upstream = Some(present(columns.word()?));
        let times = [columns.word()?, columns.word()?, columns.word()?].map(|t| duration(t, Unit::Seconds));
        event.duration = times.iter().try_fold(0_u64, |sum, time| sum.checked_add((*time)?));
        event.upstream_duration = times[1];
        set_status(&mut event, columns.word()?)?;
        event.upstream_status = status(columns.word()?);
        event.bytes_in = Some(number(columns.word()?).ok_or(Malformed::Size)?);
        event.bytes_out = Some(number(columns.word()?).ok_or(Malformed::Size)?);
        set_request(&mut event, columns.quoted_before(|behind| behind.starts_with(b" \""))?);
        let text = columns.rest();
        let agent = columns.quoted_before(tls_follows)?;
        if columns.closes_again(|behind| tls_follows(behind) && trace_follows(behind)) {
            // How it was answered stands left of it.
            (event.flags, event.raw_request) = (Some(Event::FORGED), Some(text));
            return Ok(event);
        }
        event.user_agent = Some(present(agent));
        event.tls_cipher = Some(present(columns.word()?));
        event.tls_version = Some(present(columns.word()?));
        event.gateway_route = Some(present(columns.word()?));
        event.request_id = Some(present(columns.quoted()?));
        later_columns(columns, &mut event)?;
        Ok(event)
    }
}

/// Whether cipher and TLS version stand behind the closing quote of the user agent.
fn tls_follows(behind: &[u8]) -> bool {
    let mut columns = Columns::new(behind, Quoting::Raw);
    let cipher = columns.word().unwrap_or(b"\"");
    let version = columns.word().unwrap_or(b"\"");
    memchr::memchr(b'"', cipher).is_none() && (version == b"-" || version.starts_with(b"TLS"))
}

/// Whether a target group, or none, and a trace id in quotes stand behind cipher and version.
fn trace_follows(behind: &[u8]) -> bool {
    let mut columns = Columns::new(behind, Quoting::Raw);
    let group = [columns.word(), columns.word(), columns.word()][2];
    group.is_ok_and(|group| group == b"-" || group.starts_with(b"arn:")) && columns.rest().starts_with(b" \"")
}

/// The columns that were added since 2016, as far as the line has them; whatever comes behind is not known yet.
fn later_columns<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let Some(host) = bare_or_quoted(&mut columns)? else { return Ok(()) };
    event.host = Some(present(host)).filter(|host| !host.is_empty()).or(event.host);
    let (_certificate, _priority) = (bare_or_quoted(&mut columns)?, bare_or_quoted(&mut columns)?);
    if let Some(created) = bare_or_quoted(&mut columns)?.filter(|&created| created != b"-") {
        (event.time, event.time_digits) = iso8601(created).ok_or(Malformed::Time)?;
    }
    if let Some(actions) = bare_or_quoted(&mut columns)? {
        event.flags = event.flags.or(Some(present(actions)));
    }
    Ok(())
}

/// The next column, if the line has one; some were written with quotes only since some year.
fn bare_or_quoted<'a>(columns: &mut Columns<'a>) -> Result<Option<&'a [u8]>, Malformed> {
    match columns.rest().trim_ascii_start() {
        [] => Ok(None),
        [b'"', ..] => columns.quoted().map(Some),
        _ => columns.word().map(Some),
    }
}
