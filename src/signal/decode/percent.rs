//! Percent-encoding (RFC 3986 §2.1), and `%uXXXX` of old servers and scripts.

use super::{Decodings, hex_number, push_char, replace};

/// Undoes one round; broken escapes stay.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) -> Decodings {
    replace(text, b'%', out, |from, out| {
        let byte = from.get(1..3).and_then(hex_number).and_then(|number| u8::try_from(number).ok());
        if let Some(byte) = byte {
            out.push(byte);
            return Some((Decodings::PERCENT, 3));
        }
        let digits = from.get(2..6).filter(|_| matches!(from.get(1), Some(b'u' | b'U')))?;
        push_char(hex_number(digits)?, out);
        Some((Decodings::PERCENT_U, 6))
    })
}
