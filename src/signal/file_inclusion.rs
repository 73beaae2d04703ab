//! File inclusion: a value that names a file of the system, a stream of the language, or code from elsewhere.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::piece::{Field, Piece, Seen, stronger, strongest};
use super::scan::{Lower, Pairs, Words, after, holds, holds_any, skip_blanks, words};

/// Where files of systems stand that attacks ask for first.
static FILES: Words = Words::of(&[
    "etc/passwd",
    "etc/shadow",
    "etc/group",
    "etc/hosts",
    "etc/issue",
    "etc/crontab",
    "etc/fstab",
    "etc/apache",
    "etc/nginx",
    "etc/my.cnf",
    "etc/ssh",
    "etc/os-release",
    "proc/self",
    "proc/version",
    "proc/cmdline",
    "var/log/",
    "root/.",
    ".ssh/",
    "boot.ini",
    "win.ini",
    "system.ini",
    "windows/system32",
    "winnt/",
    "web-inf",
    "web.xml",
    "wp-config",
    ".htpasswd",
    "global.asa",
]);

/// Streams through which PHP and its like read or run.
static STREAMS: Words = Words::of(&[
    "php",
    "phar",
    "zip",
    "zlib",
    "compress.zlib",
    "compress.bzip2",
    "expect",
    "glob",
    "ogg",
    "ssh2",
    "rar",
]);

/// Names of parameters that pages are included by.
static NAMES: &[&[u8]] = &[
    b"file",
    b"page",
    b"include",
    b"inc",
    b"template",
    b"tpl",
    b"path",
    b"doc",
    b"document",
    b"folder",
    b"root",
    b"load",
    b"module",
    b"mod",
    b"style",
    b"view",
    b"layout",
    b"conf",
    b"lang",
];

/// All that must stand in a text before it is looked at closely: the ends of [`FILES`], whatever slashes are before them, and
/// what URLs and shares have.
static PARTS: Words = Words::of(&[
    "passwd",
    "shadow",
    "group",
    "hosts",
    "issue",
    "crontab",
    "fstab",
    "apache",
    "nginx",
    "my.cnf",
    "ssh",
    "os-release",
    "self",
    "version",
    "cmdline",
    "log",
    "root",
    ".ssh",
    "boot.ini",
    "win.ini",
    "system.ini",
    "system32",
    "winnt",
    "web-inf",
    "web.xml",
    "wp-config",
    ".htpasswd",
    "global.asa",
    "://",
    ":/",
    ":\\",
    "\\\\",
]);

/// The same in one automaton.
static ANY: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(PARTS.iter()).ok());

/// One of these stands in every text that names a file as it is written, without `//`, `/.` or `\`.
pub(super) fn parts() -> impl Iterator<Item = Vec<u8>> {
    FILES.iter().flat_map(|file| [file.as_bytes().to_vec(), file.replace('/', "%2f").into_bytes()])
}

/// The strongest sign of an inclusion in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if PARTS.likely(piece.lower).next().is_none() || !ANY.as_ref()?.is_match(&*piece.lower) {
        return None;
    }
    let flat = flat(piece.lower);
    let pairs = flat.as_deref().map(Pairs::of);
    let lower =
        flat.as_deref().zip(pairs.as_ref()).map_or(piece.lower, |(flat, pairs)| Lower::new(flat, pairs));
    let is_value = piece.field == Field::Query;
    let stream = STREAMS.likely(lower).any(|name| after(lower, name).any(|rest| rest.starts_with(b"://")));
    let named = NAMES.contains(&piece.name);
    let local = after(lower, "file").any(|rest| rest.starts_with(b":/"));
    let drive = matches!(*lower, [b'a'..=b'z', b':', b'/', ..]) && is_value;
    let fixed = strongest([
        (stream, "gh-inclusion-stream", 80),
        (local, "gh-inclusion-file-url", 75),
        (drive, "gh-inclusion-drive", 45),
        (share(&piece.lower), "gh-inclusion-share", 65),
        (is_value && named && remote(&lower), "gh-inclusion-remote", 60),
    ]);
    let file = holds_any(lower, &FILES).then(|| {
        let absolute = lower.starts_with(b"/") || holds(lower, b"../") || named || drive;
        let score = match (piece.field, absolute) {
            _ if is_told(&lower) => 40,
            (Field::Path, _) if holds(lower, b"..") => 85,
            (Field::Path, _) => 60,
            (_, true) => 75,
            (_, false) => 45,
        };
        Seen::new("gh-inclusion-system-file", score)
    });
    stronger(fixed, file)
}

/// Whether a text speaks of a file: behind the path words follow, and nothing that a path or a command has.
fn is_told(lower: &[u8]) -> bool {
    let path = lower.iter().take_while(|byte| !byte.is_ascii_whitespace()).count();
    let (path, said) = lower.split_at(path);
    let is_word = |&byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b',' | b'?' | b'!' | b'.');
    !holds(path, b"..") && said.iter().any(u8::is_ascii_alphabetic) && said.iter().all(is_word)
}

/// A share of Windows at some host beyond the own network, whose names have no dots: `\\\\host.example\\c$\\…`.
fn share(lower: &[u8]) -> bool {
    let lower = lower.strip_prefix(b"/").unwrap_or(lower);
    let Some(rest) = lower.strip_prefix(b"\\\\") else { return false };
    memchr::memchr(b'\\', rest).and_then(|end| rest.get(..end)).is_some_and(|host| host.contains(&b'.'))
}

/// A URL of a script or a text at some other host.
fn remote(lower: &[u8]) -> bool {
    let rest = skip_blanks(lower);
    let is_url = rest.starts_with(b"http://") || rest.starts_with(b"https://") || rest.starts_with(b"ftp://");
    let path = rest.split(|&byte| byte == b'?').next().unwrap_or_default();
    is_url && (rest.ends_with(b"?") || [&b".txt"[..], b".php", b".inc"].iter().any(|end| path.ends_with(end)))
}

/// `lower` with `/` for `\`, and without `//` and `/./`; `None` where it has none of them.
fn flat(lower: Lower<'_>) -> Option<Vec<u8>> {
    if !holds_any(lower, words!["\\", "/./"]) && !holds_any(lower.get(1..).unwrap_or_default(), words!["//"])
    {
        return None;
    }
    let mut flat: Vec<u8> = Vec::with_capacity(lower.len());
    for &byte in lower.iter() {
        let byte = if byte == b'\\' { b'/' } else { byte };
        if byte == b'/' && flat.ends_with(b"/.") {
            flat.pop();
        }
        // The slashes of `scheme://` stay.
        if byte == b'/' && flat.ends_with(b"/") && !flat.ends_with(b":/") {
            continue;
        }
        flat.push(byte);
    }
    Some(flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_every_file_is_looked_for() {
        for file in FILES.iter() {
            let end = file.rsplit('/').find(|part| part.len() > 1);
            assert!(PARTS.iter().any(|part| end == Some(part)), "{file}");
        }
    }
}
