//! One request as the log tells it. Everything is borrowed from the record; nothing is judged yet.
//!
//! `None` means that the format has no such field, `Some(b"")` that the log says "empty".

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::hash::{Keys, NameHash};
use crate::text::{Escapes, Remembered, unescape};
use crate::time::Time;

/// Every field that a format may fill, in the order of the contract.
pub const FIELDS: [&str; 35] = [
    "time",
    "client",
    "client_port",
    "forwarded",
    "user",
    "consumer",
    "token",
    "session",
    "method",
    "scheme",
    "host",
    "path",
    "query",
    "protocol",
    "status",
    "bytes_out",
    "bytes_in",
    "duration_ms",
    "upstream",
    "upstream_status",
    "upstream_ms",
    "referer",
    "user_agent",
    "request_id",
    "gateway_route",
    "api",
    "tls_version",
    "tls_cipher",
    "tls_client",
    "ja3",
    "ja4",
    "cache",
    "country",
    "asn",
    "flags",
];

/// One request as the log tells it; the names are those of `gatehound.event.v1`. Text keeps its producer's escapes
/// ([`Event::plain`] undoes them) and its percent-encoding.
#[derive(Clone, Debug, Default)]
pub struct Event<'a> {
    /// Whether the record, around path, query, referer and agent, holds nothing but an address, a stamp, a usual method and
    /// protocol, numbers, and what parts them. Of a field that is not here it may hold a `-`. Where nobody knows: no.
    pub plain: bool,
    /// When the request began where the log tells, else when it was logged.
    pub time: Time,
    /// How many decimals of a second the log gave.
    pub time_digits: u8,
    /// How the text fields are still escaped.
    pub escapes: Escapes,
    /// The client as the producer names it: mostly who held the socket.
    pub client: Option<IpAddr>,
    /// The client where the log holds a host name instead of an address.
    pub client_name: Option<&'a [u8]>,
    /// The client's port.
    pub client_port: Option<u16>,
    /// The forwarded-for list as it stands, farthest hop first.
    pub forwarded: Option<&'a [u8]>,
    /// Who the request says it is.
    pub user: Option<&'a [u8]>,
    /// The application or key owner.
    pub consumer: Option<&'a [u8]>,
    /// A bearer token, an API key, or the gateway's own hash of one.
    pub token: Option<Secret<'a>>,
    /// A session id or cookie.
    pub session: Option<Secret<'a>>,
    /// The method, as it stands.
    pub method: Option<&'a [u8]>,
    /// `http` or `https`.
    pub scheme: Option<&'a [u8]>,
    /// The host that was asked for.
    pub host: Option<&'a [u8]>,
    /// The path without its query.
    pub path: Option<&'a [u8]>,
    /// What stands behind the first `?`.
    pub query: Option<&'a [u8]>,
    /// `HTTP/1.1` and the like.
    pub protocol: Option<&'a [u8]>,
    /// The answer's status; `None` where there was none (aborted).
    pub status: Option<u16>,
    /// Bytes sent to the client.
    pub bytes_out: Option<u64>,
    /// Bytes received from the client.
    pub bytes_in: Option<u64>,
    /// How long it took, in microseconds.
    pub duration: Option<u64>,
    /// The upstream's address.
    pub upstream: Option<&'a [u8]>,
    /// The upstream's status.
    pub upstream_status: Option<u16>,
    /// How long the upstream took, in microseconds.
    pub upstream_duration: Option<u64>,
    /// The referring page.
    pub referer: Option<&'a [u8]>,
    /// What the client calls itself.
    pub user_agent: Option<&'a [u8]>,
    /// The gateway's id of this request.
    pub request_id: Option<&'a [u8]>,
    /// The gateway's own name of the route.
    pub gateway_route: Option<&'a [u8]>,
    /// The API or service.
    pub api: Option<&'a [u8]>,
    /// The TLS version.
    pub tls_version: Option<&'a [u8]>,
    /// The TLS cipher.
    pub tls_cipher: Option<&'a [u8]>,
    /// The client certificate's subject.
    pub tls_client: Option<&'a [u8]>,
    /// The JA3 fingerprint.
    pub ja3: Option<&'a [u8]>,
    /// The JA4 fingerprint.
    pub ja4: Option<&'a [u8]>,
    /// What the cache did.
    pub cache: Option<&'a [u8]>,
    /// The client's country, two letters.
    pub country: Option<&'a [u8]>,
    /// The client's autonomous system.
    pub asn: Option<u32>,
    /// The producer's own flags.
    pub flags: Option<&'a [u8]>,
    /// The request line, where it could not be taken apart.
    pub raw_request: Option<&'a [u8]>,
}

impl<'a> Event<'a> {
    /// The flags of a line that can be taken apart in two ways, because somebody wrote quotes and columns into a field that
    /// the producer did not escape. Only what both ways agree on is filled.
    pub const FORGED: &'static [u8] = b"forged";

    /// Whether the line was forged.
    #[inline]
    #[must_use]
    pub fn is_forged(&self) -> bool {
        self.flags == Some(Self::FORGED)
    }

    /// `field` without its producer's escapes.
    #[must_use]
    pub fn plain<'f>(&self, field: &'f [u8]) -> Cow<'f, [u8]> {
        unescape(field, self.escapes)
    }

    /// Splits a request target into scheme, host, path and query: origin-form, absolute-form, `*` and CONNECT's
    /// authority-form (RFC 9112 §3.2). A host that is known already is kept.
    pub fn set_target(&mut self, target: &'a [u8]) {
        let mut rest = target;
        if target.first() != Some(&b'/') {
            if let Some(at) = memchr::memmem::find(target, b"://").filter(|&at| at <= 5) {
                let authority = &target[at + 3..];
                let end = memchr::memchr2(b'/', b'?', authority).unwrap_or(authority.len());
                self.scheme = Some(&target[..at]);
                self.host = self.host.or(Some(without_default_port(&authority[..end])));
                rest = &authority[end..];
            } else if self.method == Some(b"CONNECT") {
                self.host = self.host.or(Some(target));
                rest = b"";
            }
        }
        (self.path, self.query) = match memchr::memchr(b'?', rest) {
            Some(at) => (Some(&rest[..at]), Some(&rest[at + 1..])),
            None => (Some(rest), None),
        };
        if rest.is_empty() && self.scheme.is_some() {
            self.path = Some(b"/");
        }
    }
}

/// `host` without a `:80` or `:443` behind it.
fn without_default_port(host: &[u8]) -> &[u8] {
    host.strip_suffix(b":80").or_else(|| host.strip_suffix(b":443")).unwrap_or(host)
}

/// A token, key or session id: can be hashed under the user's key and nothing else, so that it is never shown.
#[derive(Clone, Copy)]
pub struct Secret<'a>(&'a [u8]);

impl<'a> Secret<'a> {
    /// Wraps the raw bytes; nobody sees them again.
    #[must_use]
    pub fn new(raw: &'a [u8]) -> Self {
        Self(raw)
    }

    /// Whether the log says that there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The secret as a keyed hash; an empty secret is none.
    #[must_use]
    pub fn hashed(self, keys: &Keys) -> NameHash {
        keys.secret(self.0)
    }

    /// As [`hashed`](Self::hashed), of secrets that came not long ago only once.
    pub(crate) fn hashed_once(self, keys: &Keys, known: &mut Remembered<NameHash>) -> NameHash {
        known.or_make(self.0, || keys.secret(self.0))
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a record gave no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum Malformed {
    /// Nothing but blanks.
    Blank,
    /// A directive, header, banner or comment line.
    Comment,
    /// An error-log line, or another application's: no access line at all.
    NotAccess,
    /// Fewer fields than the format has.
    Short,
    /// No time that could be read.
    Time,
    /// No client that could be read.
    Client,
    /// No status that could be read.
    Status,
    /// A size that is no number.
    Size,
    /// A quote, bracket or brace that is never closed.
    Unbalanced,
    /// Broken JSON.
    Json,
    /// Something behind the last field that the format does not have.
    Trailing,
    /// No format reads it.
    Unknown,
}

impl Malformed {
    /// Every reason, in the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::Blank,
        Self::Comment,
        Self::NotAccess,
        Self::Short,
        Self::Time,
        Self::Client,
        Self::Status,
        Self::Size,
        Self::Unbalanced,
        Self::Json,
        Self::Trailing,
        Self::Unknown,
    ];

    /// Whether the record is no access line at all: *skipped*, not *rejected*.
    #[must_use]
    pub fn is_skip(self) -> bool {
        matches!(self, Self::Blank | Self::Comment | Self::NotAccess)
    }

    /// The reason in words, as the run summary shows it.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Blank => "blank line",
            Self::Comment => "comment or header",
            Self::NotAccess => "no access line",
            Self::Short => "too few fields",
            Self::Time => "no time",
            Self::Client => "no client",
            Self::Status => "no status",
            Self::Size => "size is no number",
            Self::Unbalanced => "unbalanced quote",
            Self::Json => "broken JSON",
            Self::Trailing => "text behind the last field",
            Self::Unknown => "no known format",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target<'a>(method: &'a str, target: &'a str) -> (Event<'a>, String) {
        let mut event = Event { method: Some(method.as_bytes()), ..Event::default() };
        event.set_target(target.as_bytes());
        let show =
            |field: Option<&[u8]>| field.map_or("∅".into(), |f| String::from_utf8_lossy(f).into_owned());
        let shown = [event.scheme, event.host, event.path, event.query].map(show).join(" ");
        (event, shown)
    }

    #[test]
    fn every_form_of_target_is_taken_apart() {
        assert_eq!(target("GET", "/a/b?c=d?e").1, "∅ ∅ /a/b c=d?e");
        assert_eq!(target("GET", "http://h.example:80/a?b").1, "http h.example /a b");
        assert_eq!(target("GET", "https://h.example").1, "https h.example / ∅");
        assert_eq!(target("CONNECT", "h.example:25").1, "∅ h.example:25  ∅");
        assert_eq!(target("OPTIONS", "*").1, "∅ ∅ * ∅");
    }

    #[test]
    fn a_secret_is_never_shown() {
        let event = Event { token: Some(Secret::new(b"hunter2")), ..Event::default() };
        assert!(!format!("{event:?}").contains("hunter2"));
    }
}
