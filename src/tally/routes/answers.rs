//! How large the ordinary answers of a route are, and how often it fails: what an attack that worked stands out from.

use serde::{Deserialize, Serialize};

use crate::evidence::size_class;
use crate::request::Request;

/// Sizes of 2xx answers as sums of their classes, sixteen to a doubling, and of the squares of these; integers, so that the
/// order of adding changes nothing. Requests that show an attack are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// How many 2xx.
    pub ok: u64,
    /// How many 5xx.
    pub failed: u64,
    /// How many that name another address: 302, 303, 307.
    pub turned: u64,
    sum: u64,
    squares: u64,
}

/// A few answers, small enough to stand beside what else is known of a route's last requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Few {
    ok: u16,
    failed: u16,
    turned: u16,
    sum: u32,
    squares: u32,
}

impl Few {
    /// Adds one answer; whether there is no room for another one.
    #[inline]
    pub(super) fn add(&mut self, answer: One) -> bool {
        let class = u32::from(answer.class);
        self.ok += u16::from(answer.is_ok);
        self.failed += u16::from(answer.is_failed);
        self.turned += u16::from(answer.is_turned);
        self.sum += class;
        self.squares += class * class;
        // One more class, all of which are below 1,024, must find room.
        let most = self.ok.max(self.failed).max(self.turned);
        self.squares >= u32::MAX - (1 << 20) || most == u16::MAX
    }

    /// All of them.
    pub(super) fn all(self) -> Answers {
        Answers {
            ok: self.ok.into(),
            failed: self.failed.into(),
            turned: self.turned.into(),
            sum: self.sum.into(),
            squares: self.squares.into(),
        }
    }
}

/// One answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct One {
    class: u16,
    is_ok: bool,
    is_failed: bool,
    is_turned: bool,
}

impl One {
    /// The answer to one request; nothing to one that shows an attack.
    #[inline]
    pub(super) fn to(request: &Request) -> Self {
        if request.shown.class().is_some() {
            return Self::default();
        }
        let is_ok = matches!(request.status, 200..300);
        let class = if is_ok { size_class(request.bytes_out) } else { 0 };
        let is_failed = matches!(request.status, 500..600);
        Self { class, is_ok, is_failed, is_turned: request.is_turned() }
    }
}

/// Fewer answers than this tell nothing about the rest.
const ENOUGH: u64 = 30;

impl Answers {
    /// Adds one.
    #[inline]
    pub(super) fn add(&mut self, answer: One) {
        let class = u64::from(answer.class);
        self.ok += u64::from(answer.is_ok);
        self.failed += u64::from(answer.is_failed);
        self.turned += u64::from(answer.is_turned);
        self.sum += class;
        self.squares += class * class;
    }

    /// Adds others.
    #[inline]
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.ok += other.ok;
        self.failed += other.failed;
        self.turned += other.turned;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// By how many standard deviations the size of class `size` lies off the middle of the ordinary answers, in tenths, larger
    /// above zero; `None` where too few are known. Ordinary sizes are taken to scatter by half a class (3 %) at least.
    pub(crate) fn deviation_tenths(&self, size: u16) -> Option<i64> {
        if self.ok < ENOUGH {
            return None;
        }
        let (count, sum) = (i128::from(self.ok), i128::from(self.sum));
        // All times `count`: a variance of integers is a fraction.
        let spread = (i128::from(self.squares) * count - sum * sum).max(count * count / 4);
        let off = i128::from(size) * count - sum;
        let tenths = off * 10 / i128::try_from(spread.unsigned_abs().isqrt().max(1)).ok()?;
        i64::try_from(tenths).ok()
    }

    /// How many 2xx and 5xx.
    pub(crate) fn all(&self) -> u64 {
        self.ok + self.failed
    }

    /// The standard deviation of their sizes, in classes; nothing where there are none.
    pub(crate) fn scatter(&self) -> u64 {
        let (count, sum) = (u128::from(self.ok), u128::from(self.sum));
        let spread = (u128::from(self.squares) * count).saturating_sub(sum * sum);
        u64::try_from(spread.isqrt()).unwrap_or(u64::MAX).checked_div(self.ok).unwrap_or(0)
    }

    /// The class of the mean size, where enough are known.
    pub(crate) fn middle(&self) -> Option<u16> {
        (self.ok >= ENOUGH).then(|| u16::try_from(self.sum / self.ok).unwrap_or(u16::MAX))
    }

    /// Failures in a thousand answers.
    pub(crate) fn failed_permille(&self) -> u64 {
        (self.failed * 1000).checked_div(self.ok + self.failed).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sizes: &[u64]) -> Answers {
        let mut all = Answers::default();
        for &bytes_out in sizes {
            all.add(One::to(&Request { status: 200, bytes_out, ..Request::default() }));
        }
        all
    }

    #[test]
    fn a_size_is_judged_by_how_far_the_others_scatter() {
        let steady = of(&[1000; 40]);
        assert_eq!(steady.deviation_tenths(size_class(1000)), Some(0));
        assert!(steady.deviation_tenths(size_class(1500)).is_some_and(|off| off > 40));
        let wide: Vec<u64> = (0..40).map(|nth| 500 << (nth % 5)).collect();
        assert!(of(&wide).deviation_tenths(size_class(1500)).is_some_and(|off| off.abs() < 10));
        assert!(of(&wide).deviation_tenths(size_class(900_000)).is_some_and(|off| off > 30));
        assert_eq!(of(&[1000; 29]).deviation_tenths(size_class(9000)), None);
    }

    #[test]
    fn a_few_are_counted_as_many_are() {
        let (mut few, mut whole, mut all) = (Few::default(), Answers::default(), Answers::default());
        for nth in 0..100_000_u64 {
            let status = if nth % 7 == 0 { 503 } else { 200 };
            let one = One::to(&Request { status, bytes_out: nth * nth * nth, ..Request::default() });
            all.add(one);
            if few.add(one) {
                whole.absorb(&std::mem::take(&mut few).all());
            }
        }
        whole.absorb(&few.all());
        assert_eq!(whole, all);
    }

    #[test]
    fn attacks_are_no_part_of_what_is_ordinary() {
        let shown = crate::signal::Shown::of_number(0x3201);
        let request = Request { status: 200, bytes_out: 9, shown, ..Request::default() };
        assert_eq!(One::to(&request), One::default());
    }
}
