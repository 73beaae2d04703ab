//! What one request shows: signals, their strength by class, and how much must be seen for somebody to be told.

use super::class::Class;
use super::decode::Decodings;
use super::piece::Field;

/// One thing that one class saw in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// The class.
    pub class: Class,
    /// The name of what was seen.
    pub rule: &'static str,
    /// Where.
    pub field: Field,
    /// How strong, 0 to 100.
    pub score: u8,
    /// What had to be undone to see it.
    pub decoded: Decodings,
}

/// How strong each class is in one request: small and `Copy`, so that a request can carry it. Whatever else judges a line (rules)
/// joins its scores by [`add`](Self::add).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signals {
    scores: [u8; Class::COUNT],
}

impl Default for Signals {
    fn default() -> Self {
        Self { scores: [0; Class::COUNT] }
    }
}

impl Signals {
    /// The scores of `signals`.
    pub fn of(signals: &[Signal]) -> Self {
        let mut all = Self::default();
        for signal in signals {
            all.add(signal.class, signal.score);
        }
        all
    }

    /// Adds what a class saw; the higher score stays.
    pub fn add(&mut self, class: Class, score: u8) {
        if let Some(known) = self.scores.get_mut(class as usize) {
            *known = (*known).max(score);
        }
    }

    /// The score of a class; 0 where nothing was seen.
    pub fn score(&self, class: Class) -> u8 {
        self.scores.get(class as usize).copied().unwrap_or(0)
    }

    /// The strongest class and its score; of equals the first by number.
    pub fn strongest(&self) -> Option<(Class, u8)> {
        let scores = Class::ALL.into_iter().zip(self.scores).filter(|(_, score)| *score > 0);
        scores.reduce(|best, next| if best.1 < next.1 { next } else { best })
    }
}

/// How much must be seen for a signal to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sensitivity {
    /// Only what is hardly anything else.
    Low,
    /// What is an attack more likely than not.
    #[default]
    Normal,
    /// What may be one.
    High,
}

impl Sensitivity {
    /// Every step.
    pub const ALL: [Self; 3] = [Self::Low, Self::Normal, Self::High];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// The score that a signal must reach.
    pub const fn score(self) -> u8 {
        match self {
            Self::Low => 70,
            Self::Normal => 50,
            Self::High => 30,
        }
    }
}
