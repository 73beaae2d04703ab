//! Escapes of scripts and JSON: `\u0027`, `\u{27}`, `\x27`.

use super::{Decodings, hex_number, push_char};

/// Undoes one round; other back-slashes stay.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) -> Decodings {
    let mut found = Decodings::default();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        match escape(from) {
            Some((code, taken)) => {
                push_char(code, out);
                found.add(Decodings::ESCAPE);
                rest = from.get(taken..).unwrap_or_default();
            }
            None => {
                out.push(b'\\');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(rest);
    found
}

/// The character that an escape at the start of `from` stands for, and how long the escape is.
fn escape(from: &[u8]) -> Option<(u32, usize)> {
    match from.get(1)? {
        b'x' | b'X' => Some((hex_number(from.get(2..4)?)?, 4)),
        b'u' | b'U' if from.get(2) == Some(&b'{') => {
            let digits = from.get(3..from.len().min(10))?;
            let end = digits.iter().position(|&byte| byte == b'}').filter(|&end| end > 0)?;
            Some((hex_number(digits.get(..end)?)?, end + 4))
        }
        b'u' | b'U' => Some((hex_number(from.get(2..6)?)?, 6)),
        _ => None,
    }
}
