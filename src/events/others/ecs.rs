//! Elastic Common Schema: a web access, as Elastic's own integrations write it.

use serde_json::{Value, json};

use super::Native;

/// The version of the schema that is stamped.
const SCHEMA: &str = "9.4.0";

/// The document of one event.
pub(super) fn document(event: &Native<'_>) -> Value {
    let status = event.number("status");
    let agent = event.text("user_agent");
    let source = event.text("source");
    json!({
        "@timestamp": event.get("time"),
        "ecs": { "version": SCHEMA },
        "event": {
            "kind": "event", "category": ["web"], "type": ["access"],
            "outcome": match status {
                Some(100..400) => "success",
                Some(_) => "failure",
                None => "unknown",
            },
            "dataset": "gatehound.event", "module": "gatehound",
            "duration": event.nanos("duration_ms"),
        },
        "source": { "ip": event.address("client"), "address": event.get("client"), "port": event.get("client_port"),
            "bytes": event.get("bytes_in"),
            "geo": { "country_iso_code": event.text("country").filter(|code| code.len() == 2) },
            "as": { "number": event.get("asn") } },
        "client": { "ip": event.address("client"), "address": event.get("client") },
        "destination": { "address": event.get("upstream"), "bytes": event.get("bytes_out") },
        "user": { "name": event.get("user") },
        "http": {
            "version": event.version(),
            "request": { "method": event.get("method"), "referrer": event.get("referer"), "id": event.get("request_id"),
                "bytes": event.get("bytes_in") },
            "response": { "status_code": status, "bytes": event.get("bytes_out") },
        },
        "url": { "path": event.get("path"), "query": event.get("query"), "domain": event.get("host"),
            "scheme": event.get("scheme"), "original": event.url() },
        "user_agent": { "original": agent },
        "tls": { "cipher": event.get("tls_cipher"), "version": tls_version(event),
            "client": { "ja3": event.get("ja3"), "subject": event.get("tls_client") } },
        "log": { "file": { "path": source } },
        "gatehound": {
            "line": event.get("line"), "offset": event.get("offset"), "format": event.get("format"), "peer": event.get("peer"),
            "forwarded": event.get("forwarded"), "consumer": event.get("consumer"), "token": event.get("token"),
            "session": event.get("session"), "template": event.get("template"),
            "upstream_status": event.get("upstream_status"), "upstream_ms": event.get("upstream_ms"),
            "gateway_route": event.get("gateway_route"), "api": event.get("api"), "ja4": event.get("ja4"),
            "cache": event.get("cache"), "flags": event.get("flags"), "raw_request": event.get("raw_request"),
            "signals": event.get("signals"),
        },
    })
}

/// `1.3` of `TLSv1.3`.
fn tls_version<'e>(event: &Native<'e>) -> Option<&'e str> {
    event
        .text("tls_version")
        .map(|version| version.trim_start_matches(|letter: char| !letter.is_ascii_digit()))
}
