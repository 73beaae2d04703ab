//! A partner's sync: about the same volume at the same distance, again and again.

use std::collections::BTreeMap;

use crate::collect::{IdSet, OBJECT_TICK, PROFILE_TICK, VOLUME_TICK, Volume};
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

/// Fewer bursts than this are no schedule.
const BURSTS: usize = 4;

/// Share of the bursts (in percent) that are about as large as the median, and of the distances that are the same.
const ALIKE: usize = 90;

/// Share of the time in the hours of bursts (in percent) that may be busy: a schedule has quiet between.
const BUSY: usize = 50;

/// A schedule takes this much at a time, or else keeps its distance to one part in ten: single answers at an uneven distance
/// are a drip.
const AT_A_TIME: u64 = 3;

/// How regular the hours of a volume are.
pub(super) fn of_volume(volume: &Volume) -> Option<ConfounderNote> {
    let mut hours: BTreeMap<i64, u64> = BTreeMap::new();
    for (start, taken) in volume.activity.ticks(VOLUME_TICK) {
        *hours.entry(start.0.div_euclid(HOUR)).or_default() += taken.bytes;
    }
    let an_hour = HOUR / volume.activity.width(VOLUME_TICK).micros();
    let slots = usize::try_from(an_hour).unwrap_or(0) * hours.len();
    let busy = (volume.activity.len() * 100).checked_div(slots).unwrap_or(100);
    let has_quiet = busy <= BUSY && (comes_at_once(volume) || keeps_distance(volume));
    has_quiet.then(|| schedule(&hours, 0)).flatten()
}

/// So many ticks from the last of one burst to the first of the next at least: then most of the time is quiet, and one tick
/// more or less tells nothing.
const APART: i64 = 4;

/// Whether objects are read in a few bursts at the same distance, with quiet between.
pub(super) fn of_bursts(ids: &IdSet) -> Option<ConfounderNote> {
    let width = ids.activity.width(OBJECT_TICK).micros();
    let mut bursts: BTreeMap<i64, u64> = BTreeMap::new();
    let mut last = None;
    for (start, tries) in ids.activity.ticks(OBJECT_TICK) {
        let tick = start.0.div_euclid(width);
        let quiet = last.replace(tick).map_or(i64::MAX, |last| tick - last);
        match bursts.last_entry().filter(|_| quiet < APART) {
            // A burst may begin in one tick and go on in the next; what follows later is no schedule.
            Some(mut burst) if quiet == 1 => *burst.get_mut() += tries.0,
            Some(_) => return None,
            None => drop(bursts.insert(tick, tries.0)),
        }
    }
    (ids.requests >= AT_A_TIME * bursts.len() as u64).then(|| schedule(&bursts, 1)).flatten()
}

/// Whether bursts, by when they began, are alike and at the same distance, give or take so many ticks.
fn schedule(bursts: &BTreeMap<i64, u64>, about: i64) -> Option<ConfounderNote> {
    if bursts.len() < BURSTS {
        return None;
    }
    let starts: Vec<i64> = bursts.keys().copied().collect();
    let mut gaps: Vec<i64> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let mut sizes: Vec<u64> = bursts.values().copied().collect();
    sizes.sort_unstable();
    let (size, gap) = (quantile(&sizes, 50), gaps.get(gaps.len() / 2).copied()?);
    let near = |one: u64| one * 2 >= size && one <= size * 2;
    let alike = sizes.iter().filter(|&&one| near(one)).count() * 100 / sizes.len();
    let regular = gaps.iter().filter(|&&one| (one - gap).abs() <= about).count() * 100 / gaps.len();
    (alike >= ALIKE && regular >= ALIKE).then(|| {
        let reason =
            format!("{} bursts at the same distance, {alike} % of them of the same size", sizes.len());
        super::note("scheduled-sync", 90, reason)
    })
}

/// Whether what is taken comes several answers at a time.
fn comes_at_once(volume: &Volume) -> bool {
    volume.total.requests >= AT_A_TIME * volume.activity.len() as u64
}

/// Whether answers come at the same distance, as exactly as ticks tell: to one tick, which is a tenth of it at most.
fn keeps_distance(volume: &Volume) -> bool {
    let width = volume.activity.width(VOLUME_TICK).micros();
    let starts: Vec<i64> =
        volume.activity.ticks(VOLUME_TICK).map(|(start, _)| start.0.div_euclid(width)).collect();
    let mut gaps: Vec<i64> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let Some(&median) = gaps.get(gaps.len() / 2) else { return false };
    let same = gaps.iter().filter(|&&gap| (gap - median).abs() <= 1).count();
    median >= 10 && same * 100 >= gaps.len() * ALIKE
}
