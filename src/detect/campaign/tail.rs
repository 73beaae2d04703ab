//! How many of a door's people fail again and again by themselves. Each further try fails about as often as the one before, so
//! from those who fail a few times it follows how many fail often: a pool of a few sources must be more than these.

use super::visitor::Visitor;
use super::{pool, typical};
use crate::detect::statistics::binomial_tail_tenths;

/// Refused tries that some people come to, and most do not.
const SOME: u64 = 4;

/// As if so many people had been seen before the log's own, one of whom failed so often: a door at which few get in tells
/// little about them.
const PRIOR: u64 = 20;

/// The people of one door: those who got in, whatever it took.
#[derive(Clone, Copy)]
pub(super) struct Tail {
    visitors: u64,
    /// The share of people who fail so often as [`SOME`].
    share: f64,
}

impl Tail {
    /// That of all who came to a door.
    pub(super) fn of(visitors: &[Visitor]) -> Self {
        let people =
            || visitors.iter().filter(|visitor| visitor.verdicts.accepted > 0 && !visitor.persists());
        let failed = people().filter(|visitor| visitor.verdicts.refused >= SOME).count() as u64;
        let people = people().count() as u64;
        #[expect(clippy::cast_precision_loss, reason = "counts of clients stay far below 2^52")]
        let share = (failed + 1) as f64 / (people + PRIOR) as f64;
        Self { visitors: visitors.len() as u64, share }
    }

    /// −log10 of the chance that so many of those who came fail so often by themselves, in tenths.
    pub(super) fn surprise(self, pool: &[Visitor]) -> u64 {
        let often = typical(pool);
        let as_often = pool.iter().filter(|visitor| visitor.verdicts.refused >= often).count() as u64;
        #[expect(clippy::cast_precision_loss, reason = "counts of tries stay far below 2^52")]
        let share = libm::pow(self.share, often as f64 / SOME as f64);
        let trials = self.visitors.max(pool::SOURCES as u64);
        u64::try_from(binomial_tail_tenths(as_often, trials, share)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::visitor::tests::visitor;
    use super::*;

    /// A pool of so many sources that were refused so often, at a door with `people`, of whom some fail four times.
    fn surprise(sources: u64, refused: u64, people: u64, failing: u64) -> u64 {
        let pool: Vec<Visitor> = (0..sources).map(|_| visitor(refused, 0)).collect();
        let people = (0..people).map(|nth| visitor(if nth < failing { 4 } else { 0 }, 1));
        let all: Vec<Visitor> = people.chain(pool.iter().cloned()).collect();
        Tail::of(&all).surprise(&pool)
    }

    #[test]
    fn a_few_who_fail_often_are_people_where_many_fail_now_and_then() {
        assert!(surprise(5, 8, 2000, 200) < 60, "a tenth of all fail four times: a hundredth, eight times");
        assert!(surprise(3, 8, 400, 4) < 60, "three of four hundred");
        assert!(surprise(5, 30, 2000, 200) >= 60, "nobody fails thirty times");
        assert!(surprise(12, 10, 2000, 40) >= 60, "a dozen of them");
        assert!(surprise(3, 10, 0, 0) >= 60, "nobody else came");
    }
}
