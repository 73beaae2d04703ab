//! Pseudonyms of addresses that keep networks together: two addresses share as many leading bits as their pseudonyms do
//! (Xu, Fan, Ammar, Moon: "Prefix-Preserving IP Address Anonymization", 2002), with BLAKE3 keyed as the function of prefixes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use regex::Regex;

/// What may be an address. Version numbers of agents are told from them by what stands before.
#[expect(clippy::expect_used, reason = "the expression is written here")]
static CANDIDATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.[0-9]{1,3}){0,3}",
    )
    .expect("an expression")
});

/// The pseudonym of an address.
pub(super) fn pseudonym(key: &[u8; 32], address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let bits = scrambled(key, 4, u128::from(address.to_bits()) << 96, 32) >> 96;
            IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or(u32::MAX)))
        }
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(scrambled(key, 6, address.to_bits(), 128))),
    }
}

/// The pseudonym of a network of so many bits, its host bits zero.
pub(super) fn network(key: &[u8; 32], address: IpAddr, bits: u32) -> IpAddr {
    let cut = |value: u128, wide: u32| {
        let host = wide.saturating_sub(bits);
        value.checked_shr(host).unwrap_or(0).checked_shl(host).unwrap_or(0)
    };
    match pseudonym(key, address) {
        IpAddr::V4(address) => {
            let bits = cut(u128::from(address.to_bits()), 32);
            IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(bits).unwrap_or(0)))
        }
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(cut(address.to_bits(), 128))),
    }
}

/// The upper `wide` bits of `value`, each turned or not as the bits before it say.
fn scrambled(key: &[u8; 32], family: u8, value: u128, wide: u32) -> u128 {
    let mut out = value;
    for nth in 0..wide {
        let prefix = if nth == 0 { 0 } else { value >> (128 - nth) << (128 - nth) };
        let mut message = [0_u8; 18];
        message[0] = family;
        message[1] = u8::try_from(nth).unwrap_or(u8::MAX);
        message[2..].copy_from_slice(&prefix.to_be_bytes());
        let turn = blake3::keyed_hash(key, &message).as_bytes()[0] & 1;
        out ^= u128::from(turn) << (127 - nth);
    }
    out
}

/// `text` with `each` address in it replaced.
pub(super) fn replace(text: &str, mut each: impl FnMut(IpAddr) -> String) -> String {
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for found in CANDIDATE.find_iter(text) {
        let word = found.as_str().trim_end_matches(':');
        // `::` at the end belongs to the address.
        let word = if found.as_str().ends_with("::") { found.as_str() } else { word };
        let (before, after) = (&text[..found.start()], &text[found.start() + word.len()..]);
        if touches(before, after) || is_version(before) {
            continue;
        }
        let Ok(address) = word.parse::<IpAddr>() else { continue };
        out.push_str(&text[done..found.start()]);
        out.push_str(&each(address));
        done = found.start() + word.len();
    }
    out.push_str(&text[done..]);
    out
}

/// Whether what was found is a part of a longer number or word.
fn touches(before: &str, after: &str) -> bool {
    let ends = before.ends_with(|last: char| last.is_ascii_alphanumeric() || last == '.');
    let mut next = after.chars();
    let goes_on = match next.next() {
        Some('.') => next.next().is_some_and(|digit| digit.is_ascii_digit()),
        Some(letter) => letter.is_ascii_alphanumeric(),
        None => false,
    };
    ends || goes_on
}

/// Whether a version stands here: `Chrome/109.0.0.0`.
fn is_version(before: &str) -> bool {
    before.strip_suffix('/').is_some_and(|product| product.ends_with(|last: char| last.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn shared(one: u32, other: u32) -> u32 {
        (one ^ other).leading_zeros()
    }

    #[test]
    fn pseudonyms_share_as_many_bits_as_addresses_do() {
        let of = |text: &str| match pseudonym(&KEY, text.parse().unwrap()) {
            IpAddr::V4(address) => address.to_bits(),
            IpAddr::V6(_) => panic!("the family changed"),
        };
        let bits = |text: &str| text.parse::<Ipv4Addr>().unwrap().to_bits();
        let all = ["192.0.2.1", "192.0.2.200", "192.0.3.1", "198.51.100.7", "203.0.113.9", "10.0.0.1"];
        for one in all {
            assert_ne!(of(one), bits(one));
            for other in all {
                assert_eq!(shared(of(one), of(other)), shared(bits(one), bits(other)), "{one} {other}");
            }
        }
        let network = network(&KEY, "192.0.2.0".parse().unwrap(), 24);
        let inside = Ipv4Addr::from_bits(of("192.0.2.77") & 0xffff_ff00);
        assert_eq!(network, IpAddr::V4(inside));
    }

    #[test]
    fn addresses_are_found_wherever_a_log_has_them() {
        let cases = [
            ("192.0.2.1 - - [10/Mar/2026:02:10:38 +0000]", "A - - [10/Mar/2026:02:10:38 +0000]"),
            (r#""for=\"[2001:db8::1]:443\"""#, r#""for=\"[A]:443\"""#),
            ("::ffff:192.0.2.1, 2001:db8::", "A, A"),
            ("192.0.2.1:8080", "A:8080"),
            ("http://192.0.2.1/x from 192.0.2.1.", "http://A/x from A."),
            ("Chrome/109.0.0.0 1.2.3.4.5 at 02:10:38", "Chrome/109.0.0.0 1.2.3.4.5 at 02:10:38"),
        ];
        for (text, wanted) in cases {
            assert_eq!(replace(text, |_| "A".to_owned()), wanted);
        }
    }
}
