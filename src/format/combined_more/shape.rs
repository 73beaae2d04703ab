//! What a value looks like, whatever its column is called.

use crate::format::fields::{address, is_host_name, number};
use crate::time::stamp::Decimal;

/// The look of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Addresses without ports.
    Hops,
    /// Addresses with ports.
    Upstreams,
    /// `0.123`, or a list of those.
    Seconds,
    /// `123`, or a list of those.
    Number,
    /// `TLSv1.3`.
    TlsVersion,
    /// `TLS_AES_256_GCM_SHA384`, `ECDHE-RSA-AES128-GCM-SHA256`.
    TlsCipher,
    /// `HIT`, `miss`.
    Cache,
    /// Hexadecimal digits, or a UUID.
    Id,
    /// A session of Tomcat: 32 hexadecimal digits in capitals.
    Session,
    /// `api.example.com`, perhaps with a port.
    Host,
    /// `http` or `https`.
    Scheme,
    /// Two capitals.
    Country,
    Other,
}

/// What caches say (nginx `$upstream_cache_status`, `varnishncsa`'s `%{Varnish:handling}x`).
const CACHE: [&[u8]; 12] = [
    b"hit",
    b"miss",
    b"bypass",
    b"expired",
    b"stale",
    b"updating",
    b"revalidated",
    b"pass",
    b"pipe",
    b"hitmiss",
    b"hitpass",
    b"synth",
];

impl Shape {
    /// The shape of a value; none where it says nothing.
    pub(super) fn of(value: &[u8]) -> Option<Self> {
        let all = |fits: fn(&[u8]) -> bool| parts(value).all(fits);
        Some(match value {
            b"" | b"-" => return None,
            _ if all(|part| number(part).is_some()) => Self::Number,
            _ if all(|part| {
                part.first().is_some_and(u8::is_ascii_digit) && Decimal::read(part).is_some()
            }) =>
            {
                Self::Seconds
            }
            _ if all(|part| address(part).is_some_and(|(_, port)| port.is_none())) => Self::Hops,
            _ if all(|part| address(part).is_some() || part.starts_with(b"unix:")) => Self::Upstreams,
            b"http" | b"https" => Self::Scheme,
            _ if value.starts_with(b"TLSv1") || value.starts_with(b"SSLv") => Self::TlsVersion,
            _ if is_cipher(value) => Self::TlsCipher,
            _ if CACHE.iter().any(|word| value.eq_ignore_ascii_case(word)) => Self::Cache,
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Self::Country,
            _ if is_session(value) => Self::Session,
            _ if is_id(value) => Self::Id,
            _ if memchr::memchr(b'.', value).is_some() && is_host_name(value) => Self::Host,
            _ => Self::Other,
        })
    }

    /// What a column is that has values of both shapes.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, other) if one == other => one,
            (Self::Seconds, Self::Number) | (Self::Number, Self::Seconds) => Self::Seconds,
            // Whoever asks for a host may ask for an address.
            (Self::Host, Self::Hops | Self::Upstreams) | (Self::Hops | Self::Upstreams, Self::Host) => {
                Self::Host
            }
            _ => Self::Other,
        }
    }
}

/// The members of a list, `a, b : c`; dashes say nothing.
fn parts(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parts = value.split(|&byte| byte == b' ').map(|part| part.strip_suffix(b",").unwrap_or(part));
    parts.filter(|part| !matches!(*part, b":" | b"-" | b""))
}

fn is_cipher(value: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
    value.iter().all(fits) && (value.starts_with(b"TLS_") || has(b"-SHA") || has(b"-AES"))
}

fn is_session(value: &[u8]) -> bool {
    let id = value.split(|&byte| byte == b'.').next().unwrap_or(value);
    id.len() == 32 && id.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F'))
}

fn is_id(value: &[u8]) -> bool {
    let digits = value.iter().filter(|&&byte| byte != b'-');
    let fits = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b'A'..=b'F');
    (16..=64).contains(&value.len()) && digits.clone().count() >= 16 && digits.clone().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_by_their_look() {
        use Shape::{
            Cache, Country, Hops, Host, Id, Number, Other, Scheme, Seconds, Session, TlsCipher, TlsVersion,
            Upstreams,
        };
        for (value, shape) in [
            ("198.51.100.7", Hops),
            ("2001:db8::7, 198.51.100.7", Hops),
            ("192.0.2.80:8080", Upstreams),
            ("192.0.2.80:8080, 192.0.2.81:8080 : unix:/run/a.sock", Upstreams),
            ("0.123", Seconds),
            ("0.123, - : 1.000", Seconds),
            ("502, 200", Number),
            ("TLSv1.3", TlsVersion),
            ("TLS_AES_256_GCM_SHA384", TlsCipher),
            ("ECDHE-RSA-AES128-GCM-SHA256", TlsCipher),
            ("miss", Cache),
            ("7f3a9c2b1d4e5f60718293a4b5c6d7e8", Id),
            ("7f3a9c2b-1d4e-4f60-9182-93a4b5c6d7e8", Id),
            ("A1B2C3D4E5F60718293A4B5C6D7E8F90.node1", Session),
            ("api.example.com", Host),
            ("https", Scheme),
            ("DE", Country),
            ("http-nio-8080-exec-1", Other),
            ("-1", Other),
            ("a b", Other),
        ] {
            assert_eq!(Shape::of(value.as_bytes()), Some(shape), "{value}");
        }
        assert_eq!(Shape::of(b"-"), None);
    }
}
