//! Routes and classes that a worker looked up before. Caches of pure functions under one plan, so they change nothing but
//! the time.

use super::class::{Classes, EndpointClass, Method};
use super::template::{Route, Way, text};
use crate::hash::{Keys, TemplateHash};
use crate::sigma::OfPath;
use crate::signal::{Glance, Reached, Shown};
use crate::text::{Remembered, place};

/// What is known of a path, asked for with some method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Its route.
    pub route: Route,
    /// The route's class.
    pub class: EndpointClass,
    /// What it shows by itself: what [`Glance::path`] says.
    pub shown: Option<Shown>,
    /// The rules that it could let match.
    pub rules: OfPath,
}

/// What a worker knows of paths.
pub struct RouteCache {
    /// The last few paths, whole: most requests are for these.
    paths: Remembered<Known>,
    /// The last few folders: of paths that are all different, many lie in the same.
    folders: Remembered<(Way, Reached)>,
    /// The last few templates, by their low bits, where the user says what some are.
    classes: Box<[Option<(TemplateHash, Method, EndpointClass)>]>,
}

/// Places for paths, a power of two; they take 256 KiB.
const PATHS: usize = 1 << 11;
/// Places for folders, a power of two; they take 64 KiB.
const FOLDERS: usize = 1 << 8;
/// Places for classes, a power of two.
const CLASSES: usize = 1 << 9;

impl Default for RouteCache {
    fn default() -> Self {
        Self {
            paths: Remembered::new(PATHS),
            folders: Remembered::new(FOLDERS),
            classes: vec![None; CLASSES].into_boxed_slice(),
        }
    }
}

impl RouteCache {
    /// What is known of `path` when it is asked for with `method`; `rules` tells which rules it could let match.
    #[inline]
    pub fn route(
        &mut self,
        path: &[u8],
        method: Method,
        keys: &Keys,
        classes: &Classes,
        glance: &mut Glance,
        rules: impl FnOnce(&[u8]) -> OfPath,
    ) -> Known {
        let hash = self.paths.hash(path) ^ u64::from(method as u8);
        if let Some(&known) = self.paths.get(hash, path, method as u8) {
            return known;
        }
        let known = self.read(path, method, keys, classes, glance, rules);
        self.paths.note(hash, path, method as u8, known);
        known
    }

    /// As [`RouteCache::route`], for a path that is not known.
    #[inline(never)]
    fn read(
        &mut self,
        path: &[u8],
        method: Method,
        keys: &Keys,
        classes: &Classes,
        glance: &mut Glance,
        rules: impl FnOnce(&[u8]) -> OfPath,
    ) -> Known {
        let end = memchr::memrchr(b'/', path).map_or(0, |at| at + 1);
        let (folder, name) = path.split_at(end);
        let (along, reached) = self.folder(folder, keys);
        let way = along.further(name, keys).unwrap_or_else(|| Way::along(path, keys));
        let route = way.route();
        let class = if classes.has_overrides() {
            self.class_with_overrides(path, method, route, way, classes)
        } else {
            way.class(method)
        };
        let shown = glance.path(path, reached, name);
        Known { route, class, shown, rules: rules(path) }
    }

    /// The way along a folder, and how far it gets towards showing an attack.
    fn folder(&mut self, folder: &[u8], keys: &Keys) -> (Way, Reached) {
        self.folders.or_make(folder, || (Way::along(folder, keys), Glance::folder(folder)))
    }

    /// The class of a route where the user has a say.
    fn class_with_overrides(
        &mut self,
        path: &[u8],
        method: Method,
        route: Route,
        way: Way,
        classes: &Classes,
    ) -> EndpointClass {
        let kept = &mut self.classes[place(route.template.0, CLASSES)];
        let class = match *kept {
            Some((template, same, class)) if (template, same) == (route.template, method) => class,
            _ => classes.by_user(method, &text(path)).unwrap_or_else(|| way.class(method)),
        };
        *kept = Some((route.template, method, class));
        class
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::template;
    use super::*;

    proptest! {
        #[test]
        fn what_is_remembered_is_what_would_be_read(
            asked in prop::collection::vec(("(/(a|users|7|login|admin|[a-z]{40}|x-1.csv)){0,4}/?", 0..10_usize), 0..200)
        ) {
            let keys = Keys::default();
            let overrides = Classes::new(&[("POST", "/users/*", EndpointClass::Mfa), ("*", "/a/**", EndpointClass::Export)]);
            for classes in [Classes::default(), overrides.unwrap()] {
                // Few places, so that everybody wants everybody's.
                let mut cache = RouteCache {
                    paths: Remembered::new(2),
                    folders: Remembered::new(2),
                    classes: vec![None; CLASSES].into_boxed_slice(),
                };
                for (path, method) in asked.iter().chain(&asked) {
                    let (path, method) = (path.as_bytes(), Method::ALL[*method]);
                    let fresh = Known {
                        route: template::read(path, &keys),
                        class: classes.class(method, &text(path)),
                        shown: Glance::default().path(path, Reached::default(), path),
                        rules: OfPath::default(),
                    };
                    let known = cache.route(path, method, &keys, &classes, &mut Glance::default(), |_| OfPath::default());
                    prop_assert_eq!(known, fresh);
                }
            }
        }
    }
}
