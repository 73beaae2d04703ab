//! IIS and CloudFront in the W3C's extended format, each with its header. IIS names accounts, also those that a login tries.

use std::io::Write as _;

use super::{protocol, weight};
use crate::simulate::random::mix;
use crate::simulate::request::Request;
use crate::time::{SECOND, Time};

/// What stands above IIS's lines.
pub(super) const IIS_HEADER: &str = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n\
    #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) cs-host \
    sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken\n";

/// What stands above CloudFront's.
pub(super) const CLOUDFRONT_HEADER: &str = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method \
    cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type \
    x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher \
    x-edge-response-result-type cs-protocol-version\n";

/// `2026-03-10 00:00:14`, with `between` for the blank.
fn date(time: Time, between: char) -> String {
    time.rfc3339(0).trim_end_matches('Z').replace('T', &between.to_string())
}

/// Path and query, a dash for none.
fn split(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, "-"))
}

/// Appends one line of IIS.
pub(super) fn iis(line: &mut Vec<u8>, done: Time, host: &str, request: &Request) {
    let answer = request.answer;
    let (path, query) = split(&request.target);
    let user = request.user.as_deref().unwrap_or("-");
    let agent = if request.agent.is_empty() { "-".to_owned() } else { request.agent.replace(' ', "+") };
    let _ = writeln!(
        line,
        "{} 10.0.8.5 {} {path} {query} 443 {user} {} {agent} {} {host} {} 0 0 {} {} {}",
        date(done, ' '),
        request.method,
        request.client,
        request.referer.as_deref().unwrap_or("-"),
        answer.status,
        answer.bytes + 250,
        weight(request),
        request.took / 1000
    );
}

/// Appends one line of CloudFront.
pub(super) fn cloudfront(line: &mut Vec<u8>, done: Time, host: &str, nth: u64, request: &Request) {
    let (chance, answer) = (mix(nth), request.answer);
    let (path, query) = split(&request.target);
    let agent = if request.agent.is_empty() { "-".to_owned() } else { request.agent.replace(' ', "%20") };
    let fields = [
        date(done, '\t'),
        "FRA56-P4".to_owned(),
        (answer.bytes + 420).to_string(),
        request.client.to_string(),
        request.method.to_owned(),
        "d111111abcdef8.cloudfront.net".to_owned(),
        path.to_owned(),
        answer.status.to_string(),
        request.referer.as_deref().unwrap_or("-").to_owned(),
        agent,
        query.to_owned(),
        "-".to_owned(),
        "Miss".to_owned(),
        format!("{chance:016x}{:016x}==", mix(chance)),
        host.to_owned(),
        "https".to_owned(),
        weight(request).to_string(),
        format!("{}.{:03}", request.took / SECOND, request.took % SECOND / 1000),
        "-".to_owned(),
        "TLSv1.3".to_owned(),
        "TLS_AES_128_GCM_SHA256".to_owned(),
        "Miss".to_owned(),
        protocol(request).to_owned(),
    ];
    line.extend_from_slice(fields.join("\t").as_bytes());
    line.push(b'\n');
}
