//! A backup: an endpoint that is made for it, one client that does nothing else and shares it with nobody.

use crate::collect::{IdSet, Volume};
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::RouteKey;

/// Words in a template that say what an endpoint is made for.
const MADE_FOR: [&str; 6] = ["backup", "snapshot", "replica", "mirror", "sync", "archive"];

/// Whether a template is made for taking everything.
fn is_made_for_it(world: &World<'_>, route: RouteKey) -> bool {
    let text = world.template_text(route.0).unwrap_or(b"").to_ascii_lowercase();
    MADE_FOR.iter().any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some())
}

/// Whether hardly anybody but one client uses a route.
fn is_only_user(world: &World<'_>, route: RouteKey) -> bool {
    world.norm(route).is_some_and(|norm| norm.clients.count() <= 2)
}

/// Whether a walk over objects is a backup.
pub(super) fn of_objects(
    world: &World<'_>,
    actor: Actor,
    route: RouteKey,
    ids: &IdSet,
) -> Option<ConfounderNote> {
    let elsewhere = actor.profile(world, |profile| profile.requests)?.saturating_sub(ids.requests);
    let is_backup =
        is_made_for_it(world, route) && is_only_user(world, route) && elsewhere * 10 <= ids.requests;
    is_backup.then(|| {
        super::note(
            "backup-job",
            85,
            "an endpoint made for it, and a client that uses nothing else".to_owned(),
        )
    })
}

/// Whether a great volume is a backup: all of it from one endpoint that is made for it.
pub(super) fn of_volume(world: &World<'_>, volume: &Volume) -> Option<ConfounderNote> {
    let made_for: u64 = volume
        .routes
        .iter()
        .filter(|(number, _)| {
            world
                .route(*number)
                .is_some_and(|route| is_made_for_it(world, route) && is_only_user(world, route))
        })
        .map(|(_, route)| route.taken.bytes)
        .sum();
    let is_backup = volume.routes.len() <= 2 && made_for * 10 >= volume.total.bytes * 9;
    is_backup.then(|| {
        super::note(
            "backup-job",
            85,
            "an endpoint made for it, and a client that uses nothing else".to_owned(),
        )
    })
}
