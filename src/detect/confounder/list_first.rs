//! A client that lists before it details: the list told it which objects there are, so nothing was guessed.

use crate::collect::{IdSet, Objects, ObjectsByClient, ObjectsByPrincipal, Profile};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::RouteKey;
use crate::route::template::node;

/// From this share of lists among the requests on (in tenths of a percent), the objects come from lists.
const LISTED: u64 = 100;

/// From this share of refused or missing objects on (in tenths of a percent), they do not come from a list, whatever else was
/// listed: a list names what is there, though some of it may be gone, or not for everybody.
const GUESSED: u64 = 900;

/// How much of what an actor asked for were lists of the objects of `route`.
pub(super) fn of_objects(
    world: &World<'_>,
    actor: Actor,
    route: RouteKey,
    ids: &IdSet,
) -> Option<ConfounderNote> {
    if permille(ids.refused + ids.missing, ids.requests) >= GUESSED {
        return None;
    }
    let share = |objects: &Objects| {
        let requests = |is: &dyn Fn(RouteKey) -> bool| -> u64 {
            let of = objects.some.iter().map(|(_, asked)| asked);
            of.filter(|asked| is(RouteKey(world.fold(asked.template), asked.method)))
                .map(|asked| u64::from(asked.requests))
                .sum()
        };
        let (own, lists) = (requests(&|key| key == route), requests(&|key| node(key.0) == route.0.parent()));
        // Who walks over lists and reads what stands in them works the same way.
        let details = requests(&|key| key.0.parent() == node(route.0)).min(own);
        permille(lists + details, lists + own)
    };
    // The profile knows every route of those who use few.
    let of_profile = |profile: &Profile| {
        let visits = |is: &dyn Fn(RouteKey) -> bool| -> u64 {
            let of = profile.routes.iter().filter(|(number, _)| world.route(*number).is_some_and(is));
            of.map(|(_, visit)| visit.requests).sum()
        };
        let (own, lists) = (visits(&|key| key == route), visits(&|key| node(key.0) == route.0.parent()));
        permille(lists, lists + own)
    };
    let known = actor.profile(world, of_profile).unwrap_or(0);
    let share = match actor {
        Actor::Client(client) => world.population::<ObjectsByClient>().with(client.0, share),
        Actor::Principal(principal) => {
            world.population::<ObjectsByPrincipal>().with(u128::from(principal.0), share)
        }
    }?;
    let share = share.max(known);
    let score = if share >= LISTED { 85 } else { share / 4 };
    (score > 0).then(|| {
        super::note(
            "list-first",
            score,
            format!("{} % of the requests list the objects before they are read", share / 10),
        )
    })
}
