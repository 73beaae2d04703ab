//! Other tools' lists, and what is worth more than an address: accounts and tokens.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use super::{Means, Plan, Target, Why};

pub(super) const CROWDSEC: Target = Target {
    name: "crowdsec",
    means: Means::Addresses,
    about: "decisions for `cscli decisions import`",
    write: |plan| {
        let decisions: Vec<_> = plan
            .entries
            .iter()
            .map(|entry| {
                // It counts from the import.
                let hours = (plan.left(entry) / crate::time::HOUR).max(1);
                json!({
                    "duration": format!("{hours}h"), "reason": entry.why.text(), "scope": "ip", "type": "ban",
                    "value": entry.address.to_string(),
                })
            })
            .collect();
        format!("{:#}\n", json!(decisions))
    },
};

pub(super) const FAIL2BAN: Target = Target {
    name: "fail2ban",
    means: Means::Addresses,
    about: "commands for the jail `gatehound`: `sh FILE`",
    write: |plan| {
        plan.entries.iter().fold(plan.header("#"), |mut text, entry| {
            let _ =
                writeln!(text, "fail2ban-client set gatehound banip {} # {}", entry.address, entry.reason());
            text
        })
    },
};

pub(super) const MISP: Target = Target {
    name: "misp",
    means: Means::Addresses,
    about: "a MISP event with an attribute for each address",
    write: |plan| {
        let attributes: Vec<_> = plan
            .entries
            .iter()
            .map(|entry| {
                json!({
                    "type": "ip-src", "category": "Network activity", "to_ids": true,
                    "value": entry.address.to_string(), "comment": entry.reason(),
                })
            })
            .collect();
        let date: String = plan.ends.rfc3339(0).chars().take(10).collect();
        let event = json!({ "Event": {
            "info": "gatehound: attacks seen in access logs", "date": date, "threat_level_id": "2", "analysis": "1",
            "distribution": "0", "Attribute": attributes, "Tag": [{ "name": "tlp:amber" }],
        } });
        format!("{event:#}\n")
    },
};

pub(super) const ACCOUNTS: Target = Target {
    name: "accounts",
    means: Means::Accounts,
    about: "accounts to reset and whose sessions to end, as CSV",
    write: |plan| table("account", &plan.accounts),
};

pub(super) const TOKENS: Target = Target {
    name: "tokens",
    means: Means::Tokens,
    about: "tokens and sessions to revoke, as keyed hashes, as CSV",
    write: |plan: &Plan| table("token_hash", &plan.tokens),
};

/// Names with their reasons. A cell that a spreadsheet would calculate begins with an apostrophe.
fn table(name: &str, rows: &BTreeMap<String, Why>) -> String {
    let mut text = format!("{name},incident,kind,severity\r\n");
    for (name, why) in rows {
        let plain: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mark = if plain.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
        let quoted = plain.replace('"', "\"\"");
        let _ = write!(
            text,
            "\"{mark}{quoted}\",{},{},{}\r\n",
            why.incident,
            why.kind.name(),
            why.severity.name()
        );
    }
    text
}
