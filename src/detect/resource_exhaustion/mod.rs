//! Making the service work or wait: requests much dearer than others', demands far above what a route is asked for, and going
//! on at full speed when told to slow down.

mod costly;
mod norms;
mod refused;
mod service;
mod told;

use crate::collect::{Cost, Costs};
use crate::detect::about::ANSWERS;
use crate::detect::{About, Actor, Detector, Needs, Sight, Threshold, World};
use crate::incident::{Finding, Kind, Test};
use crate::request::Flags;
use crate::time::Seconds;

/// The detector.
pub(super) struct ResourceExhaustion;

/// It judges by these thresholds.
struct Judge {
    /// Share of the time that the whole service was at work, in tenths of a percent, within [`WINDOW`].
    share: u64,
    /// Answers that were worked on at a time, on average within [`WINDOW`], in tenths.
    workers: u64,
    /// Times what is usual on the route: of its time, and of the entries asked for.
    beyond: u64,
    /// Times the entries that are usually asked for.
    demand: u64,
    /// Requests for very much.
    demands: u64,
    /// Refusals for being too many.
    refusals: u64,
    /// Refusals within a minute.
    pace: u64,
}

/// Refusals within a minute, from which on it is a push.
const PACE: u64 = 60;

impl Judge {
    /// The thresholds in force.
    fn of(world: &World<'_>) -> Self {
        let of = |name| world.threshold(&ABOUT, name);
        Self {
            share: of("share") * 10,
            workers: of("workers") * 10,
            beyond: of("beyond usual"),
            demand: of("demand"),
            demands: of("demands"),
            refusals: of("refusals"),
            pace: PACE,
        }
    }
}

/// The stretch in which a load is weighed: its heaviest.
const WINDOW: Seconds = Seconds(600);

/// What a user reads about it.
static ABOUT: About = About {
    id: "resource-exhaustion",
    kinds: &[Kind::ResourceExhaustion],
    summary: "Making the service work or wait: dear requests, huge page sizes, going on when told to slow down.",
    why: "A few clients that keep every worker busy are an outage for all others, and cost money where servers are added by load.",
    looks_like: "Several long answers at a time, hour after hour, on a route that answers others at once; page sizes of a hundred \
                 thousand, searches for nothing but wildcards, queries nested ten deep; thousands of 429 or 503 without a pause.",
    look_alikes: "Somebody who takes one report after the other (never several at a time), a stream or a large download on a \
                  slow line (the body explains the time), a service that is slow for everybody, clients that retry through an \
                  outage, a client that backs off, one that polls for hours by its clock, an office behind one address.",
    blind_spots: "Many cheap requests that nobody refuses. Bodies: a dear query that is posted is seen by its time alone. Spans \
                  of dates. Where no durations are logged, demands are judged by how often they fail.",
    thresholds: &[
        Threshold {
            name: "share",
            value: 20,
            unit: "%",
            meaning: "of the time that the whole service is at work, within the heaviest ten minutes",
        },
        Threshold {
            name: "workers",
            value: 4,
            unit: "at a time",
            meaning: "answers to one source, on average within these; half of it for requests that ask for very much",
        },
        Threshold {
            name: "beyond usual",
            value: 5,
            unit: "times",
            meaning: "the time that a heavy user of the same route takes; where nobody else uses it, others must suffer",
        },
        Threshold {
            name: "demand",
            value: 10,
            unit: "times",
            meaning: "the entries that a heavy user of the same route asks for, and 5,000 at least",
        },
        Threshold {
            name: "demands",
            value: 20,
            unit: "requests",
            meaning: "for so much, with a load as above or a third of them failing; otherwise it is told as `low`",
        },
        Threshold {
            name: "refusals",
            value: 300,
            unit: "requests",
            meaning: "that got 429 or 503, 60 of them within a minute, no fewer in the end than in the beginning, and a third \
                      of what it asked meanwhile, unless others suffer",
        },
    ],
    needs: &[
        Needs { without: Sight::Less, ..ANSWERS },
        Needs {
            any_of: &[Flags::DURATION],
            missing: "request time",
            fix: "log how long an answer took: nginx `$request_time`, Apache `%D`, Envoy `%DURATION%`",
            without: Sight::Less,
        },
    ],
    attack: &["T1499.003"],
    owasp_api: &["API4:2023"],
    oat: &["OAT-015"],
    cwe: &["CWE-400", "CWE-770"],
};

impl Detector for ResourceExhaustion {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let judge = Judge::of(world);
        let mut findings = judge.costly(world);
        findings.extend(judge.refused(world));
        findings
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let Actor::Client(client) = actor else { return Vec::new() };
        let judge = Judge::of(world);
        let of =
            |cost: &Cost| [judge.measure_dear(world, &cost.dear), judge.measure_refusals(&cost.refusals)];
        world.population::<Costs>().with(client.0, of).into_iter().flatten().flatten().collect()
    }
}
