//! A service that is slow for everybody: long answers say nothing about who asks, if others wait as long when this client is
//! not there.

use crate::detect::World;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;
use crate::tally::FLEET_TICK;
use crate::time::{Seconds, Time};

/// A tick is slow from this share of long answers on, in tenths of a percent.
const SLOW: u64 = 200;
/// Fewer requests than this in a tick tell nothing.
const REQUESTS: u64 = 5;
/// The service is compared with what it did up to this long before and after, in microseconds.
const AROUND: i64 = 30 * crate::time::MINUTE;

/// How much of the time just before and after a load the service was slow as well.
pub(super) fn of_load(world: &World<'_>, (start, length): (Time, Seconds)) -> Option<ConfounderNote> {
    let end = start.0 + length.micros();
    let is_near =
        |tick: i64| (start.0 - AROUND..start.0).contains(&tick) || (end..end + AROUND).contains(&tick);
    let minutes = world.tally().fleet.minutes.ticks(FLEET_TICK);
    let near: Vec<bool> = minutes
        .filter(|(tick, minute)| is_near(tick.0) && minute.requests >= REQUESTS)
        .map(|(_, minute)| permille(minute.long, minute.requests) >= SLOW)
        .collect();
    let slow = near.iter().filter(|&&is_slow| is_slow).count();
    let share = permille(slow as u64, near.len() as u64) / 10;
    (slow > 0).then(|| {
        super::note(
            "slow-service",
            share,
            format!("a fifth of all answers took long in {share} % of the minutes before and after it"),
        )
    })
}
