//! Chance without a wall clock: `SplitMix64` and the few distributions that traffic follows. Integers and `libm` only, so
//! that a seed gives the same bytes on every platform.

/// A stream of chance; a copy repeats it.
#[derive(Clone, Debug)]
pub(super) struct Rng(u64);

/// A well-mixed 64-bit value of `x`: the finaliser of `SplitMix64`, a bijection.
pub(super) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// FNV-1a of a name: how a name becomes part of a seed.
pub(super) fn name_seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The whole number nearest below `x`; zero for what is negative or no number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturates, which is what a draw from a heavy tail should do"
)]
fn whole(x: f64) -> u64 {
    x as u64
}

/// `x` as a float; draws are far below 2^53.
#[expect(
    clippy::cast_precision_loss,
    reason = "sizes, counts and microseconds of one run are far below 2^53"
)]
pub(super) fn float(x: u64) -> f64 {
    x as f64
}

/// `x` as a length of time in microseconds.
pub(super) fn micros(x: f64) -> i64 {
    i64::try_from(whole(x)).unwrap_or(i64::MAX / 4)
}

impl Rng {
    /// The stream of `seed` and whatever else tells it from others.
    pub(super) fn new(seed: u64, of: u64) -> Self {
        Self(mix(seed ^ mix(of)))
    }

    /// The root of `part` divided by `of`, in hundredths.
    pub(super) fn root_percent(part: u64, of: u64) -> u64 {
        whole(libm::sqrt(float(part) / float(of)) * 100.0)
    }

    /// A stream of its own that starts here.
    pub(super) fn fork(&mut self) -> Self {
        Self(mix(self.next()))
    }

    /// 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `bound`; zero if `bound` is.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both possible.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// A number from `low` to `high` whose logarithm is uniform: each factor of two is equally likely.
    pub(super) fn spread(&mut self, low: u64, high: u64) -> u64 {
        let (bottom, top) = (libm::log(float(low.max(1))), libm::log(float(high.max(1))));
        whole(libm::exp(bottom + (top - bottom) * self.unit()) + 0.5).clamp(low, high)
    }

    /// True with a chance of `permille` in a thousand.
    pub(super) fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }

    /// Uniform in (0, 1).
    fn unit(&mut self) -> f64 {
        (float(self.next() >> 12) + 0.5) / 4_503_599_627_370_496.0
    }

    /// A standard normal draw (Box and Muller).
    fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit()));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// A waiting time of a Poisson process with this `mean`, in microseconds.
    pub(super) fn wait(&mut self, mean: i64) -> i64 {
        let mean = float(u64::try_from(mean).unwrap_or(0));
        i64::try_from(whole(-libm::log(self.unit()) * mean)).unwrap_or(i64::MAX / 4)
    }

    /// A log-normal draw: half lie below `median`, and about two thirds within a factor of e^`sigma`.
    pub(super) fn log_normal(&mut self, median: u64, sigma: f64) -> u64 {
        whole(float(median) * libm::exp(sigma * self.normal()))
    }

    /// A log-normal length of time in microseconds.
    pub(super) fn pause(&mut self, median: i64, sigma: f64) -> i64 {
        i64::try_from(self.log_normal(u64::try_from(median).unwrap_or(0), sigma)).unwrap_or(i64::MAX / 4)
    }

    /// A Pareto draw: at least `least`, with the tail exponent `alpha`, at most 10,000 times `least`.
    pub(super) fn pareto(&mut self, least: u64, alpha: f64) -> u64 {
        whole(float(least) * libm::pow(self.unit(), -1.0 / alpha)).min(least.saturating_mul(10_000))
    }

    /// A normal draw round `middle` in microseconds, within three `width`s.
    pub(super) fn around(&mut self, middle: i64, width: i64) -> i64 {
        let off = self.normal().clamp(-3.0, 3.0) * float(u64::try_from(width).unwrap_or(0));
        let size = i64::try_from(whole(libm::fabs(off))).unwrap_or(0);
        if off < 0.0 { middle - size } else { middle + size }
    }

    /// One of `choices`.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[usize::try_from(self.below(choices.len() as u64)).unwrap_or(0)]
    }

    /// An index below `count`, the small ones far more often: popularity as catalogues have it.
    pub(super) fn popular(&mut self, count: u64) -> u64 {
        let share = self.unit();
        whole(float(count) * share * share * share).min(count.saturating_sub(1))
    }

    /// Puts `all` in random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, usize::try_from(self.below(last as u64 + 1)).unwrap_or(0));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_keep_their_bounds_and_means() {
        let mut rng = Rng::new(7, 1);
        let mut sum = 0;
        for _ in 0..20_000 {
            assert!((10..=20).contains(&rng.between(10, 20)));
            assert!((3..=3000).contains(&rng.spread(3, 3000)));
            assert!(rng.popular(50) < 50);
            sum += rng.wait(1_000_000);
        }
        assert!((980_000..1_020_000).contains(&(sum / 20_000)), "{}", sum / 20_000);
    }

    #[test]
    fn a_stream_is_the_same_for_ever() {
        let mut rng = Rng::new(1, 2);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        let mut again = Rng::new(1, 2);
        assert_eq!(first, (0..3).map(|_| again.next()).collect::<Vec<_>>());
        assert_ne!(first, {
            let mut other = Rng::new(2, 2);
            (0..3).map(|_| other.next()).collect::<Vec<_>>()
        });
    }
}
