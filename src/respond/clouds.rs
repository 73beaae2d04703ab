//! Clouds and delivery networks.

use serde_json::json;

use super::{Means, Target};

pub(super) const AWS_WAF: Target = Target {
    name: "aws-waf",
    means: Means::Addresses,
    about: "`Addresses` for `aws wafv2 update-ip-set`, one set of each family",
    write: |plan| {
        let set = |v4: bool| -> Vec<String> {
            plan.of_family(v4)
                .map(|entry| format!("{}/{}", entry.address, if v4 { 32 } else { 128 }))
                .collect()
        };
        let sets = json!({
            "IPV4": { "Description": "gatehound", "Addresses": set(true) },
            "IPV6": { "Description": "gatehound", "Addresses": set(false) },
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
                (ip, entry.why.text())
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
    about: "a filter expression for a Cloudflare WAF rule",
    write: |plan| {
        let addresses: Vec<String> = plan.entries.iter().map(|entry| entry.address.to_string()).collect();
        if addresses.is_empty() {
            "(false)\n".to_owned()
        } else {
            format!("(ip.src in {{{}}})\n", addresses.join(" "))
        }
    },
};
