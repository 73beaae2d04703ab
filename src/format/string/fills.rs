//! The event fields that the fields of a format string fill, by the names of `gatehound.event.v1`.

use crate::event::FIELDS;
use crate::format::slot::Slot;

/// The names of all fields that `slots` fill, in the order of an event.
pub(super) fn fields(slots: &[Slot]) -> Vec<&'static str> {
    let request = ["method", "path", "query", "protocol"];
    let named = |name: &str| slots.iter().any(|&slot| field(slot) == Some(name));
    let has = |name: &&str| {
        named(name)
            || (request.contains(name) && slots.contains(&Slot::Request))
            || (*name == "query" && slots.contains(&Slot::Target))
    };
    FIELDS.iter().copied().filter(has).collect()
}

/// The field of a slot.
fn field(slot: Slot) -> Option<&'static str> {
    Some(match slot {
        Slot::Time => "time",
        Slot::Client => "client",
        Slot::ClientPort => "client_port",
        Slot::Forwarded => "forwarded",
        Slot::User => "user",
        Slot::Consumer => "consumer",
        Slot::Token => "token",
        Slot::Session => "session",
        Slot::Method => "method",
        Slot::Scheme => "scheme",
        Slot::Host => "host",
        Slot::Target => "path",
        Slot::Query => "query",
        Slot::Protocol => "protocol",
        Slot::Status => "status",
        Slot::BytesOut => "bytes_out",
        Slot::BytesIn => "bytes_in",
        Slot::Duration => "duration_ms",
        Slot::Upstream => "upstream",
        Slot::UpstreamStatus => "upstream_status",
        Slot::UpstreamDuration => "upstream_ms",
        Slot::Referer => "referer",
        Slot::UserAgent => "user_agent",
        Slot::RequestId => "request_id",
        Slot::Route => "gateway_route",
        Slot::Api => "api",
        Slot::TlsVersion => "tls_version",
        Slot::TlsCipher => "tls_cipher",
        Slot::TlsClient => "tls_client",
        Slot::Ja3 => "ja3",
        Slot::Ja4 => "ja4",
        Slot::Cache => "cache",
        Slot::Country => "country",
        Slot::Request | Slot::Asn | Slot::Flags | Slot::End | Slot::Logger => return None,
    })
}
