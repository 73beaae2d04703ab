//! The fields of an event, in the order in which they are written.

use super::json::Object;
use crate::event::Event;
use crate::output::mask;
use crate::route;

/// What was asked for.
pub(super) fn what(event: &Event<'_>, object: &mut Object<'_>) {
    plain(event, object, "method", event.method);
    plain(event, object, "scheme", event.scheme);
    plain(event, object, "host", event.host);
    masked(event, object, "path", event.path);
    masked_query(event, object);
    plain(event, object, "protocol", event.protocol);
    if let Some(path) = event.path.filter(|path| says_something(path)) {
        object.text("template", &route::text(&event.plain(path)));
    }
}

/// What came of it.
pub(super) fn answer(event: &Event<'_>, object: &mut Object<'_>) {
    object.number("status", event.status.map(u64::from));
    object.number("bytes_out", event.bytes_out);
    object.number("bytes_in", event.bytes_in);
    object.millis("duration_ms", event.duration);
    plain(event, object, "upstream", event.upstream);
    object.number("upstream_status", event.upstream_status.map(u64::from));
    object.millis("upstream_ms", event.upstream_duration);
}

/// What else the log tells.
pub(super) fn around(event: &Event<'_>, object: &mut Object<'_>) {
    masked(event, object, "referer", event.referer);
    masked(event, object, "user_agent", event.user_agent);
    plain(event, object, "request_id", event.request_id);
    plain(event, object, "gateway_route", event.gateway_route);
    plain(event, object, "api", event.api);
    plain(event, object, "tls_version", event.tls_version);
    plain(event, object, "tls_cipher", event.tls_cipher);
    plain(event, object, "tls_client", event.tls_client);
    plain(event, object, "ja3", event.ja3);
    plain(event, object, "ja4", event.ja4);
    plain(event, object, "cache", event.cache);
    plain(event, object, "country", event.country);
    object.number("asn", event.asn.map(u64::from));
    plain(event, object, "flags", event.flags);
    masked(event, object, "raw_request", event.raw_request);
}

/// A field without its producer's escapes; left out where the log says nothing.
pub(super) fn plain(event: &Event<'_>, object: &mut Object<'_>, name: &str, field: Option<&[u8]>) {
    if let Some(field) = field.filter(|field| says_something(field)) {
        object.text(name, &event.plain(field));
    }
}

/// As [`plain`], with secrets that stand in it masked.
fn masked(event: &Event<'_>, object: &mut Object<'_>, name: &str, field: Option<&[u8]>) {
    if let Some(field) = field.filter(|field| says_something(field)) {
        object.text(name, &mask::mask(&event.plain(field)));
    }
}

/// As [`masked`], for a query: the mask knows parameters by what stands before them.
fn masked_query(event: &Event<'_>, object: &mut Object<'_>) {
    if let Some(query) = event.query.filter(|query| says_something(query)) {
        let query = [b"?", &*event.plain(query)].concat();
        object.text("query", mask::mask(&query).strip_prefix(b"?").unwrap_or(&query));
    }
}

/// Whether a field is more than an empty one.
pub(super) fn says_something(field: &[u8]) -> bool {
    !matches!(field, b"" | b"-")
}
