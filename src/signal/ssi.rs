//! Server-side and edge-side includes: directives that a server runs when it finds them in a page.

use super::gate::Bytes;
use super::piece::{Piece, Seen, strongest};
use super::scan::{holds_any, words};

/// The strongest directive in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if !piece.kinds.any(Bytes::ANGLE) {
        return None;
    }
    let runs = words!["<!--#exec", "<!--#include", "<!--# exec", "<!--# include"];
    let tells = words![
        "<!--#echo",
        "<!--#printenv",
        "<!--#config",
        "<!--#set",
        "<!--#fsize",
        "<!--#flastmod",
        "<!--#if"
    ];
    strongest([
        (holds_any(piece.lower, runs), "gh-ssi-runs", 90),
        (holds_any(piece.lower, tells), "gh-ssi-tells", 80),
        (
            holds_any(piece.lower, words!["<esi:include", "<esi:inline", "<esi:debug", "<esi:vars"]),
            "gh-ssi-edge",
            80,
        ),
    ])
}
