//! Routes of a kind: what each project, tenant or dataset has one of (`/v2/web/api/blobs/{hash}`, `/v2/data/bff/blobs/{hash}`).
//! Where hardly anybody uses one of them, those who use any tell what is usual.

use crate::detect::World;
use crate::request::RouteKey;
use crate::route::Method;

/// What routes of a kind have in common: method, depth, where they begin and how they end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Kin {
    method: u8,
    depth: usize,
    start: Box<[u8]>,
    end: Box<[u8]>,
}

/// The kind of a route that is read: one that ends in a variable or in a file's name, deep enough for a name in between.
pub(super) fn of(world: &World<'_>, route: RouteKey) -> Option<Kin> {
    (route.1 == Method::Get as u8).then_some(())?;
    of_text(route.1, world.template_text(route.0)?)
}

fn of_text(method: u8, text: &[u8]) -> Option<Kin> {
    let segments: Vec<&[u8]> = text.split(|&byte| byte == b'/').skip(1).collect();
    let [start, .., before, last] = segments.as_slice() else { return None };
    let end = if last.starts_with(b"{") {
        [before, &b"/"[..], last].concat()
    } else {
        let dot = memchr::memrchr(b'.', last)?;
        last.get(dot..)?.to_vec()
    };
    Some(Kin { method, depth: segments.len(), start: (*start).into(), end: end.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_project_has_one_of_is_of_a_kind() {
        let kin = |text: &str| of_text(Method::Get as u8, text.as_bytes());
        assert_eq!(kin("/v2/web/api/blobs/{hash}"), kin("/v2/data/bff/blobs/{hash}"));
        assert_ne!(kin("/v2/web/api/blobs/{hash}"), kin("/v2/web/api/manifests/{hash}"));
        assert_eq!(kin("/dataset/{uuid}/download/bus-2021.zip"), kin("/dataset/{uuid}/download/trees.zip"));
        assert_ne!(kin("/dataset/{uuid}/download/bus-2021.zip"), kin("/dataset/{uuid}/download/trees.csv"));
        // Exports with names of their own are not of a kind.
        assert_eq!(kin("/api/export/customers"), None);
    }
}
