//! Requests of a client that show an attack by themselves, and how they were answered.

use serde::{Deserialize, Serialize};

use crate::collect::{Collector, KeyKind};
use crate::evidence::{Bounded, Samples, Span, size_class};
use crate::hash::{TemplateHash, mix};
use crate::request::{Flags, Place, Request};
use crate::route::Method;
use crate::series::{Evidence, Series, Tries, cleared};
use crate::signal::Class;
use crate::time::{Seconds, Time};

/// Attacks that requests show, by client.
pub struct Attacks;

/// The tick of [`Attacked::activity`].
pub const ATTACK_TICK: Seconds = Seconds(60);

/// What one client attacked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Attacked {
    /// How many requests showed an attack.
    pub requests: u64,
    /// How many of them were written so that filters miss them.
    pub hidden: u64,
    /// How many came from a tool that names itself.
    pub tools: u64,
    /// How many had a page before them.
    pub referred: u64,
    /// Each target: a route and a class.
    pub targets: Bounded<Target, 48>,
    /// Requests over time.
    pub activity: Series<Tries, 32>,
    /// From the first to the last.
    pub span: Span,
    /// The earliest and latest requests.
    pub samples: Samples<2>,
    /// Bytes sent.
    pub bytes: u64,
}

/// What one client did to one route by attacks of one class.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The template, method and number of the class; of several the largest, where they found no room of their own.
    pub what: Option<(TemplateHash, Method, u8)>,
    /// How many requests.
    pub requests: u64,
    /// The highest score.
    pub score: u8,
    /// How many got 2xx.
    pub ok: u64,
    /// The highest score of these.
    pub ok_score: u8,
    /// How many of these came from somebody who has logged in: by name, or with a key.
    pub named: u64,
    /// How many were refused: 403, 406, 429, 444; to ask for a name is an answer.
    pub refused: u64,
    /// How many got 404 or 410.
    pub missing: u64,
    /// How many got 5xx.
    pub failed: u64,
    /// How many that were written so that filters miss them got 2xx.
    pub slipped: u64,
    /// How many that were written plainly got 4xx.
    pub stopped: u64,
    /// How many answers came as late as the request asked for.
    pub waited: u64,
    /// 2xx answers by the class of their size.
    pub sizes: Bounded<Tries, 16>,
    /// The largest 2xx answer: bytes, when, where.
    pub largest: Option<(u64, Time, Place)>,
    /// The first answer that came as late as was asked for.
    pub first_waited: Option<(Time, Place)>,
}

impl Target {
    /// The class of attack.
    pub fn class(&self) -> Option<Class> {
        let (_, _, number) = self.what?;
        Class::ALL.get(usize::from(number)).copied()
    }

    /// Adds one request.
    fn add(&mut self, request: &Request, class: Class) {
        self.what = self.what.max(Some((request.template, request.method, class as u8)));
        self.requests += 1;
        self.score = self.score.max(request.shown.score());
        let is_hidden = request.shown.is_hidden();
        self.slipped += u64::from(is_hidden && (200..300).contains(&request.status));
        self.stopped += u64::from(!is_hidden && (400..500).contains(&request.status));
        match request.status {
            200..300 => {
                self.ok += 1;
                self.ok_score = self.ok_score.max(request.shown.score());
                self.named += u64::from(request.principal.is_some() || request.token.is_some());
                self.sizes.at(u64::from(size_class(request.bytes_out))).0 += 1;
                self.largest = self.largest.max(Some((request.bytes_out, request.time, request.place)));
            }
            403 | 406 | 429 | 444 => self.refused += 1,
            404 | 410 => self.missing += 1,
            500..600 => self.failed += 1,
            _ => {}
        }
        if request.shown.has_waited() {
            self.waited += 1;
            self.first_waited = earlier(self.first_waited, Some((request.time, request.place)));
        }
    }
}

/// The earlier of two.
fn earlier(one: Option<(Time, Place)>, other: Option<(Time, Place)>) -> Option<(Time, Place)> {
    one.into_iter().chain(other).min()
}

impl Evidence for Target {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.what = self.what.max(other.what);
        self.requests += other.requests;
        self.score = self.score.max(other.score);
        self.ok += other.ok;
        self.ok_score = self.ok_score.max(other.ok_score);
        self.named += other.named;
        self.refused += other.refused;
        self.missing += other.missing;
        self.failed += other.failed;
        self.slipped += other.slipped;
        self.stopped += other.stopped;
        self.waited += other.waited;
        self.sizes.merge(other.sizes);
        self.largest = self.largest.max(other.largest);
        self.first_waited = earlier(self.first_waited, other.first_waited);
    }
}

impl Evidence for Attacked {
    const VERSION: u16 = 3;

    fn merge(&mut self, other: Self) {
        self.requests += other.requests;
        self.hidden += other.hidden;
        self.tools += other.tools;
        self.referred += other.referred;
        self.targets.merge(other.targets);
        self.activity.merge(other.activity);
        self.span.merge(other.span);
        self.samples.merge(other.samples);
        self.bytes += other.bytes;
    }

    fn clear(&mut self) {
        *self = Self {
            targets: cleared(&mut self.targets),
            activity: cleared(&mut self.activity),
            ..Self::default()
        };
    }
}

impl Collector for Attacks {
    type Evidence = Attacked;
    const NAME: &'static str = "attacks";
    const KEY: KeyKind = KeyKind::Client;

    fn wants(request: &Request) -> bool {
        request.shown.class().is_some()
    }

    fn observe(request: &Request, attacked: &mut Attacked) {
        let Some(class) = request.shown.class() else { return };
        attacked.requests += 1;
        attacked.hidden += u64::from(request.shown.is_hidden());
        attacked.tools += u64::from(request.shown.is_tool());
        attacked.referred += u64::from(request.has(Flags::REFERER));
        attacked.targets.at(mix(request.route_number(), class as u64)).add(request, class);
        attacked.activity.at(ATTACK_TICK, request.time).0 += 1;
        attacked.span.add(request.time);
        attacked.samples.add(request);
        attacked.bytes += request.bytes_out;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::Shown;

    #[test]
    fn the_cut_does_not_matter_even_to_what_found_no_room() {
        let requests: Vec<Request> = (0..200_u64)
            .zip([200, 403, 404, 500].into_iter().cycle())
            .map(|(nth, status)| Request {
                template: TemplateHash(mix(nth, 1)),
                status,
                bytes_out: nth,
                shown: Shown::of_number(0x3201),
                ..Request::default()
            })
            .collect();
        let of = |part: &[Request]| {
            let mut attacked = Attacked::default();
            for request in part {
                Attacks::observe(request, &mut attacked);
            }
            attacked
        };
        let whole = of(&requests);
        for cut in [1, 60, 100, 199] {
            let (mut left, mut right) = (of(&requests[..cut]), of(&requests[cut..]));
            right.merge(left.clone());
            assert_eq!(right, whole);
            left.merge(of(&requests[cut..]));
            assert_eq!(left, whole);
        }
    }
}
