//! XML that makes its reader fetch something: external entities (XML 1.0 §4.2.2), inclusions.

use super::gate::Bytes;
use super::piece::{Piece, Seen, strongest};
use super::scan::{holds, holds_any, words};

/// The strongest declaration in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let lower = piece.lower;
    if !piece.kinds.any(Bytes::ANGLE) {
        return None;
    }
    let outside = holds_any(lower, words![" system ", " system\"", " public "]);
    strongest([
        (holds(lower, b"<!entity") && outside, "gh-xxe-entity", 90),
        (holds(lower, b"<!entity"), "gh-xxe-entity", 75),
        (
            holds(lower, b"<!doctype") && (outside || holds(lower, b"[")) && !holds(lower, b"<!doctype html"),
            "gh-xxe-doctype",
            75,
        ),
        (holds(lower, b"xi:include") || holds(lower, b"xmlns:xi="), "gh-xxe-inclusion", 75),
        (holds(lower, b"<?xml-stylesheet"), "gh-xxe-stylesheet", 60),
    ])
}
