//! nginx's `escape=json` behind a load balancer, with the account and the hashed token of an API gateway.

use std::io::Write as _;

use super::{protocol, quoted, weight};
use crate::simulate::random::mix;
use crate::simulate::request::Request;
use crate::time::{SECOND, Time};

/// Appends one line.
pub(super) fn line(line: &mut Vec<u8>, date: &str, done: Time, host: &str, nth: u64, request: &Request) {
    let chance = mix(nth);
    let millis = done.0.rem_euclid(SECOND) / 1000;
    let answer = request.answer;
    let _ = write!(
        line,
        "{{\"time_iso8601\":\"{date}.{millis:03}Z\",\"remote_addr\":\"10.0.4.{}\",\"http_x_forwarded_for\":\"{}\",\
         \"request_method\":\"{}\",\"request_uri\":\"",
        10 + chance % 3,
        request.client,
        request.method
    );
    quoted(line, &request.target);
    let _ = write!(
        line,
        "\",\"server_protocol\":\"{}\",\"status\":{},\"body_bytes_sent\":{},\"request_length\":{},\"request_time\":{}.{:03},\
         \"http_referer\":\"",
        protocol(request),
        answer.status,
        answer.bytes,
        weight(request),
        request.took / SECOND,
        request.took % SECOND / 1000
    );
    quoted(line, request.referer.as_deref().unwrap_or_default());
    line.extend_from_slice(b"\",\"http_user_agent\":\"");
    quoted(line, &request.agent);
    let _ = write!(
        line,
        "\",\"host\":\"{host}\",\"request_id\":\"{chance:016x}{:016x}\",\"jwt_sub\":\"{}\",\"token_hash\":\"",
        mix(chance),
        request.user.as_deref().unwrap_or_default()
    );
    if request.token != 0 {
        let _ = write!(line, "{:016x}", request.token);
    }
    line.extend_from_slice(b"\"}\n");
}
