//! A few lines hours older than those around them, in a file whose lines are in order otherwise.

use std::collections::{BTreeMap, BTreeSet};

use super::{doubtful, samples};
use crate::detect::World;
use crate::detect::story;
use crate::incident::{Count, Finding};
use crate::request::Flags;
use crate::tally::{Sequence, Step};
use crate::time::{DAY, MINUTE};

/// A file with more steps back than this is several logs in one.
const MOST: u64 = 16;
/// A file with fewer requests says nothing of order.
const REQUESTS: u64 = 1000;
/// Time is back where it was within so many bytes.
const WITHIN: u64 = 64 << 10;

/// One finding for each file.
pub(super) fn findings(world: &World<'_>) -> Vec<Finding> {
    // Where no line tells how long its request took, it may have taken all day.
    let tells = world.tally().reading.filled.count(Flags::DURATION) > 0;
    let sources = world.tally().trail.sources.values();
    sources.filter_map(|sequence| of_source(sequence, if tells { 0 } else { DAY })).collect()
}

/// The lines of one file that are dated back by more than `least`.
fn of_source(sequence: &Sequence, least: i64) -> Option<Finding> {
    if sequence.back.count > MOST || sequence.requests < REQUESTS {
        return None;
    }
    let forth = sequence.forth.all();
    let returns = |back: &Step| {
        let within =
            |step: &&Step| step.place >= back.place && step.place.offset() - back.place.offset() <= WITHIN;
        // Where time goes on from where it went back to, a clock was set or another log begins.
        forth.iter().find(within).is_some_and(|step| step.to.0 >= back.from.0 - MINUTE)
    };
    let steps: Vec<Step> = sequence
        .back
        .all()
        .into_iter()
        .filter(|step| step.from.0 - step.to.0 > least && returns(step))
        .collect();
    let first = steps.first()?;
    let mut finding = doubtful("backdated");
    finding.requests = steps.len() as u64;
    (finding.first, finding.last) =
        (steps.iter().map(|step| step.to).min()?, steps.iter().map(|step| step.from).max()?);
    let clients: BTreeSet<_> = steps.iter().map(|step| step.client).collect();
    finding.clients = clients.into_iter().map(|of| Count { of, requests: 1 }).collect();
    finding.samples = samples(first);
    finding.metrics = BTreeMap::from([("steps_back", finding.requests)]);
    finding.test("steps back", finding.requests * 10, 10, "lines");
    finding.reason = format!(
        "lines say that they are hours older than those around them, {} times in {} in order: the first {} behind {}",
        story::count(finding.requests),
        story::requests(sequence.requests),
        first.to.rfc3339(0),
        first.from.rfc3339(0),
    );
    finding.recommendations =
        vec!["Ask who wrote these lines: a gateway writes each when its request ends.".to_owned()];
    Some(finding)
}
