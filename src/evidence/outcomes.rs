//! What a route answered: statuses and sizes, counted jointly. What failure is, only the judge can tell.

use serde::{Deserialize, Serialize};

use crate::evidence::Bounded;
use crate::request::Request;
use crate::series::{Evidence, Tries};

/// A status and a size class: what an answer looks like from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Answer {
    /// The status; 0 where there was none.
    pub status: u16,
    /// The class of the size, as [`size_class`] has it.
    pub size: u16,
}

impl Answer {
    /// The answer that `request` got.
    pub fn to(request: &Request) -> Self {
        Self { status: request.status, size: size_class(request.bytes_out) }
    }

    /// As one number.
    fn code(self) -> u64 {
        u64::from(self.status) << 16 | u64::from(self.size)
    }

    /// The inverse of [`code`](Self::code).
    fn of_code(code: u64) -> Self {
        let part = |bits: u64| u16::try_from(bits & 0xffff).unwrap_or(0);
        Self { status: part(code >> 16), size: part(code) }
    }
}

/// How often each answer was given; at most 24 different ones are told apart, the rest by count only.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcomes {
    answers: Bounded<Tries, 24>,
}

impl Outcomes {
    /// Counts the answer to `request`.
    pub fn add(&mut self, request: &Request) {
        self.answers.at(Answer::to(request).code()).0 += 1;
    }

    /// Each answer and how often it was given.
    pub fn iter(&self) -> impl Iterator<Item = (Answer, u64)> {
        self.answers.iter().map(|(code, tries)| (Answer::of_code(code), tries.0))
    }

    /// How often anything was answered.
    pub fn total(&self) -> u64 {
        self.answers.all().map(|tries| tries.0).sum()
    }

    /// How often an answer of which `is` holds was given.
    pub fn count(&self, is: impl Fn(Answer) -> bool) -> u64 {
        self.iter().filter(|&(answer, _)| is(answer)).map(|(_, count)| count).sum()
    }
}

impl Evidence for Outcomes {
    const VERSION: u16 = 1;

    fn merge(&mut self, other: Self) {
        self.answers.merge(other.answers);
    }

    fn clear(&mut self) {
        self.answers.clear();
    }
}

/// Sizes in log-linear classes: sixteen to each power of two, so that a class spans at most 6 %.
pub fn size_class(bytes: u64) -> u16 {
    if bytes < 16 {
        return u16::try_from(bytes).expect("below 16");
    }
    let power = bytes.ilog2();
    let step = (bytes >> (power - 4)) & 0xf;
    u16::try_from((u64::from(power) - 3) * 16 + step).expect("at most 61 * 16")
}

/// The smallest size of a class.
pub fn size_of_class(class: u16) -> u64 {
    if class < 16 {
        return u64::from(class);
    }
    let (power, step) = (u32::from(class / 16) + 3, u64::from(class % 16));
    (16 + step) << (power - 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_class_spans_at_most_six_percent() {
        let mut last = 0;
        for bytes in (0..5_000).chain([1 << 20, (1 << 20) + 1, u64::MAX]) {
            let class = size_class(bytes);
            assert!(class >= last);
            last = class;
            let floor = size_of_class(class);
            assert!(floor <= bytes && size_class(floor) == class, "{bytes} {class} {floor}");
            assert!(bytes - floor <= bytes / 16, "{bytes} {floor}");
        }
    }
}
