//! Statistics that hold for small and large logs alike: robust centres and exact tails, from integers, through `libm`, so
//! that every platform computes the same.

use crate::time::{Seconds, Time};

/// The value below which `percent` of the sorted values lie; 0 of none.
pub(super) fn quantile(sorted: &[u64], percent: u64) -> u64 {
    if sorted.is_empty() {
        return 0;
    }
    let last = sorted.len() as u64 - 1;
    let at = usize::try_from((last * percent + 50) / 100).unwrap_or(usize::MAX);
    sorted[at.min(sorted.len() - 1)]
}

/// The centre and the spread of a population on a logarithmic scale: a tail of sizes, rates and counts is log-normal, not
/// normal. The spread is the median absolute deviation, scaled to a standard deviation (1.4826), and at least that of a
/// factor of two, so that a population of equals does not make every difference an outlier.
pub(super) struct LogScale {
    median: f64,
    deviation: f64,
}

impl LogScale {
    /// Of sorted values.
    pub(super) fn of(sorted: &[u64]) -> Self {
        let median = ln(quantile(sorted, 50));
        let mut deviations: Vec<f64> = sorted.iter().map(|&one| libm::fabs(ln(one) - median)).collect();
        deviations.sort_unstable_by(f64::total_cmp);
        let mad = deviations.get(deviations.len() / 2).copied().unwrap_or(0.0);
        Self { median, deviation: (1.4826 * mad).max(core::f64::consts::LN_2) }
    }

    /// The value that lies so many tenths of a deviation above the median.
    pub(super) fn at_tenths(&self, tenths: i64) -> u64 {
        #[expect(clippy::cast_precision_loss, reason = "some tens")]
        let value = libm::exp(self.median + self.deviation * tenths as f64 / 10.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and is positive"
        )]
        let value = libm::floor(value) as u64;
        value
    }

    /// Ten times the robust z-score of a value: by how many deviations it lies above the median.
    pub(super) fn z_tenths(&self, value: u64) -> i64 {
        tenths((ln(value) - self.median) / self.deviation)
    }
}

/// −log10 of the chance to see at least `successes` in `trials` with probability `expected` each (binomial upper tail), in
/// tenths; 0 where there is nothing to see. The tail is summed from its largest term.
pub(super) fn binomial_tail_tenths(successes: u64, trials: u64, expected: f64) -> i64 {
    let expected = expected.clamp(1e-9, 1.0 - 1e-9);
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    let (k, n) = (successes.min(trials) as f64, trials as f64);
    if k <= n * expected {
        return 0;
    }
    let ln_choose = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    let first = ln_choose + k * libm::log(expected) + (n - k) * libm::log(1.0 - expected);
    let ratio = ((n - k) / (k + 1.0)) * (expected / (1.0 - expected));
    let sum = first - libm::log((1.0 - ratio).max(1e-9));
    tenths(-sum / core::f64::consts::LN_10)
}

/// How evenly something happens: of ticks of one `width`, ascending, the number between the first and the last, which are cut
/// short, and the scatter of their counts in percent of what chance (a Poisson process) would make it, where the variance
/// is the mean.
pub(super) fn scatter(width: Seconds, ticks: &[(Time, u64)]) -> (u64, u64) {
    let inner = &ticks[1.min(ticks.len())..ticks.len().saturating_sub(1)];
    let (Some(first), Some(last)) = (inner.first(), inner.last()) else { return (0, 100) };
    let slots = u64::try_from((last.0.0 - first.0.0) / width.micros().max(1)).unwrap_or(0) + 1;
    let total: u64 = inner.iter().map(|&(_, count)| count).sum();
    let squares: u64 =
        inner.iter().map(|&(_, count)| count.saturating_mul(count)).fold(0, u64::saturating_add);
    // slots² · variance and slots² · mean, both whole numbers.
    let variance = squares.saturating_mul(slots).saturating_sub(total.saturating_mul(total));
    let mean = total.saturating_mul(slots);
    (slots, variance.saturating_mul(100) / mean.max(1))
}

/// `part` of `whole` in tenths of a percent; 0 of nothing.
pub(super) fn permille(part: u64, whole: u64) -> u64 {
    part.saturating_mul(1000).checked_div(whole).unwrap_or(0)
}

/// Natural logarithm of a count, where nothing counts as one.
#[expect(clippy::cast_precision_loss, reason = "a logarithm of a count needs no more than 52 bits")]
fn ln(count: u64) -> f64 {
    libm::log(count.max(1) as f64)
}

/// Rounded to tenths, as an integer.
#[expect(clippy::cast_possible_truncation, reason = "clamped")]
fn tenths(value: f64) -> i64 {
    libm::round(value * 10.0).clamp(-1e9, 1e9) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robust_score_is_not_masked_by_the_outlier_itself() {
        let mut values: Vec<u64> = (1..=50).map(|n| 100 + n).collect();
        values.extend([1_000_000, 2_000_000]);
        values.sort_unstable();
        assert!(LogScale::of(&values).z_tenths(1_000_000) > 100);
        assert!(LogScale::of(&values).z_tenths(140) < 10);
    }

    #[test]
    fn tails_agree_with_tables() {
        // P(X >= 9 | n = 10, p = 0.5) = 11/1024: 10^-1.97
        assert!((19..=20).contains(&binomial_tail_tenths(9, 10, 0.5)));
    }

    #[test]
    fn a_clock_scatters_less_than_chance_and_bursts_more() {
        let ticks = |counts: &[u64]| -> Vec<(Time, u64)> {
            (0..).zip(counts).map(|(nth, &count)| (Time::from_seconds(nth * 60), count)).collect()
        };
        assert_eq!(scatter(Seconds(60), &ticks(&[1, 10, 10, 10, 10, 3])), (4, 0));
        assert!(scatter(Seconds(60), &ticks(&[1, 40, 0, 0, 1, 3])).1 > 1000);
        assert_eq!(scatter(Seconds(60), &ticks(&[7, 9])), (0, 100));
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        assert_eq!(quantile(&[1, 2, 3, 4, 100], 50), 3);
        assert_eq!(quantile(&[1, 2, 3, 4, 100], 100), 100);
        assert_eq!(quantile(&[], 50), 0);
    }
}
