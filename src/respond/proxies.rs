//! Reverse proxies and gateways.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{Means, Target};

pub(super) const NGINX: Target = Target {
    name: "nginx",
    means: Means::Addresses,
    about: "deny lines for an `include` in a server or location",
    write: |plan| {
        plan.entries.iter().fold(plan.header("#"), |mut text, entry| {
            let _ = writeln!(text, "deny {}; # {}", entry.address, entry.reason());
            text
        })
    },
};

pub(super) const NGINX_GEO: Target = Target {
    name: "nginx-geo",
    means: Means::Addresses,
    about: "a `geo` block for the http context: `if ($gatehound_block) { return 403; }`",
    write: |plan| {
        let mut text = plan.header("#") + "geo $gatehound_block {\n    default 0;\n";
        for entry in &plan.entries {
            let _ = writeln!(text, "    {} 1; # {}", entry.address, entry.reason());
        }
        text + "}\n"
    },
};

pub(super) const HAPROXY: Target = Target {
    name: "haproxy",
    means: Means::Addresses,
    about: "a file of addresses: `http-request deny if { src -f gatehound.acl }`",
    write: |plan| {
        plan.entries.iter().fold(plan.header("#"), |mut text, entry| {
            let _ = writeln!(text, "# {}\n{}", entry.reason(), entry.address);
            text
        })
    },
};

pub(super) const ENVOY: Target = Target {
    name: "envoy",
    means: Means::Addresses,
    about: "an RBAC filter that denies the addresses, as JSON; a policy for each reason",
    write: |plan| {
        let mut by_reason: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for entry in &plan.entries {
            let bits = if entry.address.is_ipv4() { 32 } else { 128 };
            let address =
                json!({ "remote_ip": { "address_prefix": entry.address.to_string(), "prefix_len": bits } });
            by_reason.entry(entry.reason()).or_default().push(address);
        }
        let policies = by_reason.into_iter().map(|(reason, addresses)| {
            (reason, json!({ "permissions": [{ "any": true }], "principals": addresses }))
        });
        let filter = json!({
            "name": "envoy.filters.http.rbac",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
                "rules": { "action": "DENY", "policies": policies.collect::<Map<_, _>>() },
            },
        });
        format!("{filter:#}\n")
    },
};

pub(super) const KONG: Target = Target {
    name: "kong",
    means: Means::Addresses,
    about: "the `ip-restriction` plugin in a declarative configuration: `kong config db_import FILE`, or decK",
    write: |plan| {
        let mut text = plan.header("#") + "_format_version: \"3.0\"\nplugins:";
        if plan.entries.is_empty() {
            return text + " []\n";
        }
        text.push_str(
            "\n- name: ip-restriction\n  tags: [gatehound]\n  config:\n    status: 403\n    deny:\n",
        );
        for entry in &plan.entries {
            let _ = writeln!(text, "    - \"{}\" # {}", entry.address, entry.reason());
        }
        text
    },
};
