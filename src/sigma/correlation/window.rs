//! When a correlation holds: a window of its time slides over the notes of one group, second by second.
//!
//! At a second the window reaches back by the time span, both ends with it, and holds all of that second: what came first
//! within it is not known. Each step costs little, however many notes there are.

use hashbrown::HashMap;

use super::ranks::Ranks;
use super::{Correlation, NO_VALUE, PARTS, Ticks, What, parts_of};

/// What the window holds.
enum Held {
    Events(u64),
    /// How often there is each value.
    Values(HashMap<u64, u64, foldhash::fast::RandomState>),
    /// When each role was last filled, and the latest start of a sequence that ends with it.
    Roles(Vec<(i64, i64)>),
    /// What the values add up to, and how many there are.
    Sum(i128, u64),
    Ranks(Ranks),
}

impl Correlation {
    /// Calls `each` with every second of `ticks` at whose end it holds, and its value there.
    pub fn holds(&self, ticks: &Ticks, mut each: impl FnMut(i64, u64)) {
        let mut held = self.nothing(ticks);
        let (mut start, mut end) = (0, 0);
        while let Some(&(second, _, _)) = ticks.get(end) {
            let from = second.saturating_sub(self.span);
            while let Some(&(_, word, count)) = ticks.get(start).filter(|tick| tick.0 < from) {
                held.remove(word, count);
                start += 1;
            }
            while let Some(&(_, word, count)) = ticks.get(end).filter(|tick| tick.0 == second) {
                held.add(second, word, count);
                end += 1;
            }
            if let Some((value, of)) = self.value(&held, from).filter(|&value| self.is_reached(value)) {
                each(second, u64::try_from(value / of.max(1)).unwrap_or(0));
            }
        }
    }

    /// A window before the first of `ticks`.
    fn nothing(&self, ticks: &Ticks) -> Held {
        match self.what {
            What::Events => Held::Events(0),
            What::Values(_) => Held::Values(HashMap::default()),
            What::Rules | What::Sequence => Held::Roles(vec![(i64::MIN, i64::MIN); self.roles.len()]),
            What::Sum(_) | What::Mean(_) => Held::Sum(0, 0),
            What::Percentile(..) => Held::Ranks(Ranks::new(
                ticks.iter().map(|tick| tick.1).filter(|&word| word != NO_VALUE).collect(),
            )),
        }
    }

    /// The value of a window that begins at `from`, as a fraction; none where there is nothing to tell it from, or where
    /// what must hold beside it does not.
    fn value(&self, held: &Held, from: i64) -> Option<(i128, i128)> {
        match held {
            Held::Events(count) => Some((i128::from(*count), 1)),
            Held::Values(values) => Some((i128::try_from(values.len()).ok()?, 1)),
            Held::Roles(roles) => {
                let is_filled = |role: usize| roles.get(role).is_some_and(|&(last, _)| from <= last);
                if self.also.as_ref().is_some_and(|also| !also.holds(&is_filled)) {
                    return None;
                }
                let in_order = roles.last().is_some_and(|&(_, start)| from <= start);
                let filled = (0..roles.len()).filter(|&role| is_filled(role)).count();
                let counted = if in_order || matches!(self.what, What::Rules) { filled } else { 0 };
                Some((i128::try_from(counted).ok()?, 1))
            }
            Held::Sum(sum, count) => match self.what {
                What::Mean(_) => Some((*sum, PARTS * i128::from((*count).max(1)))),
                _ => Some((*sum, PARTS)),
            },
            Held::Ranks(ranks) => self.percentile(ranks),
        }
    }

    /// The percentile, between the two nearest values in proportion (Hyndman and Fan, 1996, definition 7).
    fn percentile(&self, ranks: &Ranks) -> Option<(i128, i128)> {
        let What::Percentile(_, percentile) = self.what else { return None };
        let rank = u128::from(percentile) * u128::from(ranks.count.checked_sub(1)?);
        let below = ranks.nth(u64::try_from(rank / 100).ok()?).map(parts_of)?;
        let part = i128::try_from(rank % 100).ok()?;
        let above = match part {
            0 => below,
            _ => ranks.nth(u64::try_from(rank / 100 + 1).ok()?).map(parts_of)?,
        };
        Some((below * 100 + part * (above - below), PARTS * 100))
    }

    /// Whether a value reaches all thresholds.
    fn is_reached(&self, (value, of): (i128, i128)) -> bool {
        self.thresholds.iter().all(|&(than, threshold)| than.holds(value, threshold.saturating_mul(of)))
    }
}

impl Held {
    /// Takes in a word of `second`.
    fn add(&mut self, second: i64, word: u64, count: u64) {
        match self {
            Self::Events(events) => *events = events.saturating_add(count),
            _ if word == NO_VALUE => {}
            Self::Values(values) => *values.entry(word).or_default() += count,
            Self::Roles(roles) => {
                let Ok(role) = usize::try_from(word) else { return };
                let before = role.checked_sub(1).and_then(|before| roles.get(before));
                let start = if role == 0 { second } else { before.map_or(i64::MIN, |&(_, start)| start) };
                if let Some(of) = roles.get_mut(role) {
                    *of = (second, of.1.max(start));
                }
            }
            Self::Sum(sum, values) => {
                *sum = sum.saturating_add(parts_of(word).saturating_mul(i128::from(count)));
                *values = values.saturating_add(count);
            }
            Self::Ranks(ranks) => ranks.add(word, count),
        }
    }

    /// Leaves a word behind.
    fn remove(&mut self, word: u64, count: u64) {
        match self {
            Self::Events(events) => *events = events.saturating_sub(count),
            _ if word == NO_VALUE => {}
            Self::Values(values) => {
                if let hashbrown::hash_map::Entry::Occupied(mut value) = values.entry(word) {
                    *value.get_mut() = value.get().saturating_sub(count);
                    if *value.get() == 0 {
                        value.remove();
                    }
                }
            }
            // Whether a role is still filled shows when it was.
            Self::Roles(_) => {}
            Self::Sum(sum, values) => {
                *sum = sum.saturating_sub(parts_of(word).saturating_mul(i128::from(count)));
                *values = values.saturating_sub(count);
            }
            Self::Ranks(ranks) => ranks.remove(word, count),
        }
    }
}
