//! Somebody who works through a list: he logged in with a browser that loads the files of pages, opens one item after the other at
//! a reading pace, and is given every one. Whoever guesses numbers meets some that are not his or not there, or does not wait.

use crate::collect::IdSet;
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::route::EndpointClass;
use crate::time::{HOUR, SECOND};

/// From this share of the requests on (in tenths of a percent), everything is allowed.
const ALLOWED: u64 = 990;

/// To open one takes at least so long, in microseconds; nobody opens more in a day, nor works longer.
const EACH: i64 = 5 * SECOND;
const A_DAYS_WORK: u64 = 500;
const SHIFT: i64 = 14 * HOUR;

/// A browser loads at least so many files of pages.
const FILES: u64 = 3;

/// Whether objects were opened as somebody does whose work they are.
pub(super) fn of_objects(world: &World<'_>, actor: Actor, ids: &IdSet) -> Option<ConfounderNote> {
    let Actor::Client(client) = actor else { return None };
    let objects = i64::try_from(ids.requests).unwrap_or(i64::MAX);
    let (length, allowed) = (ids.span.micros(), permille(ids.ok, ids.requests));
    let by_hand = length >= EACH.saturating_mul(objects - 1) && length <= SHIFT && ids.asked() <= A_DAYS_WORK;
    if !by_hand || allowed < ALLOWED {
        return None;
    }
    let loads_pages =
        world.profile(client, |profile| profile.companions >= FILES && profile.agents.count() <= 1);
    let logins = || world.visits_of(client).filter(|visit| visit.at.class == EndpointClass::Login);
    let logged_in = || {
        logins().any(|visit| visit.span.first <= ids.span.first && world.doors().of_visit(visit).accepted > 0)
    };
    (loads_pages == Some(true) && logged_in()).then(|| {
        let reason = format!(
            "after a login, {} opened at a reading pace, all of them allowed, by a browser that loads pages",
            crate::text::count(ids.asked(), "object")
        );
        super::note("worked-through", 75, reason)
    })
}
