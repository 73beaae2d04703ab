//! Which objects of each route a client or principal asked for.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Distinct, Samples, Span};
use crate::hash::{TemplateHash, mix};
use crate::request::Request;
use crate::route::{Method, ObjectId};
use crate::series::{Evidence, Series, Tries, cleared};
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
    /// One entry a stateless route, for the ids of which the path tells.
    pub routes: Bounded<IdSet, 12>,
    /// A fair sample of everything that was asked for, path by path: what a learned template makes objects of.
    pub some: Bounded<Asked, 96>,
    /// How many different paths.
    pub paths: Distinct<128>,
    /// From the first to the last.
    pub span: Span,
    /// Requests over time.
    pub activity: Series<Tries, 24>,
    /// The earliest and latest requests.
    pub samples: Samples<2>,
}

/// One path that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// Its template; the same in all of its evidence.
    pub template: TemplateHash,
    /// Its method, likewise.
    pub method: u8,
    /// How many requests.
    pub requests: u32,
    /// How many were answered as asked.
    pub ok: u32,
    /// How many got 401 or 403.
    pub refused: u32,
    /// Of those answered as asked, how many were sent elsewhere.
    pub turned: u32,
    /// Bytes sent.
    pub bytes: u64,
    /// Bytes of those that were answered as asked.
    pub given: u64,
}

impl Evidence for Asked {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.template = self.template.max(other.template);
        self.method = self.method.max(other.method);
        self.requests = self.requests.saturating_add(other.requests);
        self.ok = self.ok.saturating_add(other.ok);
        self.refused = self.refused.saturating_add(other.refused);
        self.turned = self.turned.saturating_add(other.turned);
        self.bytes += other.bytes;
        self.given += other.given;
    }
}

impl Objects {
    /// Adds `request`.
    fn add(&mut self, request: &Request) {
        if request.object != ObjectId::NONE {
            self.routes.at(request.route_number()).add(request);
        }
        let path = mix(request.route_number(), request.object.0);
        self.some.at(path).merge(Asked {
            template: request.template,
            method: request.method as u8,
            requests: 1,
            ok: u32::from(request.is_ok()),
            refused: u32::from(matches!(request.status, 401 | 403)),
            turned: u32::from(request.is_turned()),
            bytes: request.bytes_out,
            given: if request.is_ok() { request.bytes_out } else { 0 },
        });
        self.paths.add(path);
        self.span.add(request.time);
        self.activity.at(OBJECT_TICK, request.time).0 += 1;
        self.samples.add(request);
    }
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
    /// Of those answered as asked, how many were sent elsewhere.
    pub turned: u64,
    /// How many got 400, 404 or 410.
    pub missing: u64,
    /// Different objects that were asked for.
    pub asked: Distinct<128>,
    /// Different objects that were answered.
    pub read: Distinct<64>,
    /// Objects beyond a sample, asked for and answered.
    unseen: u64,
    unread: u64,
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
    /// Bytes of objects that were answered.
    pub given: u64,
}

impl Default for IdSet {
    fn default() -> Self {
        Self {
            route: None,
            requests: 0,
            ok: 0,
            refused: 0,
            turned: 0,
            missing: 0,
            asked: Distinct::default(),
            read: Distinct::default(),
            unseen: 0,
            unread: 0,
            least: u64::MAX,
            most: 0,
            numeric: 0,
            activity: Series::default(),
            span: Span::default(),
            samples: Samples::default(),
            bytes: 0,
            given: 0,
        }
    }
}

impl Evidence for IdSet {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.route = self.route.max(other.route);
        self.requests += other.requests;
        self.ok += other.ok;
        self.refused += other.refused;
        self.turned += other.turned;
        self.missing += other.missing;
        self.asked.merge(other.asked);
        self.read.merge(other.read);
        self.unseen += other.unseen;
        self.unread += other.unread;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.numeric += other.numeric;
        self.activity.merge(other.activity);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
        self.bytes += other.bytes;
        self.given += other.given;
    }
}

impl Evidence for Objects {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.routes.merge(other.routes);
        self.some.merge(other.some);
        self.paths.merge(other.paths);
        self.span.merge(other.span);
        self.activity.merge(other.activity);
        self.samples.merge(other.samples);
    }

    fn clear(&mut self) {
        *self = Self {
            routes: cleared(&mut self.routes),
            some: cleared(&mut self.some),
            paths: cleared(&mut self.paths),
            activity: cleared(&mut self.activity),
            ..Self::default()
        };
    }
}

impl IdSet {
    /// Adds `request`.
    fn add(&mut self, request: &Request) {
        self.route = self.route.max(Some((request.template, request.method)));
        self.requests += 1;
        self.asked.add(request.object.0);
        match request.status {
            200..=399 => {
                self.ok += 1;
                self.turned += u64::from(request.is_turned());
                self.given += request.bytes_out;
                self.read.add(request.object.0);
            }
            401 | 403 => self.refused += 1,
            400 | 404 | 410 => self.missing += 1,
            _ => {}
        }
        if let Some(number) = request.object.number() {
            self.least = self.least.min(number);
            self.most = self.most.max(number);
            self.numeric += 1;
        }
        self.activity.at(OBJECT_TICK, request.time).0 += 1;
        self.span.add(request.time);
        self.samples.add(request);
        self.bytes += request.bytes_out;
    }

    /// Adds one path of a sample, of whose objects only the names are known.
    pub(crate) fn add_sampled(&mut self, path: u64, asked: &Asked) {
        self.requests += u64::from(asked.requests);
        self.ok += u64::from(asked.ok);
        // Who is asked for a password first (RFC 7617) and then reads is not refused.
        self.refused += if asked.ok > 0 { 0 } else { u64::from(asked.refused) };
        self.turned += u64::from(asked.turned);
        self.missing += u64::from(asked.requests - asked.ok - asked.refused);
        self.bytes += asked.bytes;
        self.given += asked.given;
        self.asked.add(path);
        if asked.ok > 0 {
            self.read.add(path);
        }
    }

    /// Scales what a sample of `kept` of `all` paths counted up to all of them.
    pub(crate) fn scale(&mut self, all: u64, kept: u64) {
        let scaled = |count: u64| count.saturating_mul(all) / kept.max(1);
        self.requests = scaled(self.requests);
        self.ok = scaled(self.ok);
        self.refused = scaled(self.refused);
        self.turned = scaled(self.turned);
        self.missing = scaled(self.missing);
        self.bytes = scaled(self.bytes);
        self.given = scaled(self.given);
        self.unseen = scaled(self.asked.count()) - self.asked.count();
        self.unread = scaled(self.read.count()) - self.read.count();
    }

    /// Counts as refused what was sent elsewhere.
    pub(crate) fn refuse_turned(&mut self) {
        self.refused += self.turned;
        self.ok = self.ok.saturating_sub(self.turned);
        self.turned = 0;
    }

    /// How many different objects were asked for.
    pub fn asked(&self) -> u64 {
        (self.asked.count() + self.unseen).min(self.requests)
    }

    /// How many different objects were answered.
    pub fn read(&self) -> u64 {
        (self.read.count() + self.unread).min(self.ok).min(self.asked())
    }

    /// Whether [`asked`](Self::asked) and [`read`](Self::read) are exact, not estimates.
    pub fn is_exact(&self) -> bool {
        self.asked.is_exact() && self.read.is_exact() && self.unseen == 0
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

/// Whether `request` names an object that could be somebody's.
fn names_object(request: &Request) -> bool {
    // What paths are objects of is told by what a template is learned to be, of those that are read and of those that are changed.
    let may_be_learned = matches!(
        request.method,
        Method::Get | Method::Head | Method::Post | Method::Put | Method::Patch | Method::Delete
    );
    (request.object != ObjectId::NONE || may_be_learned) && request.class.has_objects()
}

impl Collector for ObjectsByClient {
    type Evidence = Objects;
    const NAME: &'static str = "client-objects";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        names_object(request)
    }

    fn observe(request: &Request, objects: &mut Objects) {
        objects.add(request);
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
        objects.add(request);
    }
}
