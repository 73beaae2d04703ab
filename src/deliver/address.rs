//! Addresses of receivers: `syslog+udp|tcp|tls://HOST[:PORT]` and `http(s)://HOST[:PORT][/PATH]`.

use std::fmt;

use crate::error::Error;

/// How parcels travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A datagram a message (RFC 5426).
    Udp,
    /// Octet counting over TCP (RFC 6587 §3.4.1).
    Tcp,
    /// The same over TLS (RFC 5425).
    Tls,
    /// HTTP in clear text.
    Http,
    /// HTTP over TLS.
    Https,
}

/// The schemes, and the port where none is named: IANA's for syslog (514/udp, 601/tcp, 6514 TLS).
static SCHEMES: &[(&str, Way, u16)] = &[
    ("syslog+udp", Way::Udp, 514),
    ("syslog+tcp", Way::Tcp, 601),
    ("syslog+tls", Way::Tls, 6514),
    ("http", Way::Http, 80),
    ("https", Way::Https, 443),
];

/// Stands in an address for the secret.
pub(super) const SECRET: &str = "{secret}";

/// Where a receiver is. Shown without its path, in which some services have their secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// How parcels travel.
    pub way: Way,
    /// A name or an address; IPv6 without brackets.
    pub host: String,
    /// Where it listens.
    pub port: u16,
    /// What follows the port, `/` and query included; may be empty.
    pub path: String,
}

impl Address {
    /// Reads an address. Errors do not repeat it: somebody may have put a secret there.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (scheme, rest) =
            text.split_once("://").ok_or_else(|| Error::usage("an address begins with `SCHEME://`"))?;
        let known = SCHEMES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(scheme));
        let Some(&(name, way, default_port)) = known else {
            let names: Vec<_> = SCHEMES.iter().map(|(name, ..)| *name).collect();
            return Err(Error::unknown("kind of address", scheme, &names));
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let wrong = |why: &str| Error::usage(format!("{name}:// address: {why}"));
        if authority.contains('@') {
            return Err(wrong("no user or password may stand in it; see `token-file` in docs/delivery.md"));
        }
        let (host, port) = split_port(authority).ok_or_else(|| wrong("expected HOST or HOST:PORT"))?;
        let port = match port {
            None => default_port,
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| wrong("the port is no number from 1 to 65535"))?,
        };
        let is_web = matches!(way, Way::Http | Way::Https);
        if !is_web && !matches!(path, "" | "/") {
            return Err(wrong("nothing follows the port"));
        }
        if path.contains('#') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("a path has no `#`, spaces or letters beyond ASCII"));
        }
        Ok(Self {
            way,
            host: host.to_owned(),
            port,
            path: if is_web { path.to_owned() } else { String::new() },
        })
    }

    /// Whether the receiver takes syslog messages.
    pub fn is_syslog(&self) -> bool {
        matches!(self.way, Way::Udp | Way::Tcp | Way::Tls)
    }

    /// Whether an address that somebody wrote in the settings, maybe without its path, means this one.
    pub fn is_within(&self, outer: &Self) -> bool {
        let same = self.way == outer.way && self.host == outer.host && self.port == outer.port;
        let below = self.path.strip_prefix(outer.path.trim_end_matches('/'));
        same && below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    }

    /// The host as it stands in an address.
    pub(super) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = SCHEMES.iter().find(|(_, way, _)| *way == self.way).map_or("", |(name, ..)| name);
        write!(f, "{scheme}://{}", self.authority())
    }
}

/// The host and the port's digits of an authority.
fn split_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(inner) => inner.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match rest {
        "" => None,
        rest => Some(rest.strip_prefix(':')?),
    };
    let is_host =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte));
    is_host.then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_shown_without_its_path() {
        for (text, shown) in [
            ("syslog+udp://192.0.2.1", "syslog+udp://192.0.2.1:514"),
            ("syslog+tls://[2001:db8::1]:7", "syslog+tls://[2001:db8::1]:7"),
            ("https://hooks.example/services/T0/B0/key?x=1", "https://hooks.example:443"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), shown);
        }
        assert_eq!(Address::parse("http://a.example:81/b?c").unwrap().path, "/b?c");
    }

    #[test]
    fn an_error_names_the_nearest_scheme_and_never_the_password() {
        let error = |text: &str| Address::parse(text).unwrap_err().to_string();
        assert_eq!(
            error("syslog+tpc://h"),
            "unknown kind of address `syslog+tpc`; did you mean `syslog+tcp`?"
        );
        for text in
            ["https://me:hunter2@h/", "https://h:hunter2/", "syslog+tcp://h:1/hunter2", "https:// hunter2/"]
        {
            assert!(!error(text).contains("hunter2"), "{}", error(text));
        }
    }

    #[test]
    fn settings_for_a_host_are_for_its_paths_and_no_other_host() {
        let of = |text: &str| Address::parse(text).unwrap();
        assert!(of("https://a.example/x/y").is_within(&of("https://a.example/")));
        assert!(of("https://a.example/x/y").is_within(&of("https://a.example/x")));
        assert!(!of("https://a.example/xy").is_within(&of("https://a.example/x")));
        assert!(!of("https://a.example/x").is_within(&of("http://a.example:443/")));
    }
}
