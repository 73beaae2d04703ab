//! What is ordinary on each route: who comes, and who shares its objects. Counted by each worker for itself, then summed.

mod answers;
mod norm;
mod readers;
mod table;

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::collect::is_miss;
use crate::evidence::{Bounded, Distinct};
use crate::hash::TemplateHash;
use crate::request::{Request, RouteKey};
use crate::series::Evidence;
pub use norm::RouteNorm;
use norm::Told;
use table::{Place, Table};

/// How many literal siblings of one parent are told apart; the rest are known by their parent alone.
const SIBLINGS: usize = 512;

/// How many missing templates are told apart.
const MISSING: usize = 4096;

/// All routes that ever answered with anything but "not there", and how popular the missing ones were.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Routes {
    table: Table,
    /// Per parent: its children in the table, so that the largest can make room.
    siblings: HashMap<u32, Siblings, foldhash::fast::RandomState>,
    /// Routes that found no room, by parent and method.
    rest: BTreeMap<(u32, u8), RouteNorm>,
    /// Clients of templates that were missing.
    missing: Bounded<Distinct<8>, MISSING>,
}

/// The children of one parent: counted while there is room, named once there is none.
#[derive(Clone, Debug)]
enum Siblings {
    Few(usize),
    Many(Vec<RouteKey>),
}

impl Routes {
    /// Adds requests; `text` makes the text of the template of one of them, asked for only where it is new.
    pub(crate) fn add(&mut self, requests: &[Request], text: impl Fn(usize) -> Vec<u8>) {
        // All look-ups, then all additions: the processor waits for many far lines of memory at once.
        let mut found = Vec::with_capacity(requests.len());
        for (nth, request) in requests.iter().enumerate() {
            // What is not there is no route, whatever came before or after; at a door, 404 may be the answer to a wrong
            // name.
            if is_miss(request.status) && request.status != 403 && !request.class.is_door() {
                self.missing.at(request.template.0).add(request.client.number());
                continue;
            }
            let told = Told::by(request);
            let place = self.table.look_up(request.route(), &told);
            if place != Place::NothingNew {
                found.push((nth, told, place));
            }
        }
        let far = found.iter().map(|(_, _, place)| match place {
            Place::Known(at) => self.table.bounds(*at),
            Place::NothingNew | Place::Unknown => 0,
        });
        std::hint::black_box(far.fold(0, |all, one| all ^ one));
        for (nth, told, place) in found {
            let key = requests[nth].route();
            let known = matches!(place, Place::Known(at) if self.table.add(at, key, &told));
            if !known
                && !self.table.find(key).is_some_and(|at| self.table.add(at, key, &told))
                && !self.add_to_rest(key, &told)
            {
                let mut norm = RouteNorm { text: text(nth).into(), ..RouteNorm::default() };
                norm.add(&told);
                self.insert(key, norm);
            }
        }
    }

    /// Adds what a request tells of a route that the table does not have to the rest of its parent, where there is no room
    /// for its route: in a flood of names that is the way of nearly all.
    fn add_to_rest(&mut self, key: RouteKey, told: &Told) -> bool {
        let Some(Siblings::Many(named)) = self.siblings.get(&key.0.parent()) else { return false };
        if told.is_at_door() || named.last().is_some_and(|largest| key < *largest) {
            return false;
        }
        self.rest.entry((key.0.parent(), key.1)).or_default().add(told);
        true
    }

    /// Takes a route in, if there is room for it among its siblings.
    fn insert(&mut self, key: RouteKey, norm: RouteNorm) {
        if let Some(known) = self.table.get_mut(key) {
            known.absorb(&norm);
            return;
        }
        // Doors are few and matter: no flood of siblings may crowd them out. The class of a GET depends on its query as
        // well, and so might come too late.
        if norm.is_door() {
            self.table.insert(key, norm);
            return;
        }
        let siblings = self.siblings.entry(key.0.parent()).or_insert(Siblings::Few(0));
        if let Siblings::Few(count) = siblings {
            if *count < SIBLINGS {
                *count += 1;
                self.table.insert(key, norm);
                return;
            }
            let named = self
                .table
                .iter()
                .filter(|(known, norm)| known.0.parent() == key.0.parent() && !norm.is_door());
            let mut named: Vec<RouteKey> = named.map(|(known, _)| known).collect();
            named.sort_unstable();
            *siblings = Siblings::Many(named);
        }
        let Siblings::Many(named) = siblings else { return };
        let at = named.partition_point(|sibling| sibling < &key);
        if at >= SIBLINGS {
            self.rest.entry((key.0.parent(), key.1)).or_default().absorb(&norm.nameless());
            return;
        }
        named.insert(at, key);
        self.table.insert(key, norm);
        if let Some(largest) = named.pop()
            && let Some(evicted) = self.table.remove(largest)
        {
            self.rest.entry((largest.0.parent(), largest.1)).or_default().absorb(&evicted.nameless());
        }
    }

    /// Every route that is told apart, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = (RouteKey, &RouteNorm)> {
        self.table.iter()
    }

    /// Routes that found no room among their siblings, by parent and method.
    pub fn rest(&self) -> &BTreeMap<(u32, u8), RouteNorm> {
        &self.rest
    }

    /// How many different clients missed `template`, as far as it is among those remembered: exact up to eight.
    pub fn missed_by(&self, template: TemplateHash) -> Option<u64> {
        self.missing.get(template.0).map(Distinct::count)
    }

    /// How many templates are told apart.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.table.len() == 0
    }
}

impl Evidence for Routes {
    const VERSION: u16 = 4;

    fn merge(&mut self, mut other: Self) {
        other.table.settle();
        self.table.settle();
        if self.is_empty() && self.rest.is_empty() && self.missing.is_empty() {
            *self = other;
            return;
        }
        for (key, norm) in other.table.into_iter() {
            self.insert(key, norm);
        }
        for (parent, norm) in other.rest {
            self.rest.entry(parent).or_default().absorb(&norm);
        }
        self.missing.merge(other.missing);
    }
}

/// The stored form: sorted, so that the same evidence is the same bytes.
#[derive(Serialize, Deserialize)]
struct Stored {
    table: Vec<(RouteKey, RouteNorm)>,
    rest: Vec<((u32, u8), RouteNorm)>,
    missing: Bounded<Distinct<8>, MISSING>,
}

impl From<Routes> for Stored {
    fn from(mut routes: Routes) -> Self {
        routes.table.settle();
        let mut table: Vec<_> = routes.table.into_iter().collect();
        table.sort_unstable_by_key(|&(key, _)| key);
        Self { table, rest: routes.rest.into_iter().collect(), missing: routes.missing }
    }
}

impl TryFrom<Stored> for Routes {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        if !stored.table.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err("its routes are out of order");
        }
        let mut routes = Self { missing: stored.missing, ..Self::default() };
        for (key, norm) in stored.table {
            routes.insert(key, norm);
        }
        routes.rest = stored.rest.into_iter().collect();
        Ok(routes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;
    use crate::request::Client;
    use crate::route::{EndpointClass, Method, ObjectId};

    /// Request number `nth` for one of a few routes, by one of many clients. Now and then the query makes it a look-up, or
    /// it is refused.
    fn request(nth: u64) -> Request {
        let random = |of: u64, salt: u64| mix(nth, salt) % of;
        Request {
            client: Client(u128::from(0xffff_0000_0000 + random(3000, 1))),
            template: TemplateHash(1 << 32 | random(5, 2)),
            object: ObjectId(random(300, 3)),
            method: if random(4, 4) == 0 { Method::Post } else { Method::Get },
            class: if random(900, 5) == 0 { EndpointClass::AccountLookup } else { EndpointClass::Other },
            status: [200, 200, 200, 403, 404][usize::try_from(random(5, 6)).expect("below five")],
            ..Request::default()
        }
    }

    fn of(requests: &[Request]) -> Routes {
        let mut routes = Routes::default();
        // So many at a time as workers count.
        requests
            .chunks(64)
            .for_each(|some| routes.add(some, |nth| some[nth].template.0.to_le_bytes().to_vec()));
        routes
    }

    #[test]
    fn what_is_known_of_the_last_routes_spares_work_and_changes_nothing() {
        let requests: Vec<Request> = (0..20_000).map(request).collect();
        // Too few for anything to be known.
        let pieces = requests.chunks(40).map(of);
        let merged = pieces.reduce(|mut all, piece| {
            all.merge(piece);
            all
        });
        let stored = |routes: &Routes| postcard::to_stdvec(routes).expect("routes can be written to memory");
        let whole = of(&requests);
        assert_eq!(whole.len(), 10);
        assert!(whole.iter().all(|(_, norm)| norm.clients.bound() != u64::MAX));
        assert!(
            stored(&whole) == stored(&merged.expect("there are pieces")),
            "what was known changed something"
        );
    }
}
