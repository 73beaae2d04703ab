//! What a client asked for that was not there.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Distinct, Samples, Span};
use crate::hash::mix;
use crate::request::Request;
use crate::route::EndpointClass;
use crate::series::{Evidence, Series, Tries, cleared};
use crate::time::Seconds;

/// Missing paths, by client.
pub struct Misses;

/// The tick of [`Missed::activity`].
pub const MISS_TICK: Seconds = Seconds(60);

/// What one client asked for that was not there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Missed {
    /// How many requests got 400, 403, 404, 405, 410 or 501.
    pub requests: u64,
    /// How many of them got 403: something is there.
    pub forbidden: u64,
    /// Missing templates and how often each was asked for.
    pub templates: Bounded<Tries, 256>,
    /// How many different paths, objects included.
    pub paths: Distinct<64>,
    /// Requests over time.
    pub activity: Series<Tries, 32>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest requests.
    pub samples: Samples<3>,
    /// Methods that were used, as bits.
    pub methods: u16,
    /// Bytes sent.
    pub bytes: u64,
}

impl Evidence for Missed {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.forbidden += other.forbidden;
        self.templates.merge(other.templates);
        self.paths.merge(other.paths);
        self.activity.merge(other.activity);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
        self.methods |= other.methods;
        self.bytes += other.bytes;
    }

    fn clear(&mut self) {
        *self = Self {
            templates: cleared(&mut self.templates),
            paths: cleared(&mut self.paths),
            activity: cleared(&mut self.activity),
            ..Self::default()
        };
    }
}

/// Whether an answer says that the path is not there, or not for this client.
pub(crate) fn is_miss(status: u16) -> bool {
    matches!(status, 400 | 403 | 404 | 405 | 410 | 501)
}

impl Collector for Misses {
    type Evidence = Missed;
    const NAME: &'static str = "misses";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        is_miss(request.status) && !request.class.is_door() && request.class != EndpointClass::Health
    }

    fn observe(request: &Request, missed: &mut Missed) {
        missed.requests += 1;
        missed.forbidden += u64::from(request.status == 403);
        missed.templates.at(request.template.0).0 += 1;
        missed.paths.add(mix(request.template.0, request.object.0));
        missed.activity.at(MISS_TICK, request.time).0 += 1;
        missed.span.add(request.time);
        missed.samples.add(request);
        missed.methods |= 1 << (request.method as u16);
        missed.bytes += request.bytes_out;
    }
}
