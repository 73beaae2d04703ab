//! An event with its meaning: numbers and 64-bit hashes only, `Copy`, a pure function of the line and the plan.

use std::net::{IpAddr, Ipv6Addr};

use serde::{Deserialize, Serialize};

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

    /// Its /24 or /64: addresses that one customer mostly holds or shares.
    pub fn network(self) -> Self {
        match self.address() {
            Some(IpAddr::V4(_)) => Self(self.0 & !0xff),
            Some(IpAddr::V6(_)) => Self(self.0 & !u128::from(u64::MAX)),
            None => self,
        }
    }
}
