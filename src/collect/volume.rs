//! How much a client or principal took, when and from which routes.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Distinct, Samples, Span};
use crate::hash::{TemplateHash, mix};
use crate::request::Request;
use crate::route::{EndpointClass, Method, SOME_LATER_PAGE};
use crate::series::{Evidence, Series, cleared};
use crate::time::Seconds;

/// Volumes by client.
pub struct VolumeByClient;

/// Volumes by principal.
pub struct VolumeByPrincipal;

/// The tick of [`Volume::activity`].
pub const VOLUME_TICK: Seconds = Seconds(300);

/// The first page where pages are counted from 1.
const FIRST_PAGE: u32 = 1;

/// An answer from this many bytes on is bulk. Who takes much in small answers walks over objects, and is judged by them.
const BULK: u64 = 32_768;

/// How much was taken.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// Of all routes.
    pub total: Bytes,
    /// Of each route that gave bulk, keyed by route.
    pub routes: Bounded<RouteBytes, 12>,
    /// Over time.
    pub activity: Series<Bytes, 300>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest requests.
    pub samples: Samples<2>,
}

/// Bytes and requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bytes {
    /// Bytes sent.
    pub bytes: u64,
    /// Requests answered with them.
    pub requests: u64,
}

/// Bytes of one route.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RouteBytes {
    /// The template, method and class; the same in all of its evidence.
    pub route: Option<(TemplateHash, Method, EndpointClass)>,
    /// How much.
    pub taken: Bytes,
    /// The largest answer.
    pub largest: u64,
    /// The smallest and largest page that was asked for by its number.
    pub pages: Option<(u32, u32)>,
    /// How many of the requests were for a page that is not the first.
    pub later: u64,
    /// Bytes of answers in part (206): pieces of what is one file.
    pub pieces: u64,
    /// Different things: objects, files in pieces; every other answer is one of its own.
    pub things: Distinct<16>,
}

impl Evidence for Bytes {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.requests += other.requests;
    }
}

impl Evidence for RouteBytes {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.route = self.route.max(other.route);
        self.taken.merge(other.taken);
        self.largest = self.largest.max(other.largest);
        self.later += other.later;
        self.pieces += other.pieces;
        self.things.merge(other.things);
        self.pages = match (self.pages, other.pages) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (ours, theirs) => ours.or(theirs),
        };
    }
}

impl Evidence for Volume {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.total.merge(other.total);
        self.routes.merge(other.routes);
        self.activity.merge(other.activity);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
    }

    fn clear(&mut self) {
        *self = Self {
            routes: cleared(&mut self.routes),
            activity: cleared(&mut self.activity),
            ..Self::default()
        };
    }
}

impl Volume {
    /// Adds `request`.
    fn add(&mut self, request: &Request) {
        let taken = Bytes { bytes: request.bytes_out, requests: 1 };
        self.total.merge(taken);
        if request.bytes_out >= BULK {
            let is_piece = request.status == 206;
            let route = self.routes.at(request.route_number());
            route.things.add(if request.object.is_some() || is_piece {
                mix(request.template.0, request.object.0)
            } else {
                request.place.number()
            });
            route.merge(RouteBytes {
                route: Some((request.template, request.method, request.class)),
                taken,
                largest: request.bytes_out,
                pages: (request.page < SOME_LATER_PAGE).then_some((request.page, request.page)),
                later: u64::from((FIRST_PAGE + 1..=SOME_LATER_PAGE).contains(&request.page)),
                pieces: if is_piece { request.bytes_out } else { 0 },
                things: Distinct::default(),
            });
        }
        self.activity.at(VOLUME_TICK, request.time).merge(taken);
        self.span.add(request.time);
        self.samples.add(request);
    }
}

/// Whether `request` took data: an answer in full, of something that is not the same for everybody.
fn took_data(request: &Request) -> bool {
    (200..300).contains(&request.status)
        && request.bytes_out > 0
        && !matches!(request.class, EndpointClass::Static | EndpointClass::Health)
        && !request.class.is_door()
}

impl Collector for VolumeByClient {
    type Evidence = Volume;
    const NAME: &'static str = "client-volume";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        took_data(request)
    }

    fn observe(request: &Request, volume: &mut Volume) {
        volume.add(request);
    }
}

impl Collector for VolumeByPrincipal {
    type Evidence = Volume;
    const NAME: &'static str = "principal-volume";
    const KEY: KeyKind = KeyKind::Principal;

    fn wants(request: &Request) -> bool {
        took_data(request)
    }

    fn observe(request: &Request, volume: &mut Volume) {
        volume.add(request);
    }
}
