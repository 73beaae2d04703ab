//! Look-alikes: harmless things that look like threats. To add one: write `detect/confounder/<name>.rs`, then ask it in the
//! function below that serves its threat. Each returns a score with its numbers; one that explains a finding holds it back.

mod backup_job;
mod broken_deploy;
mod closed_door;
mod crawler;
mod dead_links;
mod device_approval;
mod from_inside;
mod in_passing;
mod in_use;
mod kept_current;
mod link_checker;
mod list_first;
mod logins_for_many;
mod machine_route;
mod ordinary_parameters;
mod own_papers;
mod own_route;
mod own_space;
mod own_work;
mod own_writing;
mod public_pages;
mod retry_storm;
mod scheduled_sync;
mod shared_address;
mod shared_file;
mod slow_service;
mod stale_secret;
mod steady_poller;
mod support_desk;
mod test_environment;
mod worked_through;

pub(super) use from_inside::{is_private, of_scan};
pub(super) use in_use::of_files;
pub(super) use ordinary_parameters::{CERTAIN, Ordinary, Usual, are_people};
pub(super) use own_route::only_account;
pub(super) use retry_storm::ByMinute;
pub(super) use shared_address::{CROWD, crowd};

use crate::collect::{Bytes, IdSet, Missed, Profile, Refusals, Volume};
use crate::detect::siege::Siege;
use crate::detect::{Actor, World};
use crate::evidence::Outcomes;
use crate::incident::{Confidence, ConfounderNote};
use crate::request::{Client, RouteKey};
use crate::time::{Seconds, Time};

/// A note with `score` in hundredths.
fn note(name: &'static str, score: u64, reason: String) -> ConfounderNote {
    let score = Confidence(u8::try_from(score.min(100)).unwrap_or(100));
    ConfounderNote { name: name.into(), score, reason }
}

/// What else a siege might be.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Vec<ConfounderNote> {
    [
        shared_address::of_siege(world, siege),
        stale_secret::of_siege(siege),
        retry_storm::of_siege(world, siege),
        closed_door::of_siege(world, siege),
        device_approval::of_siege(world, siege),
        // A program of the house that is refused where nothing says login is a broken one.
        siege.at_no_door().and_then(|client| from_inside::of_client(world, client)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What else many missing paths might be.
pub(super) fn of_misses(
    world: &World<'_>,
    client: Client,
    missed: &Missed,
    strange: u64,
) -> Vec<ConfounderNote> {
    [
        broken_deploy::of_misses(world, missed),
        dead_links::of_misses(world, client, missed, strange),
        from_inside::of_scan(world, client),
        shared_address::of_client(world, client),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What else many objects might be.
pub(super) fn of_objects(
    world: &World<'_>,
    actor: Actor,
    route: RouteKey,
    ids: &IdSet,
) -> Vec<ConfounderNote> {
    let (shared, goes_over_all) = match actor {
        Actor::Client(client) => {
            let goes_over_all = crawler::of_objects(world, client, ids)
                .or_else(|| link_checker::of_objects(world, client, route, ids));
            (shared_address::of_client(world, client), goes_over_all)
        }
        Actor::Principal(_) => (shared_address::of_key(world, actor), None),
    };
    let listed = list_first::of_objects(world, actor, route, ids);
    [
        shared,
        goes_over_all,
        support_desk::of_objects(world, actor, ids),
        worked_through::of_objects(world, actor, ids),
        listed.as_ref().and_then(|_| scheduled_sync::of_objects(world, actor, ids)),
        listed,
        test_environment::of_route(world, route),
        backup_job::of_objects(world, actor, route, ids),
        own_route::of_actor(world, actor),
        logins_for_many::of_objects(world, actor, ids),
        kept_current::of_objects(ids),
        scheduled_sync::of_bursts(ids),
        own_space::of_objects(world, actor, route, ids),
        from_inside::of_actor(world, actor),
        own_work::of_objects(world, actor, route, ids),
        own_writing::of_objects(world, actor, route, ids),
        own_papers::of_objects(world, actor, ids),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How many people are behind a profile: one, unless it looks like a crowd's.
pub(super) fn people(profile: &Profile) -> u64 {
    if shared_address::crowd(profile) > 0 {
        profile.others.count().max(profile.agents.count()).max(1)
    } else {
        1
    }
}

/// What else a great volume might be.
pub(super) fn of_volume(
    world: &World<'_>,
    actor: Actor,
    excess: Bytes,
    least: u64,
    volume: &Volume,
) -> Vec<ConfounderNote> {
    let shared = shared_address::of_volume(world, actor, excess, least);
    [
        shared,
        scheduled_sync::of_volume(volume),
        backup_job::of_volume(world, volume),
        own_route::of_actor(world, actor),
        own_space::of_volume(world, actor, volume),
        from_inside::of_actor(world, actor),
        own_work::of_volume(world, actor, volume),
        machine_route::of_volume(world, actor, volume),
        steady_poller::of_volume(world, actor, volume),
        shared_file::of_public(world, actor, volume),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether somebody takes about as much at the same distance, again and again.
pub(super) fn is_scheduled(volume: &Volume) -> bool {
    scheduled_sync::of_volume(volume).is_some()
}

/// What else a great volume of one route, taken by one or by a pool, might be.
pub(super) fn of_takers(world: &World<'_>, route: RouteKey) -> Option<ConfounderNote> {
    shared_file::of_route(world, route)
}

/// What else many questions about accounts might be.
pub(super) fn of_asks(
    world: &World<'_>,
    client: Client,
    door: RouteKey,
    asks: u64,
) -> Option<ConfounderNote> {
    if let Some(note) = in_passing::of_asks(world, client, door, asks) {
        return Some(note);
    }
    let requests = world.profile(client, |profile| profile.requests)?;
    // A crowd asks now and then and mostly works.
    if asks * 10 > requests * 3 {
        return None;
    }
    shared_address::of_client(world, client)
}

/// What else the questions of somebody who asked one door so much might be.
pub(super) fn of_answers(door: RouteKey, outcomes: &Outcomes) -> Option<ConfounderNote> {
    public_pages::of_asks(door, outcomes)
}

/// What else dear requests might be, which were heaviest in a stretch of so long.
pub(super) fn of_load(
    world: &World<'_>,
    clients: &[Client],
    stretch: (Time, Seconds),
) -> Vec<ConfounderNote> {
    let shared = if let [only] = clients { shared_address::of_client(world, *only) } else { None };
    [shared, slow_service::of_load(world, stretch)].into_iter().flatten().collect()
}

/// What else many refusals might be, of which so many came within a minute; `pushes` are those of everybody who pushes.
pub(super) fn of_refusals(
    world: &World<'_>,
    clients: &[Client],
    refusals: &Refusals,
    pushes: &ByMinute,
    pace: u64,
) -> Vec<ConfounderNote> {
    let shared = if let [only] = clients { shared_address::of_client(world, *only) } else { None };
    [shared, retry_storm::of_refusals(world, refusals, pushes, pace / clients.len().max(1) as u64)]
        .into_iter()
        .flatten()
        .collect()
}

/// What else many refusals might be, of which so many came within a minute, where nobody else fared worse.
pub(super) fn of_polling(clients: &[Client], refusals: &Refusals, pace: u64) -> Option<ConfounderNote> {
    let [_] = clients else { return None };
    steady_poller::of_refusals(refusals, pace)
}

/// Whether somebody who asks for much that is gone crawls.
pub(super) fn of_crawl(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    crawler::of_client(world, client)
}

/// What else a reader of everything might be.
pub(super) fn of_reader(world: &World<'_>, client: Client, ids: &IdSet) -> Option<ConfounderNote> {
    crawler::of_client(world, client)
        .or_else(|| from_inside::of_client(world, client))
        .or_else(|| scheduled_sync::of_bursts(ids))
}
