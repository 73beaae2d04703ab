//! Values in a window of time, by size: added, removed, and the n-th of them, each in few steps (Fenwick, 1994).

/// Values that come and go, of those that are known from the start.
pub(super) struct Ranks {
    /// All values that can come, ascending.
    values: Vec<u64>,
    /// How many there are below each place: a tree in an array, the first of which is not used.
    tree: Vec<u64>,
    /// How many there are.
    pub(super) count: u64,
}

impl Ranks {
    /// None of `values` yet.
    pub(super) fn new(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        values.dedup();
        let tree = vec![0; values.len() + 1];
        Self { values, tree, count: 0 }
    }

    /// Adds `value` so many times.
    pub(super) fn add(&mut self, value: u64, times: u64) {
        self.count = self.count.saturating_add(times);
        self.change(value, |sum| sum.saturating_add(times));
    }

    /// Takes `value` away so many times.
    pub(super) fn remove(&mut self, value: u64, times: u64) {
        self.count = self.count.saturating_sub(times);
        self.change(value, |sum| sum.saturating_sub(times));
    }

    fn change(&mut self, value: u64, change: impl Fn(u64) -> u64) {
        let Ok(place) = self.values.binary_search(&value) else { return };
        let mut at = place + 1;
        while let Some(sum) = self.tree.get_mut(at) {
            *sum = change(*sum);
            at += at & at.wrapping_neg();
        }
    }

    /// The value with `before` others before it, counted from the smallest.
    pub(super) fn nth(&self, before: u64) -> Option<u64> {
        let (mut at, mut left) = (0, before);
        let mut step = self.tree.len().next_power_of_two();
        while step > 0 {
            if let Some(&sum) = self.tree.get(at + step).filter(|&&sum| sum <= left) {
                at += step;
                left -= sum;
            }
            step /= 2;
        }
        self.values.get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_nth_is_that_of_the_sorted_list(values in prop::collection::vec(0u64..30, 1..60), gone in 0usize..60) {
            let mut ranks = Ranks::new(values.clone());
            for &value in &values {
                ranks.add(value, 1);
            }
            let gone = gone.min(values.len() - 1);
            for &value in &values[..gone] {
                ranks.remove(value, 1);
            }
            let mut left = values[gone..].to_vec();
            left.sort_unstable();
            for (nth, &value) in left.iter().enumerate() {
                prop_assert_eq!(ranks.nth(nth as u64), Some(value));
            }
            prop_assert_eq!(ranks.count, left.len() as u64);
        }
    }
}
