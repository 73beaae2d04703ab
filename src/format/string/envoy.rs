//! `%REQ(:METHOD)% %RESPONSE_CODE% …`: the command operators of Envoy, as text or as the values of `json_format` and
//! `typed_json_format` (its manual, "Access logging", command operators).

use super::dialect::{self, Compiled, Token, ranked, stamp, text, unknown};
use super::pattern::Pattern;
use super::template::Shape;
use crate::error::Error;
use crate::format::Clock;
use crate::format::fields::Unit;
use crate::format::json::of_name;
use crate::format::slot::{Meaning, Slot};
use crate::text::Escapes;

/// Operators that say something that an event has.
const KNOWN: &[(&str, Slot, u8)] = &[
    ("START_TIME", Slot::Time, 0),
    ("PROTOCOL", Slot::Protocol, 0),
    ("RESPONSE_CODE", Slot::Status, 0),
    ("RESPONSE_FLAGS", Slot::Flags, 0),
    ("BYTES_RECEIVED", Slot::BytesIn, 0),
    ("BYTES_SENT", Slot::BytesOut, 0),
    ("DURATION", Slot::Duration, 0),
    ("REQUEST_DURATION", Slot::Duration, 1),
    ("RESPONSE_DURATION", Slot::UpstreamDuration, 1),
    ("UPSTREAM_HOST", Slot::Upstream, 0),
    ("UPSTREAM_REMOTE_ADDRESS", Slot::Upstream, 1),
    ("UPSTREAM_CLUSTER", Slot::Api, 0),
    ("DOWNSTREAM_REMOTE_ADDRESS", Slot::Client, 0),
    ("DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT", Slot::Client, 0),
    ("DOWNSTREAM_REMOTE_PORT", Slot::ClientPort, 0),
    ("DOWNSTREAM_DIRECT_REMOTE_ADDRESS", Slot::Client, 1),
    ("DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT", Slot::Client, 1),
    ("DOWNSTREAM_TLS_VERSION", Slot::TlsVersion, 0),
    ("DOWNSTREAM_TLS_CIPHER", Slot::TlsCipher, 0),
    ("DOWNSTREAM_PEER_SUBJECT", Slot::TlsClient, 0),
    ("TLS_JA3_FINGERPRINT", Slot::Ja3, 0),
    ("TLS_JA4_FINGERPRINT", Slot::Ja4, 0),
    ("REQUESTED_SERVER_NAME", Slot::Host, 1),
    ("ROUTE_NAME", Slot::Route, 0),
    ("STREAM_ID", Slot::RequestId, 1),
];

/// Operators that say nothing that an event has.
const SILENT: &str = "\
    RESPONSE_CODE_DETAILS CONNECTION_TERMINATION_DETAILS UPSTREAM_TRANSPORT_FAILURE_REASON GRPC_STATUS GRPC_STATUS_NUMBER \
    UPSTREAM_LOCAL_ADDRESS UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_PORT UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT \
    UPSTREAM_REMOTE_PORT UPSTREAM_CLUSTER_RAW UPSTREAM_METADATA UPSTREAM_PROTOCOL UPSTREAM_REQUEST_ATTEMPT_COUNT \
    UPSTREAM_TLS_VERSION UPSTREAM_TLS_CIPHER UPSTREAM_HOST_NAME UPSTREAM_CONNECTION_ID DOWNSTREAM_LOCAL_ADDRESS \
    DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_PORT DOWNSTREAM_DIRECT_REMOTE_PORT DOWNSTREAM_LOCAL_SUBJECT \
    DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_ISSUER DOWNSTREAM_PEER_URI_SAN \
    DOWNSTREAM_PEER_CERT DOWNSTREAM_TLS_SESSION_ID DOWNSTREAM_TRANSPORT_FAILURE_REASON CONNECTION_ID VIRTUAL_CLUSTER_NAME \
    DYNAMIC_METADATA CLUSTER_METADATA ROUTE_METADATA FILTER_STATE UPSTREAM_FILTER_STATE METADATA HOSTNAME TRAILER TRACE_ID \
    REQUEST_HEADERS_BYTES RESPONSE_HEADERS_BYTES REQUEST_TX_DURATION RESPONSE_TX_DURATION ROUNDTRIP_DURATION \
    COMMON_DURATION RESPONSE_FLAGS_LONG LOCAL_REPLY_BODY ENVIRONMENT CEL EMIT_TIME UNIQUE_ID UPSTREAM_WIRE_BYTES_SENT \
    UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_WIRE_BYTES_SENT \
    DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_HEADER_BYTES_RECEIVED REQ_WITHOUT_QUERY \
    ACCESS_LOG_TYPE UPSTREAM_CONNECTION_POOL_READY_DURATION CUSTOM_FLAGS";

/// Reads a string alone; the line feed at its end may be written out.
pub(super) fn bare(string: &str, clock: &Clock) -> Result<Compiled, Error> {
    let string = string.trim_end();
    let pattern = Pattern::unescaped(string.strip_suffix("\\n").unwrap_or(string), |byte| match byte {
        b'"' => Some(byte),
        _ => None,
    });
    dialect::compile(&pattern, &token, Escapes::None, clock)
}

/// The operator that begins at `at`: `%NAME%`, `%NAME(arguments)%`, `%NAME(arguments):length%`.
pub(super) fn token(bytes: &[u8], at: usize) -> Option<Token> {
    let rest = bytes.get(at..)?.strip_prefix(b"%")?;
    if rest.first() == Some(&b'%') {
        return Some(Token::Literal(b"%", at + 2));
    }
    let length =
        rest.iter().take_while(|byte| byte.is_ascii_uppercase() || b"_0123456789".contains(byte)).count();
    let bad = |why: String| Some(Token::Bad(at + 1 + length, at, why));
    let Some(name) = std::str::from_utf8(&rest[..length]).ok().filter(|name| !name.is_empty()) else {
        return bad("no operator behind `%`".to_owned());
    };
    let (mut arguments, mut end) = (&rest[..0], length);
    if rest.get(end) == Some(&b'(') {
        let Some(inside) = parenthesis(&rest[end..]) else {
            return bad("the bracket is never closed".to_owned());
        };
        arguments = &rest[end + 1..end + inside];
        end += inside + 1;
    }
    if rest.get(end) == Some(&b':') {
        end += 1 + rest[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    }
    if rest.get(end) != Some(&b'%') {
        return bad(format!("`%{name}` is never closed by a `%`"));
    }
    let end_of_all = at + 1 + end + 1;
    Some(match (name, arguments) {
        ("START_TIME", [_, ..]) => stamp(arguments, at + 1 + length + 1, end_of_all),
        _ => match shape(name, arguments) {
            Some(shape) => Token::Field(shape, end_of_all),
            None => {
                let known = KNOWN.iter().map(|(known, ..)| *known).chain(["REQ", "RESP"]);
                Token::Bad(
                    end_of_all,
                    at + 1,
                    unknown("operator", name, known.chain(SILENT.split_whitespace())),
                )
            }
        },
    })
}

/// Where the bracket at the start of `text` is closed.
fn parenthesis(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    text.iter().position(|byte| {
        depth = match byte {
            b'(' => depth + 1,
            b')' => depth - 1,
            _ => return false,
        };
        depth == 0
    })
}

/// What an operator says; `None` where there is none of this name.
fn shape(name: &str, arguments: &[u8]) -> Option<Shape> {
    if matches!(name, "REQ" | "REQ_WITHOUT_QUERY") {
        return Some(header(arguments));
    }
    if name == "RESP" {
        let is_upstream = arguments.eq_ignore_ascii_case(b"x-envoy-upstream-service-time");
        let meaning = Meaning::in_unit(Slot::UpstreamDuration, Unit::Millis);
        return Some(Shape::Text(is_upstream.then_some(meaning)));
    }
    if let Some(&(_, slot, rank)) = KNOWN.iter().find(|(known, ..)| *known == name) {
        let unit = Unit::Millis;
        return Some(match slot {
            Slot::Duration | Slot::UpstreamDuration => Shape::Text(Some(Meaning { slot, unit, rank })),
            _ => ranked(slot, rank),
        });
    }
    SILENT.split_whitespace().any(|known| known == name).then_some(Shape::Text(None))
}

/// What `%REQ(X?Y)%` says: header X, or Y where there is none.
fn header(arguments: &[u8]) -> Shape {
    let mut names = arguments.split(|&byte| byte == b'?').map(<[u8]>::to_ascii_uppercase);
    let known = names.find_map(|name| {
        Some(match &*name {
            b":METHOD" => text(Slot::Method),
            b":PATH" | b"X-ENVOY-ORIGINAL-PATH" => text(Slot::Target),
            b":AUTHORITY" | b"HOST" => text(Slot::Host),
            b":SCHEME" | b"X-FORWARDED-PROTO" => ranked(Slot::Scheme, 1),
            b"X-FORWARDED-FOR" => Shape::List(Some(Meaning::of(Slot::Forwarded))),
            b"X-ENVOY-EXTERNAL-ADDRESS" => ranked(Slot::Client, 2),
            _ => Shape::Text(Some(of_name(&[b"headers.".as_slice(), &name].concat())?)),
        })
    });
    known.unwrap_or(Shape::Text(None))
}
