//! Accounts that are besieged, from wherever.

use std::collections::{BTreeMap, BTreeSet};

use super::Siege;
use super::source::{gaps, opened_first};
use crate::collect::{Accounts, FromClient, LOGIN_TICK, LoginRoute, Logins, PrincipalProfiles, Tried, Try};
use crate::detect::World;
use crate::detect::doors::Verdicts;
use crate::detect::least::Least;
use crate::detect::story::{self, Over};
use crate::detect::visits::folded;
use crate::evidence::Bounded;
use crate::incident::{Count, Sample};
use crate::request::{Client, RouteKey};
use crate::route::EndpointClass;
use crate::series::Evidence;
use crate::time::MINUTE;

/// One siege for each account that is besieged by others than those of whom it is `known`.
pub(super) fn besieged(world: &World<'_>, known: &BTreeMap<u64, BTreeSet<Client>>) -> Vec<Siege> {
    let least = Least::of(world);
    let found = world.population::<Accounts>().collect_from(least.at_account, |subject, tried| {
        let account = u64::try_from(subject.key()).unwrap_or(0);
        if let Some(theirs) = known.get(&account) {
            return beside(world, account, tried, theirs, least);
        }
        let (all, worst, class) = verdicts(world, tried)?;
        let (by_owner, owners) = if class.takes_credentials() {
            (Verdicts::default(), BTreeSet::new())
        } else {
            by_owner(world, account, tried, worst)
        };
        let others = all.without(by_owner);
        let enough = |verdicts: Verdicts| {
            verdicts.refused >= least.at_account && verdicts.refused_permille() >= least.refused_share
        };
        // Where the rest is nothing, the whole is told, and why it is nothing.
        if enough(others) {
            Some(siege(world, account, tried, (worst, class), others, &owners))
        } else if enough(all) {
            let siege = siege(world, account, tried, (worst, class), all, &BTreeSet::new());
            Some(Siege { by_owner: by_owner.refused, ..siege })
        } else {
            None
        }
    });
    found.into_iter().map(|(_, siege)| siege).collect()
}

/// The siege of the one source that tries an account as often as besiegers do, beside those who try it among others.
fn beside(
    world: &World<'_>,
    account: u64,
    tried: &Tried,
    theirs: &BTreeSet<Client>,
    least: Least,
) -> Option<Siege> {
    let (_, worst, class) = verdicts(world, tried)?;
    let others = tried.clients.iter().filter(|(_, from)| !theirs.contains(&Client(from.client)));
    let of = |from: &FromClient| world.doors().count(worst, from.outcomes.iter());
    let (verdicts, _, from) = others
        .map(|(key, from)| (of(from), key, from))
        .max_by_key(|&(verdicts, key, _)| (verdicts.refused, key))?;
    let (_, owners) = by_owner(world, account, tried, worst);
    let is_owner = !class.takes_credentials() && owners.contains(&Client(from.client));
    if is_owner || verdicts.refused < least.at_account || verdicts.refused_permille() < least.refused_share {
        return None;
    }
    let but_it = tried.clients.iter().map(|(_, other)| Client(other.client));
    let but_it: BTreeSet<Client> = but_it.filter(|other| other.0 != from.client).collect();
    let siege = siege(world, account, tried, (worst, class), verdicts, &but_it);
    Some(Siege { span: from.span, sources: 1, ..siege })
}

/// How tries at an account ended, the door that refused most, and its class. Where else it got in as often as it was refused,
/// its owner logged in, and nobody guessed.
fn verdicts(world: &World<'_>, tried: &Tried) -> Option<(Verdicts, RouteKey, EndpointClass)> {
    let at_doors = tried.doors.all().filter_map(|door| {
        let at = door.door.filter(|door| !door.class.tells_of_accounts())?;
        let key = folded(&at, world.learned());
        Some((world.doors().count(key, door.outcomes.iter()), key, at.class))
    });
    let at_doors: Vec<(Verdicts, RouteKey, EndpointClass)> = at_doors.collect();
    // Of equals the first.
    let &(_, worst, class) = at_doors.iter().rev().max_by_key(|(here, _, _)| here.refused)?;
    let mut verdicts = Verdicts::default();
    let guessed = at_doors.iter().filter(|(here, key, _)| *key == worst || here.refused > here.accepted);
    guessed.for_each(|&(here, _, _)| verdicts.merge(here));
    Some((verdicts, worst, class))
}

/// Requests as the account from which on an address is one that its owner works from.
const WORKS: u64 = 3;

/// Tries a minute that a program makes at most which was given a password and waits between two tries.
const WAITING: u64 = 6;

/// Tries from addresses that work as the account: of its owner's programs that have an old password, or of tests of what
/// may be done with which. They ask as slowly as programs do, or between requests that are answered.
fn by_owner(world: &World<'_>, account: u64, tried: &Tried, door: RouteKey) -> (Verdicts, BTreeSet<Client>) {
    let mut all = Verdicts::default();
    let mut owners = BTreeSet::new();
    let works = world.population::<PrincipalProfiles>().with(u128::from(account), |profile| {
        let from = |(_, other): (u64, &crate::collect::Other)| (Client(other.key), other.requests);
        profile.others.iter().map(from).collect::<Vec<_>>()
    });
    for (_, from) in tried.clients.iter() {
        let client = Client(from.client);
        let here = works.iter().flatten().find(|&&(other, _)| other == client);
        let works = here.map_or(0, |&(_, requests)| requests);
        if works >= WORKS && (waits(from) || is_between(world, from)) {
            all.merge(world.doors().count(door, from.outcomes.iter()));
            owners.insert(client);
        }
    }
    (all, owners)
}

/// Whether a source waits between two tries.
fn waits(from: &FromClient) -> bool {
    let minutes = u64::try_from(from.span.micros() / MINUTE).unwrap_or(0) + 1;
    from.outcomes.total() <= WAITING * minutes
}

/// Whether, while a source tried, most of what it asked was something else.
fn is_between(world: &World<'_>, from: &FromClient) -> bool {
    let asked = world.profile(Client(from.client), |profile| {
        let width = profile.activity.width(crate::collect::PROFILE_TICK).micros();
        let (first, last) = (from.span.first.0, from.span.last.0);
        let within = profile.activity.ticks(crate::collect::PROFILE_TICK);
        let within = within.filter(|(start, _)| start.0 >= first && start.0 + width <= last);
        within.map(|(_, requests)| requests.0).sum::<u64>()
    });
    asked.unwrap_or(0) >= 2 * from.outcomes.total()
}

/// The siege of one account, except from `owners`.
fn siege(
    world: &World<'_>,
    account: u64,
    tried: &Tried,
    (door, class): (RouteKey, EndpointClass),
    verdicts: Verdicts,
    owners: &BTreeSet<Client>,
) -> Siege {
    let mut accounts = Bounded::<Try, 1024>::default();
    accounts.at(account).merge(Try {
        tries: verdicts.tries(),
        answers: Vec::new(),
        place: tried.place,
        span: tried.span,
    });
    let refused = |from: &FromClient| world.doors().count(door, from.outcomes.iter()).refused;
    let mut clients: Vec<Count<Client>> = tried
        .clients
        .iter()
        .filter(|(_, from)| !owners.contains(&Client(from.client)) && refused(from) > 0)
        .map(|(_, from)| Count { of: Client(from.client), requests: from.outcomes.total() })
        .collect();
    clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    let mut samples = story::ends(&tried.samples.all());
    if verdicts.accepted > 0 {
        samples.extend(tried.answered.first().map(|(time, place)| Sample { time, place, why: "success" }));
    }
    // Of many sources only some are kept: of all there are, as many as of these were refused.
    let kept = tried.clients.len().max(1) as u64;
    let sources = tried.clients.count() * clients.len() as u64 / kept;
    let siege = Siege {
        variant: if clients.len() > 1 { "one-account-many-sources" } else { "one-account" },
        door,
        shown: (door, class),
        verdicts,
        clients,
        accounts,
        agents: tried.agents.iter().map(|(agent, count)| (agent, count.0)).collect(),
        over: Over::of(LOGIN_TICK, &tried.activity, |tries| tries.0),
        span: tried.span,
        gaps: gaps(&tried.samples),
        opened_first: opened_first(&tried.samples, &tried.answered, verdicts.accepted),
        samples,
        bytes: 0,
        campaign: None,
        busiest: verdicts.refused,
        elsewhere: 0,
        sources,
        by_owner: 0,
        taken: BTreeSet::new(),
        crowd: false,
        least: Least::of(world),
    };
    siege.at_its_door(world, account, tried)
}

impl Siege {
    /// Where one source made the tries and tried nothing else at the door that refused most: when it did, and as what, without
    /// what the account's owner did elsewhere meanwhile. If it got in elsewhere afterwards, that is its success.
    fn at_its_door(mut self, world: &World<'_>, account: u64, tried: &Tried) -> Self {
        let [only] = self.clients.as_slice() else { return self };
        let ours = |route: &&LoginRoute| {
            let is_there = route.door.is_some_and(|at| folded(&at, world.learned()) == self.door);
            is_there && route.accounts.count() == 1 && route.accounts.get(account).is_some()
        };
        let logins = world.population::<Logins>();
        let route = logins.with(only.of.0, |tries| tries.doors.all().find(ours).cloned()).flatten();
        let Some(route) = route else { return self };
        let last = route.samples.last().map_or(self.span.last, |(time, _)| time);
        let from = tried.clients.iter().map(|(_, from)| from).find(|from| from.client == only.of.0);
        let ended = from.map_or(last, |from| from.span.last);
        let success = tried.answered.last().filter(|&(time, _)| time == ended && time > last);
        if let Some((time, place)) = success.filter(|_| self.verdicts.accepted == 0) {
            self.verdicts.accepted = 1;
            self.samples.push(Sample { time, place, why: "success" });
        }
        self.agents = route.agents.iter().map(|(agent, of)| (agent, of.tries)).collect();
        self.over = Over::of(LOGIN_TICK, &route.activity, |tries| tries.0);
        self.gaps = gaps(&route.samples);
        self.opened_first = opened_first(&route.samples, &route.answered, self.verdicts.accepted);
        self.span = route.span;
        self
    }
}
