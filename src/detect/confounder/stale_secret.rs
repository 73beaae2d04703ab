//! A machine whose secret expired: one account, one failure each period, for hours, as regular as a clock.

use crate::detect::siege::Siege;
use crate::detect::statistics::scatter;
use crate::incident::ConfounderNote;
use crate::time::MINUTE;

/// A clock runs for at least this long before it is believed to be one, in microseconds.
const RUNS: i64 = 90 * MINUTE;

/// A clock with a pace above this many tries a minute is a tool.
const PACE: u64 = 6;

/// Fewer tries a tick than this do not tell a clock from somebody who waits a little longer or shorter each time.
const TELLING: u64 = 5;

/// Whether tries come as from a clock, where they scatter so many percent as much as chance, with so many hundredths of a try a
/// tick. Ticks cut a clock's tries into counts that differ by one, which is a variance of a quarter at most; gaps that differ
/// by a twentieth add a four-hundredth of the mean. Tools that guess slowly vary their gaps by a third.
fn is_clock(dispersion: u64, mean: u64) -> bool {
    mean < TELLING * 100 || dispersion * mean <= 100 * (25 + mean / 400)
}

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
    if siege.clients.len() > 2 || siege.agents.len() > 1 || !one_account || siege.verdicts.accepted > 2 {
        return None;
    }
    let length = siege.span.micros();
    let minutes = u64::try_from(length / MINUTE).unwrap_or(0).max(1);
    let (width, ticks) = siege.over.activity();
    let tries: u64 = ticks.iter().map(|&(_, tries)| tries).sum();
    if length < RUNS || tries / minutes > PACE {
        return None;
    }
    // The first and last tick are cut short; between them a clock leaves no gap, and each tick is like the next.
    let (slots, dispersion) = scatter(width, &ticks);
    if slots == 0 {
        return None;
    }
    let named = siege.accounts.count() == 1;
    let mean = tries * 100 / (ticks.len() as u64).max(1);
    let score = match dispersion {
        _ if !named && !is_clock(dispersion, mean) => 10,
        0..=15 if slots >= 4 => 95,
        16..=30 if slots >= 4 => 80,
        31..=60 if named && slots >= 4 => 75,
        _ => 10,
    };
    Some(super::note(
        "stale-secret",
        score,
        format!(
            "{tries} tries over {minutes} min at an even pace: {}.{:02} times the scatter of chance",
            dispersion / 100,
            dispersion % 100
        ),
    ))
}
