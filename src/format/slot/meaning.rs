//! What a name can mean.

use crate::format::fields::Unit;

/// What a field says about the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) enum Slot {
    Time,
    Client,
    ClientPort,
    Forwarded,
    User,
    Consumer,
    Token,
    Session,
    Method,
    Scheme,
    Host,
    /// Path, or path and query, or an absolute URL.
    Target,
    Query,
    Protocol,
    /// The whole request line.
    Request,
    Status,
    BytesOut,
    BytesIn,
    Duration,
    Upstream,
    UpstreamStatus,
    UpstreamDuration,
    Referer,
    UserAgent,
    RequestId,
    Route,
    Api,
    TlsVersion,
    TlsCipher,
    TlsClient,
    Ja3,
    Ja4,
    Cache,
    Country,
    Asn,
    Flags,
    /// When the answer was sent.
    End,
    /// Who wrote the line, where that tells access lines from others.
    Logger,
}

/// How many slots there are.
pub(super) const SLOTS: usize = Slot::Logger as usize + 1;

/// What a name means: which field, in which unit, and how it ranks among the names of that field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::format) struct Meaning {
    pub(in crate::format) slot: Slot,
    /// What a bare number counts, where the field is a length of time.
    pub(in crate::format) unit: Unit,
    /// The smaller rank wins.
    pub(in crate::format) rank: u8,
}

impl Meaning {
    /// The only name of `slot`.
    pub(in crate::format) fn of(slot: Slot) -> Self {
        Self { slot, unit: Unit::Guess, rank: 0 }
    }

    /// The only name of `slot`, which is a length of time.
    pub(in crate::format) fn in_unit(slot: Slot, unit: Unit) -> Self {
        Self { slot, unit, rank: 0 }
    }
}
