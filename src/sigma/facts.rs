//! One line as rules see it: its fields by name, and the raw record for keywords.

use std::borrow::Cow;
use std::net::IpAddr;

use super::field::Field;
use crate::event::Event;

/// One line as rules see it.
pub struct Facts<'e> {
    /// The record as it stands in the log.
    pub record: &'e [u8],
    /// What it says.
    pub event: &'e Event<'e>,
    /// Who made the request, after trusted proxies.
    pub client: Option<IpAddr>,
}

/// What a field holds.
pub(super) enum Value<'v> {
    /// Text without its producer's escapes, percent-encoded as it was logged.
    Text(Cow<'v, [u8]>),
    /// A whole number.
    Number(u64),
    /// Microseconds, where rules count milliseconds.
    Millis(u64),
}

impl Value<'_> {
    /// As text in UTF-8.
    pub(super) fn text(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Text(text) => readable(text),
            Self::Number(number) => Cow::Owned(number.to_string().into_bytes()),
            Self::Millis(micros) if micros.is_multiple_of(1000) => {
                Cow::Owned((micros / 1000).to_string().into_bytes())
            }
            Self::Millis(_) => Cow::Owned(self.number().unwrap_or(0.0).to_string().into_bytes()),
        }
    }

    /// As a number, where it is one.
    #[expect(clippy::cast_precision_loss, reason = "rules compare with numbers far below 2^53")]
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            Self::Number(number) => Some(*number as f64),
            Self::Millis(micros) => Some(*micros as f64 / 1000.0),
        }
    }
}

/// `text` in UTF-8, with U+FFFD for what is none: rules speak of characters, and a stray byte must not hide what stands
/// behind it.
pub(super) fn readable(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    match String::from_utf8_lossy(text) {
        Cow::Borrowed(_) => Cow::Borrowed(text),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

impl Facts<'_> {
    /// What `field` holds; `None` where the log has no such field.
    pub(super) fn value(&self, field: Field) -> Option<Value<'_>> {
        let event = self.event;
        let own = |text: String| Some(Value::Text(Cow::Owned(text.into_bytes())));
        match field {
            Field::Method => event.method.map(|method| Value::Text(Cow::Borrowed(method))),
            Field::Uri => self.uri().map(Value::Text),
            Field::Stem => self.text(event.path),
            Field::Query => self.text(event.query),
            Field::Extension => self.extension().map(Value::Text),
            Field::Agent => self.text(event.user_agent),
            Field::Referer => self.text(event.referer),
            Field::Status => event.status.map(|status| Value::Number(status.into())),
            Field::Client => match (self.client.or(event.client), event.client_name) {
                (Some(address), _) => own(address.to_string()),
                (None, name) => name.map(|name| Value::Text(Cow::Borrowed(name))),
            },
            Field::ClientPort => event.client_port.map(|port| Value::Number(port.into())),
            Field::Server => event.upstream.map(|upstream| Value::Text(Cow::Borrowed(address_of(upstream)))),
            Field::Host => self.text(event.host),
            Field::User => self.text(event.user),
            Field::BytesOut => event.bytes_out.map(Value::Number),
            Field::BytesIn => event.bytes_in.map(Value::Number),
            Field::Duration => event.duration.map(Value::Millis),
            Field::Protocol => self.text(event.protocol),
            Field::Scheme => self.text(event.scheme),
            Field::Date => own(event.time.rfc3339(0).chars().take(10).collect()),
            Field::Time => own(event.time.rfc3339(0).chars().skip(11).take(8).collect()),
            Field::Instant => own(event.time.rfc3339(event.time_digits)),
            Field::Country => self.text(event.country),
            Field::Ja3 => self.text(event.ja3),
            Field::Ja4 => self.text(event.ja4),
            Field::Unlogged => None,
        }
    }

    /// A field as text.
    fn text<'v>(&self, field: Option<&'v [u8]>) -> Option<Value<'v>> {
        field.map(|field| Value::Text(self.event.plain(field)))
    }

    /// Whether any of the values that `field` can be read as passes `test`.
    pub(super) fn any(&self, field: Field, test: impl Fn(&Value<'_>) -> bool) -> bool {
        let passes = self.value(field).is_some_and(|value| test(&value));
        passes || field == Field::Query && self.target().is_some_and(|target| test(&Value::Text(target)))
    }

    /// Path and query as they were asked for.
    pub(super) fn target(&self) -> Option<Cow<'_, [u8]>> {
        let event = self.event;
        let path = event.path?;
        let Some(query) = event.query else { return Some(event.plain(path)) };
        Some(Cow::Owned([&*event.plain(path), b"?", &*event.plain(query)].concat()))
    }

    /// Scheme and host where the log has both, path, query; else the line that was no request.
    pub(super) fn uri(&self) -> Option<Cow<'_, [u8]>> {
        let event = self.event;
        let Some(target) = self.target() else {
            return event.raw_request.map(|request| event.plain(request));
        };
        match (event.scheme, event.host) {
            (Some(scheme), Some(host)) => {
                let start = [&*event.plain(scheme), b"://", &*event.plain(host)].concat();
                Some(Cow::Owned([&*start, &*target].concat()))
            }
            _ => Some(target),
        }
    }

    /// What stands behind the last dot of the last segment.
    fn extension(&self) -> Option<Cow<'_, [u8]>> {
        let path = self.event.plain(self.event.path?);
        let start = memchr::memrchr(b'/', &path).map_or(0, |at| at + 1);
        let dot = memchr::memrchr(b'.', path.get(start..)?)?;
        let behind = start + dot + 1;
        Some(match path {
            Cow::Borrowed(path) => Cow::Borrowed(path.get(behind..)?),
            Cow::Owned(path) => Cow::Owned(path.get(behind..)?.to_vec()),
        })
    }
}

/// An address without the port behind it.
fn address_of(upstream: &[u8]) -> &[u8] {
    if let Some(rest) = upstream.strip_prefix(b"[") {
        return memchr::memchr(b']', rest).and_then(|end| rest.get(..end)).unwrap_or(upstream);
    }
    match (memchr::memchr(b':', upstream), memchr::memrchr(b':', upstream)) {
        (Some(first), Some(last)) if first == last => upstream.get(..first).unwrap_or(upstream),
        _ => upstream,
    }
}
