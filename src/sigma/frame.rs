//! What a plain record holds around its texts: an address, a stamp, a method, a protocol and numbers. Hardly any needle could
//! stand there, so nobody has to look.

/// Words of a plain frame, in lower case: methods, the protocol, months, the name of universal time.
const WORDS: [&str; 21] = [
    "get", "head", "post", "put", "delete", "options", "patch", "http", "jan", "feb", "mar", "apr", "may",
    "jun", "jul", "aug", "sep", "oct", "nov", "dec", "utc",
];

/// Whether a needle, in lower case, could stand in the frame of a [plain](crate::event::Event::plain) record.
pub(super) fn could_frame(needle: &[u8]) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_digit() || b" \"[]/:.+-?".contains(byte);
    let words = needle.split(is_sign);
    words.into_iter().all(|word| {
        let in_address = word.iter().all(u8::is_ascii_hexdigit);
        in_address || WORDS.iter().any(|known| memchr::memmem::find(known.as_bytes(), word).is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_stand_in_a_frame_is_told_from_what_could_not() {
        let record = r#"2001:db8::ff - - [10/mar/2026:13:55:36 +0000] "get /a?b http/1.1" 200 5120 "-" "x""#;
        let parts = (0..record.len() - 8).map(|from| &record[from..from + 8]);
        for part in parts.filter(|part| !part.contains('x') && !part.contains("/a") && !part.contains("?b")) {
            assert!(could_frame(part.as_bytes()), "{part}");
        }
        for needle in ["select", "=1", "' or", "../..\\", "<a", "{", "xss", "geta", "0x", "%20", "\" and"] {
            assert!(!could_frame(needle.as_bytes()), "{needle}");
        }
    }
}
