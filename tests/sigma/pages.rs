//! The rules that are held against the oracle: public ones where they are there, those of the pack, and some of every
//! modifier.

use std::fs;
use std::path::{Path, PathBuf};

/// Every rule file below `dir`, in the order of their paths.
fn files(dir: &Path, all: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            all.push(path);
        }
    }
}

/// The folders of rules that are there.
pub(crate) fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let public = root.join("../shared/data/sigma_web/rules");
    if !public.is_dir() {
        eprintln!(
            "skipped: no public rules at {}; the pack is held against the oracle alone",
            public.display()
        );
        return vec![root.join("rules")];
    }
    vec![root.join("rules"), public]
}

/// The text of every rule in `folders`.
pub(crate) fn texts(folders: &[PathBuf]) -> Vec<String> {
    let mut all = Vec::new();
    for folder in folders {
        files(folder, &mut all);
    }
    all.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// Selections with every modifier that makes sense on a request, and values that are hard to get right.
const SELECTIONS: &[&str] = &[
    "c-uri: '/a*b?c'",
    "c-uri: '*.php'",
    "c-uri|contains: ['Select*From', 'union?all']",
    "c-uri|contains|cased: ['SELECT', 'Union']",
    "c-uri|contains|all: ['id=', '%27']",
    "c-uri|startswith: ['/Admin', '/\u{c4}rger']",
    "c-uri|endswith: ['.BAK', '~', '\\\\*']",
    "c-uri|re: '/[a-z]{2,4}/\\d+\\.php$'",
    "c-uri|re|i: 'union.{1,9}select'",
    "c-uri|re|i|s: 'a.b'",
    "c-uri|re|m: '^/x$'",
    "c-uri|contains: ''",
    "cs-uri-stem: ['/', '/login', '/caf\u{e9}']",
    "cs-uri-stem|neq: '/login'",
    "cs-uri-query|contains: ['a=b', '../']",
    "cs-username: null",
    "cs-host|exists: true",
    "cs-referer|exists: false",
    "cs-referer: ''",
    "cs-referer: null",
    "cs-host|endswith: ['.example', '\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}']",
    "cs-host|fieldref: cs-username",
    "cs-host|fieldref|startswith: cs-username",
    "cs-host|fieldref|endswith: cs-username",
    "cs-uri-stem|fieldref|contains: cs-username",
    "c-useragent|base64|contains: 'curl/8'",
    "c-uri|base64offset|contains: '/etc/passwd'",
    "c-uri|wide|base64offset|contains: 'whoami'",
    "c-uri|utf16le|base64offset|contains: 'Net.Web'",
    "c-uri|utf16be|base64offset|contains: 'calc'",
    "c-uri|windash|contains: [' -enc ', ' -x -y']",
    "sc-status: 200",
    "sc-status: ['4*', '500']",
    "sc-status|gte: 400",
    "sc-status|lt: 300",
    "sc-status|neq: 200",
    "sc-bytes|gt: 1000",
    "sc-bytes|lte: 1000",
    "c-ip|cidr: ['192.0.2.0/24', '2001:db8::/32']",
    "c-ip|startswith: '198.51.'",
    "dst_ip|cidr: '203.0.113.0/28'",
    "cs-method: [get, 'P*']",
    "cs-cookie|exists: false",
    "cs-cookie|contains: sid",
];

/// A rule of each selection, alone, negated, and two of them joined; words without a field as well.
pub(crate) fn of_every_modifier() -> Vec<String> {
    let page = |id: &str, detection: &str| {
        format!(
            "title: {id}\nid: {id}\nlogsource:\n    category: webserver\ndetection:\n{detection}\nlevel: low\n"
        )
    };
    let mut all = Vec::new();
    for (nth, selection) in SELECTIONS.iter().enumerate() {
        let other = SELECTIONS[(nth * 7 + 3) % SELECTIONS.len()];
        all.push(page(&format!("plain-{nth:02}"), &format!("    s:\n        {selection}\n    condition: s")));
        let two = format!("    s:\n        {selection}\n    t:\n        {other}\n    condition: not s and t");
        all.push(page(&format!("unlike-{nth:02}"), &two));
        let any = format!(
            "    s_1:\n        - {selection}\n        - {other}\n    s_2:\n        {selection}\n    condition: all of s_*"
        );
        all.push(page(&format!("any-{nth:02}"), &any));
    }
    all.push(page(
        "words",
        "    s:\n        - 'Union Select'\n        - 'pass*d'\n        - '\u{c4}pfel'\n    condition: s",
    ));
    all.push(page(
        "all-words",
        "    s:\n        '|all':\n            - select\n            - 'from'\n    condition: s",
    ));
    all.push(page(
        "word-by-expression",
        "    s:\n        '|re':\n            - 'sel[e3]ct'\n    condition: s",
    ));
    all
}
