//! Somebody who takes out what is his own: everything lies in one of the many spaces of a site (a home folder, a tenant), and
//! either he works there every day and from the same place, or a program looks up what there is before it takes it. Whoever
//! broke in comes from elsewhere, and not from page to page.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{
    IdSet, OBJECT_TICK, Objects, ObjectsByClient, ObjectsByPrincipal, Profile, VOLUME_TICK, Volume,
};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::{Client, RouteKey};
use crate::route::Method;
use crate::time::HOUR;

/// A folder with fewer neighbours than this is no space of its owner.
const NEIGHBOURS: usize = 20;

/// Deeper than this a path does not name whose it is.
const DEPTH: usize = 4;

/// Requests for other things from which on somebody works there.
const WORKS: u64 = 10;

/// Share of requests (in tenths of a percent) from one address, of those that come from a page, and of those that are in the
/// one space.
const MOSTLY: u64 = 800;

/// Share of requests (in tenths of a percent) that ask what there is from which on a program looks up what it takes.
const LOOKS_UP: u64 = 500;

/// Nobody takes things out for longer than this in a day, in microseconds: a long working day.
const SHIFT: i64 = 10 * HOUR;

/// Whether a great volume is of the taker's own.
pub(super) fn of_volume(world: &World<'_>, actor: Actor, volume: &Volume) -> Option<ConfounderNote> {
    let bulk = volume.routes.iter().map(|(_, route)| route.taken.requests).sum();
    let routes = volume.routes.iter().filter_map(|(_, route)| route.route);
    let routes = routes.map(|(template, method, _)| RouteKey(template, method as u8)).collect();
    let busy = ticks(volume.activity.len()) * volume.activity.width(VOLUME_TICK).micros();
    of_routes(world, actor, routes, (bulk, busy))
}

/// Whether many objects of one route are the reader's own.
pub(super) fn of_objects(
    world: &World<'_>,
    actor: Actor,
    route: RouteKey,
    ids: &IdSet,
) -> Option<ConfounderNote> {
    let of_route = |objects: &Objects| {
        let kept = objects.some.iter().map(|(_, asked)| RouteKey(asked.template, asked.method));
        kept.filter(|key| RouteKey(world.fold(key.0), key.1) == route).collect::<BTreeSet<_>>()
    };
    let busy = ticks(ids.activity.len()) * ids.activity.width(OBJECT_TICK).micros();
    of_routes(world, actor, with_objects(world, actor, of_route)?, (ids.requests, busy))
}

/// So many ticks.
fn ticks(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Whether these routes, from which so many answers were taken in so much time, lie in the actor's own space.
fn of_routes(
    world: &World<'_>,
    actor: Actor,
    routes: BTreeSet<RouteKey>,
    (taken, busy): (u64, i64),
) -> Option<ConfounderNote> {
    let is_at_home = busy <= SHIFT && is_at_home(world, actor, taken);
    if !is_at_home && !looks_up(world, actor) || has_broken_in(world, actor) {
        return None;
    }
    let (space, neighbours) = space(world, routes)?;
    let how =
        if is_at_home { "by somebody who works there" } else { "by a program that looks up what there is" };
    let reason = format!("all of it lies in one of {neighbours} spaces, {space}, taken {how}");
    Some(super::note("own-space", 80, reason))
}

/// Whether the address that an actor mostly comes from is where it works, too, with one agent and from page to page.
fn is_at_home(world: &World<'_>, actor: Actor, taken: u64) -> bool {
    let place = match actor {
        Actor::Client(client) => Some(client),
        Actor::Principal(_) => actor.profile(world, mostly_from).flatten(),
    };
    let works = |profile: &Profile| {
        profile.requests >= taken + WORKS
            && profile.agents.count() == 1
            && permille(profile.referred, profile.requests) >= MOSTLY
    };
    place.and_then(|client| world.profile(client, works)).unwrap_or(false)
}

/// The address that most requests of a principal come from.
fn mostly_from(profile: &Profile) -> Option<Client> {
    let most = profile.others.iter().map(|(_, other)| (other.requests, other.key)).max()?;
    (permille(most.0, profile.requests) >= MOSTLY).then_some(Client(most.1))
}

/// What is known of the objects that an actor asked for.
fn with_objects<T>(world: &World<'_>, actor: Actor, read: impl FnOnce(&Objects) -> T) -> Option<T> {
    match actor {
        Actor::Client(client) => world.population::<ObjectsByClient>().with(client.0, read),
        Actor::Principal(one) => world.population::<ObjectsByPrincipal>().with(u128::from(one.0), read),
    }
}

/// Whether most of what is asked is what there is, by methods made for it such as PROPFIND (RFC 4918).
fn looks_up(world: &World<'_>, actor: Actor) -> bool {
    let share = |objects: &Objects| {
        let asked = objects.some.iter().map(|(_, asked)| asked);
        let (mut looks, mut all) = (0, 0);
        for asked in asked {
            let is_look_up = matches!(Method::from_number(asked.method), Method::Other | Method::Head);
            looks += if is_look_up { u64::from(asked.ok) } else { 0 };
            all += u64::from(asked.requests);
        }
        permille(looks, all)
    };
    with_objects(world, actor, share).unwrap_or(0) >= LOOKS_UP
}

/// Whether the taker, or an address that it comes from, besieged a door and was let in.
fn has_broken_in(world: &World<'_>, actor: Actor) -> bool {
    let mut keys = actor.profile(world, |profile| {
        profile.others.iter().map(|(_, other)| other.key).collect::<BTreeSet<u128>>()
    });
    let keys = keys.get_or_insert_default();
    if let Actor::Client(client) = actor {
        keys.insert(client.0);
    }
    let opened = world.sieges().iter().filter(|siege| siege.verdicts.accepted > 0);
    opened.flat_map(|siege| &siege.clients).any(|count| keys.contains(&count.of.0))
}

/// The one space in which all of these routes lie, and among how many.
fn space(world: &World<'_>, routes: BTreeSet<RouteKey>) -> Option<(String, usize)> {
    let mut texts: BTreeMap<RouteKey, &[u8]> = routes.into_iter().map(|key| (key, &b""[..])).collect();
    for (key, norm) in world.tally().routes.iter() {
        if let Some(text) = texts.get_mut(&key) {
            *text = &norm.text;
        }
    }
    let mut paths = texts.values().map(|text| segments(text));
    let first = paths.next()?;
    let common = paths.fold(first, |common, path| {
        let same = common.iter().zip(&path).take_while(|(a, b)| a == b).count();
        common.get(..same).unwrap_or_default().to_vec()
    });
    (2..=common.len().min(DEPTH)).find_map(|depth| {
        let neighbours = neighbours(world, common.get(..depth - 1)?);
        let path: Vec<_> = common.iter().take(depth).map(|one| String::from_utf8_lossy(one)).collect();
        (neighbours >= NEIGHBOURS).then(|| (format!("/{}", path.join("/")), neighbours))
    })
}

/// The segments of a template before its first variable.
fn segments(text: &[u8]) -> Vec<&[u8]> {
    let path = text.strip_prefix(b"/").unwrap_or(text);
    path.split(|&byte| byte == b'/').take_while(|one| !one.is_empty() && !one.contains(&b'{')).collect()
}

/// How many different folders stand below a path.
fn neighbours(world: &World<'_>, path: &[&[u8]]) -> usize {
    let below = world.tally().routes.iter().filter_map(|(_, norm)| {
        let segments = segments(&norm.text);
        segments.starts_with(path).then(|| segments.get(path.len()).copied()).flatten()
    });
    below.collect::<BTreeSet<&[u8]>>().len()
}
