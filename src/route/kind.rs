//! Which kinds of byte a text holds, in bits: one look-up a byte, and most texts are told from most kinds of value.

/// `/`.
pub(super) const SLASH: u16 = 1;
/// `0` to `9`.
pub(super) const DIGIT: u16 = 1 << 1;
/// `a` to `f`, small or capital.
pub(super) const HEX: u16 = 1 << 2;
/// The other letters.
pub(super) const LETTER: u16 = 1 << 3;
/// `@` and `%`.
pub(super) const ODD: u16 = 1 << 4;
/// `;`.
pub(super) const MATRIX: u16 = 1 << 5;
/// `.`.
pub(super) const DOT: u16 = 1 << 6;
/// `-` and `_`.
pub(super) const JOINT: u16 = 1 << 7;
/// `:`.
pub(super) const COLON: u16 = 1 << 8;
/// Anything else.
pub(super) const MARK: u16 = 1 << 9;

/// The kind of every byte.
pub(super) static KIND: [u16; 256] = table();

const fn table() -> [u16; 256] {
    let mut table = [MARK; 256];
    let mut byte = 0;
    while byte < 128u8 {
        table[byte as usize] = match byte {
            b'/' => SLASH,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'f' | b'A'..=b'F' => HEX,
            b'g'..=b'z' | b'G'..=b'Z' => LETTER,
            b'@' | b'%' => ODD,
            b';' => MATRIX,
            b'.' => DOT,
            b'-' | b'_' => JOINT,
            b':' => COLON,
            _ => MARK,
        };
        byte += 1;
    }
    table
}

/// The kinds of all bytes of `text`.
pub(super) fn kinds(text: &[u8]) -> u16 {
    text.iter().fold(0, |kinds, &byte| kinds | KIND[usize::from(byte)])
}
