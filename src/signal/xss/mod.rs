//! Cross-site scripting: HTML that a browser would act on, and script in the places where a page would run it.

mod html;
mod script;

use super::gate::Bytes;
use super::piece::{Field, Piece, Seen, stronger};
use super::scan::Lower;

/// The strongest structure of HTML or script in a piece.
pub(super) fn judge(piece: &Piece<'_>) -> Option<Seen> {
    let tame = clean(&piece.lower);
    let lower = tame.as_deref().map_or(piece.lower, Lower::from);
    let tags = if piece.kinds.any(Bytes::ANGLE) && !names_tags(&lower) { html::judge(&lower) } else { None };
    let code = Bytes::PAREN.or(Bytes::QUOTE).or(Bytes::EQUAL).or(Bytes::COLON).or(Bytes::DOT);
    let scripts = if piece.kinds.any(code) { script::judge(lower, piece.kinds) } else { None };
    let best = stronger(tags, scripts);
    // Pages name scripts of their own in what refers to them.
    best.filter(|seen| piece.field != Field::Referer || seen.score >= 70)
}

/// Whether a text only speaks of tags: words with blanks between them, and tags without anything in them. Without a sign that
/// script is written with, no page does anything for it.
fn names_tags(lower: &[u8]) -> bool {
    let is_plain = |&byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'<' | b'>' | b',' | b'?' | b'-' | b'!')
    };
    let mut outside = lower.split(|&byte| matches!(byte, b'<' | b'>')).step_by(2);
    let is_words = |piece: &[u8]| piece.contains(&b' ') && !piece.trim_ascii().is_empty();
    lower.iter().all(is_plain) && outside.any(is_words)
}

/// `lower` without control characters, which browsers skip inside of names; `None` where it has none.
fn clean(lower: &[u8]) -> Option<Vec<u8>> {
    let is_skipped = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    lower
        .iter()
        .any(|&byte| is_skipped(byte))
        .then(|| lower.iter().copied().filter(|&byte| !is_skipped(byte)).collect())
}
