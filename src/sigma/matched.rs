//! Which rules one request matched, in a word that it can carry with it.

use serde::{Deserialize, Serialize};

/// The rules that one request matches, at most [`Matched::MOST`] of them, the weightiest: a word that it can carry with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Matched(u64);

impl Matched {
    /// So many rules are kept of each request.
    pub const MOST: usize = 4;

    /// Of the numbers of rules, the weightiest first.
    pub fn of(rules: &[u16]) -> Self {
        let numbers = rules.iter().take(Self::MOST).zip([0_u32, 16, 32, 48]);
        Self(numbers.fold(0, |word, (&rule, shift)| word | (u64::from(rule) + 1) << shift))
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The numbers, the weightiest first.
    pub fn numbers(self) -> impl Iterator<Item = u16> {
        let part = move |shift: u32| u16::try_from(self.0 >> shift & 0xffff).ok()?.checked_sub(1);
        [0, 16, 32, 48].into_iter().map_while(part)
    }

    /// As one number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// The one with this number.
    pub(crate) fn of_number(number: u64) -> Self {
        Self(number)
    }
}
