//! Somebody who logs in for many, one after the other: a tax adviser, an account aggregator. Each login opens what belongs
//! to its owner, and no login reads more than an owner might.

use crate::collect::IdSet;
use crate::detect::doors::Verdicts;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;

/// Fewer owners than this do not explain many objects.
const OWNERS: u64 = 5;

/// Objects of one route for each owner from which on it is a walk, whoever logged in: as many as of one user.
const OF_EACH: u64 = 25;

/// From one refused login in so many on it is not known whose logins these are.
const MISTYPED: u64 = 5;

/// Whether the objects are those of the many who were logged in.
pub(super) fn of_objects(world: &World<'_>, actor: Actor, ids: &IdSet) -> Option<ConfounderNote> {
    let Actor::Client(client) = actor else { return None };
    let mut verdicts = Verdicts::default();
    let mut named = 0;
    for visit in world.visits_of(client).filter(|visit| visit.takes_credentials()) {
        verdicts.merge(world.doors().of_visit(visit));
        named += visit.with(world, |route| route.accounts.count()).unwrap_or(0);
    }
    // Where accounts are named, the same one again is the same owner.
    let owners = if named > 0 { verdicts.accepted.min(named) } else { verdicts.accepted };
    let is_for_many = owners >= OWNERS
        && verdicts.refused * MISTYPED <= verdicts.accepted
        && ids.asked() < owners * OF_EACH;
    is_for_many.then(|| {
        let reason = format!(
            "{owners} logins from here got in, and {} objects were read after each",
            ids.asked().div_ceil(owners)
        );
        super::note("logins-for-many", 85, reason)
    })
}
