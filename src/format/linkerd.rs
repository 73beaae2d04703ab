//! Linkerd's `apache` format: no size, a stamp of Go, and the identity that mutual TLS proved.

use super::columns::{Columns, Quoting};
use super::fields::{present, set_client, set_request, set_status};
use super::plain::Plain;
use crate::event::{Event, Malformed};
use crate::time::stamp::iso8601;

pub(super) static LINKERD: Plain = Plain {
    name: "linkerd",
    about: "Linkerd's proxy with `accessLog: apache`",
    has: "[]:0",
    read: |line, _, _| {
        let mut columns = Columns::new(line, Quoting::Escaped);
        let mut event = Event::default();
        set_client(&mut event, columns.word()?)?;
        event.client_port.ok_or(Malformed::Client)?;
        event.tls_client = Some(present(columns.word()?));
        let _user = columns.word()?;
        (event.time, event.time_digits) = iso8601(columns.bracketed()?).ok_or(Malformed::Time)?;
        set_request(&mut event, columns.quoted()?);
        set_status(&mut event, columns.word()?)?;
        columns.end().map(|()| event)
    },
};
