//! A stretch of lines that stands in a file twice: whatever counts requests counts them twice.

use std::collections::BTreeMap;

use super::{ABOUT, doubtful};
use crate::detect::World;
use crate::detect::story;
use crate::incident::{Finding, Sample};
use crate::request::Place;
use crate::time::{MINUTE, Time};

/// So many sampled lines must stand twice, all equally far apart.
pub(super) const SAME: u64 = 8;
/// They were written over at least so long, in microseconds: within a second, pages are loaded twice.
const LONG: i64 = MINUTE;

/// Sampled lines that stand twice, equally far apart: when, and where first and last.
type Copied = Vec<(Time, Place, Place)>;

/// All stretches together.
pub(super) fn finding(world: &World<'_>) -> Option<Finding> {
    let same = world.threshold(&ABOUT, "copied");
    let lines = &world.tally().trail.lines;
    let mut apart: BTreeMap<(u32, u64), Copied> = BTreeMap::new();
    for line in lines.iter() {
        if let (2, Some((first, last))) = (line.count, line.places)
            && first.source() == last.source()
        {
            let copied = apart.entry((first.source(), last.offset() - first.offset())).or_default();
            copied.push((line.time, first, last));
        }
    }
    // The second begins behind the end of the first; else single lines stand twice, as where two directives log each request.
    let is_stretch = |apart: u64, copied: &Copied| {
        let times = || copied.iter().map(|&(time, ..)| time.0);
        let long = times().max().unwrap_or(0) - times().min().unwrap_or(0);
        let first = || copied.iter().map(|&(_, first, _)| first.offset());
        first().max().unwrap_or(0) - first().min().unwrap_or(0) < apart
            && copied.len() as u64 >= same
            && long >= LONG
    };
    let stretches = apart.into_iter().filter(|((_, apart), copied)| is_stretch(*apart, copied));
    let mut all: Copied = stretches.flat_map(|(_, copied)| copied).collect();
    all.sort_unstable();
    let (&first, &last) = (all.first()?, all.last()?);
    let twice = all.len() as u64;
    // What holds of a fair sample holds of all.
    let share = twice * 1000 / lines.len().max(1) as u64;
    let mut finding = doubtful("copied");
    (finding.first, finding.last) = (first.0, last.0);
    finding.requests = world.tally().reading.requests * share / 1000;
    let sample = |time, place, why| Sample { time, place, why };
    finding.samples = vec![sample(first.0, first.1, "first"), sample(first.0, first.2, "last")];
    finding.metrics = BTreeMap::from([("sampled_twice", twice), ("sampled", lines.len() as u64)]);
    finding.test("lines that stand twice", twice * 10, same * 10, "sampled lines");
    finding.reason = format!(
        "a stretch of lines stands twice in the same file, about {} % of all different lines: it was shipped twice, or copied",
        story::count(share.div_ceil(10)),
    );
    finding.recommendations = vec![
        "Find out what wrote them a second time: all that counts requests counts these twice.".to_owned(),
    ];
    Some(finding)
}
