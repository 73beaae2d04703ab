//! UTF-16 becomes UTF-8: what PowerShell writes, and IIS logs that went through it.

/// UTF-16 on its way to UTF-8.
#[derive(Debug)]
pub(super) struct Utf16 {
    is_big_endian: bool,
    /// The first byte of a unit whose second has not come.
    half: Option<u8>,
    /// The first unit of a surrogate pair.
    high: Option<u16>,
    at_start: bool,
}

impl Utf16 {
    /// Told by the byte order mark, or by zeros in nearly every other place and hardly any between.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
        let is_big_endian = match head {
            [0xff, 0xfe, ..] => false,
            [0xfe, 0xff, ..] => true,
            _ if head.len() < 64 => return None,
            _ if zeros(1) * 10 >= head.len() * 3 && zeros(0) * 8 <= zeros(1) => false,
            _ if zeros(0) * 10 >= head.len() * 3 && zeros(1) * 8 <= zeros(0) => true,
            _ => return None,
        };
        Some(Self { is_big_endian, half: None, high: None, at_start: true })
    }

    pub(super) fn pass(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for &byte in bytes {
            let Some(first) = self.half.take() else {
                self.half = Some(byte);
                continue;
            };
            let pair = [first, byte];
            let unit = if self.is_big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
            if !(std::mem::take(&mut self.at_start) && unit == 0xfeff) {
                self.unit(unit, out);
            }
        }
    }

    /// Takes in a unit; a half of a pair that stands alone becomes U+FFFD.
    fn unit(&mut self, unit: u16, out: &mut Vec<u8>) {
        let units = match self.high.take() {
            Some(high) => [Some(high), Some(unit)],
            None if (0xd800..0xdc00).contains(&unit) => {
                self.high = Some(unit);
                return;
            }
            None => [Some(unit), None],
        };
        for character in char::decode_utf16(units.into_iter().flatten()) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(source: &[u8], pieces: usize) -> String {
        let (mut utf16, mut out) = (Utf16::of(source).unwrap(), Vec::new());
        source.chunks(pieces).for_each(|piece| utf16.pass(piece, &mut out));
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn utf_16_in_both_orders_becomes_utf_8() {
        let text = "#Fields: date time\r\n2026-03-10 für 😀\r\n".repeat(3);
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> =
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        for pieces in [1, 3, 1000] {
            assert_eq!(passed(&little, pieces), text);
            assert_eq!(passed(&big, pieces), text);
        }
        assert_eq!(passed(b"\xff\xfe\x00\xdc\x00\xd8A\x00", 2), "\u{fffd}\u{fffd}A");
    }
}
