//! Stateless templates: `/api/v1/orders/700123` → `/api/v1/orders/{id}` and the object 700123, from the path alone.
//!
//! A [`TemplateHash`] holds two halves of 32 bits: the upper is the hash of the parent (all segments but the last), the
//! lower the hash of the whole. So the children of a template are those whose upper half is its lower ([`node`]), and the
//! 64 bits together name one template. The root (`/`, `//`, the empty path) has a fixed hash.

use serde::{Deserialize, Serialize};

use super::kind::{self, KIND, kinds};
use super::object::ObjectId;
use super::segment::{Shown, shown};
use crate::hash::{Keys, TemplateHash, mix};

/// The longest text of a template; what goes beyond is `{rest}`.
pub const MAX_TEXT: usize = 256;
/// The most segments of a template; what goes beyond is `{rest}`.
pub const MAX_SEGMENTS: usize = 16;
/// Stands for all segments beyond the caps.
const REST: &[u8] = b"{rest}";
/// Where hashing begins; its lower half is the root's own.
const ROOT: u64 = 0x6761_7465_2f72_6f6f;

/// Where a request goes: which template, and which object of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The path with its variables.
    pub template: TemplateHash,
    /// The value of the path's last variable.
    pub object: ObjectId,
}

/// The route of `path` (without its query). Allocates nothing.
pub fn read(path: &[u8], keys: &Keys) -> Route {
    let mut hash = Hash::default();
    let mut object = ObjectId::NONE;
    for (segment, shown) in Segments::new(path) {
        if shown.is_variable() {
            object = ObjectId::of(shown.value(segment), keys);
        }
        hash.push(shown, keys);
    }
    Route { template: hash.finish(), object }
}

/// The template of `path` as it is shown; at most [`MAX_TEXT`] bytes.
pub fn text(path: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(path.len().min(MAX_TEXT));
    for (_, shown) in Segments::new(path) {
        text.push(b'/');
        for part in [shown.before, shown.marker, shown.after] {
            text.extend_from_slice(part);
        }
    }
    if text.is_empty() {
        text.push(b'/');
    }
    text
}

/// The hash of a template's text: `hash_of_text(&text(path), keys)` is `read(path, keys).template`.
pub fn hash_of_text(template_text: &[u8], keys: &Keys) -> TemplateHash {
    let mut hash = Hash::default();
    for segment in template_text.split(|&b| b == b'/').filter(|segment| !segment.is_empty()) {
        hash.push(Shown::literal(segment), keys);
    }
    hash.finish()
}

/// What the children of `template` have as their [`TemplateHash::parent`].
pub fn node(template: TemplateHash) -> u32 {
    low(template.0)
}

/// A template's hash while it grows segment by segment.
#[derive(Clone, Copy)]
struct Hash {
    parent: u64,
    whole: u64,
}

impl Default for Hash {
    fn default() -> Self {
        Self { parent: 0, whole: ROOT }
    }
}

impl Hash {
    /// One segment deeper.
    #[inline]
    fn push(&mut self, shown: Shown<'_>, keys: &Keys) {
        let segment = if shown.before.len() == shown.len() {
            keys.bytes(shown.before)
        } else if shown.marker.len() == shown.len() {
            keys.bytes(shown.marker)
        } else {
            hash_of_parts(shown, keys)
        };
        self.parent = self.whole;
        self.whole = mix(self.whole, segment);
    }

    fn finish(self) -> TemplateHash {
        TemplateHash(u64::from(low(self.parent)) << 32 | u64::from(low(self.whole)))
    }
}

/// The hash of a marker with literal text around it. No such text is longer than an extension or a prefix may be.
#[cold]
fn hash_of_parts(shown: Shown<'_>, keys: &Keys) -> u64 {
    let mut joined = [0; 64];
    let mut end = 0;
    for part in [shown.before, shown.marker, shown.after] {
        joined[end..end + part.len()].copy_from_slice(part);
        end += part.len();
    }
    keys.bytes(&joined[..end])
}

/// The lower 32 bits.
fn low(hash: u64) -> u32 {
    u32::try_from(hash & u64::from(u32::MAX)).expect("32 bits are left")
}

/// The segments of a path and how they are shown: no empty ones, none beyond the caps, without `;name=value` behind them.
struct Segments<'a> {
    rest: &'a [u8],
    text: usize,
    count: usize,
}

impl<'a> Segments<'a> {
    fn new(path: &'a [u8]) -> Self {
        Self { rest: path, text: 0, count: 0 }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = (&'a [u8], Shown<'a>);

    #[expect(
        clippy::inline_always,
        reason = "measured: ordinary words cost half if their empty parts are known"
    )]
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        while let [b'/', rest @ ..] = self.rest {
            self.rest = rest;
        }
        if self.rest.is_empty() {
            return None;
        }
        let mut kinds = 0;
        let mut end = 0;
        while let Some(&byte) = self.rest.get(end) {
            let kind = KIND[usize::from(byte)];
            if kind == kind::SLASH {
                break;
            }
            kinds |= kind;
            end += 1;
        }
        let (mut segment, after) = self.rest.split_at(end);
        if kinds & kind::MATRIX != 0 {
            (segment, kinds) = without_matrix(segment);
        }
        let shown = shown(segment, kinds);
        self.count += 1;
        self.text += 1 + shown.len();
        if (self.text > MAX_TEXT - 1 - REST.len() || self.count >= MAX_SEGMENTS) && !self.fits(after) {
            let rest = std::mem::take(&mut self.rest);
            return Some((rest, Shown::variable(REST)));
        }
        self.rest = after;
        Some((segment, shown))
    }
}

impl Segments<'_> {
    /// Whether the segment in front of `after` may end the template: any but the last must leave room for `{rest}`.
    #[cold]
    fn fits(&self, after: &[u8]) -> bool {
        let is_last = after.iter().all(|&byte| byte == b'/');
        is_last && self.text <= MAX_TEXT
    }
}

/// `segment` up to its first `;` (`;jsessionid=…`); a segment that begins with one stays as it is. With the kinds of its bytes.
#[cold]
fn without_matrix(segment: &[u8]) -> (&[u8], u16) {
    let segment = match memchr::memchr(b';', segment) {
        Some(at) if at > 0 => &segment[..at],
        _ => segment,
    };
    (segment, kinds(segment))
}

/// [`hash_of_text`] while a text grows segment by segment.
#[derive(Clone, Copy, Default)]
pub(super) struct Growing(Hash);

impl Growing {
    /// One segment deeper.
    pub(super) fn push(&mut self, segment: &[u8], keys: &Keys) {
        self.0.push(Shown::literal(segment), keys);
    }

    /// All 64 bits of what was pushed so far.
    pub(super) fn whole(self) -> u64 {
        self.0.whole
    }

    /// The hash of the text so far.
    pub(super) fn template(self) -> TemplateHash {
        self.0.finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(path: &str) -> String {
        String::from_utf8(text(path.as_bytes())).unwrap()
    }

    fn at(path: &str) -> Route {
        read(path.as_bytes(), &Keys::default())
    }

    #[test]
    fn a_path_has_a_template() {
        for (path, expected) in [
            ("", "/"),
            ("/", "/"),
            ("///", "/"),
            ("*", "/*"),
            ("/api/v1/orders/700123", "/api/v1/orders/{id}"),
            ("/api//v1/orders/700123/", "/api/v1/orders/{id}"),
            ("/users/550e8400-e29b-41d4-a716-446655440000/repos", "/users/{uuid}/repos"),
            ("/cart;jsessionid=8A7F0C/items;a=b", "/cart/items"),
            ("/Orders/1/ORDERS", "/Orders/{id}/ORDERS"),
            ("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"),
            ("/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r", "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/{rest}"),
        ] {
            assert_eq!(shown(path), expected, "{path}");
        }
    }

    #[test]
    fn a_text_leaves_room_for_what_it_leaves_out() {
        let word = format!("/{}", "z".repeat(41));
        assert_eq!(shown(&word.repeat(6)), word.repeat(6));
        assert_eq!(shown(&format!("{}/more", word.repeat(6))), format!("{}/{{rest}}", word.repeat(5)));
    }

    #[test]
    fn siblings_share_the_upper_half_and_know_their_parent() {
        let (order, other, parent) = (at("/api/orders/1"), at("/api/orders/export"), at("/api/orders"));
        assert_ne!(order.template, other.template);
        assert_eq!(order.template.parent(), other.template.parent());
        assert_eq!(order.template.parent(), node(parent.template));
        assert_eq!(at("/api/orders/1").template, at("/api/orders/2/").template);
        assert_eq!(at("").template, at("/").template);
        assert_ne!(at("/ab/c").template, at("/a/bc").template);
    }

    #[test]
    fn the_object_is_the_last_variable() {
        assert_eq!(at("/orders/7/lines/12/edit").object.number(), Some(12));
        assert_eq!(at("/orders/000123.pdf").object.number(), Some(123));
        assert_eq!(at("/orders/INV-20417").object.number(), Some(20417));
        assert_eq!(at("/orders/9223372036854775807").object.number(), Some(i64::MAX.unsigned_abs()));
        assert_eq!(at("/orders").object, ObjectId::NONE);
        let hashed = at("/orders/9223372036854775808").object;
        assert!(hashed.is_some() && hashed.number().is_none());
        assert_ne!(hashed, at("/orders/9223372036854775809").object);
    }

    proptest! {
        #[test]
        fn the_text_has_the_hash_of_its_path(path in "(/?[a-z0-9A-F;@%.{}=_-]{0,70}){0,24}") {
            let text = text(path.as_bytes());
            prop_assert!(text.len() <= MAX_TEXT);
            prop_assert_eq!(hash_of_text(&text, &Keys::default()), at(&path).template);
        }

        #[test]
        fn any_bytes_have_a_template(path in prop::collection::vec(any::<u8>(), 0..600)) {
            let text = text(&path);
            prop_assert!(text.len() <= MAX_TEXT);
            prop_assert_eq!(hash_of_text(&text, &Keys::default()), read(&path, &Keys::default()).template);
        }
    }
}
