//! Who made a request, when others passed it on: trusted hops are stepped over, nothing else is believed.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::error::Error;
use crate::event::Event;
use crate::request::networks::NAMED;
use crate::request::published::{self, bits};
use crate::text::address::usual;
use crate::text::{Plus, percent_decode};

/// The networks whose word about the client is believed. Loopback and private peers always are.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The first and the last address of each, ascending, none overlapping.
    ranges: Vec<(u128, u128)>,
}

/// Who made a request, and who passed it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who made it.
    pub client: Option<IpAddr>,
    /// Who held the socket, where that was somebody else.
    pub peer: Option<IpAddr>,
}

impl Trust {
    /// Trusts each of `words`: a network, an address, or the name of a content delivery network.
    pub fn new(words: &[String]) -> Result<Self, Error> {
        let mut nets = Vec::new();
        for word in words {
            let named = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
            match (named, word.parse::<IpNet>(), word.parse::<IpAddr>()) {
                (Some((_, list)), ..) => {
                    let list = list.split_ascii_whitespace();
                    nets.extend(list.map(|net| net.parse::<IpNet>().expect("the lists are well-formed")));
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
        Ok(Self { ranges: ranges(&nets) })
    }

    /// Whether the word of `address` about its client is believed.
    #[inline]
    pub fn believes(&self, address: IpAddr) -> bool {
        is_internal(address) || (!self.ranges.is_empty() && self.is_named(address))
    }

    /// Whether the user named a network that holds `address`.
    fn is_named(&self, address: IpAddr) -> bool {
        let address = bits(address);
        let after = self.ranges.partition_point(|&(first, _)| first <= address);
        after.checked_sub(1).is_some_and(|at| address <= self.ranges[at].1)
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

/// Networks as ranges, those that touch or overlap as one.
fn ranges(nets: &[IpNet]) -> Vec<(u128, u128)> {
    let mut ranges: Vec<(u128, u128)> =
        nets.iter().map(|net| (bits(net.network()), bits(net.broadcast()))).collect();
    ranges.sort_unstable();
    ranges.dedup_by(|next, last| {
        let touch = next.0 <= last.1.saturating_add(1);
        last.1 = if touch { last.1.max(next.1) } else { last.1 };
        touch
    });
    ranges
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
pub(crate) fn is_internal(address: IpAddr) -> bool {
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
    fn every_named_network_is_believed_and_no_neighbour() {
        let trust =
            |words: &[&str]| Trust::new(&words.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        let nested = trust(&[
            "198.51.100.0/24",
            "198.51.100.128/25",
            "198.51.101.0/25",
            "2001:db8::/32",
            "cloudfront",
        ]);
        let believed = |address: &str| nested.believes(address.parse().unwrap());
        for inside in
            ["198.51.100.0", "198.51.100.255", "198.51.101.127", "2001:db8::1", "13.32.0.1", "3.10.17.200"]
        {
            assert!(believed(inside), "{inside}");
        }
        for outside in ["198.51.99.255", "198.51.101.128", "2001:db9::", "2001:db7:ffff::", "3.10.17.127"] {
            assert!(!believed(outside), "{outside}");
        }
        assert!(!Trust::default().believes("198.51.100.0".parse().unwrap()));
    }

    #[test]
    fn a_misspelt_name_is_told() {
        let error = Trust::new(&["cloudflair".into()]).unwrap_err().to_string();
        assert!(error.contains("did you mean `cloudflare`"), "{error}");
    }
}
