//! The fields of an event by the names of `gatehound.event.v1`, and which of them one fills.

use crate::event::{Event, FIELDS};
use crate::request::Flags;

/// Whether `event` says something in each of [`FIELDS`], in their order.
pub(super) fn filled(event: &Event<'_>) -> [bool; FIELDS.len()] {
    let says = |field: Option<&[u8]>| field.is_some_and(|field| !matches!(field, b"" | b"-"));
    [
        true,
        event.client.is_some() || says(event.client_name),
        event.client_port.is_some(),
        says(event.forwarded),
        says(event.user),
        says(event.consumer),
        event.token.is_some_and(|token| !token.is_empty()),
        event.session.is_some_and(|session| !session.is_empty()),
        says(event.method),
        says(event.scheme),
        says(event.host),
        says(event.path),
        says(event.query),
        says(event.protocol),
        event.status.is_some(),
        event.bytes_out.is_some(),
        event.bytes_in.is_some(),
        event.duration.is_some(),
        says(event.upstream),
        event.upstream_status.is_some(),
        event.upstream_duration.is_some(),
        says(event.referer),
        says(event.user_agent),
        says(event.request_id),
        says(event.gateway_route),
        says(event.api),
        says(event.tls_version),
        says(event.tls_cipher),
        says(event.tls_client),
        says(event.ja3),
        says(event.ja4),
        says(event.cache),
        says(event.country),
        event.asn.is_some(),
        says(event.flags),
    ]
}

/// The fields that set a flag which a detector needs; `None` for a flag that tells something else.
pub(super) fn of_flag(flag: Flags) -> Option<&'static [&'static str]> {
    Some(match flag {
        Flags::USER => &["user", "consumer"],
        Flags::TOKEN => &["token"],
        Flags::SESSION => &["session"],
        Flags::BYTES_OUT => &["bytes_out"],
        Flags::DURATION => &["duration_ms"],
        Flags::STATUS => &["status"],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Secret;

    #[test]
    fn a_field_that_says_nothing_is_not_filled() {
        let event = Event {
            user: Some(b"-"),
            referer: Some(b""),
            host: Some(b"h.example"),
            token: Some(Secret::new(b"")),
            session: Some(Secret::new(b"s")),
            bytes_out: Some(0),
            ..Event::default()
        };
        let filled = filled(&event);
        let named: Vec<&str> =
            FIELDS.iter().zip(filled).filter(|(_, is)| *is).map(|(name, _)| *name).collect();
        assert_eq!(named, ["time", "session", "host", "bytes_out"]);
    }
}
