//! Who made a request, when others passed it on: trusted hops are stepped over, nothing else is believed.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::error::Error;
use crate::event::Event;
use crate::request::published;
use crate::text::address::usual;
use crate::text::{Plus, percent_decode};

/// The networks whose word about the client is believed. Loopback and private peers always are.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    nets: Vec<IpNet>,
}

/// Who made a request, and who passed it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who made it.
    pub client: Option<IpAddr>,
    /// Who held the socket, where that was somebody else.
    pub peer: Option<IpAddr>,
}

/// Address ranges that content delivery networks publish. Compared with dated copies of the published lists:
/// cloudflare.com/ips as of 2024-06-25, api.fastly.com/public-ip-list as of 2023-06-06.
pub(super) const NAMED: &[(&str, &[&str])] = &[
    (
        "cloudflare",
        &[
            "173.245.48.0/20",
            "103.21.244.0/22",
            "103.22.200.0/22",
            "103.31.4.0/22",
            "141.101.64.0/18",
            "108.162.192.0/18",
            "190.93.240.0/20",
            "188.114.96.0/20",
            "197.234.240.0/22",
            "198.41.128.0/17",
            "162.158.0.0/15",
            "104.16.0.0/13",
            "104.24.0.0/14",
            "172.64.0.0/13",
            "131.0.72.0/22",
            "2400:cb00::/32",
            "2606:4700::/32",
            "2803:f800::/32",
            "2405:b500::/32",
            "2405:8100::/32",
            "2a06:98c0::/29",
            "2c0f:f248::/32",
        ],
    ),
    (
        "fastly",
        &[
            "23.235.32.0/20",
            "43.249.72.0/22",
            "103.244.50.0/24",
            "103.245.222.0/23",
            "103.245.224.0/24",
            "104.156.80.0/20",
            "140.248.64.0/18",
            "140.248.128.0/17",
            "146.75.0.0/17",
            "151.101.0.0/16",
            "157.52.64.0/18",
            "167.82.0.0/17",
            "167.82.128.0/20",
            "167.82.160.0/20",
            "167.82.224.0/20",
            "172.111.64.0/18",
            "185.31.16.0/22",
            "199.27.72.0/21",
            "199.232.0.0/16",
            "2a04:4e40::/32",
            "2a04:4e42::/32",
        ],
    ),
];

impl Trust {
    /// Trusts each of `words`: a network, an address, or the name of a content delivery network.
    pub fn new(words: &[String]) -> Result<Self, Error> {
        let mut nets = Vec::new();
        for word in words {
            let named = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
            match (named, word.parse::<IpNet>(), word.parse::<IpAddr>()) {
                (Some((_, list)), ..) => {
                    nets.extend(
                        list.iter().map(|net| net.parse::<IpNet>().expect("the lists are well-formed")),
                    );
                }
                (None, Ok(net), _) => nets.push(net),
                (None, _, Ok(address)) => nets.push(address.into()),
                (None, Err(_), Err(_)) => {
                    let known: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
                    return Err(Error::usage(format!(
                        "{}, and no network such as `192.0.2.0/24`",
                        Error::unknown("trusted proxy", word, &known)
                    )));
                }
            }
        }
        Ok(Self { nets })
    }

    /// Whether the word of `address` about its client is believed.
    #[inline]
    pub fn believes(&self, address: IpAddr) -> bool {
        is_internal(address) || self.nets.iter().any(|net| net.contains(&address))
    }

    /// The name of the content delivery network that publishes `address`, to tell the user which option to set.
    pub fn published_by(address: IpAddr) -> Option<&'static str> {
        published::publisher(address)
    }

    /// The right-most hop that is not believed: from the socket inwards through the forwarded-for list.
    #[inline]
    pub fn origin(&self, event: &Event<'_>) -> Origin {
        let Some(peer) = event.client.filter(|&peer| self.believes(peer)) else {
            let first = || event.forwarded.and_then(|list| self.walk(list));
            return match event.client {
                Some(client) => Origin { client: Some(client), peer: None },
                None if event.client_name.is_some() => Origin { client: None, peer: None },
                None => Origin { client: first(), peer: None },
            };
        };
        match event.forwarded.and_then(|list| self.walk(list)) {
            Some(client) if client != peer => Origin { client: Some(client), peer: Some(peer) },
            _ => Origin { client: Some(peer), peer: None },
        }
    }

    /// Walks a forwarded-for list from its right; the left-most address if all are believed.
    fn walk(&self, list: &[u8]) -> Option<IpAddr> {
        let mut client = None;
        for hop in forwarded_hops(list).rev() {
            let Some(address) = hop else { break };
            client = Some(address);
            if !self.believes(address) {
                break;
            }
        }
        client
    }
}

/// The hops of a forwarded-for list in its own order; `None` for one that is no address.
pub(crate) fn forwarded_hops(list: &[u8]) -> impl DoubleEndedIterator<Item = Option<IpAddr>> + '_ {
    list.split(|&byte| byte == b',').filter(|hop| !hop.trim_ascii().is_empty()).map(|hop| {
        usual(hop.trim_ascii()).or_else(|| hop_address(percent_decode(hop, Plus::IsBlank).trim_ascii()))
    })
}

/// The address of one hop: bare, with a port, or in brackets.
fn hop_address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim_matches('"');
    let text = text.strip_prefix("for=").unwrap_or(text).trim_matches('"');
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let bare = match text.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next()?,
        None => text.rsplit_once(':')?.0,
    };
    let bare = bare.split('%').next()?;
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Loopback, private, link-local, carrier-grade NAT (RFC 6598) and unique local addresses.
fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_unspecified()
                || (v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64)
        }
        IpAddr::V6(v6) => {
            v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_unspecified()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(client: &str, forwarded: &str, trusted: &[&str]) -> String {
        let trusted: Vec<String> = trusted.iter().map(ToString::to_string).collect();
        let event = Event {
            client: client.parse().ok(),
            forwarded: (!forwarded.is_empty()).then_some(forwarded.as_bytes()),
            ..Event::default()
        };
        let origin = Trust::new(&trusted).unwrap().origin(&event);
        let show = |address: Option<IpAddr>| address.map_or("-".into(), |a| a.to_string());
        format!("{} via {}", show(origin.client), show(origin.peer))
    }

    #[test]
    fn only_trusted_hops_are_stepped_over() {
        assert_eq!(origin("203.0.113.9", "198.51.100.1", &[]), "203.0.113.9 via -");
        assert_eq!(origin("10.0.0.1", "198.51.100.1", &[]), "198.51.100.1 via 10.0.0.1");
        assert_eq!(origin("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.7", &[]), "198.51.100.1 via 10.0.0.1");
        assert_eq!(origin("173.245.48.9", "198.51.100.1", &["cloudflare"]), "198.51.100.1 via 173.245.48.9");
        assert_eq!(
            origin("203.0.113.9", "198.51.100.1", &["203.0.113.0/24"]),
            "198.51.100.1 via 203.0.113.9"
        );
        assert_eq!(origin("10.0.0.1", "unknown", &[]), "10.0.0.1 via -");
        assert_eq!(origin("10.0.0.1", "[2001:db8::7]:443", &[]), "2001:db8::7 via 10.0.0.1");
        assert_eq!(origin("10.0.0.1", "10.0.0.3", &[]), "10.0.0.3 via 10.0.0.1");
    }

    #[test]
    fn a_misspelt_name_is_told() {
        let error = Trust::new(&["cloudflair".into()]).unwrap_err().to_string();
        assert!(error.contains("did you mean `cloudflare`"), "{error}");
    }
}
