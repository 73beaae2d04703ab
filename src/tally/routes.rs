//! What is ordinary on each route: who comes, and who shares its objects. Counted by each worker for itself, then summed.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::collect::{is_miss, route_number};
use crate::evidence::{Bounded, Distinct};
use crate::hash::{TemplateHash, mix};
use crate::request::{Request, RouteKey};
use crate::route::{EndpointClass, Method, ObjectId};
use crate::series::Evidence;

/// How many literal siblings of one parent are told apart; the rest are known by their parent alone.
const SIBLINGS: usize = 512;

/// How many missing templates are told apart.
const MISSING: usize = 4096;

/// What is ordinary on one route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RouteNorm {
    /// The template as text.
    pub text: Box<[u8]>,
    /// The method, the same in all of its evidence, and the largest class: that of a GET depends on its query.
    pub kind: Option<(Method, EndpointClass)>,
    /// Whether any request was answered as asked.
    pub ok: bool,
    /// Different clients.
    pub clients: Distinct<64>,
    /// Who was given some of its objects.
    pub readers: Readers,
}

/// What one request tells about its route.
struct Told {
    kind: (Method, EndpointClass),
    /// The client's hash, as [`Distinct`] orders it.
    client: u64,
    is_ok: bool,
    /// Whether an object was given to somebody, which, and to whom.
    is_read: bool,
    object: u64,
    who: u64,
}

impl Told {
    /// By `request`.
    #[inline]
    fn by(request: &Request) -> Self {
        let client = request.client.number();
        let is_ok = request.is_ok();
        Self {
            kind: (request.method, request.class),
            client: Distinct::<64>::order(client),
            is_ok,
            is_read: is_ok && request.object != ObjectId::NONE && request.class.has_objects(),
            object: Readers::order(request.object.0),
            who: if request.principal.is_some() { request.principal.0 } else { client }.max(1),
        }
    }
}

/// For a fair sample of objects, chosen by their hash alone: up to three of those who were given each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Readers {
    /// The smallest hashes of objects, ascending, each with the smallest hashes of its readers; zeros for none.
    objects: Vec<(u64, [u64; 3])>,
}

/// How many objects the sample holds.
const OBJECTS: usize = 48;

impl Readers {
    /// The hash that decides whether an object is in the sample.
    #[inline]
    fn order(object: u64) -> u64 {
        mix(object, 0x7265_6164)
    }

    /// The hash above which no object gets into the sample any more.
    fn bound(&self) -> u64 {
        if self.objects.len() < OBJECTS { u64::MAX } else { self.objects[OBJECTS - 1].0 }
    }

    /// `who`, which is not zero, was given the object with this hash.
    fn keep(&mut self, object: u64, mut who: u64) {
        let full = self.objects.len() == OBJECTS;
        if full && self.objects.last().is_some_and(|&(largest, _)| largest < object) {
            return;
        }
        let at = match self.objects.binary_search_by_key(&object, |&(object, _)| object) {
            Ok(at) => at,
            Err(at) => {
                if full {
                    self.objects.pop();
                }
                self.objects.insert(at, (object, [0; 3]));
                at
            }
        };
        for kept in &mut self.objects[at].1 {
            if *kept == who {
                return;
            }
            if *kept == 0 || who < *kept {
                std::mem::swap(kept, &mut who);
            }
            if who == 0 {
                return;
            }
        }
    }

    /// Takes in another's sample.
    fn merge(&mut self, other: &Self) {
        for &(object, readers) in &other.objects {
            readers.into_iter().filter(|&who| who != 0).for_each(|who| self.keep(object, who));
        }
    }

    /// For each object of the sample: how many readers it has, at most three.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        self.objects.iter().map(|(_, readers)| readers.iter().filter(|&&who| who != 0).count())
    }
}

impl RouteNorm {
    /// Adds what `other` knows.
    pub(crate) fn absorb(&mut self, other: &Self) {
        if self.text.is_empty() || (!other.text.is_empty() && other.text < self.text) {
            self.text.clone_from(&other.text);
        }
        self.kind = self.kind.max(other.kind);
        self.ok |= other.ok;
        self.clients.absorb(&other.clients);
        self.readers.merge(&other.readers);
    }
}

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

/// Norms by route. Norms stay where they are while the index grows, and those of the last routes are found without it.
#[derive(Clone, Debug)]
struct Table {
    norms: Vec<(RouteKey, RouteNorm)>,
    index: HashMap<RouteKey, u32, foldhash::fast::RandomState>,
    /// Places in `norms` that are free.
    free: Vec<u32>,
    /// The last few routes, by the low bits of their template.
    recent: Box<[Recent]>,
}

/// A route that was asked for not long ago.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    template: TemplateHash,
    /// The hash of a client above which its norm learns nothing any more; likewise of an object.
    client: u64,
    object: u64,
    /// Where its norm stands.
    at: u32,
    method: u8,
    /// The largest class that was seen.
    class: EndpointClass,
}

impl Recent {
    /// Whether it is this route.
    #[inline]
    fn is_of(&self, key: RouteKey) -> bool {
        self.template == key.0 && self.method == key.1
    }

    /// Whether a request tells nothing new about this route.
    #[inline]
    fn knows(&self, key: RouteKey, told: &Told) -> bool {
        self.is_of(key)
            && self.client < told.client
            && (!told.is_read || self.object < told.object)
            && self.class >= told.kind.1
    }
}

/// Size of [`Table::recent`], a power of two.
const RECENT: usize = 4096;

/// The place of a route in [`Table::recent`].
#[inline]
fn slot(key: RouteKey) -> usize {
    usize::try_from((key.0.0 ^ u64::from(key.1)) % RECENT as u64).expect("below the size")
}

/// Where the norm of a route stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Wherever: the request tells nothing new.
    NothingNew,
    Known(u32),
    Unknown,
}

impl Default for Table {
    fn default() -> Self {
        let (norms, index, free) = Default::default();
        Self { norms, index, free, recent: vec![Recent::default(); RECENT].into() }
    }
}

impl Table {
    /// The norm of a route.
    fn get(&self, key: RouteKey) -> Option<&RouteNorm> {
        self.index.get(&key).map(|&at| &self.norms[at as usize].1)
    }

    /// Where the norm of a route stands, if `told` may tell it anything new. Most requests are for routes of which enough is
    /// known to see that they do not.
    #[inline]
    fn look_up(&self, key: RouteKey, told: &Told) -> Place {
        let recent = &self.recent[slot(key)];
        if recent.knows(key, told) {
            Place::NothingNew
        } else if recent.is_of(key) {
            Place::Known(recent.at)
        } else {
            self.index.get(&key).map_or(Place::Unknown, |&at| Place::Known(at))
        }
    }

    /// The hashes above which the norm at `at` learns nothing any more. Asking brings it near.
    #[inline]
    fn bounds(&self, at: u32) -> u64 {
        let norm = &self.norms[at as usize].1;
        norm.clients.bound() ^ norm.readers.bound()
    }

    /// Adds what a request tells to the norm at `at`, if that is still the norm of its route.
    #[inline]
    fn add(&mut self, at: u32, key: RouteKey, told: &Told) -> bool {
        let Some((_, norm)) = self.norms.get_mut(at as usize).filter(|(known, _)| *known == key) else {
            return false;
        };
        norm.add(told);
        let (client, object) = (norm.clients.bound(), norm.readers.bound());
        // Only what spares work may take a place: until a request was answered as asked, each may be the first.
        if norm.ok && client != u64::MAX {
            let class = norm.kind.map_or_else(EndpointClass::default, |(_, class)| class);
            self.recent[slot(key)] = Recent { template: key.0, method: key.1, at, client, object, class };
        }
        true
    }

    /// The norm of a route, to add to.
    fn get_mut(&mut self, key: RouteKey) -> Option<&mut RouteNorm> {
        let at = *self.index.get(&key)?;
        Some(&mut self.norms[at as usize].1)
    }

    /// Takes in a route that it does not have.
    fn insert(&mut self, key: RouteKey, norm: RouteNorm) {
        let at = self.free.pop().unwrap_or_else(|| {
            self.norms.push(Default::default());
            u32::try_from(self.norms.len() - 1).expect("fewer than 2^32 routes")
        });
        self.norms[at as usize] = (key, norm);
        self.index.insert(key, at);
    }

    /// Takes a route out.
    fn remove(&mut self, key: RouteKey) -> Option<RouteNorm> {
        let at = self.index.remove(&key)?;
        self.free.push(at);
        Some(std::mem::take(&mut self.norms[at as usize]).1)
    }

    /// Every route, in no order that means anything.
    fn iter(&self) -> impl Iterator<Item = (RouteKey, &RouteNorm)> {
        let norms = self.norms.iter().map(|(key, norm)| (*key, norm));
        norms.filter(|(_, norm)| norm.kind.is_some())
    }

    /// Every route, for keeps.
    fn into_iter(self) -> impl Iterator<Item = (RouteKey, RouteNorm)> {
        self.norms.into_iter().filter(|(_, norm)| norm.kind.is_some())
    }
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
            if !known && !self.table.index.get(&key).copied().is_some_and(|at| self.table.add(at, key, &told)) {
                let mut norm = RouteNorm { text: text(nth).into(), ..RouteNorm::default() };
                norm.add(&told);
                self.insert(key, norm);
            }
        }
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
            let named = self.table.iter().filter(|(known, norm)| known.0.parent() == key.0.parent() && !norm.is_door());
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

    /// What is ordinary on `route`, if it is told apart.
    pub fn get(&self, route: RouteKey) -> Option<&RouteNorm> {
        self.table.get(route)
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
        self.table.index.len()
    }

    /// Whether nothing was seen.
    pub fn is_empty(&self) -> bool {
        self.table.index.is_empty()
    }
}

impl RouteNorm {
    /// Adds what a request tells.
    fn add(&mut self, told: &Told) {
        self.kind = self.kind.max(Some(told.kind));
        self.clients.keep(told.client);
        self.ok |= told.is_ok;
        if told.is_read {
            self.readers.keep(told.object, told.who);
        }
    }

    /// Whether credentials are tried or accounts asked for here.
    fn is_door(&self) -> bool {
        self.kind.is_some_and(|(method, class)| method != Method::Get && class.is_door())
    }

    /// Adds what is known of one literal to the learned route of which it is an object: who came to the literal came to the
    /// object.
    pub(crate) fn absorb_object(&mut self, other: &Self, literal: TemplateHash) {
        self.absorb(other);
        if other.readers.objects.is_empty() && other.ok {
            (0..other.clients.count().min(3)).for_each(|nth| self.readers.keep(Readers::order(literal.0), nth + 1));
        }
    }

    /// The same without the name of one sibling.
    fn nameless(mut self) -> Self {
        self.text = Box::default();
        self
    }

    /// Its number, as profiles know it.
    pub fn number(key: RouteKey) -> u64 {
        route_number(key.0.0, key.1)
    }
}

impl Evidence for Routes {
    const VERSION: u16 = 2;

    fn merge(&mut self, other: Self) {
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
    fn from(routes: Routes) -> Self {
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
