//! Base64 (RFC 4648, both alphabets, with or without padding), only where what it hides is text that no id is.

use super::Decodings;
use crate::signal::gate::Bytes;

/// What stands before the encoding in an address of data (RFC 2397).
pub(super) const NAMED: &[u8] = b";base64,";

/// Shorter texts are words.
const SHORTEST: usize = 10;

/// The hidden text, if `text` (or, with its `+` still there, `raw`) is one plain encoding of a text with signs in it.
pub(super) fn undo(text: &[u8], raw: &[u8], out: &mut Vec<u8>) -> Decodings {
    // Addresses may hold what they name: `data:text/html;base64,…`.
    for whole in [text, raw] {
        let at = memchr::memmem::find(whole, NAMED);
        if at.and_then(|at| whole.get(at + NAMED.len()..)).is_some_and(|hidden| decode(hidden, out)) {
            return Decodings::BASE64;
        }
    }
    let text = if Bytes::of(text).any(Bytes::BLANK) { raw } else { text };
    // A path may end in the encoded text.
    let whole = decode(text, out);
    let done = whole || {
        let last = text.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        last.len() < text.len() && decode(last, out)
    };
    if done { Decodings::BASE64 } else { Decodings::default() }
}

/// Whether `text` hides such a text. Nearly every one that does not shows it within its first four letters.
pub(in crate::signal) fn hides(text: &[u8]) -> bool {
    decode(text, &mut Vec::new())
}

/// Decodes `text` into `out`, unless it holds something else.
fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let bare = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    if bare.len() < SHORTEST || bare.len() % 4 == 1 {
        return false;
    }
    let is_stream = begins_stream(bare);
    for group in bare.chunks(4) {
        let mut bits = 0_u32;
        for &byte in group {
            let Some(value) = value(byte) else { return false };
            bits = bits << 6 | u32::from(value);
        }
        bits <<= 6 * (4 - group.len());
        let [_, bytes @ ..] = bits.to_be_bytes();
        let hidden = bytes.get(..group.len() - 1).unwrap_or_default();
        if !is_stream && !hidden.iter().all(|&byte| is_text(byte)) {
            return false;
        }
        out.extend_from_slice(hidden);
    }
    is_stream || Bytes::of(out).any(Bytes::CODE) || memchr::memmem::find(out, b"../").is_some()
}

/// Whether a text is the encoding of an object that a language wrote down to build it again: Java, .NET, Python.
fn begins_stream(text: &[u8]) -> bool {
    let is_pickle = || {
        // Protocols 4 and 5, then a length of eight bytes, low first, of which the upper five are zero.
        (text.starts_with(b"gASV") || text.starts_with(b"gAWV")) && text.get(8..14) == Some(b"AAAAAA")
    };
    text.starts_with(b"rO0AB")
        || text.starts_with(b"AAEAAAD/////")
        || text.starts_with(b"AAEAAAD_____")
        || is_pickle()
}

/// Whether `text` is such an object as it stands (Java's Object Serialization Stream Protocol, [MS-NRBF] §2.6.1, Python's PEP 3154).
pub(in crate::signal) fn is_stream(text: &[u8]) -> bool {
    let starts: [&[u8]; 4] =
        [b"\xac\xed\0\x05", b"\0\x01\0\0\0\xff\xff\xff\xff", b"\x80\x04\x95", b"\x80\x05\x95"];
    starts.iter().any(|start| text.starts_with(start))
}

/// Whether a byte stands in texts that people write.
fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n' | 0)
}

/// The six bits that a letter stands for.
fn value(letter: u8) -> Option<u8> {
    match letter {
        b'A'..=b'Z' => Some(letter - b'A'),
        b'a'..=b'z' => Some(letter - b'a' + 26),
        b'0'..=b'9' => Some(letter - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}
