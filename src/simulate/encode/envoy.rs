//! Envoy's default text, with the client in front of a load balancer: names no account.

use std::io::Write as _;

use super::{protocol, weight};
use crate::simulate::random::mix;
use crate::simulate::request::Request;

/// Appends one line.
pub(super) fn line(line: &mut Vec<u8>, host: &str, nth: u64, request: &Request) {
    let (chance, answer) = (mix(nth), request.answer);
    let took = request.took / 1000;
    let agent = if request.agent.is_empty() { "-" } else { &request.agent };
    let _ = writeln!(
        line,
        "[{}] \"{} {} {}\" {} - {} {} {took} {} \"{}\" \"{agent}\" \"{chance:08x}-7a1b-4c2d-8e3f-{:012x}\" \"{host}\" \
         \"10.0.8.{}:8080\"",
        request.time.rfc3339(3),
        request.method,
        request.target,
        protocol(request).trim_end_matches(".0"),
        answer.status,
        weight(request),
        answer.bytes,
        (took - 1).max(0),
        request.client,
        mix(chance) & 0xffff_ffff_ffff,
        10 + chance % 5
    );
}
