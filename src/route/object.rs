//! The value of a variable, as a number where it is one.

use serde::{Deserialize, Serialize};

use crate::hash::Keys;

/// The value of a variable. A number below 2⁶³ keeps its value, so that runs and coverage can be judged; anything else is
/// a hash with the top bit set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectId(pub u64);

impl ObjectId {
    /// No object.
    pub const NONE: Self = Self(u64::MAX);
    /// Set where the object is a hash.
    const HASHED: u64 = 1 << 63;

    /// The object that `value` names; an empty value names none.
    pub fn of(value: &[u8], keys: &Keys) -> Self {
        if value.is_empty() {
            return Self::NONE;
        }
        let number = (value.len() <= 19).then(|| {
            value.iter().try_fold(0u64, |number, byte| {
                byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
            })
        });
        match number.flatten() {
            Some(number) if number < Self::HASHED => Self(number),
            _ => Self((keys.bytes(value) | Self::HASHED).min(Self::NONE.0 - 1)),
        }
    }

    /// Whether there is an object at all.
    pub fn is_some(self) -> bool {
        self != Self::NONE
    }

    /// Its number, if it is one.
    pub fn number(self) -> Option<u64> {
        (self.0 < Self::HASHED).then_some(self.0)
    }

    /// This object if there is one, else `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_some() { self } else { other }
    }
}

impl Default for ObjectId {
    fn default() -> Self {
        Self::NONE
    }
}
