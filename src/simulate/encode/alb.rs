//! AWS Application Load Balancer, 33 columns.

use std::io::Write as _;
use std::net::IpAddr;

use super::{protocol, weight};
use crate::simulate::random::mix;
use crate::simulate::request::Request;
use crate::time::{SECOND, Time};

/// The target group and the balancer: an account that AWS keeps for documentation.
const GROUP: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/api/73e2d6bc24d8a067";
const CERTIFICATE: &str =
    "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";

/// Appends one line.
pub(super) fn line(line: &mut Vec<u8>, date: &str, done: Time, host: &str, nth: u64, request: &Request) {
    let chance = mix(nth);
    let answer = request.answer;
    let kind = if protocol(request) == "HTTP/2.0" { "h2" } else { "https" };
    let port = 1024 + chance % 64_000;
    let (target, target_status) = (10 + chance % 5, answer.status);
    let server = (request.took.min(60 * SECOND) / 1000).max(1);
    let _ = write!(line, "{kind} {date}.{:06}Z app/api/50dc6c495c0c9188 ", done.0.rem_euclid(SECOND));
    let _ = match request.client {
        IpAddr::V4(ip) => write!(line, "{ip}:{port} "),
        IpAddr::V6(ip) => write!(line, "[{ip}]:{port} "),
    };
    let _ = write!(
        line,
        "10.0.8.{target}:8080 0.001 {}.{:03} 0.000 {} {target_status} {} {} \"{} https://{host}:443{} {}\" \"",
        server / 1000,
        server % 1000,
        answer.status,
        weight(request),
        answer.bytes + 250,
        request.method,
        request.target,
        protocol(request)
    );
    line.extend_from_slice(if request.agent.is_empty() { b"-" } else { request.agent.as_bytes() });
    let begun = request.time.rfc3339(6);
    let _ = writeln!(
        line,
        "\" TLS_AES_128_GCM_SHA256 TLSv1.3 {GROUP} \"Root=1-{:08x}-{chance:016x}{:08x}\" \"{host}\" \"{CERTIFICATE}\" 1 \
         {begun} \"forward\" \"-\" \"-\" \"10.0.8.{target}:8080\" \"{target_status}\" \"-\" \"-\" TID_{:016x}{chance:016x} \
         \"-\" \"-\" \"-\"",
        request.time.seconds(),
        mix(chance) >> 32,
        mix(chance)
    );
}
