//! Path traversal: a path that climbs out of its folder.

use super::decode::Decodings;
use super::gate::Bytes;
use super::piece::{Field, Piece, Seen, stronger, strongest};
use super::scan::{holds, holds_any, words};

/// The strongest climb in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    if !piece.kinds.any(Bytes::DOT) || !(holds(piece.lower, b"..") || holds(piece.lower, b"/./")) {
        return None;
    }
    let climb = climb(piece);
    let odd = strongest([
        (
            holds_any(piece.lower, words!["..0x2f", "..0x5c", "..u2215", "..u2216", "..%c"]),
            "gh-traversal-escape",
            70,
        ),
        (holds_any(piece.lower, words!["/././././", "....//....//", ".../.../"]), "gh-traversal-dots", 60),
        (
            holds(piece.lower, b"............"),
            "gh-traversal-dots",
            if piece.kinds.any(Bytes::SLASH) { 50 } else { 25 },
        ),
    ]);
    stronger(climb, odd)
}

/// How far the segments of a path climb.
fn climb(piece: &Piece<'_>) -> Option<Seen> {
    if !holds(piece.lower, b"..") {
        return None;
    }
    let (mut depth, mut lowest, mut ups, mut odd) = (0_i32, 0_i32, 0_u32, false);
    for segment in piece.lower.split(|byte| matches!(byte, b'/' | b'\\')) {
        // Some servers take `..;x` for `..` (path parameters, RFC 3986 §3.3).
        let bare = segment.split(|&byte| byte == b';').next().unwrap_or_default();
        let bare = bare.split(|&byte| byte == 0).next().unwrap_or_default();
        match bare {
            b"" | b"." => {}
            b".." => {
                odd |= bare.len() < segment.len();
                ups += 1;
                depth -= 1;
                lowest = lowest.min(depth);
            }
            _ => depth += 1,
        }
    }
    let is_path = piece.field == Field::Path;
    let hidden = piece.decoded.has(Decodings::OVERLONG) || piece.decoded.has(Decodings::DOUBLE_PERCENT);
    let score = match (ups, lowest < 0) {
        (0, _) => return None,
        (_, true) if is_path => 80,
        (1, _) if is_path => 35,
        (1, true) if hidden || piece.lower.len() > 40 => 55,
        (1, true) => 45,
        (1, false) => 35,
        (2, _) => 65,
        _ => 80,
    };
    let mut seen = Seen::new("gh-traversal-climb", score);
    if odd || holds(piece.lower, b"//..") || holds(piece.lower, b"/./") || holds(piece.lower, b"\\.\\") {
        seen.score += 10;
        seen.decoded.add(Decodings::PATH);
    } else if holds(piece.lower, b"..\\") {
        // The way of Windows, which hides nothing there.
        seen.score += 10;
    }
    Some(seen)
}
