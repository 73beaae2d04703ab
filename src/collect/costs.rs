//! What a client made the service do: answers that took long, requests that ask for very much, and refusals for asking too
//! often.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Samples, Span};
use crate::request::Request;
use crate::route::EndpointClass;
use crate::series::{Evidence, Series, Tries, cleared};
use crate::time::{Micros, Seconds};

/// Costs by client.
pub struct Costs;

/// The tick of [`Dear::activity`], that of the fleet, so that the two can be held against one another.
pub const COST_TICK: Seconds = Seconds(60);

/// The tick of [`Refusals::activity`].
pub const REFUSAL_TICK: Seconds = Seconds(10);

/// An answer that keeps the service at work for so long is a long one.
pub(crate) const LONG: Micros = Micros(500_000);

/// A request for so many entries asks for much: more than a person reads.
pub(crate) const MUCH: u32 = 500;

/// Microseconds that a byte of a body may take on a slow line (2 Mbit/s) while the service has nothing to do with it.
const MICROS_A_BYTE: u64 = 4;

/// What a client made the service do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Requests that took long or asked for much.
    pub dear: Dear,
    /// Requests that were refused for being too many.
    pub refusals: Refusals,
}

/// Requests that took long or asked for much.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dear {
    /// By route.
    pub routes: Bounded<RouteCost, 12>,
    /// Over time.
    pub activity: Series<Work, 120>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest.
    pub samples: Samples<2>,
}

/// Requests and what they took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// How many requests.
    pub requests: u64,
    /// How long the service was at work, in microseconds.
    pub micros: u64,
    /// How many got a 5xx.
    pub failed: u64,
    /// Bytes sent.
    pub bytes: u64,
}

/// What was made of one route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteCost {
    /// Of all requests that took long or asked for much.
    pub work: Work,
    /// Of those that asked for much.
    pub demanding: Work,
    /// The most entries that one asked for.
    pub demand: u32,
}

/// Requests that got a 429 or 503.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Refusals {
    /// How many.
    pub requests: u64,
    /// How many of them got a 429: this client, and not the service, is why.
    pub throttled: u64,
    /// How many of each route.
    pub routes: Bounded<Tries, 12>,
    /// Over time.
    pub activity: Series<Tries, 60>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest.
    pub samples: Samples<2>,
}

impl Evidence for Work {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.micros += other.micros;
        self.failed += other.failed;
        self.bytes += other.bytes;
    }
}

impl Evidence for RouteCost {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.work.merge(other.work);
        self.demanding.merge(other.demanding);
        self.demand = self.demand.max(other.demand);
    }
}

impl Evidence for Dear {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
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

impl Evidence for Refusals {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.throttled += other.throttled;
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

impl Evidence for Cost {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.dear.merge(other.dear);
        self.refusals.merge(other.refusals);
    }

    fn clear(&mut self) {
        self.dear.clear();
        self.refusals.clear();
    }
}

/// How long a request kept the service at work, in microseconds: as long as it took, without what a slow line may have needed
/// for the body.
#[inline]
pub(crate) fn working(request: &Request) -> u64 {
    u64::from(request.duration.0).saturating_sub(request.bytes_out.saturating_mul(MICROS_A_BYTE))
}

/// Whether a request took long or asked for much, by what its line says.
#[inline]
pub(crate) fn is_costly(request: &Request) -> bool {
    request.demand >= MUCH || working(request) >= u64::from(LONG.0)
}

/// Whether a request was refused for being too many, or because there were too many.
fn is_refused(request: &Request) -> bool {
    matches!(request.status, 429 | 503)
}

impl Collector for Costs {
    type Evidence = Cost;
    const NAME: &'static str = "costs";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        // What happens at doors is judged as tries, unless the service fails, and what shows an attack as that attack.
        (is_refused(request) || is_costly(request))
            && (!request.class.is_door() || request.status == 503)
            && !matches!(request.class, EndpointClass::Static | EndpointClass::Health)
            && request.shown.class().is_none()
    }

    fn observe(request: &Request, cost: &mut Cost) {
        if is_costly(request) {
            let work = Work {
                requests: 1,
                micros: working(request),
                failed: u64::from(request.status >= 500),
                bytes: request.bytes_out,
            };
            let asks_for_much = request.demand >= MUCH;
            cost.dear.routes.at(request.route_number()).merge(RouteCost {
                work,
                demanding: if asks_for_much { work } else { Work::default() },
                demand: if asks_for_much { request.demand } else { 0 },
            });
            cost.dear.activity.at(COST_TICK, request.time).merge(work);
            cost.dear.span.add(request.time);
            cost.dear.samples.add(request);
        }
        if is_refused(request) {
            cost.refusals.requests += 1;
            cost.refusals.throttled += u64::from(request.status == 429);
            cost.refusals.routes.at(request.route_number()).0 += 1;
            cost.refusals.activity.at(REFUSAL_TICK, request.time).0 += 1;
            cost.refusals.span.add(request.time);
            cost.refusals.samples.add(request);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(duration: u32, bytes_out: u64) -> Request {
        Request { duration: Micros(duration), bytes_out, status: 200, ..Request::default() }
    }

    #[test]
    fn a_large_body_on_a_slow_line_is_no_work_of_the_service() {
        assert!(Costs::wants(&request(600_000, 2_000)));
        assert!(!Costs::wants(&request(499_999, 0)));
        assert!(!Costs::wants(&request(12_000_000, 4_000_000)));
        assert_eq!(working(&request(12_000_000, 1_000_000)), 8_000_000);
    }

    #[test]
    fn a_door_and_an_attack_that_shows_itself_are_judged_elsewhere() {
        let slow = request(3_000_000, 0);
        assert!(!Costs::wants(&Request { class: EndpointClass::Login, ..slow }));
        assert!(!Costs::wants(&Request { shown: crate::signal::Shown::of_number(0x3201), ..slow }));
        assert!(Costs::wants(&Request { status: 429, ..request(10, 20) }));
    }
}
