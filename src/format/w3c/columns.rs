//! What the columns' names mean, of all producers together.

use crate::format::fields::Unit;
use crate::format::slot::{Meaning, Slot};

/// What one column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Date,
    Time,
    /// The same by the clock on the server's wall.
    LocalDate,
    LocalTime,
    /// The server's port: 443 tells the scheme.
    Port,
    /// A header of the request, in which blanks are written otherwise.
    Header(Meaning),
    HostAndPath,
    /// Zeek's list of forwarding headers.
    Proxied,
    Says(Meaning),
}

impl Column {
    /// Whether it fills `slot`.
    pub(super) fn is(self, slot: Slot) -> bool {
        match self {
            Self::Header(meaning) | Self::Says(meaning) => meaning.slot == slot,
            Self::HostAndPath => slot == Slot::Target,
            _ => false,
        }
    }
}

/// The column called `name`, if it says anything that an event holds.
pub(super) fn column(name: &[u8]) -> Option<Column> {
    let name = name.to_ascii_lowercase();
    let says = |slot, rank| Column::Says(Meaning { rank, ..Meaning::of(slot) });
    let takes = |slot, unit| Column::Says(Meaning::in_unit(slot, unit));
    let header = |slot| Column::Header(Meaning::of(slot));
    Some(match &*name {
        b"date" => Column::Date,
        b"time" => Column::Time,
        b"date-local" => Column::LocalDate,
        b"time-local" => Column::LocalTime,
        b"ts" | b"timestamp" | b"timestamp(ms)" => says(Slot::Time, 0),
        b"c-ip" | b"id.orig_h" => says(Slot::Client, 0),
        b"c-port" | b"id.orig_p" => says(Slot::ClientPort, 0),
        b"x-forwarded-for" | b"s-xff" | b"x_forwarded_for" | b"cs(x-forwarded-for)" => {
            says(Slot::Forwarded, 0)
        }
        b"proxied" => Column::Proxied,
        b"cs-username" | b"c-auth-id" | b"username" => says(Slot::User, 0),
        b"cs-method" | b"method" => says(Slot::Method, 0),
        b"x-host-header" => says(Slot::Host, 0),
        b"cs-host" | b"cs(host)" | b"host" => says(Slot::Host, 1),
        b"cs-uri-stem" | b"uri" => says(Slot::Target, 0),
        b"cs-uri" => Column::HostAndPath,
        b"cs-uri-query" => says(Slot::Query, 0),
        b"cs-version" | b"cs-protocol-version" => says(Slot::Protocol, 0),
        b"cs-protocol" => says(Slot::Scheme, 0),
        b"s-port" => Column::Port,
        b"sc-status" | b"status_code" => says(Slot::Status, 0),
        b"sc-bytes" | b"bytes" | b"response_body_len" => says(Slot::BytesOut, 0),
        b"cs-bytes" | b"request_body_len" => says(Slot::BytesIn, 0),
        // IIS counts milliseconds, CloudFront writes seconds with decimals.
        b"time-taken" | b"timetakenms" => takes(Slot::Duration, Unit::Guess),
        b"time-to-first-byte" => takes(Slot::UpstreamDuration, Unit::Seconds),
        b"cs(user-agent)" | b"csuser-agent" | b"user_agent" => header(Slot::UserAgent),
        b"cs(referer)" | b"cs(referrer)" | b"csreferer" | b"referrer" => header(Slot::Referer),
        b"cs(cookie)" | b"cscookie" => header(Slot::Session),
        b"cs-sessionid" => says(Slot::Session, 1),
        b"s-sitename" => says(Slot::Api, 0),
        b"x-edge-result-type" => says(Slot::Cache, 0),
        b"x-edge-detailed-result-type" => says(Slot::Flags, 0),
        b"sc-action" => says(Slot::Flags, 1),
        b"x-edge-request-id" | b"cs-vid" => says(Slot::RequestId, 0),
        b"ssl-protocol" | b"crypt-protocol" => says(Slot::TlsVersion, 0),
        b"ssl-cipher" | b"crypt-cipher" => says(Slot::TlsCipher, 0),
        b"cs-countrycode" | b"c-country" => says(Slot::Country, 0),
        b"asn" | b"c-asn" => says(Slot::Asn, 0),
        _ => return None,
    })
}
