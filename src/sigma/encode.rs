//! Values that a rule writes plainly and a request holds encoded: base64, UTF-16, dashes of other shapes.

/// The alphabet of base64 (RFC 4648 §4).
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `text` in base64, padded.
pub(super) fn base64(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len().div_ceil(3) * 4);
    for three in text.chunks(3) {
        let byte = |nth: usize| u32::from(three.get(nth).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for nth in 0..4 {
            let digit = ALPHABET.get((bits >> (18 - 6 * nth) & 63) as usize).copied().unwrap_or(b'=');
            out.push(if nth > three.len() { b'=' } else { digit });
        }
    }
    out
}

/// What base64 makes of `text` at each of the three places where it can begin, without the digits at both ends that hang on
/// what stands beside it.
pub(super) fn base64_offsets(text: &[u8]) -> Vec<Vec<u8>> {
    (0..3)
        .map(|offset: usize| {
            let whole = base64(&[&b"   "[..offset], text].concat());
            let start = [0, 2, 3].get(offset).copied().unwrap_or(0);
            let cut = match (text.len() + offset) % 3 {
                1 => 3,
                2 => 2,
                _ => 0,
            };
            whole.get(start..whole.len().saturating_sub(cut)).unwrap_or_default().to_vec()
        })
        .collect()
}

/// `text` in UTF-16, the low byte first or the high one.
pub(super) fn utf16(text: &str, low_first: bool) -> Vec<u8> {
    let bytes = |unit: u16| if low_first { unit.to_le_bytes() } else { unit.to_be_bytes() };
    text.encode_utf16().flat_map(bytes).collect()
}

/// What options of programs may begin with.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// Of more options the first so many are varied: each makes the list five times as long.
const OPTIONS: usize = 4;

/// Every way to write `text` with other signs in place of the `-` or `/` that begin its options.
pub(super) fn dashes(text: &str) -> Vec<String> {
    let (mut before, mut options) = (' ', 0);
    let mut all = vec![String::new()];
    for c in text.chars() {
        let begins = matches!(c, '-' | '/') && !before.is_alphanumeric();
        before = c;
        options += usize::from(begins);
        if !begins || options > OPTIONS {
            for way in &mut all {
                way.push(c);
            }
            continue;
        }
        let signs = DASHES.iter().map(|dash| all.iter().map(|way| format!("{way}{dash}")).collect());
        all = signs.collect::<Vec<Vec<String>>>().concat();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(plain.as_bytes()), coded.as_bytes());
        }
    }

    #[test]
    fn text_is_found_wherever_in_base64_it_begins() {
        for before in ["", "x", "xy", "xyz", "a b c"] {
            for after in ["", "x", "xy", "xyz"] {
                let whole = base64(format!("{before}/etc/passwd{after}").as_bytes());
                let parts = base64_offsets(b"/etc/passwd");
                assert!(
                    parts.iter().any(|part| memchr::memmem::find(&whole, part).is_some()),
                    "{before} {after}"
                );
            }
        }
    }

    #[test]
    fn options_are_found_with_every_dash_but_words_keep_theirs() {
        assert!(dashes("-f a-b").contains(&"/f a-b".to_owned()));
        assert_eq!(dashes("-a -b").len(), 25);
        assert_eq!(dashes(&"-x ".repeat(100)).len(), 625);
        assert_eq!(utf16("a", true), b"a\0");
    }
}
