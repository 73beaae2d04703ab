//! Asking which accounts exist: password resets, registrations and look-ups for one name after another.

use std::collections::BTreeMap;

use crate::collect::{LOGIN_TICK, LoginRoute};
use crate::detect::about::ANSWERS;
use crate::detect::drip::{self, Pace};
use crate::detect::nearness::test;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::visits::Visit;
use crate::detect::{About, Actor, Detector, Needs, Sight, Threshold, World};
use crate::detect::{confounder, pool};
use crate::evidence::Span;
use crate::incident::{ConfounderNote, Count, Finding, Join, Kind, Outcome, Tenths, Test};
use crate::request::{Client, Flags, RouteKey};
use crate::series::Evidence;

/// The detector.
pub(super) struct AccountEnumeration;

/// What a user reads about it.
static ABOUT: About = About {
    id: "account-enumeration",
    kinds: &[Kind::AccountEnumeration],
    summary: "One source that asks a reset, registration or look-up endpoint for one name after another.",
    why: "A list of names that exist is half of a login, and worth money by itself.",
    looks_like: "Dozens of resets, sign-ups or look-ups from a source that does little else, with answers that differ by \
                 status or size between names that exist and names that do not.",
    look_alikes: "A crowd behind one address: its people ask once each and go on to work. A crawler that reads the pages of \
                  authors: nearly all exist.",
    blind_spots: "A pool of addresses that ask once or twice each, or as fast as people do. Names in request bodies are not logged: then requests are \
                  counted instead.",
    thresholds: &[
        Threshold {
            name: "asks",
            value: 20,
            unit: "requests",
            meaning: "of one source at one door, over the whole log",
        },
        Threshold {
            name: "beyond peers",
            value: 3,
            unit: "times",
            meaning: "the 99th percentile of the door's sources",
        },
        Threshold {
            name: "beyond its share",
            value: 3,
            unit: "times",
            meaning: "what a source with as many requests would ask at everybody's rate, on top of the above",
        },
    ],
    needs: &[
        Needs { without: Sight::Less, ..ANSWERS },
        Needs {
            any_of: &[Flags::USER, Flags::ACCOUNT],
            missing: "user names",
            fix: "log whom a reset, sign-up or look-up is for: a header of the service, or the parameter in the query",
            without: Sight::Less,
        },
    ],
    attack: &["T1589.001", "T1087"],
    owasp_api: &["API2:2023"],
    oat: &["OAT-007"],
    cwe: &["CWE-204"],
};

/// Fewer asks than this of one source are nothing, whatever else it does.
const HANDFUL: u64 = 5;

/// Share of its requests that are asks (in tenths of a percent): it does nothing else.
const SINGLE_MINDED: u64 = 900;

/// Those who share out a list of names ask so many times as often as one source must.
const TOGETHER: u64 = 3;

impl Detector for AccountEnumeration {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let [least, beyond_peers, beyond_share] =
            ["asks", "beyond peers", "beyond its share"].map(|name| world.threshold(&ABOUT, name));
        let visits = || world.visits().iter().filter(|visit| visit.at.class.tells_of_accounts());
        let mut peers: BTreeMap<RouteKey, Vec<u64>> = BTreeMap::new();
        for visit in visits() {
            peers.entry(visit.door).or_default().push(visit.tries);
        }
        let ordinary: BTreeMap<RouteKey, Ordinary> = peers
            .into_iter()
            .map(|(door, mut asks)| {
                // The source itself, and other enumerators, may not hide behind their own numbers.
                asks.retain(|&asks| asks < least);
                asks.sort_unstable();
                let needed = least.max(quantile(&asks, 99) * beyond_peers);
                (door, Ordinary { needed, asks: asks.iter().sum() })
            })
            .collect();
        let requests = world.tally().reading.requests.max(1);
        let mut doors: BTreeMap<RouteKey, Vec<Asker>> = BTreeMap::new();
        let mut few: BTreeMap<RouteKey, Vec<Asker>> = BTreeMap::new();
        for visit in visits() {
            let Some(ordinary) = ordinary.get(&visit.door) else { continue };
            let share = ordinary.asks.saturating_mul(visit.requests) / requests;
            let needed = ordinary.needed + share * beyond_share;
            let does_nothing_else =
                visit.tries >= HANDFUL && permille(visit.tries, visit.requests) >= SINGLE_MINDED;
            if visit.tries < needed && !does_nothing_else {
                continue;
            }
            let Some(route) = visit.with(world, Clone::clone) else { continue };
            let (door, client) = (visit.door, visit.client);
            let crowd = confounder::of_asks(world, client, door, visit.tries);
            let askers = if visit.tries < needed { &mut few } else { &mut doors };
            askers.entry(door).or_default().push(Asker { door, needed, client, route, crowd });
        }
        let shared_out = few.into_values().filter(|_| world.tells_clusters()).flat_map(|askers| {
            let dripping = drip::pools(world, askers, |asker| (asker.client, asker.pace()));
            dripping
                .into_iter()
                .filter(|askers| askers.iter().map(Asker::asks).sum::<u64>() >= TOGETHER * least)
        });
        let pools = doors.into_values().flat_map(|askers| pools(world, askers));
        pools.chain(shared_out).map(|askers| finding(world, &askers)).collect()
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let Actor::Client(client) = actor else { return Vec::new() };
        let ours = |visit: &&Visit| visit.client == client && visit.at.class.tells_of_accounts();
        let least = world.threshold(&ABOUT, "asks");
        let tests = |visit: &Visit| vec![test("asks", visit.tries, least, "requests")];
        world.visits().iter().filter(ours).map(tests).collect()
    }
}

/// What is ordinary at one door.
struct Ordinary {
    /// How often a source must ask that does little else.
    needed: u64,
    /// How often all ordinary sources ask together.
    asks: u64,
}

/// One source that asks one door too often.
struct Asker {
    door: RouteKey,
    needed: u64,
    client: Client,
    route: LoginRoute,
    crowd: Option<ConfounderNote>,
}

impl Asker {
    fn asks(&self) -> u64 {
        self.route.outcomes.total()
    }

    fn pace(&self) -> Pace {
        Pace::of(self.asks(), self.route.span, LOGIN_TICK, &self.route.activity)
    }
}

impl pool::Member for Asker {
    fn span(&self) -> Span {
        self.route.span
    }

    fn size(&self) -> u64 {
        self.asks()
    }
}

/// Askers of one door in pools; a crowd stands alone.
fn pools(world: &World<'_>, askers: Vec<Asker>) -> Vec<Vec<Asker>> {
    let (crowds, askers): (Vec<Asker>, Vec<Asker>) =
        askers.into_iter().partition(|asker| asker.crowd.is_some());
    pool::gather(world, askers).into_iter().chain(crowds.into_iter().map(|crowd| vec![crowd])).collect()
}

/// The finding against one source or a pool of them.
fn finding(world: &World<'_>, askers: &[Asker]) -> Finding {
    let door = askers[0].door;
    let mut route = LoginRoute::default();
    let mut over = Over::default();
    for asker in askers {
        route.merge(asker.route.clone());
        over.join(&Over::of(LOGIN_TICK, &asker.route.activity, |tries| tries.0));
    }
    let asks = route.outcomes.total();
    let variant = if askers.len() > 1 { "pool" } else { "single-source" };
    let mut finding = Finding::new(ABOUT.id, variant, Kind::AccountEnumeration);
    let verdicts = world.doors().count(door, route.outcomes.iter());
    // Two kinds of answer, each given often enough, tell who exists.
    let telling = route
        .outcomes
        .iter()
        .filter(|&(answer, count)| answer.status < 500 && count * 50 >= asks && count >= 2);
    let telling = telling.count();
    finding.outcome = match (telling, verdicts.blocked == asks) {
        (_, true) => Outcome::Blocked,
        (2.., _) => Outcome::Probed,
        _ => Outcome::Attempted,
    };
    finding.test("asks", asks * 10, askers[0].needed * 10, "requests");
    (finding.first, finding.last) = (route.span.first, route.span.last);
    finding.requests = asks;
    finding.bytes_out = route.bytes;
    finding.activity = over.activity();
    finding.clients = askers
        .iter()
        .map(|asker| Count { of: asker.client, requests: asker.route.outcomes.total() })
        .collect();
    finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    finding.endpoints = story::endpoint(door, asks);
    finding.joins = askers.iter().map(|asker| Join::Client(asker.client)).collect();
    finding.samples = story::choose(story::ends(&route.samples.all()));
    finding.users = story::accounts(&route.accounts);
    finding.users_total = route.accounts.count();
    finding.metrics.insert("asks", asks);
    finding.metrics.insert("accounts", route.accounts.count());
    finding.metrics.insert("kinds of answer", telling as u64);
    finding.metrics.insert("addresses", askers.len() as u64);
    finding.confidence = u8::try_from(70 + (asks / askers[0].needed.max(1)).min(25)).unwrap_or(95);
    finding.score = Tenths(u32::from(finding.confidence) * 10);
    let names = match route.accounts.count() {
        0 => String::new(),
        names => format!(" for {} names", story::count(names)),
    };
    let sources = match askers {
        [_] => "one address".to_owned(),
        many => format!("{} addresses", many.len()),
    };
    finding.reason = format!(
        "{} requests{names} from {sources}; the endpoint gave {} kinds of answer",
        story::count(asks),
        telling.max(1)
    );
    finding.confounders.extend(askers.iter().filter_map(|asker| asker.crowd.clone()));
    finding.confounders.extend(confounder::of_answers(door, &route.outcomes));
    finding.recommendations = vec![
        "Answer alike (status, size and time) whether the account exists or not.".to_owned(),
        "Limit resets, sign-ups and look-ups per source and per hour.".to_owned(),
    ];
    story::suppress(&mut finding);
    finding
}
