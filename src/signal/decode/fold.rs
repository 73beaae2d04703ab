//! Characters that stand for ASCII: overlong UTF-8, full-width and circled forms, characters whose low byte is a line end.

use super::Decodings;

/// Writes what stands for ASCII as ASCII, and drops what has no width; other bytes stay.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) -> Decodings {
    let mut found = Decodings::default();
    let mut rest = text;
    while let Some((&first, tail)) = rest.split_first() {
        if first.is_ascii() {
            out.push(first);
            rest = tail;
            continue;
        }
        let Some((code, length, shortest)) = sequence(rest) else {
            out.push(first);
            rest = tail;
            continue;
        };
        let (whole, behind) = rest.split_at(length);
        if let Some((ascii, how)) = meaning(code, shortest) {
            out.extend(ascii);
            found.add(how);
        } else {
            out.extend_from_slice(whole);
        }
        rest = behind;
    }
    found
}

/// The number that a sequence of two to four bytes holds, its length, and whether it is as short as it may be.
fn sequence(rest: &[u8]) -> Option<(u32, usize, bool)> {
    let first = *rest.first()?;
    let (length, bits, least) = match first {
        0xc0..=0xdf => (2, first & 0x1f, 0x80),
        0xe0..=0xef => (3, first & 0x0f, 0x800),
        0xf0..=0xf7 => (4, first & 0x07, 0x1_0000),
        _ => return None,
    };
    let tail = rest.get(1..length)?;
    let code = tail.iter().try_fold(u32::from(bits), |code, &byte| {
        (byte & 0xc0 == 0x80).then_some(code << 6 | u32::from(byte & 0x3f))
    })?;
    Some((code, length, least <= code))
}

/// What a character stands for, if for something else: an ASCII byte, or nothing.
fn meaning(code: u32, shortest: bool) -> Option<(Option<u8>, Decodings)> {
    let ascii = |code: u32| u8::try_from(code).ok().filter(u8::is_ascii);
    match code {
        _ if !shortest => ascii(code).map(|byte| (Some(byte), Decodings::OVERLONG)),
        // Full-width forms of `!` to `~`, circled letters.
        0xff01..=0xff5e => Some((ascii(code - 0xff01 + 0x21), Decodings::WIDE)),
        0x24b6..=0x24cf => Some((ascii(code - 0x24b6 + 0x41), Decodings::WIDE)),
        0x24d0..=0x24e9 => Some((ascii(code - 0x24d0 + 0x61), Decodings::WIDE)),
        // Their low bytes are CR and LF, which is all that some servers keep of them.
        0x560d => Some((Some(b'\r'), Decodings::OVERLONG)),
        0x560a => Some((Some(b'\n'), Decodings::OVERLONG)),
        0x200b | 0xfeff | 0x2060 => Some((None, Decodings::WIDE)),
        0x3000 => Some((Some(b' '), Decodings::WIDE)),
        _ => None,
    }
}
