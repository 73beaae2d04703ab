//! Which delivery network publishes an address: sorted ranges, so that asking for every client costs little.

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

use super::networks::NAMED;

/// The first and the last address of a network, IPv4 mapped, and who publishes it.
type Range = (u128, u128, &'static str);

/// Every published network, ascending; none overlap. With them the first octets that any of them has in IPv4: most addresses
/// have another.
static RANGES: LazyLock<(Vec<Range>, [bool; 256])> = LazyLock::new(|| {
    let range = |name: &'static str, net: &str| {
        let net = net.parse::<IpNet>().expect("the lists are well-formed");
        (bits(net.network()), bits(net.broadcast()), name)
    };
    let mut ranges: Vec<Range> = NAMED
        .iter()
        .flat_map(|&(name, list)| list.split_ascii_whitespace().map(move |net| range(name, net)))
        .collect();
    ranges.sort_unstable();
    let octet = |bits: u128| usize::from(bits.to_be_bytes()[12]);
    let mut octets = [false; 256];
    let v4 = ranges.iter().filter(|(first, ..)| first >> 32 == 0xffff);
    v4.for_each(|&(first, last, _)| octets[octet(first)..=octet(last)].fill(true));
    (ranges, octets)
});

/// The name of the network that publishes `address`.
pub(super) fn publisher(address: IpAddr) -> Option<&'static str> {
    let (ranges, octets) = &*RANGES;
    if let IpAddr::V4(v4) = address
        && !octets[usize::from(v4.octets()[0])]
    {
        return None;
    }
    let address = bits(address);
    let after = ranges.partition_point(|&(first, ..)| first <= address);
    let &(_, last, name) = ranges.get(after.checked_sub(1)?)?;
    (address <= last).then_some(name)
}

/// An address as a number.
pub(super) fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_networks_are_theirs_and_the_addresses_beyond_are_not() {
        let who = |address: &str| publisher(address.parse().unwrap());
        assert_eq!([who("173.245.48.0"), who("173.245.63.255")], [Some("cloudflare"); 2]);
        assert_eq!([who("173.245.47.255"), who("173.245.64.0")], [None; 2]);
        assert_eq!([who("2a04:4e40::"), who("2a04:4e42:ffff::1")], [Some("fastly"); 2]);
        assert_eq!([who("0.0.0.0"), who("2a04:4e41::"), who("ffff::")], [None; 3]);
    }

    #[test]
    fn no_networks_overlap() {
        assert!(RANGES.0.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }
}
