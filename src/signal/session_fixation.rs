//! Session fixation: an address that brings a session of the attacker's choice along.

use super::piece::{Field, Piece, Seen, strongest};
use super::scan::{holds, holds_any, words};

/// Names under which servers keep sessions.
static NAMES: &[&[u8]] =
    &[b"phpsessid", b"jsessionid", b"asp.net_sessionid", b"aspsessionid", b"cfid", b"cftoken", b"zenid"];

/// The strongest sign of a session that is forced in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let lower = piece.lower;
    let is_named = piece.field == Field::Query && NAMES.contains(&piece.name);
    if !is_named && !lower.contains(&b'=') {
        return None;
    }
    let sets = holds(lower, b"document.cookie") && holds_any(lower, words!["sess", "sid="]);
    let meta = holds(lower, b"http-equiv") && holds(lower, b"set-cookie");
    // Old servers write the session into their own links, so a name alone tells little.
    let named = is_named && !lower.is_empty();
    let inside =
        NAMES.iter().any(|name| holds(lower, name)) && holds(lower, b"=") && piece.field == Field::Query;
    strongest([
        (sets, "gh-session-cookie-script", 75),
        (meta, "gh-session-cookie-tag", 80),
        (named, "gh-session-parameter", 40),
        (inside, "gh-session-link", 35),
    ])
}
