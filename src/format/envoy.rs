//! Envoy's default text (its `access_log` manual) and Istio's longer one.

use super::columns::{Columns, Quoting};
use super::fields::{Unit, address, duration, forge, number, present, set_client, set_request, set_status};
use super::plain::Plain;
use crate::event::{Event, Malformed};
use crate::time::stamp::iso8601;

pub(super) static ENVOY: Plain = Plain {
    name: "envoy",
    about: "Envoy's default text format",
    has: "[]0",
    read: |line, _, _| {
        let (mut event, columns) = before_agent(line, |_| Ok(()))?;
        if event.is_forged() {
            return Ok(event);
        }
        let columns = around_agent(columns, &mut event, <[u8]>::is_empty)?;
        if event.client.is_none() {
            // The default names no client: the nearest hop that it was told of is all there is.
            let nearest = event.forwarded.and_then(|list| list.rsplit(|&byte| byte == b',').next());
            (event.client, event.client_port) = nearest
                .and_then(|hop| address(hop.trim_ascii()))
                .map_or((None, None), |(hop, port)| (Some(hop), port));
        }
        columns.end().map(|()| event)
    },
};

pub(super) static ISTIO: Plain = Plain {
    name: "istio",
    about: "Istio's text format for its sidecars and gateways",
    has: "[]0",
    read: |line, _, _| {
        let (mut event, columns) = before_agent(line, |columns| {
            let (_details, _termination) = (columns.word()?, columns.word()?);
            columns.quoted().map(|_| ())
        })?;
        if event.is_forged() {
            // Behind the last quote nobody but the proxy writes.
            let client = line.rsplit(|&byte| byte == b' ').nth(2).ok_or(Malformed::Short)?;
            return set_client(&mut event, client).map(|()| event);
        }
        let mut columns =
            around_agent(columns, &mut event, |behind| memchr::memchr_iter(b' ', behind).count() == 6)?;
        event.api = Some(present(columns.word()?));
        let (_local, _listener) = (columns.word()?, columns.word()?);
        set_client(&mut event, columns.word()?)?;
        // It is 0 where the address was inferred from a header.
        event.client_port = event.client_port.filter(|&port| port != 0);
        let name = columns.word()?;
        event.host = event.host.filter(|host| !host.is_empty()).or(Some(present(name)));
        event.gateway_route = Some(present(columns.word()?));
        columns.end().map(|()| event)
    },
};

/// The columns up to the times; `details` reads what Istio has behind the flags.
fn before_agent<'a>(
    line: &'a [u8],
    details: impl Fn(&mut Columns<'a>) -> Result<(), Malformed>,
) -> Result<(Event<'a>, Columns<'a>), Malformed> {
    let mut columns = Columns::new(line, Quoting::Raw);
    let mut event = Event::default();
    (event.time, event.time_digits) = iso8601(columns.bracketed()?).ok_or(Malformed::Time)?;
    let text = columns.rest();
    let request = columns.quoted_before(status_and_flags_follow)?;
    // A connection that never asked for anything.
    if request == b"- - -" {
        return Err(Malformed::NotAccess);
    }
    set_request(&mut event, request);
    if columns.closes_again(status_and_flags_follow) {
        forge(&mut event, text);
        return Ok((event, columns));
    }
    set_status(&mut event, columns.word()?)?;
    event.flags = Some(present(columns.word()?)).filter(|flags| !flags.is_empty()).or(event.flags);
    details(&mut columns)?;
    event.bytes_in = number(columns.word()?);
    event.bytes_out = Some(number(columns.word()?).ok_or(Malformed::Size)?);
    event.duration = duration(columns.word()?, Unit::Millis);
    event.upstream_duration = duration(columns.word()?, Unit::Millis);
    Ok((event, columns))
}

/// Whether status and flags, which are no number, stand behind a quote.
fn status_and_flags_follow(behind: &[u8]) -> bool {
    let mut columns = Columns::new(behind, Quoting::Raw);
    columns.word().is_ok_and(|status| status.len() <= 3 && number(status).is_some())
        && columns.word().is_ok_and(|flags| !flags[0].is_ascii_digit())
}

/// The five quoted columns. Nothing in them is escaped, so a user agent ends where three more and what `ends` accepts follow.
fn around_agent<'a>(
    mut columns: Columns<'a>,
    event: &mut Event<'a>,
    ends: impl Fn(&[u8]) -> bool,
) -> Result<Columns<'a>, Malformed> {
    event.forwarded = Some(present(columns.quoted()?));
    event.user_agent = Some(present(columns.quoted_before(|behind| {
        let mut columns = Columns::new(behind, Quoting::Raw);
        let rest = [columns.quoted(), columns.quoted(), columns.quoted()];
        rest.iter().all(Result::is_ok) && ends(columns.rest().trim_ascii_end())
    })?));
    event.request_id = Some(present(columns.quoted()?));
    event.host = Some(present(columns.quoted()?));
    let upstream = present(columns.quoted()?);
    event.upstream = Some(upstream.strip_prefix(b"tcp://").unwrap_or(upstream));
    Ok(columns)
}
