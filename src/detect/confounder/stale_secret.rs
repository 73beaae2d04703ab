//! A machine whose secret expired: one account, one failure each period, for hours, as regular as a clock. Whoever guesses
//! slowly waits about as long each time, but not exactly: what tells them apart is how far the tries drift from the beat.

use crate::detect::siege::{Gaps, Siege};
use crate::detect::story;
use crate::incident::ConfounderNote;
use crate::time::{HOUR, MINUTE, SECOND, Time};

/// A clock runs for at least this long before it is believed to be one, in microseconds…
const RUNS: i64 = 90 * MINUTE;

/// …or for so long where it waits for a minute each time, as phones and mail programs do and hardly a tool…
const RUNS_SLOW: i64 = 20 * MINUTE;

/// …which is about so long.
const SLOW: i64 = 50 * SECOND;

/// A clock with a pace above this many tries a minute is a tool.
const PACE: u64 = 6;

/// So many successes may be those of the secret before it expired and of the one that replaced it.
const REPLACED: u64 = 2;

/// A program's gaps differ from its period by no more than this share, in percent: what it waits for an answer.
const JITTER: i64 = 5;

/// The same of programs that wait for minutes: phones put off what can wait, to do it with something else.
const JITTER_LONG: i64 = 25;

/// Programs that wait for so long each time do, in microseconds.
const LONG: i64 = 10 * MINUTE;

/// Whoever tries one name no more often than this within an hour, for hours on end, is no guesser: it would take years.
const LAZY: i64 = 10;

/// For how long, in microseconds.
const LAZILY: i64 = 6 * HOUR;

/// What whole seconds in a log add to a gap or take from it, in microseconds.
const ROUNDED: i64 = 2 * SECOND;

/// Fewer ticks than this show no beat.
const SLOTS: u64 = 4;

/// Whether the account's owner is refused, or how regular a siege of one source is.
pub(super) fn of_siege(siege: &Siege) -> Option<ConfounderNote> {
    if siege.by_owner > 0 {
        return Some(super::note(
            "stale-secret",
            95,
            format!("{} of them come from where its owner works", siege.by_owner),
        ));
    }
    let one_account = siege.accounts.count() <= 1;
    let accepted = siege.verdicts.accepted;
    // Tries that end in a success found something; a secret that expired was one before.
    let found = accepted > REPLACED || accepted > 0 && !siege.opened_first;
    if siege.clients.len() > 2 || siege.agents.len() > 1 || !one_account || found {
        return None;
    }
    let length = siege.span.micros();
    if is_lazy(siege, length) {
        let tries = story::count(siege.verdicts.refused);
        let reason = format!("{tries} tries with one name in {} h, none of which got in", length / HOUR);
        return Some(super::note("stale-secret", 80, reason));
    }
    let minutes = u64::try_from(length / MINUTE).unwrap_or(0).max(1);
    let (width, ticks) = siege.over.activity();
    let tries: u64 = ticks.iter().map(|&(_, tries)| tries).sum();
    if length < RUNS_SLOW || tries / minutes > PACE {
        return None;
    }
    // The first and the last tick are cut short.
    let inner = &ticks[1.min(ticks.len())..ticks.len().saturating_sub(1)];
    let beat = Beat::of(inner, width.micros())?;
    // Nearer than ticks tell, where it never stopped.
    let mean = length / i64::try_from(tries.max(2) - 1).unwrap_or(i64::MAX);
    let runs = length >= if beat.period >= SLOW { RUNS_SLOW } else { RUNS };
    let keeps_time = runs && beat.slots >= SLOTS && beat.is_kept();
    let waits_alike = siege.clients.len() > 1 || siege.gaps.is_some_and(|gaps| are_periods(gaps, mean));
    Some(super::note(
        "stale-secret",
        if keeps_time && waits_alike { 95 } else { 10 },
        format!(
            "{} tries over {minutes} min, one each {} s, up to {}.{} off the beat",
            story::count(tries),
            beat.period / SECOND,
            beat.off / 10,
            beat.off % 10
        ),
    ))
}

/// Whether one program tries one name now and then, and goes on though it never gets in.
fn is_lazy(siege: &Siege, length: i64) -> bool {
    let tries = i64::try_from(siege.verdicts.refused).unwrap_or(i64::MAX);
    let is_one = siege.clients.len() == 1 && siege.accounts.count() == 1 && siege.verdicts.accepted == 0;
    is_one && length >= LAZILY && tries.saturating_mul(HOUR) <= length.saturating_mul(LAZY)
}

/// How well tries keep to a beat.
struct Beat {
    /// From one try to the next, in microseconds.
    period: i64,
    /// How many tries fell into how many ticks.
    tries: u64,
    slots: u64,
    /// How far their number strays from a straight line, from one side to the other, in tenths of a try.
    off: u64,
}

impl Beat {
    /// That of tries in ticks which are so many microseconds wide; `None` where there are none.
    fn of(ticks: &[(Time, u64)], width: i64) -> Option<Self> {
        let (first, last) = (ticks.first()?.0.0, ticks.last()?.0.0);
        let slots = u64::try_from((last - first) / width).unwrap_or(0) + 1;
        let tries: u64 = ticks.iter().map(|&(_, tries)| tries).sum();
        // The line and the count, both times the number of ticks: before and after each tick that is not empty.
        let (mut below, mut above, mut so_far) = (0_i128, 0_i128, 0_u64);
        for &(start, here) in ticks {
            let nth = u64::try_from((start.0 - first) / width).unwrap_or(0);
            for (passed, counted) in [(nth, so_far), (nth + 1, so_far + here)] {
                let off = i128::from(counted * slots) - i128::from(tries * passed);
                (below, above) = (below.min(off), above.max(off));
            }
            so_far += here;
        }
        let off = u64::try_from((above - below) * 10 / i128::from(slots)).unwrap_or(u64::MAX);
        let period = i64::try_from(slots).unwrap_or(i64::MAX).saturating_mul(width);
        Some(Self { period: period / i64::try_from(tries.max(1)).unwrap_or(i64::MAX), tries, slots, off })
    }

    /// Whether a clock would do it: cutting a beat into ticks moves its count by less than two; beyond that, waits which vary
    /// by a few percent add up as a random walk does (standard deviation 2.5 % of the square root of the tries).
    fn is_kept(&self) -> bool {
        self.off <= 20 + 10 * self.tries.isqrt() / 32
    }
}

/// Whether the first and the last gaps are the period; the first may be much shorter where waits double up to it.
fn are_periods(gaps: Gaps, period: i64) -> bool {
    let jitter = if period >= LONG { JITTER_LONG } else { JITTER };
    let is_period = |gap: i64| (gap - period).abs() <= period * jitter / 100 + ROUNDED;
    gaps.last.into_iter().all(is_period)
        && gaps.first.into_iter().all(|gap| is_period(gap) || gap * 4 <= period)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tries in ticks of ten minutes, at these times in seconds.
    fn beat(times: impl Iterator<Item = i64>) -> Beat {
        let mut ticks: std::collections::BTreeMap<i64, u64> = std::collections::BTreeMap::new();
        times.for_each(|time| *ticks.entry(time / 600).or_default() += 1);
        let ticks: Vec<(Time, u64)> =
            ticks.into_iter().map(|(nth, tries)| (Time(nth * 600 * SECOND), tries)).collect();
        Beat::of(&ticks, 600 * SECOND).unwrap()
    }

    /// Gaps of about 300 s that vary by so many seconds, evenly.
    fn about(varies: u64) -> impl Iterator<Item = i64> {
        (0..250).scan(0, move |now, nth| {
            let late = crate::hash::mix(nth, varies) % (2 * varies + 1);
            *now += 300 - i64::try_from(varies).unwrap() + i64::try_from(late).unwrap();
            Some(*now)
        })
    }

    #[test]
    fn a_clock_keeps_its_beat_and_waits_that_vary_by_a_third_do_not() {
        assert!(beat((0..250).map(|nth| nth * 300)).is_kept());
        assert!(beat((0..250).map(|nth| nth * 317)).is_kept());
        assert!(beat(about(5)).is_kept());
        assert!(!beat(about(100)).is_kept());
        assert!(!beat((0..250).map(|nth| nth * 300 + if nth < 120 { 0 } else { 6000 })).is_kept());
    }

    #[test]
    fn a_gap_is_the_period_but_for_what_an_answer_takes_or_waits_that_double_up_to_it() {
        let gaps = |first: [i64; 2], last: [i64; 2]| {
            let [first, last] = [first, last].map(|gaps| gaps.map(|gap| gap * SECOND));
            are_periods(Gaps { first, last }, 300 * SECOND)
        };
        assert!(gaps([300, 300], [300, 302]) && gaps([310, 300], [290, 301]) && gaps([2, 4], [300, 300]));
        assert!(!gaps([210, 300], [300, 300]) && !gaps([300, 300], [300, 390]) && !gaps([2, 2], [2, 2]));
        let phone = |last: [i64; 2]| {
            let gaps = Gaps { first: [900 * SECOND; 2], last: last.map(|gap| gap * SECOND) };
            are_periods(gaps, 900 * SECOND)
        };
        assert!(phone([960, 1100]) && !phone([960, 1300]));
        // A guesser's waits may be the mean by chance, once.
        assert!(!gaps([305, 354], [300, 307]) && !gaps([305, 300], [349, 307]));
    }
}
