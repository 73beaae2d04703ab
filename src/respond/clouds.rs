//! Clouds and delivery networks.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{Entry, Means, Target};

pub(super) const AWS_WAF: Target = Target {
    name: "aws-waf",
    means: Means::Addresses,
    about: "`Addresses` for `aws wafv2 update-ip-set`, one set of each family, and why each stands there",
    write: |plan| {
        let set = |v4: bool| plan.of_family(v4).map(Entry::cidr).collect::<Vec<_>>();
        let why = plan.entries.iter().map(|entry| (entry.cidr(), Value::from(entry.reason())));
        // A set has no place for reasons; they stand beside it.
        let sets = json!({
            "IPV4": { "Description": "gatehound", "Addresses": set(true) },
            "IPV6": { "Description": "gatehound", "Addresses": set(false) },
            "Reasons": why.collect::<Map<_, _>>(),
        });
        format!("{sets:#}\n")
    },
};

pub(super) const CLOUDFLARE_LIST: Target = Target {
    name: "cloudflare-list",
    means: Means::Addresses,
    about: "items for a Cloudflare IP list, as its API takes them; IPv6 as the /64 that the list asks for",
    write: |plan| {
        let mut items: Vec<(String, String)> = plan
            .entries
            .iter()
            .map(|entry| {
                let ip = match entry.address {
                    std::net::IpAddr::V4(address) => address.to_string(),
                    std::net::IpAddr::V6(address) => {
                        let network = u128::from(address) >> 64 << 64;
                        format!("{}/64", std::net::Ipv6Addr::from(network))
                    }
                };
                (ip, entry.reason())
            })
            .collect();
        items.sort();
        items.dedup_by(|a, b| a.0 == b.0);
        let items: Vec<_> = items.iter().map(|(ip, why)| json!({ "ip": ip, "comment": why })).collect();
        format!("{:#}\n", json!(items))
    },
};

pub(super) const CLOUDFLARE_EXPRESSION: Target = Target {
    name: "cloudflare-expression",
    means: Means::Addresses,
    about: "a filter expression for a Cloudflare WAF rule: the last line; the reasons stand above it",
    write: |plan| {
        let mut text = plan.header("#");
        for entry in &plan.entries {
            let _ = writeln!(text, "# {}: {}", entry.address, entry.reason());
        }
        let addresses: Vec<String> = plan.entries.iter().map(|entry| entry.address.to_string()).collect();
        let expression = match &*addresses {
            [] => "(false)".to_owned(),
            some => format!("(ip.src in {{{}}})", some.join(" ")),
        };
        text + &expression + "\n"
    },
};
