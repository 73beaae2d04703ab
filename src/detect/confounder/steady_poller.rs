//! A program that polls by its clock and does not heed 429: hour after hour, no faster than before. It is rude, and nobody else
//! fares any worse for it; who floods a service hurries, and for minutes.

use crate::collect::{REFUSAL_TICK, Refusals};
use crate::detect::statistics::scatter;
use crate::incident::ConfounderNote;
use crate::time::HOUR;

/// It goes on for at least this long, in microseconds.
const RUNS: i64 = HOUR;

/// A poll takes longer than a fifth of a second: no more requests than this within a minute.
const PACE: u64 = 300;

/// Polls scatter from tick to tick less than independent requests would, in percent of these.
const EVEN: u64 = 100;

/// Fewer ticks than this show no pace.
const SLOTS: u64 = 6;

/// How evenly one source was refused, of which so many refusals came within a minute.
pub(super) fn of_refusals(refusals: &Refusals, pace: u64) -> Option<ConfounderNote> {
    let ticks: Vec<_> =
        refusals.activity.ticks(REFUSAL_TICK).map(|(start, tries)| (start, tries.0)).collect();
    let (slots, scatter) = scatter(refusals.activity.width(REFUSAL_TICK), &ticks);
    let length = refusals.span.micros();
    (length >= RUNS && pace < PACE && slots >= SLOTS && scatter <= EVEN).then(|| {
        let reason = format!(
            "{} refusals at one pace for {} h, {}.{:02} times the scatter of chance, and nobody else fared worse",
            crate::text::number(refusals.requests),
            length / HOUR,
            scatter / 100,
            scatter % 100
        );
        super::note("steady-poller", 85, reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{SECOND, Time};

    /// Refusals at these times, in tenths of a second.
    fn refusals(times: impl Iterator<Item = i64>) -> Refusals {
        let mut refusals = Refusals::default();
        for time in times.map(|time| Time(time * SECOND / 10)) {
            refusals.activity.at(REFUSAL_TICK, time).0 += 1;
            refusals.span.add(time);
            refusals.requests += 1;
        }
        refusals
    }

    #[test]
    fn a_poller_goes_on_for_hours_and_a_flood_comes_in_waves_or_hurries() {
        let steady = |from: i64| (0..8000).map(move |nth| from + nth * 9 + i64::from(nth % 7 == 0));
        assert!(of_refusals(&refusals(steady(0)), 67).is_some());
        assert!(of_refusals(&refusals(steady(0)), 400).is_none(), "it hurries");
        assert!(of_refusals(&refusals(steady(0).take(3000)), 67).is_none(), "three quarters of an hour");
        let waves = (0..8).flat_map(|wave| steady(wave * 20_000).take(600));
        assert!(of_refusals(&refusals(waves), 67).is_none(), "it comes in waves");
    }
}
