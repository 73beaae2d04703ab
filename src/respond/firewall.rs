//! Firewalls of Linux. Time-outs count from the moment of loading.

use std::fmt::Write as _;

use super::{Entry, Means, Plan, Target};
use crate::time::SECOND;

/// For how many seconds an entry holds: at least a minute, as far as sets allow (2,147,483).
fn seconds(plan: &Plan, entry: &Entry) -> i64 {
    (plan.left(entry) / SECOND).clamp(60, 2_147_483)
}

pub(super) const NFTABLES: Target = Target {
    name: "nftables",
    means: Means::Addresses,
    about: "a table with two sets and a drop rule: `nft -f FILE`",
    write: |plan| {
        let mut text = plan.header("#") + "table inet gatehound {\n";
        for (name, kind, v4) in [("block4", "ipv4_addr", true), ("block6", "ipv6_addr", false)] {
            let _ = writeln!(text, "  set {name} {{\n    type {kind}\n    flags timeout");
            let elements: Vec<String> = plan
                .of_family(v4)
                .map(|entry| {
                    let seconds = seconds(plan, entry);
                    format!("{} timeout {seconds}s comment \"{}\"", entry.address, entry.why.text())
                })
                .collect();
            if !elements.is_empty() {
                let _ = writeln!(text, "    elements = {{\n      {}\n    }}", elements.join(",\n      "));
            }
            text.push_str("  }\n");
        }
        text + "  chain input {\n    type filter hook input priority -10; policy accept;\n    ip saddr @block4 drop\n    \
                ip6 saddr @block6 drop\n  }\n}\n"
    },
};

pub(super) const IPSET: Target = Target {
    name: "ipset",
    means: Means::Addresses,
    about: "two sets for `ipset restore`: gatehound4 and gatehound6",
    write: |plan| {
        let mut text = String::new();
        for (name, family, v4) in [("gatehound4", "inet", true), ("gatehound6", "inet6", false)] {
            // The time-out of members that somebody else adds; each of ours has its own.
            let _ = writeln!(text, "create {name} hash:ip family {family} timeout 86400 comment -exist");
            for entry in plan.of_family(v4) {
                let seconds = seconds(plan, entry);
                let _ = writeln!(
                    text,
                    "add {name} {} timeout {seconds} comment \"{}\" -exist",
                    entry.address,
                    entry.why.text()
                );
            }
        }
        text
    },
};

pub(super) const IPTABLES: Target = Target {
    name: "iptables",
    means: Means::Addresses,
    about: "a chain for `iptables-restore --noflush`; IPv6 follows in comments, for ip6tables-restore",
    write: |plan| {
        let mut text = plan.header("#") + "*filter\n:GATEHOUND - [0:0]\n";
        for entry in plan.of_family(true) {
            let _ = writeln!(
                text,
                "-A GATEHOUND -s {} -m comment --comment \"{}\" -j DROP",
                entry.address,
                entry.reason()
            );
        }
        text.push_str("COMMIT\n");
        for entry in plan.of_family(false) {
            let (address, reason) = (entry.address, entry.reason());
            let _ = writeln!(
                text,
                "# ip6tables: -A GATEHOUND -s {address} -m comment --comment \"{reason}\" -j DROP"
            );
        }
        text
    },
};
