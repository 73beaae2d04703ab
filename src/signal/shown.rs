//! What one request shows, in a word that it can carry with it.

use serde::{Deserialize, Serialize};

use super::class::Class;
use super::verdict::{Sensitivity, Signal};

/// The strongest attack that one request shows: its class and score, and how it was made. Zero for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown(u32);

/// Where the parts of the word begin; class and score take a byte each, the class counted from one.
const SCORE: u32 = 8;
const TOOL: u32 = 1 << 16;
const HIDDEN: u32 = 1 << 17;
const WAITED: u32 = 1 << 18;

impl Shown {
    /// Of what was seen in one request: the strongest class that is no mere name of a tool, and, apart from it, whether the
    /// agent names one.
    pub fn of(signals: &[Signal]) -> Self {
        let is_tool = |signal: &&Signal| signal.class == Class::Scanner;
        let tool = signals.iter().filter(is_tool).map(|signal| signal.score).max().unwrap_or(0);
        let other = signals.iter().filter(|signal| !is_tool(signal));
        // Of equals the first by number.
        let strongest =
            other.reduce(
                |best, next| if (next.score, best.class) > (best.score, next.class) { next } else { best },
            );
        let hidden = strongest.is_some_and(|signal| signal.decoded.weight() > 0);
        let (class, score) = match strongest {
            Some(signal) if tool == 0 || signal.score >= LEAST => (signal.class, signal.score),
            _ if tool > 0 => (Class::Scanner, tool),
            _ => return Self::default(),
        };
        let flag = |on: bool, flag: u32| if on { flag } else { 0 };
        Self(
            (class as u32 + 1)
                | u32::from(score) << SCORE
                | flag(tool >= LEAST, TOOL)
                | flag(hidden && score >= LEAST, HIDDEN),
        )
    }

    /// The class, if there is any.
    pub fn class(self) -> Option<Class> {
        let number = usize::try_from(self.0 & 0xff).ok()?.checked_sub(1)?;
        Class::ALL.get(number).copied()
    }

    /// How strong it is, 0 to 100.
    pub fn score(self) -> u8 {
        u8::try_from(self.0 >> SCORE & 0xff).expect("a byte is left")
    }

    /// The same, or nothing where it is weaker than what is asked for.
    #[must_use]
    #[inline]
    pub fn from(self, sensitivity: Sensitivity) -> Self {
        if self.score() < sensitivity.score() { Self::default() } else { self }
    }

    /// Whether the agent, or a host that is to be called back, is that of a tool.
    pub fn is_tool(self) -> bool {
        self.0 & TOOL != 0
    }

    /// Whether it was written so that filters miss it.
    pub fn is_hidden(self) -> bool {
        self.0 & HIDDEN != 0
    }

    /// Whether the answer took as long as the request told some code to wait.
    pub fn has_waited(self) -> bool {
        self.0 & WAITED != 0
    }

    /// The same, answered as late as was asked for.
    #[must_use]
    pub(super) fn waited(self) -> Self {
        Self(self.0 | WAITED)
    }

    /// As one number.
    pub(crate) fn number(self) -> u32 {
        self.0
    }

    /// The one with this number.
    pub(crate) fn of_number(number: u32) -> Self {
        Self(number)
    }

    /// The stronger of two, with all that is known of how it was made.
    #[must_use]
    pub(super) fn with(self, other: Self) -> Self {
        let marks = (self.0 | other.0) & !0xffff;
        let strongest = if other.score() > self.score() { other } else { self };
        Self(strongest.0 & 0xffff | marks)
    }
}

/// What is weaker is not remembered: it may be anything.
const LEAST: u8 = Sensitivity::High.score();

#[cfg(test)]
mod tests {
    use super::super::decode::Decodings;
    use super::super::piece::Field;
    use super::*;

    fn signal(class: Class, score: u8) -> Signal {
        Signal { class, rule: "x", field: Field::Query, score, decoded: Decodings::default() }
    }

    #[test]
    fn a_payload_counts_before_the_name_of_the_tool_that_sent_it() {
        let both = Shown::of(&[signal(Class::Xss, 55), signal(Class::Sqli, 55), signal(Class::Scanner, 85)]);
        assert_eq!((both.class(), both.score(), both.is_tool()), (Some(Class::Sqli), 55, true));
        let tool = Shown::of(&[signal(Class::Sqli, 10), signal(Class::Scanner, 85)]);
        assert_eq!((tool.class(), tool.score(), tool.is_tool()), (Some(Class::Scanner), 85, true));
        assert_eq!(Shown::of(&[]).class(), None);
        let same = Shown::of_number(both.waited().number());
        assert!(same.has_waited() && same.class() == both.class());
    }
}
