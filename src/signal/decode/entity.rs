//! Character references of HTML: numbers, and the names that stand for signs (HTML Living Standard §13.5).

use super::{Decodings, push_char, replace};

/// Names that stand for a sign which code is written with.
static NAMES: &[(&[u8], u8)] = &[
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"amp", b'&'),
    (b"lpar", b'('),
    (b"rpar", b')'),
    (b"colon", b':'),
    (b"semi", b';'),
    (b"equals", b'='),
    (b"sol", b'/'),
    (b"bsol", b'\\'),
    (b"grave", b'`'),
    (b"tab", b'\t'),
    (b"newline", b'\n'),
    (b"nbsp", b' '),
    (b"period", b'.'),
    (b"comma", b','),
    (b"excl", b'!'),
    (b"num", b'#'),
    (b"dollar", b'$'),
    (b"percnt", b'%'),
    (b"plus", b'+'),
    (b"lbrace", b'{'),
    (b"lcub", b'{'),
    (b"rbrace", b'}'),
    (b"rcub", b'}'),
    (b"lbrack", b'['),
    (b"lsqb", b'['),
    (b"rbrack", b']'),
    (b"rsqb", b']'),
    (b"verbar", b'|'),
];

/// The longest reference that is read: zeros before a number are many in attacks.
const LONGEST: usize = 24;

/// Undoes one round; other ampersands stay.
pub(super) fn undo(text: &[u8], out: &mut Vec<u8>) -> Decodings {
    replace(text, b'&', out, |from, out| {
        let near = from.get(1..from.len().min(LONGEST))?;
        let (code, length) = numbered(near).or_else(|| named(near))?;
        push_char(code, out);
        Some((Decodings::ENTITY, 1 + length + usize::from(near.get(length) == Some(&b';'))))
    })
}

/// `#39`, `#x27`, with or without a semicolon: the character and how many bytes name it.
fn numbered(near: &[u8]) -> Option<(u32, usize)> {
    let (radix, start) = match near {
        [b'#', b'x' | b'X', ..] => (16, 2),
        [b'#', ..] => (10, 1),
        _ => return None,
    };
    let digits = near.get(start..)?;
    let length = digits.iter().take_while(|&&byte| char::from(byte).is_digit(radix)).count();
    let text = std::str::from_utf8(digits.get(..length)?).ok()?;
    Some((u32::from_str_radix(text, radix).ok()?, start + length))
}

/// A name with its semicolon, in any case.
fn named(near: &[u8]) -> Option<(u32, usize)> {
    let length = memchr::memchr(b';', near)?;
    let name = near.get(..length)?;
    let (_, sign) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some((u32::from(*sign), length))
}
