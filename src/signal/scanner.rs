//! Scanners and penetration tools that name themselves, and the hosts that they have victims call back.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::gate::Bytes;
use super::piece::{Field, Piece, Seen, stronger, strongest};
use super::scan::{Lower, Words, after, holds_any, is_name, words};

/// Tools by the names that they send; in lower case, each as it stands in agents.
static TOOLS: &[&str] = &[
    "sqlmap",
    "nikto",
    "nuclei",
    "masscan",
    "zgrab",
    "wpscan",
    "dirbuster",
    "gobuster",
    "feroxbuster",
    "ffuf",
    "fuzz faster",
    "wfuzz",
    "openvas",
    "nessus",
    "acunetix",
    "netsparker",
    "invicti",
    "arachni",
    "w3af",
    "burpsuite",
    "burp collaborator",
    "zaproxy",
    "owasp zap",
    "nmap scripting engine",
    "whatweb",
    "jaeles",
    "commix",
    "havij",
    "skipfish",
    "zmeu",
    "morfeus",
    "jorgee",
    "dirsearch",
    "httprobe",
    "xsstrike",
    "xspear",
    "dalfox",
    "sqlninja",
    "bsqlbf",
    "grendel-scan",
    "webinspect",
    "appscan",
    "joomscan",
    "droopescan",
    "cmsmap",
    "fimap",
    "uniscan",
    "whisker",
    "s3scanner",
    "bucketfinder",
    "bucket_finder",
    "cloud_enum",
    "lazys3",
    "paros",
    "webshag",
    "vega/",
    "hydra",
    "metasploit",
    "l9explore",
    "l9tcpid",
    "projectdiscovery",
    "kiterunner",
    "interactsh",
    "brutus/",
    "n-stealth",
    "absinthe",
    "pmafind",
    "cisco-torch",
    "struts-pwn",
    "log4j-scan",
    "qqgamehall",
    "tsunami",
    "gotestwaf",
    "_sql_injection",
    ".nasl",
    "fhscan",
    "golismero",
    "sitelockspider",
    "detectify",
    "xray/",
    "goby",
    "katana/",
];

/// Hosts that wait for the calls of victims.
static CALLBACKS: Words = Words::of(&[
    "burpcollaborator.net",
    "oastify.com",
    "interact.sh",
    "interactsh.com",
    "oast.me",
    "oast.pro",
    "oast.live",
    "oast.site",
    "oast.online",
    "oast.fun",
    "dnslog.cn",
    "ceye.io",
    "bxss.me",
    "bxss.in",
    "xss.ht",
    "canarytokens.com",
    "dnslog.link",
    "requestrepo.com",
    "r87.me",
    "pingb.in",
    "vulnweb.com",
    "webhook.site",
    "pipedream.net",
    "ngrok-free.app",
]);

/// All names in one automaton, of the kind that is fastest and that so many would not get by themselves; tools stand first.
static NAMES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let names = TOOLS.iter().copied().chain(CALLBACKS.iter());
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(names).ok()
});

/// One of these stands in every text but an agent that shows a tool.
pub(super) fn parts() -> impl Iterator<Item = Vec<u8>> {
    CALLBACKS.iter().map(|host| host.as_bytes().to_vec())
}

/// The strongest name in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let is_agent = piece.field == Field::UserAgent;
    // A call-back host has a dot, and stands behind a scheme, an at-sign or a command.
    let has_place = piece.kinds.any(Bytes::DOT) && piece.kinds.any(Bytes::COLON.or(Bytes::CODE));
    if !is_agent && !has_place {
        return None;
    }
    if !is_agent && CALLBACKS.likely(piece.lower).next().is_none() {
        return None;
    }
    let names = NAMES.as_ref()?;
    let mut best = None;
    for found in names.find_iter(&*piece.lower).take(8) {
        let number = found.pattern().as_usize();
        let before = found.start().checked_sub(1).and_then(|before| piece.lower.get(before)).copied();
        let starts = before.is_none_or(|byte| !byte.is_ascii_alphanumeric())
            || TOOLS.get(number).is_some_and(|tool| tool.starts_with(['.', '_']));
        let seen = match (number < TOOLS.len(), is_agent) {
            (true, true) if starts => Some(Seen::new("gh-scanner-agent", 85)),
            (false, _) if starts => {
                let is_hook = matches!(
                    CALLBACKS.nth(number - TOOLS.len()),
                    Some("webhook.site" | "pipedream.net" | "ngrok-free.app" | "vulnweb.com")
                );
                Some(Seen::new("gh-scanner-callback", if is_hook { 40 } else { 75 }))
            }
            _ => None,
        };
        best = stronger(best, seen);
    }
    stronger(best, strongest([(is_agent && probes(piece.lower), "gh-scanner-probe", 70)]))
}

/// Words that probes write into agents to see whether they are run.
fn probes(lower: Lower<'_>) -> bool {
    ["openvasvt", "openvas-vt", "nessus"]
        .iter()
        .any(|word| after(lower, word).any(|rest| !rest.first().copied().is_some_and(is_name)))
        || holds_any(lower, words!["(evasions:", "(test:"])
}
