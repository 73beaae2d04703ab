//! LDAP injection: parts of a search filter (RFC 4515) where a name was expected.

use super::gate::Bytes;
use super::piece::{Piece, Seen, strongest};
use super::scan::{holds, holds_any, words};

/// The strongest part of a filter in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let lower = piece.lower;
    if !piece.kinds.any(Bytes::PAREN.or(Bytes::COLON)) || !piece.kinds.any(Bytes::EQUAL) {
        return None;
    }
    let pairs = pairs(&lower);
    let joins = ["(&(", "(|(", "(!(", ")(&", ")(|", ")(!"]
        .iter()
        .filter(|join| holds(lower, join.as_bytes()))
        .count();
    strongest([
        (joins > 0 && pairs > 0, "gh-ldap-filter", 75),
        (holds_any(lower, words!["*)(", "))(", "*))"]) && pairs > 0, "gh-ldap-closed", 75),
        (matching_rule(&lower), "gh-ldap-matching-rule", 70),
        (holds(lower, b"objectclass=") && pairs > 0, "gh-ldap-object-class", 65),
    ])
}

/// How many `(attribute=` stand in a text.
fn pairs(lower: &[u8]) -> usize {
    let opens = memchr::memchr_iter(b'(', lower).take(64);
    let is_pair = |at: &usize| {
        let rest = lower.get(at + 1..).unwrap_or_default();
        let name = rest
            .iter()
            .take(40)
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b';'));
        let length = name.count();
        let rest = rest.get(length..).unwrap_or_default();
        length > 0
            && (rest.starts_with(b"=")
                || rest.starts_with(b">=")
                || rest.starts_with(b"<=")
                || rest.starts_with(b"~="))
            && !rest.starts_with(b"==")
    };
    opens.filter(is_pair).count()
}

/// `attribute:1.2.3:=value`.
fn matching_rule(lower: &[u8]) -> bool {
    memchr::memmem::find_iter(lower, b":=").take(16).any(|at| {
        let before = lower.get(..at).unwrap_or_default();
        let id =
            before.iter().rev().take(40).take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
        let id = before.get(before.len() - id..).unwrap_or_default();
        memchr::memchr_iter(b'.', id).count() >= 2
            && before.get(..before.len() - id.len()).is_some_and(|b| b.ends_with(b":"))
    })
}
