//! A fair sample of the keys of one kind, chosen by their hash alone: what is ordinary can be told from it, whatever the size
//! of the log, and it is the same however the log is cut.

use crate::hash::mix;

/// Up to so many keys all are in the sample, beyond about so many. Two thirds of such samples have their 99th percentile
/// between the 98.92nd and the 99.08th of all: sqrt(0.99 · 0.01 / 16,384).
const SIZE: u64 = 1 << 14;

/// Which keys are in the sample.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    all: u64,
}

impl Sample {
    /// A sample of `all` keys.
    pub(super) fn of(all: u64) -> Self {
        Self { all }
    }

    /// Whether `key` is in the sample.
    pub(super) fn has(self, key: u128) -> bool {
        #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed in")]
        let hash = mix(mix(key as u64, (key >> 64) as u64), 0x7361_6d70);
        self.all <= SIZE || hash <= u64::MAX / self.all * SIZE
    }

    /// How many of all keys stand behind `count` of the sample.
    pub(super) fn scaled(self, count: usize) -> u64 {
        let count = count as u64;
        if self.all <= SIZE { count } else { count.saturating_mul(self.all) / SIZE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_all_of_few_and_a_fair_part_of_many() {
        assert!((0..1000).all(|key| Sample::of(1000).has(key)));
        let many = Sample::of(1_000_000);
        let kept = (0..1_000_000).filter(|&key| many.has(key)).count();
        assert!((16_000..16_800).contains(&kept), "{kept}");
        assert!((980_000..1_020_000).contains(&many.scaled(kept)), "{kept}");
    }
}
