//! What the value of a field says, by its shape.

use super::template::Shape;
use crate::format::fields::address;
use crate::format::slot::{Growing, Meaning, Slot};

/// Takes what a field of a shape says.
pub(super) fn put<'a>(growing: &mut Growing<'a>, shape: &Shape, value: &'a [u8]) {
    let mut say = |slot, value| growing.put(Meaning::of(slot), value);
    match shape {
        Shape::Text(Some(meaning)) | Shape::List(Some(meaning)) | Shape::Bracketed(meaning) => {
            growing.put(*meaning, value);
        }
        Shape::DashIsZero(meaning) => growing.put(*meaning, if value == b"-" { b"0" } else { value }),
        Shape::Growing(meaning) => growing.put(*meaning, value.strip_prefix(b"+").unwrap_or(value)),
        Shape::Text(None) | Shape::List(None) | Shape::Stamp(_) | Shape::Blanks | Shape::Captures(false) => {}
        Shape::HostAndTarget => {
            let slash = memchr::memchr(b'/', value).unwrap_or(value.len());
            say(Slot::Host, &value[..slash]);
            say(Slot::Target, &value[slash..]);
        }
        Shape::AddressAndPort => match memchr::memrchr(b':', value) {
            Some(colon) => {
                say(Slot::Client, &value[..colon]);
                say(Slot::ClientPort, &value[colon + 1..]);
            }
            None => say(Slot::Client, value),
        },
        Shape::Frontend => {
            let plain = value.strip_suffix(b"~");
            say(Slot::Route, plain.unwrap_or(value));
            if plain.is_some() {
                say(Slot::Scheme, b"https");
            }
        }
        Shape::Server => say(Slot::Upstream, if value.ends_with(b">") { b"" } else { value }),
        Shape::Captured => capture(growing, value),
        Shape::Captures(true) => {
            let inside = value.strip_prefix(b"{").and_then(|rest| rest.strip_suffix(b"}")).unwrap_or(value);
            inside.split(|&byte| byte == b'|').for_each(|value| capture(growing, value));
        }
    }
}

/// What one captured header of a request says. Its name stands in the configuration alone, so what it is is told by what it
/// looks like.
fn capture<'a>(growing: &mut Growing<'a>, value: &'a [u8]) {
    let has = |what: &[u8]| memchr::memmem::find(value, what).is_some();
    let is_list = value.split(|&byte| byte == b',').all(|hop| address(hop.trim_ascii()).is_some());
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-:".contains(byte);
    let slot = if value.is_empty() {
        return;
    } else if is_list {
        Slot::Forwarded
    } else if has(b"://") && !has(b" ") {
        Slot::Referer
    } else if has(b"/") || has(b" ") {
        Slot::UserAgent
    } else if has(b".") && value.iter().all(is_host) {
        Slot::Host
    } else {
        return;
    };
    growing.put(Meaning { rank: 64, ..Meaning::of(slot) }, value);
}
