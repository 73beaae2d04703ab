//! A walk that neighbours share out: addresses of one network that ask for objects of one route at the same time, none for what
//! another asked for. To each of them alone the others are people who read as much.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Judge;
use super::peers::{Peers, Readers};
use super::shared_out::{BEYOND_MEDIAN, ONCE, Reader, Turn};
use crate::collect::{ClientProfiles, KeyKind, ObjectsByClient, Profile};
use crate::detect::statistics::{permille, quantile};
use crate::detect::walks::{LEAST, is_public_route};
use crate::detect::{World, confounder, pool};
use crate::incident::Finding;
use crate::request::{Client, RouteKey};

/// So much of what each does goes to the one route (in tenths of a percent): they may share out two.
const SINGLE_MINDED: u64 = 400;

/// Where no more others than this read a route and nothing is refused, it is theirs.
const OTHERS: u64 = 2;

/// The findings against neighbours.
pub(super) fn findings(world: &World<'_>, judge: &Judge) -> Vec<Finding> {
    let networks = readers(world);
    let routes: BTreeSet<RouteKey> = networks.keys().map(|&(route, _)| route).collect();
    let peers = Peers::of::<ObjectsByClient>(world, &routes);
    let mut findings = Vec::new();
    for ((route, _), readers) in networks {
        let peers = peers.of_route(route);
        let some =
            readers.iter().filter(|reader| judge.stands_out(world, reader, &peers)).map(Turn).collect();
        for some in pool::together(some).into_iter().filter(|some| some.len() >= pool::SOURCES) {
            let some: Vec<&Reader<'_>> = some.into_iter().map(|Turn(one)| one).collect();
            let others = peers.count.saturating_sub(some.len() as u64);
            if others > OTHERS || some.iter().all(|(_, ids)| judge.is_refused(ids)) {
                findings.extend(judge.walk(world, route, (&some, "of one network"), &peers));
            }
        }
    }
    findings
}

/// Addresses that ask for objects of one route, each once, by route and network.
fn readers<'w>(world: &'w World<'_>) -> BTreeMap<(RouteKey, Client), Vec<Reader<'w>>> {
    let profiles = world.population::<ClientProfiles>();
    let mut networks: BTreeMap<(RouteKey, Client), Vec<Reader<'w>>> = BTreeMap::new();
    for walker in world.walks(KeyKind::Client) {
        let client = Client(walker.key);
        for (&route, ids) in &walker.routes {
            let once = ids.asked() >= LEAST && permille(ids.asked(), ids.requests) >= ONCE;
            let share = || permille(ids.requests, profiles.wanted(walker.key));
            if once && share() >= SINGLE_MINDED && !is_public_route(world, route) {
                networks.entry((route, client.network())).or_default().push((client, Cow::Borrowed(ids)));
            }
        }
    }
    networks.retain(|&(_, network), some| some.len() >= pool::SOURCES && !confounder::is_private(network));
    networks
}

impl Judge {
    /// Whether one address asks for what it is refused, or for more than a person does, and comes from no page, as a desk does.
    fn stands_out(&self, world: &World<'_>, (client, ids): &Reader<'_>, peers: &Readers<'_>) -> bool {
        let much = ids.asked() >= BEYOND_MEDIAN * quantile(peers.objects, 50).min(self.objects);
        let reads_pages =
            |profile: &Profile| profile.companions > 0 || profile.referred * 2 > profile.requests;
        self.is_refused(ids) || much && !world.profile(*client, reads_pages).unwrap_or(false)
    }
}
