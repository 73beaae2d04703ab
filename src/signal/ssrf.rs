//! Server-side request forgery: a value that is a URL into the server's own network, in whatever way its host is written.

use std::net::Ipv4Addr;

use super::decode::Decodings;
use super::gate::Bytes;
use super::piece::{Field, Piece, Seen, stronger};
use super::scan::{Words, holds, holds_any};

/// Schemes that no browser asks for, and old libraries follow.
static ODD: &[&[u8]] = &[
    b"gopher", b"dict", b"ldap", b"ldaps", b"tftp", b"sftp", b"netdoc", b"jar", b"imap", b"smb", b"telnet",
    b"ldapi",
];

/// Names under which clouds tell a machine its own secrets.
static METADATA: &[&[u8]] = &[
    b"metadata.google.internal",
    b"metadata",
    b"metadata.azure.internal",
    b"instance-data",
    b"metadata.tencentyun.com",
    b"[fd00:ec2::254]",
];

/// Ports at which stores, queues and the machines' own managers answer, and no page that somebody develops.
static STORES: &[&[u8]] = &[
    b":22", b":25", b":2375", b":2379", b":3306", b":5432", b":5984", b":6379", b":8500", b":9200",
    b":10250", b":11211", b":27017",
];

/// Services that answer for every name with the address that it says, or with one after the other.
static REBINDING: Words = Words::of(&[
    "127.0.0.1.",
    "169.254.169.254.",
    "localtest.me",
    "lvh.me",
    ".nip.io",
    ".xip.io",
    ".sslip.io",
    ".1u.ms",
    ".rbndr.us",
]);

/// Ends of names that only a cluster's own machines look up.
static CLUSTER: &[&[u8]] = &[b".default.svc", b".svc.cluster.local"];

/// The strongest URL into the inside in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if piece.field != Field::Query || !piece.kinds.any(Bytes::SLASH) {
        return None;
    }
    let mut best = None;
    for at in memchr::memmem::find_iter(&piece.lower, b"//").take(8) {
        let (before, rest) = piece.lower.split_at(at);
        let letters = before.strip_suffix(b":").unwrap_or_default();
        let length = letters.iter().rev().take(10).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let scheme = letters.get(letters.len() - length..).unwrap_or_default();
        // A host in the middle of a text is somebody's link.
        let is_whole = scheme.len() + usize::from(!scheme.is_empty()) == before.len();
        // Without a scheme it is a URL only where the value begins with it: else it is an empty part of a list.
        if !scheme.is_empty() || before.is_empty() {
            best = stronger(best, target(scheme, rest.get(2..).unwrap_or_default(), is_whole));
        }
    }
    best
}

/// A URL with its scheme, and what follows the slashes.
fn target(scheme: &[u8], rest: &[u8], is_whole: bool) -> Option<Seen> {
    if ODD.contains(&scheme) {
        return Some(Seen::new("gh-ssrf-scheme", 75));
    }
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#' | b'\\')).unwrap_or(rest.len());
    let authority = rest.get(..end).unwrap_or_default();
    let (named, host) = match memchr::memrchr(b'@', authority) {
        Some(at) => (true, authority.get(at + 1..).unwrap_or_default()),
        None => (false, authority),
    };
    let (host, port) = match host.first() {
        Some(b'[') => host.split_at(memchr::memchr(b']', host).map_or(host.len(), |end| end + 1)),
        _ => host.split_at(memchr::memchr(b':', host).unwrap_or(host.len())),
    };
    if METADATA.contains(&host) {
        return Some(Seen::new("gh-ssrf-metadata", 85));
    }
    let bonus = if named || STORES.contains(&port) { 20 } else { 0 };
    let internal = |is_hidden| {
        // Developers name their own machines plainly.
        if is_hidden { Some(hidden("gh-ssrf-hidden-address", 80)) } else { is_whole.then(|| plain(bonus)) }
    };
    match address(host).or_else(|| mapped(host)) {
        Some((address, is_hidden)) if is_metadata(address) => {
            Some(if is_hidden { hidden("gh-ssrf-metadata", 90) } else { Seen::new("gh-ssrf-metadata", 90) })
        }
        Some((address, is_hidden)) if is_internal(address) => internal(is_hidden),
        None if matches!(host, b"localhost" | b"[::1]" | b"[::]") => internal(false),
        None if CLUSTER.iter().any(|end| host.ends_with(end)) => Some(Seen::new("gh-ssrf-cluster", 70)),
        None if holds_any(host, &REBINDING) => {
            Some(hidden("gh-ssrf-rebinding", if holds(host, b"169.254.169.254") { 90 } else { 70 }))
        }
        _ => None,
    }
}

/// A machine of the inside, plainly named.
fn plain(bonus: u8) -> Seen {
    Seen::new("gh-ssrf-internal", 40 + bonus)
}

/// A machine of the inside, named so that a filter does not know it.
fn hidden(rule: &'static str, score: u8) -> Seen {
    let mut seen = Seen::new(rule, score);
    seen.decoded.add(Decodings::ADDRESS);
    seen
}

/// The address that a host writes as `inet_aton` reads it (one to four numbers, decimal, octal or hexadecimal), and whether
/// that hides it.
fn address(host: &[u8]) -> Option<(Ipv4Addr, bool)> {
    let text = std::str::from_utf8(host).ok().filter(|text| !text.is_empty() && text.len() <= 40)?;
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Some((address, false));
    }
    let parts: Vec<u32> = text.split('.').map(number).collect::<Option<_>>()?;
    let (&last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|&part| part > 255) {
        return None;
    }
    let high = first.iter().enumerate().fold(0_u32, |bits, (nth, part)| bits | part << (24 - 8 * nth));
    let room = 32 - 8 * first.len();
    (u64::from(last) < 1 << room).then(|| (Ipv4Addr::from_bits(high | last), true))
}

/// One number of an address.
fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None if text.len() > 1 && text.starts_with('0') => u32::from_str_radix(text, 8).ok(),
        None => text.parse().ok(),
    }
}

/// The IPv4 address inside of an IPv6 address in brackets, which hides it.
fn mapped(host: &[u8]) -> Option<(Ipv4Addr, bool)> {
    let text = std::str::from_utf8(host.strip_prefix(b"[")?.strip_suffix(b"]")?).ok()?;
    let address = text.parse::<std::net::Ipv6Addr>().ok()?;
    // `::1` and `::` are no addresses of version 4 (RFC 4291 §2.5).
    let is_own = address.is_loopback() || address.is_unspecified();
    let inside = address.to_ipv4_mapped().or_else(|| address.to_ipv4().filter(|_| !is_own))?;
    Some((inside, true))
}

/// Loopback, private, link-local, and the address of no host.
fn is_internal(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private() || address.is_link_local() || address.octets()[0] == 0
}

/// Where clouds answer a machine about itself.
fn is_metadata(address: Ipv4Addr) -> bool {
    matches!(
        address.octets(),
        [169, 254, 169, 254] | [169, 254, 170, 2] | [100, 100, 100, 200] | [192, 0, 0, 192]
    )
}
