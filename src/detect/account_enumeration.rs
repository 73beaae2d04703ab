//! Asking which accounts exist: password resets, registrations and look-ups for one name after another.

use crate::collect::{LOGIN_TICK, LoginRoute, Logins};
use crate::detect::doors::folded;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{About, Detector, Needs, Threshold, World};
use crate::hash::NameHash;
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Tenths};
use crate::request::{Client, Flags, RouteKey};

/// The detector.
pub(super) struct AccountEnumeration {
    /// Requests of one source at one door, over the whole log.
    asks: u64,
    /// How often the busiest ordinary source (99th percentile) asks, times this.
    beyond_peers: u64,
}

impl Default for AccountEnumeration {
    fn default() -> Self {
        Self { asks: 20, beyond_peers: 3 }
    }
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "account-enumeration",
    kinds: &[Kind::AccountEnumeration],
    summary: "One source that asks a reset, registration or look-up endpoint for one name after another.",
    why: "A list of names that exist is half of a login, and worth money by itself.",
    looks_like: "Dozens of resets, sign-ups or look-ups from a source that does little else, with answers that differ by \
                 status or size between names that exist and names that do not.",
    look_alikes: "A crowd behind one address: its people ask once each and go on to work.",
    blind_spots: "A pool of addresses that ask once or twice each. Names in request bodies are not logged: then requests are \
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
    ],
    needs: &[Needs {
        any_of: &[Flags::USER, Flags::ACCOUNT],
        missing: "user names",
        fix: "log whom a reset, sign-up or look-up is for: a header of the service, or the parameter in the query",
    }],
    attack: &["T1589.001", "T1087"],
    owasp_api: &["API2:2023"],
    oat: &["OAT-007"],
    cwe: &["CWE-204"],
};

impl Detector for AccountEnumeration {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let asked = world.population::<Logins>().collect(|_, tries| {
            let here = tries.doors.all().filter(|route| asks_for_accounts(route));
            Some(here.map(|route| (door(world, route), route.outcomes.total())).collect::<Vec<_>>())
        });
        let mut peers: std::collections::BTreeMap<RouteKey, Vec<u64>> = std::collections::BTreeMap::new();
        for (door, asks) in asked.into_iter().flat_map(|(_, doors)| doors) {
            peers.entry(door).or_default().push(asks);
        }
        peers.values_mut().for_each(|asks| asks.sort_unstable());
        let found = world.population::<Logins>().collect(|client, tries| {
            let here = tries.doors.all().filter(|route| asks_for_accounts(route));
            let findings = here.filter_map(|route| {
                let door = door(world, route);
                // The source itself, and other enumerators, may not hide in their own percentile.
                let ordinary: Vec<u64> =
                    peers[&door].iter().copied().filter(|&asks| asks < self.asks).collect();
                let needed = self.asks.max(quantile(&ordinary, 99) * self.beyond_peers);
                (route.outcomes.total() >= needed)
                    .then(|| finding(world, Client(client), door, route, needed))
            });
            Some(findings.collect::<Vec<_>>())
        });
        found.into_iter().flat_map(|(_, findings)| findings).collect()
    }
}

/// Whether a door tells about accounts without opening them.
fn asks_for_accounts(route: &LoginRoute) -> bool {
    route.door.is_some_and(|door| door.class.tells_of_accounts())
}

/// The door as learned.
fn door(world: &World<'_>, route: &LoginRoute) -> RouteKey {
    route.door.map(|door| folded(&door, world.learned())).unwrap_or_default()
}

/// The finding against one source.
fn finding(world: &World<'_>, client: Client, door: RouteKey, route: &LoginRoute, needed: u64) -> Finding {
    let asks = route.outcomes.total();
    let mut finding = Finding::new(ABOUT.id, "single-source", Kind::AccountEnumeration);
    let verdicts = world.doors().count(door, &route.outcomes);
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
    finding.test("asks", asks * 10, needed * 10, "requests");
    (finding.first, finding.last) = (route.span.first, route.span.last);
    finding.requests = asks;
    finding.bytes_out = route.bytes;
    finding.activity = Over::of(LOGIN_TICK, &route.activity, |tries| tries.0).activity();
    finding.clients = vec![Count { of: client, requests: asks }];
    finding.endpoints = story::endpoint(door, asks);
    finding.joins = vec![Join::Client(client)];
    finding.samples = story::choose(story::ends(&route.samples.all()));
    let mut users: Vec<Count<Named>> = route
        .accounts
        .iter()
        .filter_map(|(hash, one)| {
            Some(Count { of: Named { hash: NameHash(hash), place: one.place? }, requests: one.tries })
        })
        .collect();
    users.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    finding.users = users;
    finding.users_total = route.accounts.count();
    finding.metrics.insert("asks", asks);
    finding.metrics.insert("accounts", route.accounts.count());
    finding.metrics.insert("kinds of answer", telling as u64);
    let requests = world.profile(client, |profile| profile.requests).unwrap_or(asks);
    finding.confidence = u8::try_from((60 + permille(asks, requests) / 30).min(97)).unwrap_or(97);
    finding.score = Tenths(u32::from(finding.confidence) * 10);
    let names = match route.accounts.count() {
        0 => String::new(),
        names => format!(" for {} names", story::count(names)),
    };
    finding.reason = format!(
        "{} requests{names} from one address that does little else; the endpoint gave {} kinds of answer",
        story::count(asks),
        telling.max(1)
    );
    let crowd = super::confounder::of_asks(world, client, asks);
    finding.confounders.extend(crowd);
    finding.recommendations = vec![
        "Answer alike (status, size and time) whether the account exists or not.".to_owned(),
        "Limit resets, sign-ups and look-ups per source and per hour.".to_owned(),
    ];
    story::suppress(&mut finding);
    finding
}
