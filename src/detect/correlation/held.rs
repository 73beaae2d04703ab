//! Which correlations hold for which groups, and when: those that look at others after the others.

use std::collections::BTreeMap;

use crate::series::Evidence;
use crate::sigma::{GROUPED, Rules};
use crate::tally::{Correlated, Counted};

/// A correlation that holds for a group.
#[derive(Clone, Debug)]
pub struct Held {
    /// The number of the correlation.
    pub correlation: u16,
    /// What was counted.
    pub counted: Counted,
    /// The seconds at whose end it holds, and its value there; ascending, never empty.
    pub seconds: Vec<(i64, u64)>,
}

/// Every correlation of `rules` that holds for some group of what was counted; by number, then group.
pub fn held(rules: &Rules, correlated: &Correlated) -> Vec<Held> {
    let mut all: BTreeMap<u16, Vec<Held>> = BTreeMap::new();
    for (number, correlation) in rules.correlations() {
        let mut groups: BTreeMap<[u64; GROUPED], Counted> =
            correlated.groups(number).map(|counted| (counted.by, counted.clone())).collect();
        for (other, role, by) in correlation.others() {
            for held in all.get(&other).into_iter().flatten() {
                let seconds: Vec<i64> = held.seconds.iter().map(|&(second, _)| second).collect();
                let seen = held.counted.seen(by(&held.counted.by), &seconds, role);
                groups.entry(seen.by).or_default().merge(seen);
            }
        }
        let of_group = |counted: Counted| {
            let mut seconds = Vec::new();
            correlation.holds(&counted.ticks(), |second, value| seconds.push((second, value)));
            (!seconds.is_empty()).then_some(Held { correlation: number, counted, seconds })
        };
        all.insert(number, groups.into_values().filter_map(of_group).collect());
    }
    all.into_values().flatten().collect()
}
