//! A partner's sync: about the same volume at the same distance, again and again.

use crate::collect::{IdSet, PROFILE_TICK, VOLUME_TICK, Volume};
use crate::detect::statistics::{permille, quantile};
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::time::HOUR;

/// A sync of objects keeps on for at least this long, in microseconds.
const KEEPS_ON: i64 = 12 * HOUR;

/// Whether objects are read as a sync reads them, which lists them first: all day, evenly, and hardly anything is refused.
pub(super) fn of_objects(world: &World<'_>, actor: Actor, ids: &IdSet) -> Option<ConfounderNote> {
    let (even, length) = actor.profile(world, |profile| {
        let width = profile.activity.width(PROFILE_TICK).micros();
        let slots = profile.span.micros() / width.max(1) + 1;
        (profile.activity.len() as u64 * 10 >= slots.unsigned_abs() * 9, profile.span.micros())
    })?;
    let allowed = permille(ids.ok, ids.requests);
    let is_sync = even && length >= KEEPS_ON && ids.span.micros() >= KEEPS_ON && allowed >= 980;
    is_sync.then(|| {
        let reason = format!("evenly over {} h, {} % of it allowed", length / HOUR, allowed / 10);
        super::note("scheduled-sync", 80, reason)
    })
}

/// How regular the hours of a volume are.
pub(super) fn of_volume(volume: &Volume) -> Option<ConfounderNote> {
    let mut hours: std::collections::BTreeMap<i64, u64> = std::collections::BTreeMap::new();
    for (start, taken) in volume.activity.ticks(VOLUME_TICK) {
        *hours.entry(start.0.div_euclid(HOUR)).or_default() += taken.bytes;
    }
    let inner: Vec<(i64, u64)> = hours.into_iter().collect();
    let gaps: Vec<i64> = inner.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    if inner.len() < 5 {
        return None;
    }
    let mut sizes: Vec<u64> = inner.iter().map(|&(_, bytes)| bytes).collect();
    sizes.sort_unstable();
    let median = quantile(&sizes, 50);
    let near = |bytes: u64| bytes * 2 >= median && bytes <= median * 2;
    let alike = sizes.iter().filter(|&&bytes| near(bytes)).count();
    let same_gap = gaps.iter().filter(|&&gap| gap == gaps[0]).count();
    let (alike, regular) = (alike * 100 / sizes.len(), same_gap * 100 / gaps.len());
    // A steady drip is regular too: only bursts with quiet between them are a schedule.
    let an_hour = HOUR / volume.activity.width(VOLUME_TICK).micros();
    let slots = usize::try_from(an_hour).unwrap_or(0) * inner.len();
    let busy = (volume.activity.len() * 100).checked_div(slots).unwrap_or(100);
    let score = if alike >= 90 && regular >= 90 && busy <= 50 { 90 } else { 0 };
    (score > 0).then(|| {
        super::note(
            "scheduled-sync",
            score,
            format!("{} bursts at the same distance, {alike} % of them of the same size", inner.len()),
        )
    })
}
