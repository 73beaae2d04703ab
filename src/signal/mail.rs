//! Mail injection: a line end, and behind it a command of SMTP (RFC 5321) or IMAP (RFC 9051), or a header of a mail.

use super::gate::Bytes;
use super::piece::{Piece, Seen, stronger};
use super::scan::{holds_any, words};

/// Commands with what follows them.
static COMMANDS: &[&str] = &[
    "rcpt to:",
    "mail from:",
    "helo ",
    "ehlo ",
    "quit",
    "data",
    "rset",
    "vrfy ",
    "expn ",
    "auth login",
    "starttls",
];

/// Headers that choose who gets a mail, and what it says.
static HEADERS: &[&str] =
    &["bcc:", "cc:", "to:", "subject:", "reply-to:", "content-transfer-encoding:", "mime-version:"];

/// Commands of IMAP, behind a tag.
static IMAP: &[&str] = &[
    "capability",
    "fetch ",
    "login ",
    "logout",
    "select ",
    "search ",
    "list ",
    "noop",
    "examine ",
    "authenticate ",
];

/// The strongest command or header in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if !piece.kinds.any(Bytes::CONTROL) {
        return None;
    }
    let lines = piece.lower.split(|byte| matches!(byte, b'\r' | b'\n')).skip(1).take(64);
    lines.filter_map(line).fold(None, |best, seen| stronger(best, Some(seen)))
}

/// What a line behind a line end is.
fn line(line: &[u8]) -> Option<Seen> {
    let line = line.trim_ascii();
    let is_one_of = |some: &[&str]| {
        some.iter().any(|word| match word.as_bytes().last() {
            Some(b' ' | b':') => line.starts_with(word.as_bytes()),
            _ => line == word.as_bytes(),
        })
    };
    let blank = line.iter().position(|&byte| byte == b' ');
    let tagged = blank.is_some_and(|at| {
        let (tag, command) = line.split_at(at);
        let is_tag =
            tag.len() <= 8 && tag.iter().any(u8::is_ascii_digit) && tag.iter().all(u8::is_ascii_alphanumeric);
        is_tag && IMAP.iter().any(|word| command.trim_ascii().starts_with(word.as_bytes()))
    });
    match () {
        () if tagged => Some(Seen::new("gh-mail-imap-command", 75)),
        () if is_one_of(COMMANDS) => Some(Seen::new("gh-mail-smtp-command", 75)),
        () if HEADERS.iter().any(|header| line.starts_with(header.as_bytes()))
            && holds_any(line, words!["@", "multipart", "base64"]) =>
        {
            Some(Seen::new("gh-mail-header", 70))
        }
        () => None,
    }
}
