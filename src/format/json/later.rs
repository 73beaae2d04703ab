//! What the later members of an array add: of hops all count, of the upstreams that were tried the last.

use super::scan::string_end;
use crate::format::Scratch;
use crate::format::slot::{Growing, Meaning, Slot};

/// Whether more than the first member of an array counts.
pub(super) fn counts(meaning: Meaning) -> bool {
    matches!(meaning.slot, Slot::Forwarded | Slot::Upstream)
}

/// Takes a later member: its value, and the array up to its end.
pub(super) fn put<'a>(growing: &mut Growing<'a>, meaning: Meaning, value: &'a [u8], so_far: &'a [u8]) {
    match meaning.slot {
        // As it stands in the line, so that nothing is copied; [`joined`] makes a list of it.
        Slot::Forwarded => growing.put_again(meaning, so_far),
        Slot::Upstream => growing.put_again(meaning, value),
        _ => {}
    }
}

/// Whether a text is several strings as they stand in an array, and not one: that would begin behind its quote.
pub(super) fn is_several(text: &[u8]) -> bool {
    text.first() == Some(&b'"')
}

/// Several strings of an array, with commas between them.
pub(super) fn joined<'a>(strings: &[u8], scratch: &'a Scratch) -> &'a [u8] {
    let mut list = Vec::with_capacity(strings.len());
    let mut rest = strings;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        let Some((end, _)) = string_end(rest, quote + 1) else { break };
        if !list.is_empty() {
            list.extend_from_slice(b", ");
        }
        list.extend_from_slice(&rest[quote + 1..end]);
        rest = &rest[end + 1..];
    }
    scratch.keep(&list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_commas_of_a_client_make_no_hop() {
        let scratch = Scratch::default();
        let list = joined(br#""192.0.2.1","x\",\"y" , null,"10.0.0.1""#, &scratch);
        assert_eq!(list, br#"192.0.2.1, x\",\"y, 10.0.0.1"#);
    }
}
