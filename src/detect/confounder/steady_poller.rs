//! A program that polls by its clock, hour after hour, no faster than before. Where it does not heed 429 it is rude, and nobody
//! else fares any worse for it; who floods a service hurries, and for minutes. Where it is given much in all, it asks for the same
//! all day, and each answer is like the one before; who takes what there is goes from one thing to the next.

use crate::collect::{REFUSAL_TICK, Refusals, VOLUME_TICK, Volume};
use crate::detect::statistics::scatter;
use crate::detect::{Actor, World};
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

/// Who polls for something works around the clock, in microseconds, …
const ALL_DAY: i64 = 14 * HOUR;

/// … asks for no more different paths than this, …
const PATHS: u64 = 5;

/// … scatters from tick to tick by no more than this, in percent of independent requests, …
const BY_CLOCK: u64 = 50;

/// … and no answer is so many times as large as a mean one.
const ALIKE: u64 = 4;

/// Whether a great volume is what the same question brings all day.
pub(super) fn of_volume(world: &World<'_>, actor: Actor, volume: &Volume) -> Option<ConfounderNote> {
    let (_, most) = volume.routes.iter().max_by_key(|(number, route)| (route.taken.bytes, *number))?;
    let mean = most.taken.bytes / most.taken.requests.max(1);
    let asks_on = most.later > 0 || most.largest > mean.saturating_mul(ALIKE);
    if volume.span.micros() < ALL_DAY || asks_on {
        return None;
    }
    let paths = actor.objects(world, |objects| objects.paths.count())?;
    let ticks: Vec<_> =
        volume.activity.ticks(VOLUME_TICK).map(|(start, taken)| (start, taken.requests)).collect();
    let (slots, scatter) = scatter(volume.activity.width(VOLUME_TICK), &ticks);
    (paths <= PATHS && slots >= SLOTS && scatter <= BY_CLOCK).then(|| {
        let hours = volume.span.micros() / HOUR;
        let reason = format!(
            "the same {} times over {hours} h, by the clock",
            crate::text::number(most.taken.requests)
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
