//! Lines with two answers: somebody wrote quotes, a status and a size into a field.

use std::collections::BTreeMap;

use super::{ABOUT, doubtful};
use crate::detect::World;
use crate::detect::story;
use crate::incident::{Count, Finding, Join, Kind, Outcome, Scale, Tenths};
use crate::tally::Forged;

/// From so many forged lines on, a client means it.
pub(super) const SUSTAINED: u64 = 3;
/// So many clients with forged lines, and this share of all of them in percent, speak for a format that we read wrongly.
const FORMAT: (u64, u64) = (10, 10);

/// One finding for each client that means it, and one for all others.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    let forged = &world.tally().trail.forged;
    let clients = world.population::<crate::collect::ClientProfiles>().count();
    let is_format = forged.count() >= FORMAT.0 && forged.count() * 100 >= clients * FORMAT.1;
    let least = world.threshold(&ABOUT, "forged");
    let mut all: Vec<&Forged> = forged.all().collect();
    all.sort_unstable_by_key(|one| (one.client, one.span.first));
    let (told, single): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.requests >= least && !is_format);
    let mut findings: Vec<Finding> = told.iter().map(|one| alone(one, least)).collect();
    findings.extend((!single.is_empty()).then(|| background(&single, is_format, least)));
    findings
}

/// One client that means it.
fn alone(one: &Forged, least: u64) -> Finding {
    let mut finding = of(&[one], least, Finding::new(ABOUT.id, "forged", Kind::LogTampering));
    (finding.outcome, finding.scale) = (Outcome::Attempted, Scale::Sustained);
    (finding.confidence, finding.score) = (90, Tenths(800));
    finding.joins = one.client.into_iter().map(Join::Client).collect();
    finding.reason = format!(
        "{} of one client hold quotes and columns of its own making, so that each has two answers; which is true cannot be told",
        story::requests(one.requests)
    );
    finding
}

/// Clients that did it once or twice, or a format that we read wrongly.
fn background(some: &[&Forged], is_format: bool, least: u64) -> Finding {
    let mut finding = of(some, least, doubtful("forged-background"));
    let requests = story::requests(finding.requests);
    finding.reason = if is_format {
        format!(
            "{requests} of many clients have two answers each: the format may be another than was recognised"
        )
    } else {
        format!("{requests} of {} addresses hold quotes and columns of their own making", some.len())
    };
    finding
}

/// What both have in common.
fn of(some: &[&Forged], least: u64, mut finding: Finding) -> Finding {
    let mut samples = Vec::new();
    for one in some {
        finding.first = finding.first.min(one.span.first);
        finding.last = finding.last.max(one.span.last);
        finding.requests += one.requests;
        finding.clients.extend(one.client.map(|of| Count { of, requests: one.requests }));
        samples.extend(story::ends(&one.samples.all()));
    }
    finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    finding.samples = story::choose(samples);
    finding.metrics = BTreeMap::from([("forged", finding.requests)]);
    finding.test("forged lines", finding.requests * 10, least * 10, "lines");
    finding.recommendations = vec![
        "Have the gateway escape what it logs: nginx `escape=default` or `json`, JSON logs elsewhere."
            .to_owned(),
        "Do not trust the status and size of these lines; look at what the service itself logged.".to_owned(),
    ];
    finding
}
