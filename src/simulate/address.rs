//! Where requests come from: one large set of public-looking addresses from which people and attackers alike are drawn, so
//! that no prefix tells them apart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::random::mix;

/// A set of distinct addresses, reached by index; about one in six is IPv6.
pub(super) struct Addresses {
    seed: u64,
    /// How many /24 networks are in use.
    networks: u64,
    /// The /16 networks that hold them, 64 /24s each.
    wide: Vec<u16>,
}

/// How many addresses of the set there are for each that a run is expected to use.
const SPARSENESS: u64 = 12;
/// /24 networks in use within one /16.
const PER_WIDE: u64 = 64;

impl Addresses {
    /// A set from which at least `wanted` different addresses can be drawn.
    pub(super) fn new(seed: u64, wanted: u64) -> Self {
        let networks = (wanted * SPARSENESS / 256 + 1).next_multiple_of(PER_WIDE);
        let mut wide: Vec<u16> = (0..=u16::MAX).filter(|&prefix| is_public(prefix)).collect();
        wide.sort_by_cached_key(|&prefix| mix(seed ^ u64::from(prefix)));
        wide.truncate(usize::try_from(networks / PER_WIDE).unwrap_or(usize::MAX));
        let networks = wide.len() as u64 * PER_WIDE;
        Self { seed, networks, wide }
    }

    /// The address with this index: always the same one, and no two indexes below the size of the set share one.
    pub(super) fn nth(&self, index: u64) -> IpAddr {
        let chance = mix(self.seed ^ index.wrapping_mul(0x5851_f42d_4c95_7f2d));
        if chance.is_multiple_of(6) {
            return IpAddr::V6(self.sixth(index, chance));
        }
        let size = self.networks * 256;
        // An odd multiplier that shares no factor with the size walks the whole set before it repeats.
        let place = (index % size).wrapping_mul(coprime(size)) % size;
        let (network, host) = (place / 256, place % 256);
        let wide = self.wide[usize::try_from(network / PER_WIDE).unwrap_or(0) % self.wide.len()];
        let third = network % PER_WIDE * 4 + mix(self.seed ^ network) % 4;
        let low = |x: u64| u8::try_from(x & 255).unwrap_or(0);
        let [first, second] = wide.to_be_bytes();
        IpAddr::V4(Ipv4Addr::new(first, second, low(third), low(host)))
    }

    /// An IPv6 address in a /64 of its own.
    fn sixth(&self, index: u64, chance: u64) -> Ipv6Addr {
        const BLOCKS: [u64; 12] = [
            0x2001_16b8,
            0x2003_00c5,
            0x2a00_23c7,
            0x2a01_0e0a,
            0x2a02_8109,
            0x2a02_0c7d,
            0x2a04_cec0,
            0x2600_1700,
            0x2601_0646,
            0x2607_fb90,
            0x2409_4073,
            0x2804_014d,
        ];
        let block = BLOCKS[usize::try_from(chance >> 8).unwrap_or(0) % BLOCKS.len()];
        let host = mix(self.seed ^ mix(index));
        Ipv6Addr::from(
            u128::from(block << 32 | (mix(index ^ self.seed) & 0xffff) << 16 | index & 0xffff) << 64
                | u128::from((index >> 16) << 48 ^ host),
        )
    }
}

/// A multiplier near the golden section of `size` that shares no factor with it.
fn coprime(size: u64) -> u64 {
    let mut candidate = size / 1000 * 618 + 1;
    while gcd(candidate, size) != 1 {
        candidate += 1;
    }
    candidate
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Whether people's addresses are found in this /16: no special, private, documentation or multicast block.
fn is_public(prefix: u16) -> bool {
    let [first, second] = prefix.to_be_bytes();
    !matches!(
        (first, second),
        (0 | 6 | 7 | 10 | 11 | 21 | 22 | 26 | 28 | 29 | 30 | 33 | 55 | 127 | 214 | 215 | 224.., _)
            | (100, 64..=127)
            | (169, 254)
            | (172, 16..=31)
            | (192, 0 | 88 | 168)
            | (198, 18 | 19 | 51)
            | (203, 0)
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_indexes_share_an_address() {
        let addresses = Addresses::new(3, 200_000);
        let all: BTreeSet<IpAddr> = (0..200_000).map(|index| addresses.nth(index)).collect();
        assert_eq!(all.len(), 200_000);
        let sixth = all.iter().filter(|ip| ip.is_ipv6()).count();
        assert!((25_000..42_000).contains(&sixth), "{sixth}");
    }
}
