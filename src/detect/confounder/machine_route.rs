//! A service between machines: everybody who uses it is a program, and whoever takes most of it uses nothing else and asks no
//! more often than the others do: it is only given more. A thief is among people, or asks more than anybody.

use crate::collect::{ClientProfiles, Profile, Volume};
use crate::detect::statistics::{permille, quantile};
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::Client;

/// Of a service between machines there are no more users than this.
const FEW: u64 = 40;

/// Fewer others than this say nothing about how it is used.
const OTHERS: usize = 3;

/// Whoever asked less often than this uses nothing: a scanner, or somebody who lost his way.
const USES: u64 = 10;

/// From this share of its requests on (in tenths of a percent), a program uses nothing else, and is refused hardly anything.
const NOTHING_ELSE: u64 = 950;

/// Up to so many times as often as a median one of the others, somebody asks as they do.
const AS_OFTEN: u64 = 4;

/// Whether a great volume is the work of one of the machines that a service is there for. Whose name is known is judged by
/// what he does elsewhere.
pub(super) fn of_volume(world: &World<'_>, actor: Actor, volume: &Volume) -> Option<ConfounderNote> {
    let Actor::Client(taker) = actor else { return None };
    let (number, _) = volume.routes.iter().max_by_key(|(number, route)| (route.taken.bytes, *number))?;
    let (own, all) = actor.profile(world, |profile| Some((uses(profile, number)?, profile.requests)))??;
    let norm = world.norm(world.route(number)?)?;
    if norm.clients.count() > FEW || norm.text.contains(&b'{') || permille(own, all) < NOTHING_ELSE {
        return None;
    }
    let users = world.population::<ClientProfiles>().collect_from(USES, |subject, profile| {
        let is_user = profile.routes.get(number).is_some_and(|visit| visit.requests >= USES);
        (is_user && Client(subject.key()) != taker).then(|| uses(profile, number))
    });
    let all: Option<Vec<u64>> = users.into_iter().map(|(_, requests)| requests).collect();
    let mut others = all.filter(|others| others.len() >= OTHERS)?;
    others.sort_unstable();
    (own <= AS_OFTEN * quantile(&others, 50)).then(|| {
        let reason = format!(
            "all {} users of this service are programs; this one asked {own} times, a median one {}",
            others.len() + 1,
            quantile(&others, 50)
        );
        super::note("machine-route", 80, reason)
    })
}

/// How often a nameless program asked one route, if it is one and is refused hardly anything.
fn uses(profile: &Profile, number: u64) -> Option<u64> {
    let visit = profile.routes.get(number)?;
    let is_program = profile.others.is_empty()
        && profile.agents.count() <= 1
        && profile.referred + profile.companions == 0;
    (is_program && permille(visit.ok, visit.requests) >= NOTHING_ELSE).then_some(visit.requests)
}
