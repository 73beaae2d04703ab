//! Apache's `ssl_request_log`: stamp, client, TLS version and cipher, request, size; no status.

use super::columns::{Columns, Quoting};
use super::fields::{present, set_client, set_request, size};
use super::plain::Plain;
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::stamp;

pub(super) static APACHE_SSL_REQUEST: Plain = Plain {
    name: "apache-ssl-request",
    about: "Apache's ssl_request_log",
    has: "[]0",
    read: |line, _, _| {
        let mut columns = Columns::new(line, Quoting::Escaped);
        let mut event = Event { escapes: Escapes::Backslash, ..Event::default() };
        (event.time, event.time_digits) = stamp::bracketed(columns.bracketed()?).ok_or(Malformed::Time)?;
        set_client(&mut event, columns.word()?)?;
        let version = columns.word()?;
        if version != b"-" && !version.starts_with(b"TLSv") && !version.starts_with(b"SSLv") {
            return Err(Malformed::Unknown);
        }
        (event.tls_version, event.tls_cipher) = (Some(present(version)), Some(present(columns.word()?)));
        event.scheme = Some(b"https");
        set_request(&mut event, columns.quoted()?);
        event.scheme = event.scheme.or(Some(b"https"));
        event.bytes_out = Some(size(columns.word()?)?);
        columns.end().map(|()| event)
    },
};
