//! A program that writes a catalogue: it puts thing after thing where nobody else does, is refused nothing and does nothing else.
//! Who changes what is others' does it where they do.

use crate::collect::{IdSet, Profile};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::RouteKey;
use crate::route::{Method, Methods};

/// A route that no more addresses than this write to is used by nobody else: a program and its stand-in.
const NOBODY_ELSE: u64 = 2;

/// From this share of its requests on (in tenths of a percent), hardly anything is refused or missing.
const ALLOWED: u64 = 980;

/// From this share of its requests on (in tenths of a percent), somebody does nothing but write where nobody else does.
const WRITES: u64 = 900;

/// What replaces a thing that is named by its address.
const REPLACES: Methods = Methods(Methods::of(Method::Put).0 | Methods::of(Method::Patch).0);

/// Whether many objects of one route were written by the program that keeps them.
pub(super) fn of_objects(
    world: &World<'_>,
    actor: Actor,
    route: RouteKey,
    ids: &IdSet,
) -> Option<ConfounderNote> {
    if !REPLACES.has(Method::from_number(route.1)) || permille(ids.ok, ids.requests) < ALLOWED {
        return None;
    }
    let is_alone = |key: RouteKey| world.norm(key).is_some_and(|norm| norm.clients.count() <= NOBODY_ELSE);
    let writes = actor.profile(world, |profile: &Profile| {
        let is_own = |number| {
            let own = |key: RouteKey| {
                key == route || Methods::CHANGE.has(Method::from_number(key.1)) && is_alone(key)
            };
            world.route(number).is_some_and(own)
        };
        let own = profile.routes.iter().filter(|(number, _)| is_own(*number));
        let own = own.map(|(_, visit)| visit.requests).sum::<u64>().max(ids.requests);
        let is_program = profile.agents.count() <= 1 && profile.referred + profile.companions == 0;
        if is_program { permille(own, profile.requests) } else { 0 }
    })?;
    (is_alone(route) && writes >= WRITES).then(|| {
        let reason = format!(
            "a program that does hardly anything else writes here, nobody else does, and {} % is allowed",
            permille(ids.ok, ids.requests) / 10
        );
        super::note("own-writing", 80, reason)
    })
}
