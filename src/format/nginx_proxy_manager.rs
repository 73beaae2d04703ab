//! nginx-proxy-manager: its proxy hosts' log, and the one of hosts that are not proxied, which lacks the upstream.

use super::columns::{Columns, Quoting};
use super::fields::{number, present, set_client, set_status, status};
use super::plain::Plain;
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::stamp;

pub(super) static NGINX_PROXY_MANAGER: Plain = Plain {
    name: "nginx-proxy-manager",
    about: "nginx-proxy-manager, proxy and standard logs",
    has: "[]0",
    read,
};

fn read<'a>(line: &'a [u8], _: &Clock, _: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut columns = Columns::new(line, Quoting::Escaped);
    let mut event = Event { escapes: Escapes::Backslash, ..Event::default() };
    (event.time, event.time_digits) = stamp::bracketed(columns.bracketed()?).ok_or(Malformed::Time)?;
    let first = columns.word()?;
    let (mut code, mut dash) = (first, columns.word()?);
    let is_proxy = dash != b"-" || status(first).is_none();
    if is_proxy {
        event.cache = Some(present(first));
        event.upstream_status = status(dash);
        (code, dash) = (columns.word()?, columns.word()?);
    }
    if dash != b"-" {
        return Err(Malformed::Unknown);
    }
    set_status(&mut event, code)?;
    let (method, scheme, host) = (columns.word()?, columns.word()?, columns.word()?);
    let target = columns.quoted()?;
    event.method = Some(present(method)).filter(|method| !method.is_empty());
    if event.method.is_some() {
        event.set_target(target);
    } else {
        event.raw_request = Some(target);
    }
    (event.scheme, event.host) = (Some(present(scheme)), Some(present(host)));
    set_client(&mut event, named(&mut columns, b"Client ")?)?;
    event.bytes_out = Some(number(present(named(&mut columns, b"Length ")?)).unwrap_or(0));
    let _ratio = named(&mut columns, b"Gzip ")?;
    if is_proxy {
        event.upstream = Some(present(named(&mut columns, b"Sent-to ")?));
    }
    event.user_agent = Some(present(columns.quoted()?));
    event.referer = Some(present(columns.quoted()?));
    columns.end().map(|()| event)
}

/// The value of `[Name value]`.
fn named<'a>(columns: &mut Columns<'a>, name: &[u8]) -> Result<&'a [u8], Malformed> {
    columns.bracketed()?.strip_prefix(name).ok_or(Malformed::Unknown)
}
