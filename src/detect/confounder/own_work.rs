//! Things that whoever reads them made or works with: he confirms what he looks up, and takes back what he brought, from where
//! he brought it. A thief reads what others made.

use std::collections::BTreeMap;

use crate::collect::{IdSet, Objects, Volume};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::hash::{NameHash, TemplateHash};
use crate::incident::ConfounderNote;
use crate::request::{Client, RouteKey};
use crate::route::template::node;
use crate::route::{Method, Methods};

/// From this share of objects on (in tenths of a percent) that the reader changes as well, they are his work.
const WORKED: u64 = 500;

/// From this share of objects on that are given (in tenths of a percent), hardly anything is refused or missing.
const ALLOWED: u64 = 950;

/// Whether many objects of one route are those that the reader changes, at the same place or at one below it.
pub(super) fn of_objects(
    world: &World<'_>,
    actor: Actor,
    route: RouteKey,
    ids: &IdSet,
) -> Option<ConfounderNote> {
    // Numbers meet by chance, and who walks over them may change what he finds.
    if ids.numeric > 0 || permille(ids.ok, ids.requests) < ALLOWED {
        return None;
    }
    let actor = account(world, actor).unwrap_or(actor);
    let worked = actor.objects(world, |objects| {
        let changed = objects.routes.iter().filter_map(|(_, changed)| {
            let (template, method) = changed.route?;
            let here = [template, world.fold(template)];
            let is_near = here.iter().any(|one| *one == route.0 || one.parent() == node(route.0));
            (Methods::CHANGE.has(method) && is_near).then(|| ids.asked.share_in(&changed.asked))
        });
        changed.max().unwrap_or(0)
    })?;
    (worked >= WORKED).then(|| {
        let reason = format!("{} % of the objects that are read are changed by the same hand", worked / 10);
        super::note("own-work", 80, reason)
    })
}

/// Whether a great volume is taken back by whoever brought it: to the same folder the same address put as many things as it
/// takes.
pub(super) fn of_volume(world: &World<'_>, actor: Actor, volume: &Volume) -> Option<ConfounderNote> {
    let place = match actor {
        Actor::Client(_) => actor,
        Actor::Principal(_) => actor.profile(world, |profile| {
            let only = profile.others.iter().next().filter(|_| profile.others.count() == 1);
            only.map(|(_, other)| Actor::Client(Client(other.key)))
        })??,
    };
    let mut taken: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for (number, route) in volume.routes.iter() {
        let folder = folder(world, world.route(number)?.0);
        *taken.entry(folder).or_default() += route.taken.bytes;
    }
    let brought = place.objects(world, |objects: &Objects| {
        let mut moved: BTreeMap<Vec<u8>, (u64, u64)> = BTreeMap::new();
        for (_, asked) in objects.some.iter().filter(|(_, asked)| asked.ok > 0) {
            let (put, given) = moved.entry(folder(world, world.fold(asked.template))).or_default();
            *put += u64::from(asked.method == Method::Put as u8);
            *given += u64::from(asked.method == Method::Get as u8);
        }
        // Both are of a sample.
        let is_brought = |folder: &Vec<u8>| {
            moved.get(folder).is_some_and(|&(put, given)| put >= SOME && put * 3 >= given * 2)
        };
        taken.iter().filter(|(folder, _)| is_brought(folder)).map(|(_, bytes)| bytes).sum::<u64>()
    })?;
    let share = permille(brought, taken.values().sum());
    (share >= MOSTLY).then(|| {
        let reason = format!(
            "{} % of it comes from a folder to which the same address put as many things",
            share / 10
        );
        super::note("own-work", 80, reason)
    })
}

/// Fewer things than this that were put say nothing.
const SOME: u64 = 8;

/// From this share of its bytes on (in tenths of a percent), a volume was brought.
const MOSTLY: u64 = 800;

/// The folder of a template: its first two segments.
fn folder(world: &World<'_>, template: TemplateHash) -> Vec<u8> {
    let text = world.template_text(template).unwrap_or(b"");
    let mut ends = text.iter().enumerate().filter(|&(_, &byte)| byte == b'/').map(|(at, _)| at);
    text.get(..ends.nth(2).unwrap_or(text.len())).unwrap_or(text).to_vec()
}

/// The one account behind an address.
fn account(world: &World<'_>, actor: Actor) -> Option<Actor> {
    let Actor::Client(_) = actor else { return None };
    let account = actor.profile(world, super::own_route::only_account)??;
    Some(Actor::Principal(NameHash(u64::try_from(account).ok()?)))
}
