//! Gateways and a CDN in JSON: Kong and Traefik name accounts, also those that a login tries; Cloudflare names none.

use std::io::Write as _;

use super::{protocol, quoted, weight};
use crate::simulate::random::mix;
use crate::simulate::request::Request;

/// Appends one line of Kong's http-log.
pub(super) fn kong(line: &mut Vec<u8>, host: &str, nth: u64, request: &Request) {
    let (chance, answer, took) = (mix(nth), request.answer, request.took / 1000);
    let _ = write!(
        line,
        "{{\"started_at\":{},\"client_ip\":\"{}\",\"request\":{{\"id\":\"{chance:016x}{:016x}\",\"method\":\"{}\",\"uri\":\"",
        request.time.0 / 1000,
        request.client,
        mix(chance),
        request.method
    );
    quoted(line, &request.target);
    let _ =
        write!(line, "\",\"size\":{},\"headers\":{{\"host\":\"{host}\",\"user-agent\":\"", weight(request));
    quoted(line, &request.agent);
    if let Some(referer) = &request.referer {
        line.extend_from_slice(b"\",\"referer\":\"");
        quoted(line, referer);
    }
    let _ = write!(
        line,
        "\"}}}},\"response\":{{\"status\":{},\"size\":{}}},\"latencies\":{{\"request\":{took},\"kong\":1,\"proxy\":{}}},\
         \"route\":{{\"name\":\"api\"}},\"service\":{{\"name\":\"api\"}}",
        answer.status,
        answer.bytes,
        (took - 1).max(0)
    );
    if let Some(account) = request.user.as_deref() {
        line.extend_from_slice(b",\"consumer\":{\"username\":\"");
        quoted(line, account);
        line.extend_from_slice(b"\"}");
    }
    line.extend_from_slice(b"}\n");
}

/// Appends one line of Traefik's access log.
pub(super) fn traefik(line: &mut Vec<u8>, host: &str, nth: u64, request: &Request) {
    let (chance, answer) = (mix(nth), request.answer);
    let nanos = request.took * 1000;
    let _ = write!(line, "{{\"ClientHost\":\"{}\",\"ClientUsername\":\"", request.client);
    quoted(line, request.user.as_deref().unwrap_or("-"));
    let _ = write!(
        line,
        "\",\"DownstreamContentSize\":{},\"DownstreamStatus\":{},\"Duration\":{nanos},\"OriginStatus\":{},\
         \"RequestHost\":\"{host}\",\"RequestMethod\":\"{}\",\"RequestPath\":\"",
        answer.bytes, answer.status, answer.status, request.method
    );
    quoted(line, &request.target);
    let _ = write!(
        line,
        "\",\"RequestProtocol\":\"{}\",\"RouterName\":\"api@docker\",\"ServiceAddr\":\"10.0.8.{}:8080\",\
         \"StartUTC\":\"{}\",\"request_User-Agent\":\"",
        protocol(request),
        10 + chance % 5,
        request.time.rfc3339(6)
    );
    quoted(line, &request.agent);
    if let Some(referer) = &request.referer {
        line.extend_from_slice(b"\",\"request_Referer\":\"");
        quoted(line, referer);
    }
    line.extend_from_slice(b"\"}\n");
}

/// Appends one line of Cloudflare's Logpush.
pub(super) fn cloudflare(line: &mut Vec<u8>, host: &str, nth: u64, request: &Request) {
    let (chance, answer) = (mix(nth), request.answer);
    let _ = write!(
        line,
        "{{\"ClientIP\":\"{}\",\"ClientRequestHost\":\"{host}\",\"ClientRequestMethod\":\"{}\",\"ClientRequestURI\":\"",
        request.client, request.method
    );
    quoted(line, &request.target);
    let _ = write!(
        line,
        "\",\"ClientRequestProtocol\":\"{}\",\"ClientRequestBytes\":{},\"EdgeResponseStatus\":{},\"EdgeResponseBytes\":{},\
         \"EdgeStartTimestamp\":{},\"RayID\":\"{chance:016x}\",\"ClientRequestUserAgent\":\"",
        protocol(request).trim_end_matches(".0"),
        weight(request),
        answer.status,
        answer.bytes + 500,
        i128::from(request.time.0) * 1000
    );
    quoted(line, &request.agent);
    line.extend_from_slice(b"\",\"ClientRequestReferer\":\"");
    quoted(line, request.referer.as_deref().unwrap_or_default());
    line.extend_from_slice(b"\"}\n");
}
