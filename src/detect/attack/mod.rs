//! Attacks that requests show by themselves: who made them, against what, and whether they worked.

mod answered;
mod hands;
mod injection;
mod nothing;
mod patient;
mod planted;
mod told;
mod vulnerability_scan;
mod worked;

pub(super) use injection::Injection;
pub(super) use vulnerability_scan::VulnerabilityScan;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::collect::{Attacked, Attacks, ClientProfiles, Target};
use crate::detect::confounder::{Ordinary, are_people, of_files, of_scan};
use crate::detect::nearness::test;
use crate::detect::{About, Actor, World};
use crate::incident::{ConfounderNote, Finding, Kind, Outcome, Scale, Test};
use crate::request::{Client, RouteKey};
use crate::signal::Class;
use hands::{Hand, hands};
use nothing::Nothing;
pub(super) use worked::route as route_of;
use worked::{Catchall, Ways, Worked};

/// From how many requests on it is no small part of a campaign.
const MUCH: u64 = 50;
/// So many payloads on routes that people use are tried by hand, and are no slip.
const BY_HAND: u64 = 3;
/// From this score on, a payload is nothing that a person types.
const SURE: u8 = 65;
/// Or this share of all that the client did, in percent, is more than one input that happens to look like an attack.
const SHARE: u64 = 10;

/// A family of classes, and how it is told.
struct Family {
    about: &'static About,
    kind: Kind,
    has: fn(Class) -> bool,
}

/// What one attacker did within one family.
struct Assault<'w> {
    /// Its addresses, ascending, and how many of these requests each made.
    clients: Vec<(Client, u64)>,
    attacked: &'w Attacked,
    /// Its targets, most requests first, and what became of each.
    targets: Vec<(&'w Target, Worked)>,
    requests: u64,
    outcome: Outcome,
    scale: Scale,
    notes: Vec<ConfounderNote>,
}

impl Family {
    /// Every finding of this family.
    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let attacks = world.population::<Attacks>().collect(|_, attacked| Some(attacked.clone()));
        let mut attacks: Vec<(Client, Attacked)> =
            attacks.into_iter().map(|(key, attacked)| (Client(key), attacked)).collect();
        attacks.sort_unstable_by_key(|(client, _)| *client);
        let catchall = Catchall::of(world, &attacks);
        let ordinary = Ordinary::of(world, &attacks);
        let misses = answered::misses(world, &attacks);
        let nothing = Nothing { catchall: &catchall, misses: &misses };
        let hands = hands(world, &attacks, self.sustained(world));
        let assaults = hands
            .iter()
            .map(|hand| self.assault(world, hand, &nothing, &ordinary))
            .filter(|assault| !assault.targets.is_empty());
        let (mut alone, others): (Vec<_>, Vec<_>) = assaults.partition(Assault::stands_alone);
        let (campaigns, others) = match (world.tells_clusters(), (self.has)(Class::Scanner)) {
            (false, _) => (Vec::new(), others),
            (true, true) => patient::shared_out(world, others),
            (true, false) => together(world, others),
        };
        let (sustained, single): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|one| !one.is_background(self));
        alone.extend(sustained);
        let mut findings: Vec<Finding> = alone.iter().map(|one| self.alone(world, one)).collect();
        let together = if (self.has)(Class::Scanner) { Self::patient } else { Self::together };
        findings.extend(campaigns.iter().map(|some| together(self, world, some)));
        findings.extend((!single.is_empty()).then(|| self.background(world, &single)));
        findings
    }

    /// How near a client came to more than single probes.
    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let Actor::Client(client) = actor else { return Vec::new() };
        let requests = world.population::<Attacks>().with(client.0, |attacked| {
            let of_family = attacked.targets.all().filter(|target| target.class().is_some_and(self.has));
            of_family.map(|target| target.requests).sum::<u64>()
        });
        let some = requests.filter(|&requests| requests > 0);
        some.map(|requests| vec![test("sustained", requests, self.sustained(world), "requests")])
            .into_iter()
            .collect()
    }

    /// What one attacker did.
    fn assault<'w>(
        &self,
        world: &World<'_>,
        hand: &'w Hand<'_>,
        nothing: &Nothing<'_>,
        ordinary: &Ordinary,
    ) -> Assault<'w> {
        let attacked = hand.attacked();
        let clients = self.clients(hand);
        let of_family = attacked.targets.all().filter(|target| target.class().is_some_and(self.has));
        let are_people = hand.members.iter().all(|(client, attacked)| are_people(world, *client, attacked));
        let by_route =
            if are_people { BTreeMap::new() } else { by_route(world, attacked, ordinary, nothing) };
        let reached = if are_people { None } else { answered::reached(world, attacked, nothing) };
        let climbs =
            |target: &Target| matches!(target.class(), Some(Class::PathTraversal | Class::FileInclusion));
        let worked = |target: &Target| {
            let mut usual = ordinary.usual(world, target);
            usual.texts |= are_people;
            let worked = worked::judge(world, target, &Ways { usual, nothing });
            let of_route = route_of(world, target).and_then(|route| by_route.get(&route));
            let found = of_route.or_else(|| reached.as_ref().filter(|_| climbs(target)));
            let is_better = target.ok > 0 && worked.outcome < Outcome::Succeeded;
            found.filter(|_| is_better).cloned().unwrap_or(worked)
        };
        let mut targets: Vec<(&Target, Worked)> = of_family.map(|target| (target, worked(target))).collect();
        // What was taken first, the largest before others.
        targets.sort_by_key(|(target, worked)| {
            (Reverse((worked.outcome, worked.bytes, target.requests)), target.what)
        });
        let requests = targets.iter().map(|(target, _)| target.requests).sum();
        let tried = if targets.iter().all(|(target, _)| target.refused == target.requests) {
            Outcome::Blocked
        } else {
            Outcome::Attempted
        };
        let outcome = targets.iter().map(|(_, worked)| worked.outcome).max().unwrap_or(tried).max(tried);
        let outcome = if outcome == Outcome::Attempted { tried } else { outcome };
        let lead = clients.iter().max_by_key(|&&(client, requests)| (requests, Reverse(client)));
        let lead = lead.map(|&(client, _)| client).unwrap_or_default();
        let mut notes =
            ordinary.notes(world, (lead, attacked), outcome, targets.iter().map(|(target, _)| *target));
        if (self.has)(Class::Scanner) {
            let is_scan = outcome < Outcome::Probed;
            notes.extend(is_scan.then(|| of_scan(world, lead)).flatten());
            notes.extend(of_files(world, lead, attacked));
        }
        let scale = self.scale(world, &clients, attacked, &targets, requests);
        Assault { clients, attacked, targets, requests, outcome, scale, notes }
    }

    /// The addresses of an attacker from which attacks of this family came, and how many from each.
    fn clients(&self, hand: &Hand<'_>) -> Vec<(Client, u64)> {
        let of_family = |(client, attacked): &&(Client, Attacked)| {
            let targets = attacked.targets.all().filter(|target| target.class().is_some_and(self.has));
            (*client, targets.map(|target| target.requests).sum::<u64>())
        };
        hand.members.iter().map(of_family).filter(|&(_, requests)| requests > 0).collect()
    }

    /// Whether an attacker does more than probe once.
    fn scale(
        &self,
        world: &World<'_>,
        clients: &[(Client, u64)],
        attacked: &Attacked,
        targets: &[(&Target, Worked)],
        requests: u64,
    ) -> Scale {
        let mut classes: Vec<_> = targets.iter().filter_map(|(target, _)| target.class()).collect();
        classes.sort_unstable();
        classes.dedup();
        let profiles = world.population::<ClientProfiles>();
        let all =
            clients.iter().map(|(client, _)| profiles.wanted(client.0)).sum::<u64>().max(requests).max(1);
        // Markup is typed by editors; code of databases, shells and languages is not.
        let is_code =
            classes.iter().any(|class| !matches!(class, Class::Xss | Class::Ssi | Class::SensitiveFile));
        let is_meant = classes.len() > 1
            || targets.len() as u64 >= world.threshold(&vulnerability_scan::ABOUT, "different")
            || requests * 100 >= all * SHARE
            || attacked.tools > 0
            || attacked.hidden * 4 >= requests
            || is_code;
        let is_sustained = requests >= self.sustained(world) && is_meant;
        if is_sustained || by_hand(world, targets) >= BY_HAND { Scale::Sustained } else { Scale::Single }
    }

    /// From how many requests on a client does more than probe once.
    fn sustained(&self, world: &World<'_>) -> u64 {
        world.threshold(self.about, "sustained")
    }
}

/// How many payloads somebody tried on routes that people use: bots try what they know on whatever there may be.
fn by_hand(world: &World<'_>, targets: &[(&Target, Worked)]) -> u64 {
    // Markup is typed by editors.
    let is_code = |class| !injection::is_scan(class) && !matches!(class, Class::Xss | Class::Ssi);
    let is_sure = |target: &&Target| target.class().is_some_and(is_code) && target.score >= SURE;
    let is_used = |target: &&Target| route_of(world, target).is_some_and(|route| world.is_used(route));
    targets
        .iter()
        .map(|(target, _)| *target)
        .filter(is_sure)
        .filter(is_used)
        .map(|target| target.requests)
        .sum()
}

impl Assault<'_> {
    /// Whether it is told by itself, whoever else does the same: it got somewhere, is much, or is explained.
    fn stands_alone(&self) -> bool {
        self.outcome >= Outcome::Succeeded
            || self.attacked.tools > 0 && self.scale == Scale::Sustained
            || self.requests >= MUCH
            || self.is_explained()
    }

    /// Whether it is such as the internet does all day: few requests that got nothing, by somebody who got nothing otherwise.
    fn is_background(&self, family: &Family) -> bool {
        let took = |target: &Target| {
            let is_other = target
                .class()
                .is_some_and(|class| !(family.has)(class) && vulnerability_scan::is_file(class));
            is_other && target.ok > 0 && target.ok_score >= worked::SECRET
        };
        self.scale != Scale::Sustained
            && self.outcome < Outcome::Probed
            && !self.attacked.targets.all().any(took)
    }

    /// Whether something harmless explains it.
    fn is_explained(&self) -> bool {
        self.notes.iter().any(|note| note.score.0 >= crate::detect::story::EXPLAINS)
    }
}

/// What the payloads of all classes that one client sent to a route tell together, where they tell something.
fn by_route(
    world: &World<'_>,
    attacked: &Attacked,
    ordinary: &Ordinary,
    nothing: &Nothing<'_>,
) -> BTreeMap<RouteKey, Worked> {
    let mut by_route: BTreeMap<RouteKey, Vec<&Target>> = BTreeMap::new();
    for target in attacked.targets.all().filter(|target| !ordinary.usual(world, target).texts) {
        if let Some(route) = route_of(world, target) {
            by_route.entry(route).or_default().push(target);
        }
    }
    let found = |(route, targets): (RouteKey, Vec<&Target>)| {
        let found = answered::shell(world, &targets, route, nothing)
            .or_else(|| answered::read(world, &targets, route, nothing))
            .or_else(|| answered::slipped(&targets, route, nothing))?;
        Some((route, found))
    };
    by_route.into_iter().filter_map(found).collect()
}

/// Clients that each probe a little, but one route in one way together, with those who probe it in another way; and the rest.
fn together<'w>(world: &World<'_>, single: Vec<Assault<'w>>) -> (Vec<Vec<Assault<'w>>>, Vec<Assault<'w>>) {
    let mut by_route: BTreeMap<RouteKey, BTreeMap<Class, Vec<Assault<'w>>>> = BTreeMap::new();
    let mut rest = Vec::new();
    for one in single {
        // The target that most of it went to.
        let most = one.targets.iter().max_by_key(|(target, _)| (target.requests, target.what));
        let what = most.and_then(|(target, _)| Some((worked::route(world, target)?, target.class()?)));
        match what {
            Some((route, class)) => {
                by_route.entry(route).or_default().entry(class).or_default().push(one);
            }
            None => rest.push(one),
        }
    }
    let clients = world.threshold(&injection::ABOUT, "campaign");
    let mut campaigns: Vec<Vec<Assault<'w>>> = Vec::new();
    for (route, ways) in by_route {
        let is_one = |some: &Vec<Assault<'_>>| {
            let requests: u64 = some.iter().map(|one| one.requests).sum();
            let addresses = some.iter().map(|one| one.clients.len() as u64).sum::<u64>();
            // Few must each try more often.
            addresses >= clients && requests >= (2 * addresses).max(4 * clients)
        };
        let is_campaign = world.is_used(route) && ways.values().any(is_one);
        let some = ways.into_values().flatten();
        if is_campaign { campaigns.push(some.collect()) } else { rest.extend(some) }
    }
    for some in &mut campaigns {
        some.sort_by(|one, other| one.clients.cmp(&other.clients));
    }
    rest.sort_by(|one, other| one.clients.cmp(&other.clients));
    (campaigns, rest)
}
