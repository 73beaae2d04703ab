//! How near somebody came to what a detector finds: why an address or a user was not reported.

use crate::detect::{Actor, Detector, World};
use crate::incident::{Tenths, Test};

/// What a detector measured of somebody, beside what it takes.
pub struct Nearness {
    /// The detector.
    pub detector: &'static str,
    /// All of these must be passed.
    pub tests: Vec<Test>,
}

impl Nearness {
    /// How near, in percent of the way: the test that is furthest from passing decides.
    #[must_use]
    pub fn percent(&self) -> u64 {
        self.tests.iter().map(percent).min().unwrap_or(0)
    }
}

/// How much of its threshold a test reached, in percent.
#[must_use]
pub fn percent(test: &Test) -> u64 {
    u64::from(test.value.0) * 100 / u64::from(test.threshold.0.max(1))
}

/// How near somebody, who is known by several names, came to each detector that could measure anything; the nearest first.
pub fn nearness(detectors: &[Box<dyn Detector>], world: &World<'_>, actors: &[Actor]) -> Vec<Nearness> {
    let of = |detector: &dyn Detector| {
        let ways = actors.iter().flat_map(|&actor| detector.measure(world, actor));
        let ways = ways.map(|tests| Nearness { detector: detector.about().id, tests });
        ways.max_by_key(Nearness::percent)
    };
    let mut all: Vec<Nearness> = detectors.iter().filter_map(|detector| of(&**detector)).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.percent()));
    all
}

/// A test in whole units.
pub(super) fn test(name: &'static str, value: u64, threshold: u64, unit: &'static str) -> Test {
    in_tenths(name, value.saturating_mul(10), threshold.saturating_mul(10), unit)
}

/// A test in tenths of its unit.
pub(super) fn in_tenths(name: &'static str, value: u64, threshold: u64, unit: &'static str) -> Test {
    let tenths = |value: u64| Tenths(u32::try_from(value).unwrap_or(u32::MAX));
    Test { name: name.into(), value: tenths(value), threshold: tenths(threshold), unit: unit.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_that_is_furthest_from_passing_decides() {
        let tests = vec![test("tries", 24, 25, "tries"), in_tenths("share", 400, 800, "%")];
        assert_eq!(Nearness { detector: "x", tests }.percent(), 50);
        assert_eq!(Nearness { detector: "x", tests: Vec::new() }.percent(), 0);
    }
}
