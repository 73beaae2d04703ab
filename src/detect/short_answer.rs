//! A login that answers everybody with 2xx: who is refused is told so in one short sentence, always the same; who gets in is sent
//! what is theirs, which is far longer, and of another length for each.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::visits::Visit;
use crate::evidence::Answer;
use crate::route::EndpointClass;

/// Sixteen classes of sizes are a doubling: what is theirs is eight times as long as the sentence.
const FAR: u16 = 3 * 16;

/// Fewer answers of a kind than this tell nothing.
const TELLING: u64 = 20;

/// Fewer visitors than this who got both do not show that people mistype and get in then.
const BOTH: usize = 5;

/// Fewer lengths than this are no lengths of each one's own.
const LENGTHS: usize = 3;

/// The answer that refuses at a door, if one is so short, of those that seem to let somebody in.
pub(super) fn refusing<'v>(
    visitors: impl Iterator<Item = &'v Visit> + Clone,
    letting_in: &BTreeSet<Answer>,
) -> Option<Answer> {
    let mut given: BTreeMap<Answer, u64> = BTreeMap::new();
    for visit in visitors.clone() {
        if visit.at.class != EndpointClass::Login {
            return None;
        }
        let may_let_in = |answer: &Answer| (200..400).contains(&answer.status) && letting_in.contains(answer);
        let some = visit.answers.iter().filter(|(answer, _)| may_let_in(answer));
        some.for_each(|&(answer, count)| *given.entry(answer).or_default() += count);
    }
    let (&short, &sentences) = given.iter().next()?;
    let longer = || given.iter().skip(1).map(|(&answer, &count)| (answer, count));
    let all: u64 = longer().map(|(_, count)| count).sum();
    let is_far = |answer: Answer| answer.status == short.status && answer.size >= short.size + FAR;
    let are_each_ones = longer().count() >= LENGTHS
        && longer().all(|(answer, count)| is_far(answer) && count * 2 <= all)
        && sentences.min(all) >= TELLING;
    let got_both = |visit: &&Visit| {
        let has = |is: &dyn Fn(Answer) -> bool| visit.answers.iter().any(|&(answer, _)| is(answer));
        has(&|answer| answer == short) && has(&is_far)
    };
    (are_each_ones && visitors.filter(got_both).count() >= BOTH).then_some(short)
}
