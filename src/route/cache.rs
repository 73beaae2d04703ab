//! Routes and classes that a worker looked up before. A cache of pure functions under one plan, so it changes nothing but
//! the time.

use std::hash::{BuildHasher, Hasher};

use super::class::{Classes, EndpointClass, Method};
use super::object::ObjectId;
use super::template::{Route, read, text};
use crate::hash::{Keys, TemplateHash};

/// What a worker knows of paths.
pub struct RouteCache {
    /// The last few paths, whole: most requests are for these. A path has one place, which its hash tells.
    paths: Box<[Path]>,
    /// The last few templates, by their low bits: of paths that are all different, many have the same template.
    classes: Box<[Option<(TemplateHash, Method, EndpointClass)>]>,
    hasher: foldhash::fast::RandomState,
}

/// Places for paths, a power of two; they take 256 KiB.
const PATHS: usize = 1 << 11;
/// Places for classes, a power of two.
const CLASSES: usize = 1 << 9;
/// Paths that are longer are looked up anew each time.
const LONGEST: usize = 101;

/// A path that was asked for with a method. Two lines of the nearest cache, and mostly one is enough.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Path {
    route: Route,
    /// The hash of the last path that wanted this place: one that is asked for but once takes no place.
    waiting: u64,
    method: Method,
    class: EndpointClass,
    length: u8,
    bytes: [u8; LONGEST],
}

impl Path {
    /// No path: only the empty one is so short, and it is never kept.
    const NONE: Self = Self {
        route: Route { template: TemplateHash(0), object: ObjectId::NONE },
        waiting: 0,
        method: Method::Other,
        class: EndpointClass::Other,
        length: 0,
        bytes: [0; LONGEST],
    };

    /// Whether this is `path` asked for with `method`.
    #[inline]
    fn is(&self, path: &[u8], method: Method) -> bool {
        usize::from(self.length) == path.len()
            && self.method == method
            && self.bytes.get(..path.len()) == Some(path)
    }

    /// Takes the place for `path`.
    fn keep(&mut self, path: &[u8], method: Method, route: Route, class: EndpointClass) {
        let Ok(length) = u8::try_from(path.len()) else { return };
        if let Some(bytes) = self.bytes.get_mut(..path.len()) {
            bytes.copy_from_slice(path);
            (self.route, self.method, self.class, self.length) = (route, method, class, length);
        }
    }
}

impl Default for RouteCache {
    fn default() -> Self {
        Self {
            paths: vec![Path::NONE; PATHS].into_boxed_slice(),
            classes: vec![None; CLASSES].into_boxed_slice(),
            hasher: foldhash::fast::RandomState::default(),
        }
    }
}

impl RouteCache {
    /// The route of `path`, and its class when it is asked for with `method`.
    pub fn route(
        &mut self,
        path: &[u8],
        method: Method,
        keys: &Keys,
        classes: &Classes,
    ) -> (Route, EndpointClass) {
        if path.is_empty() || path.len() > LONGEST {
            return self.read(path, method, keys, classes);
        }
        let mut hasher = self.hasher.build_hasher();
        hasher.write(path);
        let hash = hasher.finish() ^ method as u64;
        let known = &mut self.paths[low(hash, PATHS)];
        if known.is(path, method) {
            return (known.route, known.class);
        }
        let waiting = std::mem::replace(&mut known.waiting, hash);
        let take = known.length == 0 || waiting == hash;
        let (route, class) = self.read(path, method, keys, classes);
        if take {
            self.paths[low(hash, PATHS)].keep(path, method, route, class);
        }
        (route, class)
    }

    /// As [`RouteCache::route`], for a path that is not known.
    #[inline(never)]
    fn read(
        &mut self,
        path: &[u8],
        method: Method,
        keys: &Keys,
        classes: &Classes,
    ) -> (Route, EndpointClass) {
        let route = read(path, keys);
        let place = &mut self.classes[low(route.template.0, CLASSES)];
        let class = match *place {
            Some((template, same, class)) if (template, same) == (route.template, method) => class,
            _ => classes.class(method, &text(path)),
        };
        *place = Some((route.template, method, class));
        (route, class)
    }
}

/// A place in a table of `places`, a power of two.
fn low(hash: u64, places: usize) -> usize {
    usize::try_from(hash & (places as u64 - 1)).expect("below the size of the table")
}
