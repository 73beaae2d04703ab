//! What several producers write in a way of their own, put right.

use crate::event::Event;
use crate::format::{Around, Scratch};
use crate::text::{Escapes, Plus, percent_decode, percent_decode_in_place, unescape};

/// The upstream without scheme and path: `orders.internal:9000` of `http://orders.internal:9000/v1`.
pub(super) fn upstream_alone<'a>(event: &mut Event<'a>, _: Around<'a>) {
    event.upstream = event.upstream.map(authority);
}

fn authority(url: &[u8]) -> &[u8] {
    let Some(at) = memchr::memmem::find(url, b"://") else { return url };
    let rest = &url[at + 3..];
    &rest[..memchr::memchr2(b'/', b'?', rest).unwrap_or(rest.len())]
}

/// A text field without its percent-encoding, once; it keeps the escapes of the others.
pub(super) fn decoded<'a>(text: &'a [u8], plus: Plus, escapes: Escapes, scratch: &'a Scratch) -> &'a [u8] {
    if memchr::memchr(b'%', text).is_none() {
        return text;
    }
    if escapes == Escapes::None || memchr::memchr(b'\\', text).is_none() {
        let plain = scratch.change(text, |copy| percent_decode_in_place(copy, plus));
        if escapes == Escapes::None || memchr::memchr(b'\\', plain).is_none() {
            return plain;
        }
    }
    let plain = unescape(text, escapes);
    let plain = percent_decode(&plain, plus);
    let pieces: Vec<&[u8]> = plain.split(|&byte| byte == b'\\').collect();
    scratch.keep(&pieces.join(br"\\".as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decoded_says_the_same_with_the_escapes_of_its_line() {
        let scratch = Scratch::default();
        for text in [br"a%20b%5Cx41".as_slice(), br#"a%20\"%5C"#, b"%", b"plain", br"%5C%22\u0041"] {
            let once = percent_decode(&unescape(text, Escapes::Json), Plus::IsPlus).into_owned();
            let read = decoded(text, Plus::IsPlus, Escapes::Json, &scratch);
            assert_eq!(unescape(read, Escapes::Json), once, "{}", text.escape_ascii());
        }
        assert_eq!(decoded(b"a%20b%5Cx41", Plus::IsPlus, Escapes::None, &scratch), br"a b\x41");
    }

    #[test]
    fn an_upstream_is_an_address_and_no_path() {
        for (url, alone) in [
            ("http://10.0.0.66:9000/v1?x", "10.0.0.66:9000"),
            ("https://orders.internal", "orders.internal"),
            ("10.0.0.66:9000", "10.0.0.66:9000"),
        ] {
            assert_eq!(authority(url.as_bytes()), alone.as_bytes());
        }
    }
}
