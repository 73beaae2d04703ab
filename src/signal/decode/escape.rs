//! Escapes of scripts and JSON: `\u0027`, `\u{27}`, `\x27`.

use super::{Decodings, hex_number, push_char, replace};

/// Undoes one round; other back-slashes stay.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) -> Decodings {
    replace(text, b'\\', out, |from, out| {
        let (code, taken) = escape(from)?;
        push_char(code, out);
        Some((Decodings::ESCAPE, taken))
    })
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
