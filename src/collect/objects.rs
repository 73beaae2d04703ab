//! Which objects of each route a client or principal asked for.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind, route_number};
use crate::evidence::{Bounded, Distinct, Samples, Span};
use crate::hash::TemplateHash;
use crate::request::Request;
use crate::route::{EndpointClass, Method, ObjectId};
use crate::series::{Evidence, Series, Tries};
use crate::time::Seconds;

/// Objects by client.
pub struct ObjectsByClient;

/// Objects by principal.
pub struct ObjectsByPrincipal;

/// The tick of [`IdSet::activity`].
pub const OBJECT_TICK: Seconds = Seconds(60);

/// Objects of each route, keyed by route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Objects {
    /// One entry a route.
    pub routes: Bounded<IdSet, 12>,
}

/// Which objects of one route were asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdSet {
    /// The template and method; the same in all of its evidence.
    pub route: Option<(TemplateHash, Method)>,
    /// How many requests.
    pub requests: u64,
    /// How many were answered as asked.
    pub ok: u64,
    /// How many got 401 or 403.
    pub refused: u64,
    /// How many got 400, 404 or 410.
    pub missing: u64,
    /// Different objects that were asked for.
    pub asked: Distinct<128>,
    /// Different objects that were answered.
    pub read: Distinct<64>,
    /// The smallest numeric id.
    pub least: u64,
    /// The largest numeric id.
    pub most: u64,
    /// How many requests had a numeric id.
    pub numeric: u64,
    /// Requests over time.
    pub activity: Series<Tries, 24>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest requests.
    pub samples: Samples<2>,
    /// Bytes sent.
    pub bytes: u64,
}

impl Default for IdSet {
    fn default() -> Self {
        Self {
            route: None,
            requests: 0,
            ok: 0,
            refused: 0,
            missing: 0,
            asked: Distinct::default(),
            read: Distinct::default(),
            least: u64::MAX,
            most: 0,
            numeric: 0,
            activity: Series::default(),
            span: Span::default(),
            samples: Samples::default(),
            bytes: 0,
        }
    }
}

impl Evidence for IdSet {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.route = self.route.max(other.route);
        self.requests += other.requests;
        self.ok += other.ok;
        self.refused += other.refused;
        self.missing += other.missing;
        self.asked.merge(other.asked);
        self.read.merge(other.read);
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.numeric += other.numeric;
        self.activity.merge(other.activity);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
        self.bytes += other.bytes;
    }
}

impl Evidence for Objects {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.routes.merge(other.routes);
    }
}

impl IdSet {
    /// Adds `request`.
    fn add(&mut self, request: &Request) {
        let (template, object) = object_of(request);
        self.route = self.route.max(Some((template, request.method)));
        self.requests += 1;
        self.asked.add(object.0);
        match request.status {
            200..=399 => {
                self.ok += 1;
                self.read.add(object.0);
            }
            401 | 403 => self.refused += 1,
            400 | 404 | 410 => self.missing += 1,
            _ => {}
        }
        if let Some(number) = object.number() {
            self.least = self.least.min(number);
            self.most = self.most.max(number);
            self.numeric += 1;
        }
        self.activity.at(OBJECT_TICK, request.time).0 += 1;
        self.span.add(request.time);
        self.samples.add(request);
        self.bytes += request.bytes_out;
    }

    /// Which share of the ids between the smallest and the largest was asked for, in percent; `None` where ids are no
    /// numbers.
    pub fn coverage(&self) -> Option<u64> {
        let all_numeric = self.numeric == self.requests && self.most >= self.least;
        all_numeric.then(|| {
            let span = u128::from(self.most - self.least) + 1;
            u64::try_from(u128::from(self.asked.count()) * 100 / span).unwrap_or(100).min(100)
        })
    }
}

/// The object that `request` names, and the template whose object it is. A literal last segment is an object of its parent
/// for as long as nobody has learned whether the parent's children are values.
fn object_of(request: &Request) -> (TemplateHash, ObjectId) {
    if request.object == ObjectId::NONE {
        (request.template.any_sibling(), ObjectId(request.template.0 | 1 << 63))
    } else {
        (request.template, request.object)
    }
}

/// Whether `request` names an object that could be somebody's.
fn names_object(request: &Request) -> bool {
    let is_read = request.object != ObjectId::NONE || matches!(request.method, Method::Get | Method::Head);
    is_read
        && !request.class.is_door()
        && !matches!(request.class, EndpointClass::Static | EndpointClass::Health | EndpointClass::Search)
}

/// What evidence about the objects of `request`'s route is kept under.
fn route_of(request: &Request) -> u64 {
    route_number(object_of(request).0.0, request.method as u8)
}

impl Collector for ObjectsByClient {
    type Evidence = Objects;
    const NAME: &'static str = "client-objects";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        names_object(request)
    }

    fn observe(request: &Request, objects: &mut Objects) {
        objects.routes.at(route_of(request)).add(request);
    }
}

impl Collector for ObjectsByPrincipal {
    type Evidence = Objects;
    const NAME: &'static str = "principal-objects";
    const KEY: KeyKind = KeyKind::Principal;

    fn wants(request: &Request) -> bool {
        names_object(request)
    }

    fn observe(request: &Request, objects: &mut Objects) {
        objects.routes.at(route_of(request)).add(request);
    }
}
