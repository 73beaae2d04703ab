//! Nested look-ups of Log4j that only hide letters: `${lower:j}`, `${upper:j}`, `${::-j}`, `${env:X:-j}`.

use super::{Decodings, replace};

/// The longest look-up that hides letters.
const LONGEST: usize = 64;

/// Writes the letters in place of the innermost look-ups; what is no such look-up stays.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) -> Decodings {
    replace(text, b'$', out, |from, out| {
        let (letters, taken) = letters(from)?;
        out.extend_from_slice(letters);
        Some((Decodings::LOOKUP, taken))
    })
}

/// The letters that a look-up at the start of `from` hides, and its length.
fn letters(from: &[u8]) -> Option<(&[u8], usize)> {
    let body = from.strip_prefix(b"${")?;
    let near = body.get(..LONGEST.min(body.len()))?;
    let end = near.iter().position(|&byte| matches!(byte, b'}' | b'$'))?;
    let body = near.get(..end).filter(|_| near.get(end) == Some(&b'}'))?;
    let colon = memchr::memchr(b':', body)?;
    let (name, value) = (body.get(..colon)?, body.get(colon + 1..)?);
    let hidden = match memchr::memmem::find(body, b":-") {
        Some(at) => body.get(at + 2..)?,
        None if name.eq_ignore_ascii_case(b"lower") || name.eq_ignore_ascii_case(b"upper") => value,
        None => return None,
    };
    Some((hidden, end + 3))
}
