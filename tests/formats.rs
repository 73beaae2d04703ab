//! Every sample of ours is recognised as the format it is named after, and says what the file beside it says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gatehound::event::Event;
use gatehound::format::{Around, Clock, Decoder, FORMATS, Opening, Reader, recognise};
use gatehound::time::Time;

/// Nothing around a record; the little that a decoder writes anew is never freed.
fn alone() -> Around<'static> {
    Around::nothing(Box::leak(Box::default()))
}

/// A source that begins with `head` and was last written on 11 March 2026, for lines that do not say when they are.
fn opening(head: &[u8]) -> Opening<'_> {
    static CLOCK: OnceLock<Clock> = OnceLock::new();
    let written = Some(Time::from_seconds(1_773_187_200));
    Opening { head, clock: CLOCK.get_or_init(|| Clock { written, ..Clock::default() }) }
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/formats")
}

/// An event in one line: what it has, in the order of the contract. Secrets show that they are there.
fn compact(event: &Event<'_>) -> String {
    let mut line = event.time.rfc3339(event.time_digits);
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            write!(line, " {name}={value}").unwrap();
        }
    };
    let text = |field: Option<&[u8]>| field.map(|field| event.plain(field).escape_ascii().to_string());
    add("client", event.client.map(|client| client.to_string()));
    add("client_name", text(event.client_name));
    add("client_port", event.client_port.map(|port| port.to_string()));
    add("forwarded", text(event.forwarded));
    add("user", text(event.user));
    add("consumer", text(event.consumer));
    add("token", event.token.map(|_| "…".to_owned()));
    add("session", event.session.map(|_| "…".to_owned()));
    add("method", text(event.method));
    add("scheme", text(event.scheme));
    add("host", text(event.host));
    add("path", text(event.path));
    add("query", text(event.query));
    add("protocol", text(event.protocol));
    add("status", event.status.map(|status| status.to_string()));
    add("out", event.bytes_out.map(|bytes| bytes.to_string()));
    add("in", event.bytes_in.map(|bytes| bytes.to_string()));
    add("us", event.duration.map(|time| time.to_string()));
    add("upstream", text(event.upstream));
    add("upstream_status", event.upstream_status.map(|status| status.to_string()));
    add("upstream_us", event.upstream_duration.map(|time| time.to_string()));
    add("referer", text(event.referer));
    add("agent", text(event.user_agent));
    add("id", text(event.request_id));
    add("route", text(event.gateway_route));
    add("api", text(event.api));
    add("tls", text(event.tls_version));
    add("cipher", text(event.tls_cipher));
    add("tls_client", text(event.tls_client));
    add("ja3", text(event.ja3));
    add("ja4", text(event.ja4));
    add("cache", text(event.cache));
    add("country", text(event.country));
    add("asn", event.asn.map(|asn| asn.to_string()));
    add("flags", text(event.flags));
    add("raw", text(event.raw_request));
    line
}

/// What `decoder` makes of `log`, a line for each record.
fn told(decoder: &dyn Decoder, log: &[u8]) -> Vec<String> {
    let mut told = Vec::new();
    decoder.decode_block(log, alone(), &mut |decoded| {
        let what = match decoded.event {
            Ok(event) => compact(event),
            Err(malformed) if malformed.is_skip() => format!("skipped: {}", malformed.reason()),
            Err(malformed) => format!("rejected: {}", malformed.reason()),
        };
        let read_by_another = decoded.event.is_ok() && decoded.format != decoder.format();
        let by = if read_by_another { format!("({}) ", decoded.format) } else { String::new() };
        told.push(format!("{by}{what}"));
    });
    told
}

#[test]
fn every_format_reads_its_sample_as_written_beside_it() {
    for format in FORMATS {
        let path = samples().join(format.name()).with_extension("log");
        let log = fs::read(&path).unwrap_or_else(|_| panic!("{} needs a sample", format.name()));
        let choice =
            recognise(&opening(&log)).unwrap_or_else(|| panic!("{} is not recognised", path.display()));
        assert_eq!(choice.format, format.name(), "{:?}", choice.tried);
        let told = told(&Reader::of(choice, &opening(&log)), &log).join("\n") + "\n";
        let beside = path.with_extension("events");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&beside, &told).unwrap();
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(told, expected, "{}; UPDATE=1 writes {}", format.name(), beside.display());
        assert!(told.lines().count() >= 15, "{} is short", path.display());
    }
}
