//! Questions about accounts that are asked in passing: by a server that mostly does something else, or by somebody who signs up
//! with the answers. Whoever collects names asks for nothing else, and takes none of them.

use crate::detect::World;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;
use crate::request::{Client, RouteKey};
use crate::route::EndpointClass;

/// Questions that are no more than this share of all requests (in tenths of a percent) are asked in passing.
const FEW: u64 = 120;

/// Fewer routes than this are not much else.
const ROUTES: u64 = 8;

/// From so many sign-ups to each hundred questions on, that is what the questions are for.
const SIGN_UPS: u64 = 15;

/// Whether so many questions at one door are not what a client came for.
pub(super) fn of_asks(
    world: &World<'_>,
    client: Client,
    door: RouteKey,
    asks: u64,
) -> Option<ConfounderNote> {
    let (requests, routes) = world.profile(client, |profile| (profile.requests, profile.routes.count()))?;
    let share = permille(asks, requests);
    if share <= FEW && routes >= ROUTES {
        let reason = format!("{} % of its requests, among those for {routes} routes", share / 10);
        return Some(super::note("in-passing", 80, reason));
    }
    let at_sign_up = world
        .visits_of(client)
        .filter(|visit| visit.at.class == EndpointClass::Registration && visit.door != door);
    let opened: u64 = at_sign_up.map(|visit| world.doors().of_visit(visit).accepted).sum();
    (opened * 100 >= asks * SIGN_UPS).then(|| {
        super::note("in-passing", 85, format!("{opened} accounts were opened by whoever asked {asks} times"))
    })
}
