//! Somebody who looks whether links still lead anywhere: he asks for everything, takes nothing, and most of it is there. Who
//! guesses asks for one kind of object, and mostly for what is not there.

use crate::collect::{IdSet, Profile};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::{Client, RouteKey};
use crate::route::Method;

/// From this share of its requests on (in tenths of a percent), somebody only looks whether things are there.
const TAKES_NOTHING: u64 = 900;

/// From this share of them on, what somebody asks for is there.
const IS_THERE: u64 = 800;

/// Up to this share of them, the objects of one route are some among everything.
const SOME: u64 = 200;

/// Whether objects that were only looked for are some of all that somebody looks for.
pub(super) fn of_objects(
    world: &World<'_>,
    client: Client,
    route: RouteKey,
    ids: &IdSet,
) -> Option<ConfounderNote> {
    if route.1 != Method::Head as u8 {
        return None;
    }
    let (requests, ok, heads) = Actor::Client(client).profile(world, |profile: &Profile| {
        let of = |is: &dyn Fn(RouteKey) -> bool| -> u64 {
            let visits = profile.routes.iter().filter(|(number, _)| world.route(*number).is_some_and(is));
            visits.map(|(_, visit)| visit.requests).sum()
        };
        let heads = permille(of(&|key| key.1 == Method::Head as u8), of(&|_| true));
        (profile.requests, profile.ok, heads)
    })?;
    let is_checker = heads >= TAKES_NOTHING && permille(ok, requests) >= IS_THERE;
    (is_checker && permille(ids.requests, requests) <= SOME).then(|| {
        let reason = format!(
            "{} of {requests} requests, of which {} % take nothing and {} % find what they ask for",
            ids.requests,
            heads / 10,
            permille(ok, requests) / 10
        );
        super::note("link-checker", 85, reason)
    })
}
