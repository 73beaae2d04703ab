//! What breaks HTTP itself: line ends that split messages, TLS and other protocols on a plain port, methods that only probes use.

use super::gate::Bytes;
use super::piece::{Field, Piece, Seen, stronger, strongest};
use super::scan::{holds_any, is_name, words};

/// Headers that split answers and smuggle requests set.
static HEADERS: &[&str] = &[
    "set-cookie:",
    "location:",
    "content-type:",
    "content-length:",
    "transfer-encoding:",
    "host:",
    "x-",
    "refresh:",
    "access-control-",
    "http/1.",
    "cookie:",
    "connection:",
];

/// The strongest sign of a broken protocol in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    match piece.field {
        Field::Method => method(piece.text),
        Field::RawRequest => raw(piece.text),
        _ if piece.kinds.any(Bytes::CONTROL) => split(piece),
        _ => None,
    }
}

/// A line end with a header behind it.
fn split(piece: &Piece<'_>) -> Option<Seen> {
    let lines = piece.lower.split(|byte| matches!(byte, b'\r' | b'\n')).skip(1).take(64);
    let header = lines.map(<[u8]>::trim_ascii_start).any(|line| {
        HEADERS.iter().any(|header| line.starts_with(header.as_bytes())) && line.contains(&b':')
            || line.starts_with(b"http/")
            || (line.starts_with(b"get ") || line.starts_with(b"post ")) && holds_any(line, words![" http/"])
    });
    let is_path = piece.field == Field::Path;
    strongest([
        (header, "gh-protocol-split", 80),
        (forges_line(&piece.lower), "gh-protocol-log-line", 85),
        (is_path && piece.lower.iter().any(|byte| matches!(byte, b'\r' | b'\n')), "gh-protocol-line-end", 50),
        (piece.lower.contains(&0), "gh-protocol-null", if is_path { 60 } else { 45 }),
    ])
}

/// Whether a line end is followed by what an access log writes of a request: `[10/mar/2026:`, and a quote behind it.
fn forges_line(lower: &[u8]) -> bool {
    let Some(end) = memchr::memchr2(b'\r', b'\n', lower) else { return false };
    let line = &lower[end..];
    memchr::memchr_iter(b'[', line).take(8).any(|at| {
        let stamp = line.get(at + 1..at + 13).unwrap_or_default();
        let is_stamp = stamp.len() == 12 && stamp[2] == b'/' && stamp[6] == b'/' && stamp[11] == b':';
        is_stamp && stamp[..2].iter().all(u8::is_ascii_digit) && line[at..].contains(&b'"')
    })
}

/// Methods that only show how a server answers.
fn method(text: &[u8]) -> Option<Seen> {
    // IIS logs FTP as well, each command behind the number of its session: `[7]QUIT`.
    let digits = text
        .strip_prefix(b"[")
        .map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count());
    let text = if digits > 0 && text.get(digits + 1) == Some(&b']') { &text[digits + 2..] } else { text };
    strongest([
        (matches!(text, b"TRACE" | b"TRACK" | b"DEBUG"), "gh-protocol-method", 60),
        (
            text.iter().any(|&byte| !is_name(byte) && byte != b'-') && !text.is_empty(),
            "gh-protocol-method",
            55,
        ),
    ])
}

/// A request line that is none.
fn raw(text: &[u8]) -> Option<Seen> {
    let binary = strongest([
        (text.starts_with(b"\x16\x03"), "gh-protocol-tls", 60),
        (
            text.starts_with(b"SSH-") || text.starts_with(b"JRMI") || text.starts_with(b"\x03\x00\x00"),
            "gh-protocol-other",
            65,
        ),
        (text.starts_with(b"\x05\x01") || text.starts_with(b"\x04\x01"), "gh-protocol-socks", 65),
        (text.starts_with(b"PRI * HTTP/2"), "gh-protocol-preface", 35),
    ]);
    let controls = text.iter().filter(|byte| byte.is_ascii_control()).count();
    stronger(binary, (controls > 2).then(|| Seen::new("gh-protocol-binary", 50)))
}
