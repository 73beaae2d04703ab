//! Objects that belong to somebody, though several touch each: an owner from his addresses at home and on the way, the desk and
//! a partner. They are told from a public catalogue by those who come back: to an owner's route they come for the same object.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Collector, KeyKind, Objects, ObjectsByClient, ObjectsByPrincipal};
use crate::detect::walks::{by_route, is_public_route};
use crate::detect::{World, people};
use crate::request::RouteKey;
use crate::route::{Method, Methods};

/// Only whoever asked for so many objects makes it worth to know whose they are: four of the shortest walks.
const MANY: u64 = 100;
/// Fewer than this who came back tell nothing.
const RETURNED: u64 = 20;

/// Who came to a route.
#[derive(Default)]
struct Came {
    /// How many asked for one object, and for more.
    one: u64,
    more: u64,
    /// How many made two requests or more, and how many of them for one and the same object.
    returned: u64,
    loyal: u64,
}

impl Came {
    /// Whether most have one object each, and half of those who came back came back to it.
    fn are_owners(&self) -> bool {
        self.one > self.more && self.returned >= RETURNED && self.loyal * 2 >= self.returned
    }
}

/// The routes that pass for public by their readers, and whose objects are somebody's own by those who come back. Principals
/// tell it of any route; addresses only of those that change something, since many read one page of a public site again.
pub(super) fn routes(world: &World<'_>) -> BTreeSet<RouteKey> {
    let walked = |kind| {
        let routes = world.walks(kind).iter().flat_map(|walker| &walker.routes);
        let long = routes.filter(|(_, ids)| ids.asked() >= MANY).map(|(&route, _)| route);
        long.filter(|&route| is_public_route(world, route)).collect::<BTreeSet<RouteKey>>()
    };
    let changing = |route: &RouteKey| Methods::CHANGE.has(Method::from_number(route.1));
    let mut owned = of::<ObjectsByPrincipal>(world, &walked(KeyKind::Principal));
    let changed = walked(KeyKind::Client).into_iter().filter(changing).collect();
    owned.extend(of::<ObjectsByClient>(world, &changed));
    owned
}

/// Those of `walked` that have owners, told by one kind of key.
fn of<C: Collector<Evidence = Objects>>(
    world: &World<'_>,
    walked: &BTreeSet<RouteKey>,
) -> BTreeSet<RouteKey> {
    if walked.is_empty() {
        return BTreeSet::new();
    }
    let sample = world.sample(C::KEY);
    let readers = world.population::<C>().collect_where(
        |key, _, _| sample.has(key),
        |subject, objects| {
            let of_walked = by_route(world, objects).into_iter().filter(|(route, _)| walked.contains(route));
            let asked: Vec<_> = of_walked.map(|(route, ids)| (route, ids.asked(), ids.requests)).collect();
            (!asked.is_empty() && people(C::KEY, subject) == 1).then_some(asked)
        },
    );
    let mut routes: BTreeMap<RouteKey, Came> = BTreeMap::new();
    for (route, asked, requests) in readers.into_iter().flat_map(|(_, asked)| asked) {
        let came = routes.entry(route).or_default();
        came.one += u64::from(asked == 1);
        came.more += u64::from(asked > 1);
        came.returned += u64::from(requests > 1);
        came.loyal += u64::from(requests > 1 && asked == 1);
    }
    routes.into_iter().filter(|(_, came)| came.are_owners()).map(|(route, _)| route).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_to_other_objects_owns_none() {
        let owners = Came { one: 900, more: 150, returned: 400, loyal: 246 };
        assert!(owners.are_owners());
        assert!(!Came { loyal: 199, ..owners }.are_owners());
        assert!(!Came { one: 150, more: 150, returned: 246, loyal: 246 }.are_owners());
        assert!(!Came { one: 19, more: 0, returned: 19, loyal: 19 }.are_owners());
    }
}
