//! Somebody who fetches the papers of one month: invoices of all his contracts, one after the other, from the page that lists
//! them. They lie scattered, since others' lie between, and he is refused none. Who guesses meets what is not his; who was
//! told of others' objects takes them by the thousand, from several places or all day.

use crate::collect::{IdSet, Profile};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::route::Method;
use crate::time::HOUR;

/// A company has no more contracts than this of which somebody fetches the papers one by one.
const CONTRACTS: u64 = 250;

/// He does it in one sitting, in microseconds.
const SITTING: i64 = 4 * HOUR;

/// From this share of its requests on (in tenths of a percent), hardly anything is refused or missing.
const ALLOWED: u64 = 980;

/// From this share of them on, requests come from pages.
const FROM_PAGES: u64 = 800;

/// From this share of the ids between the smallest and the largest on, in percent, they are neighbours.
const NEIGHBOURS: u64 = 25;

/// Whether scattered objects, each read once and all allowed, are the papers of somebody who looked up which there are.
pub(super) fn of_objects(world: &World<'_>, actor: Actor, ids: &IdSet) -> Option<ConfounderNote> {
    let objects = ids.asked();
    let is_one_sitting = ids.span.micros() <= SITTING && objects <= CONTRACTS;
    let are_scattered = ids.coverage().is_none_or(|covered| covered < NEIGHBOURS);
    if !is_one_sitting || !are_scattered || permille(ids.ok, ids.requests) < ALLOWED {
        return None;
    }
    let looked_up = actor.profile(world, |profile: &Profile| {
        let is_person = profile.agents.count() <= 1
            && profile.others.count() <= 1
            && permille(profile.referred, profile.requests) >= FROM_PAGES;
        is_person && profile.routes.iter().any(|(number, visit)| visit.ok > 0 && is_list(world, number))
    })?;
    looked_up.then(|| {
        let reason = format!(
            "{objects} scattered objects in one sitting, {} % of them allowed, by one who looked up which there are",
            permille(ids.ok, ids.requests) / 10
        );
        super::note("own-papers", 75, reason)
    })
}

/// Whether a route tells what there is: it is read, and names no thing.
fn is_list(world: &World<'_>, number: u64) -> bool {
    let Some(route) = world.route(number).filter(|route| route.1 == Method::Get as u8) else { return false };
    world.norm(route).is_some_and(|norm| {
        let has_objects = norm.kind.is_some_and(|(_, class)| class.has_objects());
        has_objects && !norm.text.contains(&b'{') && norm.text.len() > 1
    })
}
