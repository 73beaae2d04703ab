//! What is ordinary on each route: answers, sizes, who comes. Counted by each worker for itself, then summed.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::collect::{is_miss, route_number};
use crate::evidence::{Bounded, Distinct, Outcomes, Span};
use crate::hash::TemplateHash;
use crate::request::{Request, RouteKey};
use crate::route::{EndpointClass, Method, ObjectId};
use crate::series::{Evidence, Series, Tries};
use crate::time::Seconds;

/// The tick of [`RouteNorm::activity`].
pub const ROUTE_TICK: Seconds = Seconds(3600);

/// How many literal siblings of one parent are told apart; the rest are known by their parent alone.
const SIBLINGS: usize = 512;

/// How many missing templates are told apart.
const MISSING: usize = 4096;

/// What is ordinary on one route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RouteNorm {
    /// The template as text.
    pub text: Vec<u8>,
    /// The method, the same in all of its evidence, and the largest class: that of a GET depends on its query.
    pub kind: Option<(Method, EndpointClass)>,
    /// How many requests.
    pub requests: u64,
    /// How many of them were answered as asked.
    pub ok: u64,
    /// Answers.
    pub outcomes: Outcomes,
    /// Different clients.
    pub clients: Distinct<64>,
    /// Different objects.
    pub objects: Distinct<64>,
    /// For some of the objects: who asked for them.
    pub owners: Bounded<Distinct<4>, 48>,
    /// Bytes sent with 2xx.
    pub bytes: u64,
    /// From the first to the last.
    pub span: Span,
    /// Requests over time.
    pub activity: Series<Tries, 48>,
}

impl Evidence for RouteNorm {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        if self.text.is_empty() || (!other.text.is_empty() && other.text < self.text) {
            self.text = other.text;
        }
        self.kind = self.kind.max(other.kind);
        self.requests += other.requests;
        self.ok += other.ok;
        self.outcomes.merge(other.outcomes);
        self.clients.merge(other.clients);
        self.objects.merge(other.objects);
        self.owners.merge(other.owners);
        self.bytes += other.bytes;
        self.span.merge(other.span);
        self.activity.merge(other.activity);
    }
}

/// All routes that ever answered with anything but "not there", and how popular the missing ones were.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct Routes {
    table: HashMap<RouteKey, RouteNorm, foldhash::fast::RandomState>,
    /// Per parent: its children in the table, so that the largest can make room.
    siblings: HashMap<u32, Vec<RouteKey>, foldhash::fast::RandomState>,
    /// Routes that found no room, by parent and method.
    rest: BTreeMap<(u32, u8), RouteNorm>,
    /// Clients of templates that were missing.
    missing: Bounded<Distinct<8>, MISSING>,
}

impl Routes {
    /// Adds `request`; `text` makes the text of its template, asked for only where it is new.
    pub(crate) fn add(&mut self, request: &Request, text: impl FnOnce() -> Vec<u8>) {
        let client = request.client.number();
        // What is not there is no route, whatever came before or after; at a door, 404 may be the answer to a wrong name.
        if is_miss(request.status) && request.status != 403 && !request.class.is_door() {
            self.missing.at(request.template.0).add(client);
            return;
        }
        let key = request.route();
        if let Some(norm) = self.table.get_mut(&key) {
            norm.add(request, client);
        } else {
            let mut norm = RouteNorm { text: text(), ..RouteNorm::default() };
            norm.add(request, client);
            self.insert(key, norm);
        }
    }

    /// Takes a route in, if there is room for it among its siblings.
    fn insert(&mut self, key: RouteKey, norm: RouteNorm) {
        if let Some(known) = self.table.get_mut(&key) {
            known.merge(norm);
            return;
        }
        let siblings = self.siblings.entry(key.0.parent()).or_default();
        // Doors are few and matter: no flood of siblings may crowd them out. The class of a GET depends on its query as
        // well, and so might come too late.
        let is_door = norm.kind.is_some_and(|(method, class)| method != Method::Get && class.is_door());
        let at = siblings.partition_point(|sibling| sibling < &key);
        if is_door {
            self.table.insert(key, norm);
            return;
        }
        if at >= SIBLINGS {
            self.rest.entry((key.0.parent(), key.1)).or_default().merge(norm.nameless());
            return;
        }
        siblings.insert(at, key);
        self.table.insert(key, norm);
        if siblings.len() > SIBLINGS
            && let Some(largest) = siblings.pop()
            && let Some(evicted) = self.table.remove(&largest)
        {
            self.rest.entry((largest.0.parent(), largest.1)).or_default().merge(evicted.nameless());
        }
    }

    /// Every route that is told apart, sorted.
    pub fn sorted(&self) -> Vec<(RouteKey, &RouteNorm)> {
        let mut all: Vec<_> = self.table.iter().map(|(&key, norm)| (key, norm)).collect();
        all.sort_unstable_by_key(|&(key, _)| key);
        all
    }

    /// What is ordinary on `route`, if it is told apart.
    pub fn get(&self, route: RouteKey) -> Option<&RouteNorm> {
        self.table.get(&route)
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
        self.table.is_empty()
    }
}

impl RouteNorm {
    /// Adds `request`, made by `client`.
    fn add(&mut self, request: &Request, client: u64) {
        self.kind = self.kind.max(Some((request.method, request.class)));
        self.requests += 1;
        self.ok += u64::from(request.is_ok());
        self.outcomes.add(request);
        self.clients.add(client);
        if request.object != ObjectId::NONE {
            self.objects.add(request.object.0);
            if request.is_ok() {
                let who = if request.principal.is_some() { request.principal.0 } else { client };
                self.owners.at(request.object.0).add(who);
            }
        }
        if (200..300).contains(&request.status) {
            self.bytes += request.bytes_out;
        }
        self.span.add(request.time);
        self.activity.at(ROUTE_TICK, request.time).0 += 1;
    }

    /// Becomes what one object of a learned route is: who came to the literal came to the object.
    pub(crate) fn be_object(&mut self, literal: TemplateHash) {
        if self.owners.is_empty() && self.ok > 0 {
            self.objects.add(literal.0);
            let owners = self.owners.at(literal.0);
            (0..self.clients.count().min(4)).for_each(|nth| owners.add(nth));
        }
    }

    /// The same without the name of one sibling.
    fn nameless(mut self) -> Self {
        self.text.clear();
        self
    }

    /// Its number, as profiles know it.
    pub fn number(key: RouteKey) -> u64 {
        route_number(key.0.0, key.1)
    }
}

impl Evidence for Routes {
    const VERSION: u16 = 1;

    fn merge(&mut self, mut other: Self) {
        if self.is_empty() && self.rest.is_empty() && self.missing.is_empty() {
            *self = other;
            return;
        }
        let mut theirs: Vec<_> = other.table.drain().collect();
        theirs.sort_unstable_by_key(|&(key, _)| key);
        for (key, norm) in theirs {
            self.insert(key, norm);
        }
        for (parent, norm) in other.rest {
            self.rest.entry(parent).or_default().merge(norm);
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
