//! Stateless templates: `/api/v1/orders/700123` → `/api/v1/orders/{id}` and the object 700123, from the path alone.
//!
//! A [`TemplateHash`] holds two halves of 32 bits: the upper is the hash of the parent (all segments but the last), the
//! lower the hash of the whole. So the children of a template are those whose upper half is its lower ([`node`]), and the
//! 64 bits together name one template. The root (`/`, `//`, the empty path) has a fixed hash.

use serde::{Deserialize, Serialize};

use super::class::{EndpointClass, Method};
use super::classify::Words;
use super::object::ObjectId;
use super::segment::{JOINED, Shown};
use super::segments::{Covered, Segments};
pub use super::segments::{MAX_SEGMENTS, MAX_TEXT};
use crate::hash::{Keys, TemplateHash, mix};

/// Where hashing begins; its lower half is the root's own.
const ROOT: u64 = 0x6761_7465_2f72_6f6f;

/// Where a request goes: which template, and which object of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// How far a path was read, and what it is so far. Where another path goes the same way, reading goes on from here.
#[derive(Clone, Copy, Default)]
pub(super) struct Way {
    hash: Hash,
    object: ObjectId,
    words: Words,
    covered: Option<Covered>,
}

impl Way {
    /// The way along all of `path`.
    pub(super) fn along(path: &[u8], keys: &Keys) -> Self {
        let start = Self { covered: Some(Covered::default()), ..Self::default() };
        start.further(path, keys).unwrap_or(start)
    }

    /// The way further along `path`, which stands behind a slash; `None` where this one depends on what follows.
    pub(super) fn further(mut self, path: &[u8], keys: &Keys) -> Option<Self> {
        let mut segments = Segments::after(self.covered?, path);
        for (segment, shown) in &mut segments {
            if shown.is_variable() {
                self.object = ObjectId::of(shown.value(segment), keys);
            }
            self.hash.push(shown, keys);
            match shown.whole() {
                Some(text) => self.words.add(text),
                None => self.words.add(shown.joined(&mut [0; JOINED])),
            }
        }
        self.covered = segments.covered();
        Some(self)
    }

    /// Where it leads.
    pub(super) fn route(&self) -> Route {
        Route { template: self.hash.finish(), object: self.object }
    }

    /// What its words say of a request with `method`.
    pub(super) fn class(&self, method: Method) -> EndpointClass {
        self.words.class(method)
    }
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
        let segment = match shown.whole() {
            Some(text) => keys.bytes(text),
            None => hash_of_parts(shown, keys),
        };
        self.parent = self.whole;
        self.whole = mix(self.whole, segment);
    }

    fn finish(self) -> TemplateHash {
        TemplateHash(u64::from(low(self.parent)) << 32 | u64::from(low(self.whole)))
    }
}

/// The hash of a marker with literal text around it.
#[cold]
fn hash_of_parts(shown: Shown<'_>, keys: &Keys) -> u64 {
    keys.bytes(shown.joined(&mut [0; JOINED]))
}

/// The lower 32 bits.
fn low(hash: u64) -> u32 {
    u32::try_from(hash & u64::from(u32::MAX)).expect("32 bits are left")
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

    use super::super::class::Classes;
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
        fn a_way_may_be_gone_in_two_pieces(path in "(/?[a-z0-9A-F;@%.{}=:_-]{0,40}){0,24}", cut in 0..1000_usize) {
            let keys = Keys::default();
            let slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at + 1).collect();
            let (front, last) = path.split_at(slashes.get(cut % (slashes.len() + 1)).copied().unwrap_or(0));
            let whole = Way::along(path.as_bytes(), &keys);
            prop_assert_eq!(whole.route(), at(&path));
            if let Some(way) = Way::along(front.as_bytes(), &keys).further(last.as_bytes(), &keys) {
                prop_assert_eq!(way.route(), whole.route());
                for method in Method::ALL {
                    let class = Classes::default().class(method, &text(path.as_bytes()));
                    prop_assert_eq!((way.class(method), whole.class(method)), (class, class));
                }
            }
        }

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
