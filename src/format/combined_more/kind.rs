//! What a column says, and how it is taken.

use super::shape::Shape;
use crate::event::{Event, Malformed, Secret};
use crate::format::fields::{Unit, duration_list, last_of_list, number, present, status};
use crate::format::json::of_name;
use crate::format::slot::Slot;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of a field, whatever it is.
    Text(Slot),
    Took(Unit),
    UpstreamTook(Unit),
    UpstreamStatus,
    BytesIn,
    /// With headers.
    BytesOut,
    /// Nothing that an event tells.
    Nothing,
}

/// Names that sites give to columns, beside those that JSON logs use (nginx's blog on `access_log` and Amplify's
/// documentation have most of them).
const NAMES: [(&[u8], Slot); 16] = [
    (b"rt", Slot::Duration),
    (b"t", Slot::Duration),
    (b"ut", Slot::UpstreamDuration),
    (b"urt", Slot::UpstreamDuration),
    (b"ua", Slot::Upstream),
    (b"uaddr", Slot::Upstream),
    (b"us", Slot::UpstreamStatus),
    (b"ustatus", Slot::UpstreamStatus),
    (b"cs", Slot::Cache),
    (b"ucs", Slot::Cache),
    (b"sn", Slot::Host),
    (b"hn", Slot::Host),
    (b"rid", Slot::RequestId),
    (b"rl", Slot::BytesIn),
    (b"sslp", Slot::TlsVersion),
    (b"sslc", Slot::TlsCipher),
];

impl Kind {
    /// What a column with a key says, if its values look like it.
    pub(super) fn of_key(key: &[u8], shape: Option<Shape>) -> Self {
        let ours = NAMES.iter().find(|(name, _)| *name == key).map(|&(_, slot)| slot);
        let Some(slot) = ours.or_else(|| of_name(key).map(|meaning| meaning.slot)) else {
            return Self::Nothing;
        };
        // Where a name does not tell it (`duration_ms`), whole numbers are Apache's microseconds.
        let unit = of_name(key).map(|meaning| meaning.unit).filter(|unit| *unit != Unit::Guess);
        match (slot, shape) {
            (Slot::Duration, Some(Shape::Seconds)) => Self::Took(Unit::Seconds),
            (Slot::Duration, Some(Shape::Number)) => Self::Took(unit.unwrap_or(Unit::Micros)),
            (Slot::UpstreamDuration, Some(Shape::Seconds)) => Self::UpstreamTook(Unit::Seconds),
            (Slot::UpstreamDuration, Some(Shape::Number)) => Self::UpstreamTook(unit.unwrap_or(Unit::Micros)),
            (Slot::UpstreamStatus, Some(Shape::Number)) => Self::UpstreamStatus,
            (Slot::BytesIn, Some(Shape::Number)) => Self::BytesIn,
            (Slot::Upstream, Some(Shape::Upstreams | Shape::Hops | Shape::Host))
            | (
                Slot::Forwarded
                | Slot::Host
                | Slot::Cache
                | Slot::RequestId
                | Slot::Country
                | Slot::Scheme
                | Slot::TlsVersion
                | Slot::TlsCipher
                | Slot::Ja3
                | Slot::Ja4
                | Slot::Route
                | Slot::Consumer,
                _,
            ) => Self::Text(slot),
            _ => Self::Nothing,
        }
    }

    /// What a column of such values says where only its look tells it.
    pub(super) fn of_shape(shape: Shape) -> Self {
        match shape {
            Shape::Hops => Self::Text(Slot::Forwarded),
            Shape::Upstreams => Self::Text(Slot::Upstream),
            Shape::TlsVersion => Self::Text(Slot::TlsVersion),
            Shape::TlsCipher => Self::Text(Slot::TlsCipher),
            Shape::Cache => Self::Text(Slot::Cache),
            Shape::Id => Self::Text(Slot::RequestId),
            Shape::Session => Self::Text(Slot::Session),
            Shape::Host => Self::Text(Slot::Host),
            Shape::Scheme => Self::Text(Slot::Scheme),
            Shape::Country => Self::Text(Slot::Country),
            Shape::Seconds | Shape::Number | Shape::Other => Self::Nothing,
        }
    }

    /// Whether another column can say the same, `other`.
    pub(super) fn is_like(self, other: Self) -> bool {
        self != Self::Nothing
            && std::mem::discriminant(&self) == std::mem::discriminant(&other)
            && match (self, other) {
                (Self::Text(one), Self::Text(other)) => one == other,
                _ => true,
            }
    }

    /// Takes the value of this column.
    pub(super) fn take<'a>(self, value: &'a [u8], event: &mut Event<'a>) -> Result<(), Malformed> {
        let value = present(value);
        let took = |unit| match duration_list(value, unit) {
            None if Shape::of(value).is_some() => Err(Malformed::Trailing),
            took => Ok(took),
        };
        match self {
            Self::Took(unit) => event.duration = took(unit)?,
            Self::UpstreamTook(unit) => event.upstream_duration = took(unit)?,
            Self::UpstreamStatus => event.upstream_status = status(last_of_list(value)),
            Self::BytesIn => event.bytes_in = number(value),
            Self::BytesOut => event.bytes_out = number(value).or(event.bytes_out),
            Self::Text(Slot::Session) => {
                event.session = Some(value).filter(|value| !value.is_empty()).map(Secret::new);
            }
            Self::Text(slot) => *text(event, slot) = Some(value),
            Self::Nothing => {}
        }
        Ok(())
    }
}

/// The event's field of a slot.
fn text<'e, 'a>(event: &'e mut Event<'a>, slot: Slot) -> &'e mut Option<&'a [u8]> {
    match slot {
        Slot::Forwarded => &mut event.forwarded,
        Slot::Host => &mut event.host,
        Slot::Upstream => &mut event.upstream,
        Slot::RequestId => &mut event.request_id,
        Slot::TlsVersion => &mut event.tls_version,
        Slot::TlsCipher => &mut event.tls_cipher,
        Slot::Scheme => &mut event.scheme,
        Slot::Country => &mut event.country,
        Slot::Ja3 => &mut event.ja3,
        Slot::Ja4 => &mut event.ja4,
        Slot::Route => &mut event.gateway_route,
        Slot::Consumer => &mut event.consumer,
        _ => &mut event.cache,
    }
}
