//! Addresses in every spelling: usual ones without a branch a byte.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::simd::{digits, places};

/// An address with its port, if one stands behind it: `1.2.3.4`, `1.2.3.4:80`, `2001:db8::1`, `[2001:db8::1]:80`,
/// `fe80::1%eth0`, and `2001:db8:0:0:0:0:0:1:80`, where the longest prefix that is an address wins. An IPv4 address in
/// IPv6 clothes is the IPv4 address.
pub(crate) fn address(text: &[u8]) -> Option<(IpAddr, Option<u16>)> {
    if let Some((address, length)) = ipv4_prefix(text) {
        return match &text[length..] {
            b"" => Some((IpAddr::V4(address), None)),
            [b':', port @ ..] => Some((IpAddr::V4(address), Some(self::port(port)?))),
            _ => None,
        };
    }
    if let [b'[', rest @ ..] = text {
        let end = memchr::memchr(b']', rest)?;
        let port = match &rest[end + 1..] {
            b"" => None,
            [b':', port @ ..] => Some(self::port(port)?),
            _ => return None,
        };
        return Some((ipv6(&rest[..end])?, port));
    }
    let colon = memchr::memrchr(b':', text)?;
    if let Some(address) = ipv6(text) {
        return Some((address, None));
    }
    Some((ipv6(&text[..colon])?, Some(port(&text[colon + 1..])?)))
}

/// An IPv6 address without brackets; a zone is cut off.
fn ipv6(text: &[u8]) -> Option<IpAddr> {
    let end = memchr::memchr(b'%', text).unwrap_or(text.len());
    // The longest spelling has 45 bytes.
    let text = text[..end].get(..end.min(46))?;
    let mut padded = [b' '; PADDED];
    padded[..text.len()].copy_from_slice(text);
    let address = match ipv6_before_blank(&padded) {
        Some((address, length)) if length == text.len() => address,
        // All that have neither dots nor a gap are usual.
        _ if (memchr::memchr(b'.', text).is_some() || text.array_windows().any(|two| two == b"::"))
            && text.iter().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')) =>
        {
            std::str::from_utf8(text).ok()?.parse().ok()?
        }
        _ => return None,
    };
    Some(IpAddr::V6(address).to_canonical())
}

/// More than the longest IPv6 address and the blank behind it.
const PADDED: usize = 48;

/// An address and nothing else, in one of the usual spellings.
pub(crate) fn usual(text: &[u8]) -> Option<IpAddr> {
    let mut padded = [b' '; PADDED];
    padded.get_mut(..text.len()).filter(|place| place.len() < PADDED)?.copy_from_slice(text);
    let (address, length) = address_before_blank(&padded)?;
    (length == text.len()).then_some(address)
}

/// The address at the start of `text` with a blank behind it, an IPv4 address in IPv6 clothes as itself; and how many bytes
/// it took. Knows the usual spellings alone.
pub(crate) fn address_before_blank(text: &[u8]) -> Option<(IpAddr, usize)> {
    if let Some((address, length)) = text.first_chunk().and_then(ipv4_before_blank) {
        return Some((IpAddr::V4(address), length));
    }
    let (address, length) = ipv6_before_blank(text.first_chunk()?)?;
    Some((IpAddr::V6(address).to_canonical(), length))
}

/// An IPv6 address that is spelt in groups of hexadecimal digits alone, with a blank behind it.
fn ipv6_before_blank(text: &[u8; PADDED]) -> Option<(Ipv6Addr, usize)> {
    let (mut colons, mut blanks) = (0, 0);
    for (nth, chunk) in text.as_chunks::<16>().0.iter().enumerate() {
        colons |= u64::from(places(chunk, [b':'])) << (16 * nth);
        blanks |= u64::from(places(chunk, [b' '])) << (16 * nth);
    }
    let end = blanks.trailing_zeros();
    // Eight groups have 39 bytes.
    if end > 39 {
        return None;
    }
    colons &= (1 << end) - 1;
    let gaps = colons & colons >> 1;
    let bits = if gaps == 0 {
        let (bits, count) = groups(text, 0, end, colons)?;
        (count == 8).then_some(bits)?
    } else {
        // The `::` stands for one group of zeros or more; a second one makes a group without digits.
        let gap = gaps.trailing_zeros();
        let (head, before) = groups(text, 0, gap, colons)?;
        let (tail, behind) = groups(text, gap + 2, end, colons)?;
        if before + behind > 7 {
            return None;
        }
        head.checked_shl(128 - 16 * before).unwrap_or(0) | tail
    };
    Some((Ipv6Addr::from_bits(bits), end as usize))
}

/// The groups of `text[start..end]`, the last in the lowest bits, and how many they are: nine stand for any more.
fn groups(text: &[u8; PADDED], start: u32, end: u32, colons: u64) -> Option<(u128, u32)> {
    if start >= end {
        return Some((0, 0));
    }
    let mut ends = colons & ((1 << end) - 1) & (u64::MAX << start) | 1 << end;
    let (mut bits, mut count, mut wrong, mut start) = (0, 0, false, start as usize);
    while ends != 0 && count < 9 {
        let end = ends.trailing_zeros() as usize;
        ends &= ends - 1;
        let length = end - start;
        let four = text[start..].first_chunk::<4>()?;
        let digits = four.iter().fold(0, |digits, &byte| digits << 8 | u64::from(DIGIT[usize::from(byte)]));
        let digits = digits >> (32 - 8 * length.min(4));
        wrong |= length.wrapping_sub(1) > 3 || digits & 0xf0f0_f0f0 != 0;
        let group = digits >> 12 & 0xf000 | digits >> 8 & 0xf00 | digits >> 4 & 0xf0 | digits & 0xf;
        bits = bits << 16 | u128::from(group);
        count += 1;
        start = end + 1;
    }
    (!wrong).then_some((bits, count))
}

/// What each byte is worth as a hexadecimal digit; `0xff` is none.
static DIGIT: [u8; 256] = {
    let mut table = [0xff; 256];
    let mut value = 0;
    while value < 16 {
        table[b"0123456789abcdef"[value as usize] as usize] = value;
        table[b"0123456789ABCDEF"[value as usize] as usize] = value;
        value += 1;
    }
    table
};

/// A port.
fn port(text: &[u8]) -> Option<u16> {
    let digit = |port: u32, byte: &u8| {
        byte.is_ascii_digit().then(|| port.saturating_mul(10).saturating_add(u32::from(byte - b'0')))
    };
    if text.is_empty() { None } else { u16::try_from(text.iter().try_fold(0, digit)?).ok() }
}

/// The IPv4 address at the start of `text`, and how many bytes it took.
pub(crate) fn ipv4_prefix(text: &[u8]) -> Option<(Ipv4Addr, usize)> {
    text.first_chunk().and_then(ipv4_before_blank).or_else(|| ipv4_by_bytes(text))
}

/// An address with a blank behind it, without a branch that depends on how long its numbers are.
#[inline]
fn ipv4_before_blank(text: &[u8; 16]) -> Option<(Ipv4Addr, usize)> {
    let dots = places(text, [b'.']);
    let end = (digits(text) | dots).trailing_ones() as usize;
    let (first, dots) = (dots.trailing_zeros() as usize, dots & dots.wrapping_sub(1));
    let (second, dots) = (dots.trailing_zeros() as usize, dots & dots.wrapping_sub(1));
    let (third, dots) = (dots.trailing_zeros() as usize, dots & dots.wrapping_sub(1));
    let fourth = dots.trailing_zeros() as usize;
    let shape = first < second && second < third && third < end && end < fourth && end < 16;
    if !shape || text[end] != b' ' {
        return None;
    }
    let digits = u128::from_le_bytes(*text) ^ u128::from_le_bytes([b'0'; 16]);
    let mut wrong = 0;
    // The number of one to three digits from `start` to `end`.
    let mut octet = |start: usize, end: usize| {
        let length = (end - start) & 3;
        wrong |= u32::from(end - start > 3 || length == 0);
        let digits = u32::try_from(digits >> (8 * start) & 0xff_ffff).unwrap_or(0);
        let digits = digits << ((32 - 8 * length) % 32);
        let value = (digits >> 8 & 0xff) * 100 + (digits >> 16 & 0xff) * 10 + (digits >> 24);
        wrong |= value >> 8;
        value & 0xff
    };
    let address = octet(0, first) << 24
        | octet(first + 1, second) << 16
        | octet(second + 1, third) << 8
        | octet(third + 1, end);
    if wrong == 0 { Some((Ipv4Addr::from(address), end)) } else { None }
}

/// [`ipv4_prefix`] for whatever comes behind the address.
fn ipv4_by_bytes(text: &[u8]) -> Option<(Ipv4Addr, usize)> {
    let (mut octets, mut at) = ([0_u8; 4], 0);
    for (nth, octet) in octets.iter_mut().enumerate() {
        if nth > 0 {
            at += usize::from(*text.get(at)? == b'.');
        }
        let (mut value, start) = (0_u16, at);
        while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
            value = value * 10 + u16::from(digit - b'0');
            at += 1;
            if at - start == 3 {
                break;
            }
        }
        if at == start || (nth > 0 && text[start - 1] != b'.') {
            return None;
        }
        *octet = u8::try_from(value).ok()?;
    }
    let ends = !text.get(at).is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.');
    ends.then(|| (Ipv4Addr::from(octets), at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_read_in_every_spelling() {
        for (text, ip, port) in [
            ("1.2.3.4", "1.2.3.4", None),
            ("1.2.3.4:53211", "1.2.3.4", Some(53211)),
            ("::1", "::1", None),
            ("::1%0", "::1", None),
            ("[2001:db8::7]:5000", "2001:db8::7", Some(5000)),
            ("[2001:db8::7]", "2001:db8::7", None),
            ("[fe80::1%eth0]:80", "fe80::1", Some(80)),
            ("2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2:3:4:5:6", Some(443)),
            ("::ffff:192.0.2.1", "192.0.2.1", None),
            ("::ffff:c000:201", "192.0.2.1", None),
        ] {
            assert_eq!(address(text.as_bytes()), Some((ip.parse().unwrap(), port)), "{text}");
        }
        for text in [
            "",
            "-",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "1..2.3",
            "1.2.3.4:",
            "1.2.3.4:70000",
            "1.2.3.4x",
            "host",
            "[::1",
            "12345",
            "1.2.3.4444",
        ] {
            assert_eq!(address(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_address_before_a_blank_is_read_like_any_other(
            text in "([0-9]{1,3}\\.){3}[0-9]{1,3} .{16}|[0-9. x]{16,20}|([0-9]{0,4}[./0:]){3,4}[0-9]{0,3} .{16}"
        ) {
            let text = text.as_bytes();
            if let Some(read) = ipv4_before_blank(text.first_chunk().unwrap()) {
                prop_assert_eq!(Some(read), ipv4_by_bytes(text));
            } else if let Some((_, end)) = ipv4_by_bytes(text) {
                prop_assert!(text[end] != b' ' || end > 15);
            }
        }

        #[test]
        fn an_address_in_groups_is_read_as_by_everybody(
            text in "([0-9a-fA-F]{0,5}:){0,9}[0-9a-fA-F]{0,4}|([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\
                |([0-9a-f]{1,4}:){0,4}(:[0-9a-f]{1,4}){0,4}|::(ffff:)?[0-9.]{0,12}|[0-9a-gx:.\\x10-\\x19]{0,46}"
        ) {
            let known: Option<Ipv6Addr> = text.parse().ok();
            prop_assert_eq!(ipv6(text.as_bytes()), known.map(|known| IpAddr::V6(known).to_canonical()));
            let mut padded = [b' '; PADDED];
            padded[..text.len()].copy_from_slice(text.as_bytes());
            match ipv6_before_blank(&padded) {
                Some(read) => prop_assert_eq!(Some(read), known.map(|known| (known, text.len()))),
                None => prop_assert!(known.is_none() || text.contains('.'), "{}", text),
            }
        }
    }
}
