//! Percent-encoding (RFC 3986 §2.1), and `%uXXXX` of old servers and scripts.

use super::{Decodings, hex_number, push_char};

/// Undoes one round; broken escapes stay.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) -> Decodings {
    let mut found = Decodings::default();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'%', rest) {
        let (before, from) = rest.split_at(at);
        out.extend_from_slice(before);
        let byte = from.get(1..3).and_then(hex_number).and_then(|number| u8::try_from(number).ok());
        let wide = match from.get(1) {
            Some(b'u' | b'U') => from.get(2..6).and_then(hex_number),
            _ => None,
        };
        let taken = match (byte, wide) {
            (Some(byte), _) => {
                out.push(byte);
                found.add(Decodings::PERCENT);
                3
            }
            (None, Some(code)) => {
                push_char(code, out);
                found.add(Decodings::PERCENT_U);
                6
            }
            (None, None) => {
                out.push(b'%');
                1
            }
        };
        rest = from.get(taken..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    found
}
