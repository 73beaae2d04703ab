//! A machine of the house itself: a private address among public ones, such as a search index that reads the catalogue.

use crate::collect::{ClientProfiles, IdSet};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::{Client, is_internal};
use crate::time::HOUR;

/// Where more than this share of all addresses are private (in tenths of a percent), strangers come from them, too: through
/// a proxy that hides them.
const FEW_PRIVATE: u64 = 50;

/// Whether whoever takes a public catalogue whole is the house itself.
pub(super) fn of_client(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    if !is_private(client) {
        return None;
    }
    let add = |(private, all): &mut (u64, u64), key: u128, _| {
        *private += u64::from(is_private(Client(key)));
        *all += 1;
    };
    let join = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
    let (private, all) = world.population::<ClientProfiles>().count_keys(|| (0, 0), add, join);
    let share = permille(private, all);
    (share <= FEW_PRIVATE).then(|| {
        let reason = format!("a private address, as are {private} of {all}");
        super::note("from-inside", 85, reason)
    })
}

/// Who keeps on for this long, in microseconds, works around the clock, as machines do and people do not.
const KEEPS_ON: i64 = 14 * HOUR;

/// From this share of objects on that are given (in tenths of a percent), hardly anything is refused or missing.
const ALLOWED: u64 = 950;

/// Whether whoever asks for many objects is a machine of the house that works around the clock, such as one that looks into
/// everything that is brought.
pub(super) fn all_day(world: &World<'_>, actor: Actor, ids: &IdSet) -> Option<ConfounderNote> {
    let Actor::Client(client) = actor else { return None };
    let is_machine = ids.span.micros() >= KEEPS_ON && permille(ids.ok, ids.requests) >= ALLOWED;
    if is_machine { of_client(world, client) } else { None }
}

/// Whether a client's address is one that no network outside leads to.
fn is_private(client: Client) -> bool {
    client.address().is_some_and(is_internal)
}
