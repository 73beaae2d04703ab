//! An event with its meaning: numbers and 64-bit hashes only, `Copy`, a pure function of the line and the plan.

mod fault;
mod meaning;
mod networks;
mod published;
mod trust;

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

pub use meaning::{Cache, Meaning};
pub(crate) use trust::is_internal;
pub use trust::{Origin, Trust};

use crate::hash::{NameHash, TemplateHash, mix};
use crate::route::{EndpointClass, Method, ObjectId};
use crate::sigma::Matched;
use crate::signal::Shown;
use crate::time::{Micros, Time};

/// One request, ready to be counted: about a hundred and thirty bytes, no text. It is routed to the owner of its key,
/// held there packed, written to disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Where its record stands.
    pub place: Place,
    /// When.
    pub time: Time,
    /// Who made it, after trusted proxies.
    pub client: Client,
    /// The stateless template of its path.
    pub template: TemplateHash,
    /// The object that it names: the last variable of the path, else an id in the query.
    pub object: ObjectId,
    /// Who it proved to be: user, consumer.
    pub principal: NameHash,
    /// Whose account it tried to open or asked for.
    pub account: NameHash,
    /// Its token or key.
    pub token: NameHash,
    /// Its session.
    pub session: NameHash,
    /// What it calls itself.
    pub agent: NameHash,
    /// Bytes sent to the client.
    pub bytes_out: u64,
    /// How long it took.
    pub duration: Micros,
    /// Which page of a listing it asks for; `u32::MAX` for none.
    pub page: u32,
    /// How many entries its query asks for; 0 where it does not say.
    pub demand: u32,
    /// The answer's status; 0 for none.
    pub status: u16,
    /// The method.
    pub method: Method,
    /// What kind of endpoint it is.
    pub class: EndpointClass,
    /// The attack that it shows by itself.
    pub shown: Shown,
    /// The rules that it matches.
    pub matched: Matched,
    /// Which fields the log has, and what else is known.
    pub flags: Flags,
}

impl Default for Request {
    /// A request of which nothing is known.
    fn default() -> Self {
        Self {
            place: Place::default(),
            time: Time::default(),
            client: Client::default(),
            template: TemplateHash::default(),
            object: ObjectId::NONE,
            principal: NameHash::NONE,
            account: NameHash::NONE,
            token: NameHash::NONE,
            session: NameHash::NONE,
            agent: NameHash::NONE,
            bytes_out: 0,
            duration: Micros::default(),
            page: u32::MAX,
            demand: 0,
            status: 0,
            method: Method::Other,
            class: EndpointClass::Other,
            shown: Shown::default(),
            matched: Matched::default(),
            flags: Flags::default(),
        }
    }
}

/// The route of a request: its template and method as one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RouteKey(pub TemplateHash, pub u8);

impl Request {
    /// Its route.
    pub fn route(&self) -> RouteKey {
        RouteKey(self.template, self.method as u8)
    }

    /// Whether it was answered as asked (2xx, 3xx, or 206 for a range).
    pub fn is_ok(&self) -> bool {
        (200..400).contains(&self.status)
    }

    /// Whether it was sent elsewhere for now (302, 303, 307): where others are given what they ask for, mostly to a login.
    pub fn is_turned(&self) -> bool {
        matches!(self.status, 302 | 303 | 307)
    }

    /// Whether `flag` is set.
    pub fn has(&self, flag: Flags) -> bool {
        self.flags.0 & flag.0 == flag.0
    }
}

/// A set of facts about a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags(pub u32);

impl Flags {
    /// The format has a user field, and it is filled.
    pub const USER: Self = Self(1);
    /// A token or key is logged.
    pub const TOKEN: Self = Self(1 << 1);
    /// A session is logged.
    pub const SESSION: Self = Self(1 << 2);
    /// An account stands in the query.
    pub const ACCOUNT: Self = Self(1 << 3);
    /// Sizes are logged.
    pub const BYTES_OUT: Self = Self(1 << 4);
    /// Request sizes are logged.
    pub const BYTES_IN: Self = Self(1 << 5);
    /// Durations are logged.
    pub const DURATION: Self = Self(1 << 6);
    /// The agent is logged, and not empty.
    pub const AGENT: Self = Self(1 << 7);
    /// The referer is logged, and not empty.
    pub const REFERER: Self = Self(1 << 8);
    /// A status is logged.
    pub const STATUS: Self = Self(1 << 9);
    /// The client came from a forwarded-for list.
    pub const FORWARDED: Self = Self(1 << 10);
    /// The client is known.
    pub const CLIENT: Self = Self(1 << 11);
    /// The host is logged.
    pub const HOST: Self = Self(1 << 12);
    /// The request line could not be taken apart.
    pub const ODD_REQUEST: Self = Self(1 << 13);
    /// The object stands in the query, not in the path.
    pub const QUERY_OBJECT: Self = Self(1 << 14);
    /// The line was forged: it can be taken apart in two ways.
    pub const FORGED: Self = Self(1 << 15);

    /// Sets `flag` where `on`.
    pub fn set(&mut self, flag: Self, on: bool) {
        self.0 |= if on { flag.0 } else { 0 };
    }
}

/// Where a record stands: 20 bits of source, 44 bits of offset in the decoded source (16 TiB).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place(u64);

impl Place {
    /// The most sources that one run can tell apart.
    pub const MAX_SOURCES: u32 = 1 << 20;

    /// The record at `offset` of source number `source`; both saturate.
    pub fn new(source: u32, offset: u64) -> Self {
        let source = u64::from(source.min(Self::MAX_SOURCES - 1));
        Self(source << 44 | offset.min((1 << 44) - 1))
    }

    /// As one number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// The place with this number.
    pub(crate) fn of_number(number: u64) -> Self {
        Self(number)
    }

    /// The source's number.
    pub fn source(self) -> u32 {
        u32::try_from(self.0 >> 44).expect("20 bits are left")
    }

    /// The offset in the decoded source.
    pub fn offset(self) -> u64 {
        self.0 & ((1 << 44) - 1)
    }
}

/// A client: its address as 128 bits (IPv4 mapped into IPv6, RFC 4291 §2.5.5.2), or, where the log holds a host name,
/// the name's hash inside the discard-only prefix `100::/64` (RFC 6666).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Client(pub u128);

impl Client {
    /// The client at `address`.
    pub fn at(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self(v4.to_ipv6_mapped().to_bits()),
            IpAddr::V6(v6) => Self(v6.to_bits()),
        }
    }

    /// The client that the log calls by a name with this hash.
    pub fn named(hash: u64) -> Self {
        Self(0x0100 << 112 | u128::from(hash))
    }

    /// Its address; `None` for a client known by name only.
    pub fn address(self) -> Option<IpAddr> {
        let v6 = Ipv6Addr::from_bits(self.0);
        (self.0 >> 64 != 0x0100 << 48).then(|| v6.to_ipv4_mapped().map_or(IpAddr::V6(v6), IpAddr::V4))
    }

    /// As one number.
    pub fn number(self) -> u64 {
        #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
        mix(self.0 as u64, (self.0 >> 64) as u64)
    }

    /// Its /24 or /64: addresses that one customer mostly holds or shares.
    #[must_use]
    pub fn network(self) -> Self {
        match self.address() {
            Some(IpAddr::V4(_)) => Self(self.0 & !0xff),
            Some(IpAddr::V6(_)) => Self(self.0 & !u128::from(u64::MAX)),
            None => self,
        }
    }

    /// Its /16 or /32: addresses that mostly one provider holds.
    #[must_use]
    pub(crate) fn wide_network(self) -> Self {
        match self.address() {
            Some(IpAddr::V4(_)) => Self(self.0 & !0xffff),
            Some(IpAddr::V6(_)) => Self(self.0 & !(u128::MAX >> 32)),
            None => self,
        }
    }
}
