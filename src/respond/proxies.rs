//! Reverse proxies and gateways.

use std::fmt::Write as _;

use serde_json::json;

use super::{Means, Target};

pub(super) const NGINX: Target = Target {
    name: "nginx",
    means: Means::Addresses,
    about: "deny lines for an `include` in a server or location",
    write: |plan| {
        plan.entries.iter().fold(plan.header("#"), |mut text, entry| {
            let _ = writeln!(
                text,
                "deny {}; # {} until {}",
                entry.address,
                entry.why.text(),
                entry.until.rfc3339(0)
            );
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
            let _ = writeln!(
                text,
                "    {} 1; # {} until {}",
                entry.address,
                entry.why.text(),
                entry.until.rfc3339(0)
            );
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
            let _ = writeln!(text, "# {} until {}", entry.why.text(), entry.until.rfc3339(0));
            let _ = writeln!(text, "{}", entry.address);
            text
        })
    },
};

pub(super) const ENVOY: Target = Target {
    name: "envoy",
    means: Means::Addresses,
    about: "an RBAC filter that denies the addresses, as JSON",
    write: |plan| {
        let principals = plan.entries.iter().map(|entry| {
            let bits = if entry.address.is_ipv4() { 32 } else { 128 };
            json!({ "remote_ip": { "address_prefix": entry.address.to_string(), "prefix_len": bits } })
        });
        let policy =
            json!({ "permissions": [{ "any": true }], "principals": principals.collect::<Vec<_>>() });
        let policies = if plan.entries.is_empty() { json!({}) } else { json!({ "gatehound": policy }) };
        let filter = json!({
            "name": "envoy.filters.http.rbac",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
                "rules": { "action": "DENY", "policies": policies },
            },
        });
        format!("{filter:#}\n")
    },
};

pub(super) const KONG: Target = Target {
    name: "kong",
    means: Means::Addresses,
    about: "the `ip-restriction` plugin, as JSON for the Admin API",
    write: |plan| {
        let deny: Vec<String> = plan.entries.iter().map(|entry| entry.address.to_string()).collect();
        let plugin = json!({ "name": "ip-restriction", "config": { "deny": deny, "status": 403 }, "tags": ["gatehound"] });
        format!("{plugin:#}\n")
    },
};
