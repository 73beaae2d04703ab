//! How the abuse of a token is told.

use std::collections::BTreeMap;

use super::spots::{self, Spot};
use super::spread::Wave;
use super::{ABOUT, Judge};
use crate::collect::{SEAT_TICK, Seat, Whereabouts};
use crate::detect::World;
use crate::detect::story::{self, Over};
use crate::hash::NameHash;
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Scale, Tenths};
use crate::request::RouteKey;
use crate::series::Evidence;
use crate::text;

impl Judge {
    /// A session in two places at once.
    pub(super) fn of_session(
        &self,
        world: &World<'_>,
        key: u128,
        [owner, stranger]: &[Spot; 2],
        all: u64,
    ) -> Finding {
        let mut finding = of_stranger(world, "session", key, stranger);
        let turns = owner.turns(stranger);
        if owner.agents.is_empty() && stranger.agents.is_empty() {
            finding.test("turns", turns * 10, self.turns * 10, "turns");
            finding.confidence = 75;
        } else {
            finding.test("requests", stranger.seat.requests * 10, self.session_requests * 10, "requests");
            finding.confidence = 85;
        }
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.metrics.insert("turns", turns);
        finding.metrics.insert("sessions", all);
        let program = if owner.agents.is_empty() { "" } else { " with another agent" };
        finding.reason = format!(
            "A session was used from a second network{program} while its owner worked on: {} there, between {} of the \
             owner's; of {} users with sessions hardly any has one in two places",
            story::requests(stranger.seat.requests),
            story::requests(owner.seat.requests),
            story::count(all),
        );
        finding.recommendations = vec![
            "End this session and all others of its owner, and have the owner log in anew.".to_owned(),
            "Bind sessions to what does not change within one: the agent, the TLS fingerprint or a key of the device.".to_owned(),
        ];
        finding
    }

    /// A machine's key in other hands.
    pub(super) fn of_hand(
        &self,
        world: &World<'_>,
        key: u128,
        [owner, stranger]: &[Spot; 2],
        all: u64,
    ) -> Finding {
        let mut finding = of_stranger(world, "other-hand", key, stranger);
        let pace = spots::pace_tenths(owner, stranger);
        finding.test("requests", stranger.seat.requests * 10, self.requests * 10, "requests");
        finding.test("pace", pace, self.pace * 10, "times");
        finding.confidence = 75;
        finding.score = Tenths(750);
        finding.metrics.insert("keys", all);
        finding.reason = format!(
            "A machine's key was used by another program from another network: {}, {} of which change something, at {} times \
             the pace of the machine, which went on with {} of its own",
            story::requests(stranger.seat.requests),
            story::count(stranger.seat.writes),
            story::count(pace / 10),
            story::requests(owner.seat.requests),
        );
        finding.recommendations = vec![
            "Ask the key's owner whether this was theirs; if not, replace the key and undo what was changed."
                .to_owned(),
            "Let a machine's key be used only from the networks of that machine.".to_owned(),
        ];
        finding
    }

    /// A key that is used from many networks all of a sudden.
    pub(super) fn of_wave(&self, world: &World<'_>, key: u128, wave: &Wave, all: u64) -> Finding {
        let mut seat = Seat::default();
        let mut clients = Vec::new();
        world.population::<Whereabouts>().with(key, |used| {
            for one in used.seats.all().filter(|one| wave.first <= one.span.first) {
                clients.push((one.client, one.requests));
                seat.merge(one.clone());
            }
        });
        let mut finding = of_stranger(world, "spread", key, &Spot { seat, clients, agents: Vec::new() });
        finding.clients_total = wave.since;
        (finding.first, finding.last) = (finding.first.min(wave.first), finding.last.max(wave.last));
        finding.requests = wave.activity.iter().map(|(_, requests)| requests).sum();
        finding.activity = (wave.width, wave.activity.clone());
        finding.scale = Scale::Large;
        finding.test("networks", wave.since * 10, self.networks * 10, "networks");
        finding.confidence = 75;
        finding.score = Tenths(750);
        finding.metrics.insert("networks", wave.since);
        finding.metrics.insert("networks before", wave.before);
        finding.metrics.insert("keys", all);
        finding.reason = format!(
            "A key that was used from {} is suddenly used from about {} networks, by {}; of {} keys hardly any spreads so",
            text::count(wave.before, "network"),
            story::count(wave.since),
            story::requests(finding.requests),
            story::count(all),
        );
        finding.recommendations = vec![
            "Replace the key: it is known to many. Look for where it was published.".to_owned(),
            "Let a key be used only from the networks of its owner, and cap what it may do in an hour."
                .to_owned(),
        ];
        finding
    }
}

/// What a stranger did with a key.
fn of_stranger(world: &World<'_>, variant: &'static str, key: u128, stranger: &Spot) -> Finding {
    let seat = &stranger.seat;
    let key = NameHash(u64::try_from(key).unwrap_or(0));
    let mut finding = Finding::new(ABOUT.id, variant, Kind::TokenAbuse);
    finding.outcome = match seat.ok {
        0 if seat.blocked == seat.requests => Outcome::Blocked,
        ok if ok * 10 >= seat.requests => Outcome::Succeeded,
        _ => Outcome::Attempted,
    };
    (finding.first, finding.last) = (seat.span.first, seat.span.last);
    finding.requests = seat.requests;
    finding.bytes_out = seat.bytes;
    finding.activity = Over::of(SEAT_TICK, &seat.activity, |tries| tries.0).activity();
    finding.samples = story::choose(story::ends(&seat.samples.all()));
    let place = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
    finding.clients =
        stranger.clients.iter().map(|&(client, requests)| Count { of: client, requests }).collect();
    finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    finding.joins = vec![Join::Principal(key)];
    if let [only] = *finding.clients {
        finding.joins.push(Join::Client(only.of));
    }
    if seat.principal == key {
        finding.users = vec![Count { of: Named { hash: key, place }, requests: seat.requests }];
    } else {
        finding.sessions = vec![Count { of: key, requests: seat.requests }];
    }
    let agents: BTreeMap<u64, u64> = stranger.agents.iter().map(|agent| (agent.0, seat.requests)).collect();
    finding.agents = story::agents(&agents, place);
    let mut routes: BTreeMap<RouteKey, u64> = BTreeMap::new();
    for (number, tries) in seat.routes.iter() {
        if let Some(route) = world.route(number) {
            *routes.entry(route).or_default() += tries.0;
        }
    }
    let mut routes: Vec<(RouteKey, u64)> = routes.into_iter().collect();
    routes.sort_unstable_by_key(|&(route, requests)| (std::cmp::Reverse(requests), route));
    finding.endpoints =
        routes.iter().take(5).flat_map(|&(route, requests)| story::endpoint(route, requests)).collect();
    finding.metrics.insert("writes", seat.writes);
    finding
}
