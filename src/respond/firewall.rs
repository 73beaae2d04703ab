//! Firewalls of Linux. Time-outs count from the moment of loading, so they are what is left at the newest incident's end.

use std::fmt::Write as _;

use super::{Entry, Means, Plan, Target};
use crate::time::SECOND;

/// The last request of the plan; entries end so many seconds after it.
fn newest(plan: &Plan) -> i64 {
    plan.entries.iter().map(|entry| entry.until.0).max().unwrap_or(0)
}

/// For how many seconds an entry holds: the longest for the newest, at least a minute, as far as sets allow (2,147,483).
fn seconds(entry: &Entry, newest: i64, longest: i64) -> i64 {
    (longest - (newest - entry.until.0) / SECOND).clamp(60, 2_147_483)
}

/// How long the newest entry holds, as everybody else is told.
const LONGEST: i64 = 24 * 3600;

pub(super) const NFTABLES: Target = Target {
    name: "nftables",
    means: Means::Addresses,
    about: "a table with two sets and a drop rule: `nft -f FILE`",
    write: |plan| {
        let newest = newest(plan);
        let mut text = plan.header("#") + "table inet gatehound {\n";
        for (name, kind, v4) in [("block4", "ipv4_addr", true), ("block6", "ipv6_addr", false)] {
            let _ = writeln!(text, "  set {name} {{\n    type {kind}\n    flags timeout");
            let elements: Vec<String> = plan
                .of_family(v4)
                .map(|entry| {
                    let seconds = seconds(entry, newest, LONGEST);
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
        let newest = newest(plan);
        let mut text = String::new();
        for (name, family, v4) in [("gatehound4", "inet", true), ("gatehound6", "inet6", false)] {
            let _ = writeln!(text, "create {name} hash:ip family {family} timeout 86400 comment -exist");
            for entry in plan.of_family(v4) {
                let seconds = seconds(entry, newest, LONGEST);
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
