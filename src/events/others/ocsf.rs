//! OCSF HTTP Activity (4002): only attributes that 1.5.0 and 1.8.0 both have, so that either validates.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::Native;
use crate::incident::Stamp;
use crate::output::OcsfVersion;

/// The methods that have a number, from 1; the last has one from 1.6 on.
const METHODS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT", "TRACE", "PATCH"];
/// Any other method.
const OTHER: usize = 99;

/// The activity of one event.
pub(super) fn activity(event: &Native<'_>, version: OcsfVersion) -> Value {
    let method = event.text("method").unwrap_or_default();
    let known = METHODS.iter().take(METHODS.len() - usize::from(version == OcsfVersion::V1_5));
    let number = known.into_iter().position(|known| *known == method).map_or(OTHER, |at| at + 1);
    let name = match number {
        OTHER if method.is_empty() => "Other".to_owned(),
        _ => method.chars().take(1).chain(method.to_ascii_lowercase().chars().skip(1)).collect(),
    };
    let status = event.number("status");
    let duration =
        event.nanos("duration_ms").map(|nanos| i32::try_from(nanos / 1_000_000).unwrap_or(i32::MAX));
    let (outcome_id, outcome) = match status {
        Some(100..400) => (1, "Success"),
        Some(_) => (2, "Failure"),
        None => (0, "Unknown"),
    };
    let small = |name: &str| event.number(name).map(|number| i32::try_from(number).unwrap_or(i32::MAX));
    let source = event.text("source").unwrap_or_default();
    json!({
        "activity_id": number, "activity_name": name,
        "category_uid": 4, "category_name": "Network Activity",
        "class_uid": 4002, "class_name": "HTTP Activity",
        "type_uid": 400_200 + number, "type_name": format!("HTTP Activity: {name}"),
        "severity_id": 1, "severity": "Informational",
        "status_id": outcome_id, "status": outcome, "status_code": status.map(|status| status.to_string()),
        "time": millis(event), "duration": duration,
        "metadata": {
            "version": version.stamp(),
            "product": { "name": "gatehound", "vendor_name": "gatehound", "version": env!("CARGO_PKG_VERSION") },
            "log_name": source,
            "uid": format!("{source}:{}", event.number("offset").unwrap_or_default()),
        },
        "src_endpoint": { "ip": event.address("client"), "port": event.get("client_port"),
            "owner": { "name": event.get("user") },
            "hostname": event.text("client").filter(|_| event.address("client").is_none()),
            "location": event.text("country").filter(|code| code.len() == 2).map(|code| json!({ "country": code })),
            "autonomous_system": event.number("asn").map(|number| json!({ "number": number })) },
        "dst_endpoint": { "hostname": event.get("host"), "svc_name": event.get("api") },
        "http_request": {
            "http_method": method, "version": event.version(), "user_agent": event.get("user_agent"),
            "referrer": event.get("referer"), "uid": event.get("request_id"), "length": small("bytes_in"),
            "x_forwarded_for": hops(event),
            "url": { "scheme": event.get("scheme"), "hostname": event.get("host"), "path": event.get("path"),
                "query_string": event.get("query"), "url_string": event.url() },
        },
        // The class asks for a request or a response; a line without either is at least an answer without a code.
        "http_response": { "code": status.unwrap_or_default(), "length": small("bytes_out"), "latency": duration },
        "traffic": { "bytes_in": event.get("bytes_in"), "bytes_out": event.get("bytes_out") },
        "tls": event.text("tls_version").map(|version| json!({
            "version": version, "cipher": event.get("tls_cipher"),
            "ja3_hash": event.text("ja3").map(|hash| json!({ "algorithm_id": 1, "algorithm": "MD5", "value": hash })),
        })),
        "unmapped": { "gatehound": {
            "line": event.get("line"), "format": event.get("format"), "peer": event.get("peer"),
            "forwarded": event.get("forwarded"), "consumer": event.get("consumer"), "token": event.get("token"), "session": event.get("session"),
            "template": event.get("template"), "upstream": event.get("upstream"),
            "upstream_status": event.get("upstream_status"), "gateway_route": event.get("gateway_route"),
            "cache": event.get("cache"), "flags": event.get("flags"), "raw_request": event.get("raw_request"),
            "ja4": event.get("ja4"), "tls_client": event.get("tls_client"), "signals": event.get("signals"),
        } },
    })
}

/// The addresses that proxies noted; names that stand for one are no address.
fn hops(event: &Native<'_>) -> Vec<String> {
    let all = event.get("forwarded").as_array().into_iter().flatten().filter_map(Value::as_str);
    let address = |hop: &str| hop.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    all.filter_map(address).map(|address| address.to_string()).collect()
}

/// When, in milliseconds since 1970.
fn millis(event: &Native<'_>) -> i64 {
    let time: Option<Stamp> = serde_json::from_value(event.get("time").clone()).ok();
    time.map_or(0, |stamp| stamp.0.0.div_euclid(1000))
}
