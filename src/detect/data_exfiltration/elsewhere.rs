//! An account that works in one place and is emptied from another: whoever stole its key takes a little of every route, so that
//! no route shows it, and things that several others may read as well. That many may read a thing explains who reads it, not
//! who reads them all.

use std::collections::BTreeSet;

use super::no_news::all_routes;
use super::{Judge, Theft};
use crate::collect::{Bytes, PrincipalProfiles, Volume, VolumeByClient};
use crate::detect::data_exfiltration::peers::Peers;
use crate::detect::statistics::permille;
use crate::detect::walks::is_public_route;
use crate::detect::{Actor, World};
use crate::hash::NameHash;
use crate::request::Client;

/// Share of what an account takes (in tenths of a percent) that comes from one address.
const MOSTLY: u64 = 800;

/// From this share on (in tenths of a percent) that came in large answers, a volume was asked for.
const LARGE: u64 = 300;

/// So many requests from other addresses are the account's own work.
const WORKS: u64 = 10;

/// The place of the largest taker from the top whom somebody must dwarf: he himself is one, and another may be a thief.
pub(super) const OTHERS: usize = 3;

/// Fewer large things than this are a few files that somebody needs at home.
const THINGS: u64 = 25;

impl Judge {
    /// The same theft, or that of everything that was taken, where no single route shows how much it is; `whole` is what was
    /// taken beside what is no news, by so many people.
    pub(super) fn whole(
        &self,
        world: &World<'_>,
        mut theft: Theft,
        (whole, people): (u64, u64),
        peers: &Peers,
    ) -> Theft {
        theft.is_emptied = match theft.taker {
            Actor::Principal(one) => self.is_emptied(world, one, (&theft.volume, whole), peers),
            Actor::Client(_) => false,
        };
        let dwarfs_all =
            || !theft.stands_alone && self.dwarfs_all(world, (&theft.volume, whole / people), peers);
        if theft.is_emptied || dwarfs_all() {
            theft.own = Bytes { bytes: whole, requests: theft.volume.total.requests };
            theft.routes = all_routes(world, &theft.volume);
            theft.deviations = peers.scale.z_tenths(whole / people);
            theft.stands_alone = true;
        }
        theft
    }

    /// Whether what an account took is far too much, in many things, and most of it came from an address of which nothing else
    /// comes, while the account works elsewhere with another agent.
    fn is_emptied(
        &self,
        world: &World<'_>,
        principal: NameHash,
        (volume, whole): (&Volume, u64),
        peers: &Peers,
    ) -> bool {
        let is_far = whole >= self.least
            && peers.scale.z_tenths(whole) >= self.deviations - 10
            && whole >= peers.ordinary * self.beyond_peers;
        let things = || volume.routes.all().map(|route| route.things.count()).sum::<u64>();
        is_far && things() >= THINGS && is_taken_elsewhere(world, principal, volume)
    }

    /// Whether `whole`, what somebody took of all routes together beside what is no news, is many times what anybody else took
    /// but one: of a site that has a path of its own for everything no single route shows it. What everybody reads is left to
    /// those who judge walks, and so is what came in small answers: who works a lot gets many.
    fn dwarfs_all(&self, world: &World<'_>, (volume, whole): (&Volume, u64), peers: &Peers) -> bool {
        let rank = peers.volumes.len().checked_sub(OTHERS);
        let others = rank.and_then(|rank| peers.volumes.get(rank)).copied();
        let dwarfs = whole >= self.least
            && peers.scale.z_tenths(whole) >= self.deviations - 10
            && others.is_some_and(|most| whole >= most * self.beyond_peers)
            && volume.routes.all().map(|route| route.things.count()).sum::<u64>() >= THINGS;
        let bulk = |is: &dyn Fn(u64) -> bool| {
            let routes = volume.routes.iter().filter(|&(number, _)| is(number));
            routes.map(|(_, route)| route.taken.bytes).sum::<u64>()
        };
        let is_own = |number| world.route(number).is_some_and(|key| !is_public_route(world, key));
        let large = bulk(&|_| true);
        dwarfs && permille(large, whole) >= LARGE && permille(bulk(&is_own), large) >= MOSTLY
    }
}

/// Whether most of what an account takes comes from an address where it is all there is, while it works elsewhere.
fn is_taken_elsewhere(world: &World<'_>, principal: NameHash, volume: &Volume) -> bool {
    let key = u128::from(principal.0);
    let places = world.population::<PrincipalProfiles>().with(key, |profile| {
        profile.others.iter().map(|(_, other)| (Client(other.key), other.requests)).collect::<Vec<_>>()
    });
    let places = places.unwrap_or_default();
    let is_alone =
        |client: Client| world.profile(client, |profile| profile.others.count() == 1).unwrap_or(false);
    let taken = |client: Client| world.population::<VolumeByClient>().with(client.0, |one| one.total.bytes);
    let alone = places.iter().filter(|&&(client, _)| is_alone(client));
    let most = alone.filter_map(|&(client, _)| Some((taken(client)?, client))).max();
    let Some((bytes, place)) = most else { return false };
    let elsewhere = || places.iter().filter(|&&(client, _)| client != place);
    let agents = |client: Client| {
        let agents = world.profile(client, |profile| profile.agents.iter().map(|(agent, _)| agent).collect());
        agents.unwrap_or_default()
    };
    let here: BTreeSet<u64> = agents(place);
    permille(bytes, volume.total.bytes) >= MOSTLY
        && elsewhere().map(|&(_, requests)| requests).sum::<u64>() >= WORKS
        && elsewhere().any(|&(client, _)| !agents(client).is_subset(&here))
}

/// Whether all of a finding's takers were emptied from elsewhere.
pub(super) fn are_emptied(thefts: &[Theft]) -> bool {
    thefts.iter().all(|theft| theft.is_emptied)
}
