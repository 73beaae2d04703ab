//! Clients that act as one: sources that come to a door, are refused, do nothing else and look alike, in a number that
//! chance does not explain.

mod strangers;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::detect::doors::Verdicts;
use crate::detect::least::Least;
use crate::detect::pool;
use crate::detect::statistics::{binomial_tail_tenths, permille, quantile};
use crate::detect::visits::{ANYWHERE, Visit};
use crate::detect::{World, confounder};
use crate::evidence::Span;
use crate::hash::mix;
use crate::request::{Client, RouteKey};
use crate::route::EndpointClass;
use crate::series::Evidence;
use crate::time::{HOUR, Time};

/// Clients that act as one.
#[derive(Clone, Debug)]
pub(crate) struct Campaign {
    /// The door that they come to.
    pub(crate) door: RouteKey,
    /// Identity: door and fingerprint, not the members.
    pub(crate) id: u64,
    /// What they share, in words.
    pub(crate) shares: &'static str,
    /// The members, ascending.
    pub(crate) members: BTreeSet<Client>,
    /// From the first to the last try of its core.
    span: Span,
    /// The most refused tries of any source of its core.
    most: u64,
    /// The refused tries of a median source of its core.
    typical: u64,
    /// The one account that it is after, if it is.
    target: Option<u64>,
    /// −log10 of the chance that so many single-minded clients look alike, in tenths.
    pub(crate) surprise: u64,
}

/// Fewer sources than this are no campaign.
pub(crate) const SOURCES: u64 = 8;

/// Fewer refused tries than this, of all sources together, are no campaign.
pub(crate) const REFUSED: u64 = 30;

/// −log10 of the chance below which likeness is no chance any more, in tenths, before correction for the groups tried.
pub(crate) const SURPRISE: u64 = 60;

/// What the members of a campaign share.
const ONE_AGENT: &str = "share one user agent";
/// What they share where it gives them a few agents in turn.
const FEW_AGENTS: &str = "share a few user agents";

/// What they share where they come from one network.
const ONE_NETWORK: &str = "come from one network";

/// Refused tries from which on a source that does nothing else may belong to a campaign of others.
const STUBBORN: u64 = 4;

/// Refused tries from which on a source is no forgetful person.
const PERSISTENT: u64 = 8;

/// A client at a door.
#[derive(Clone)]
struct Visitor {
    client: Client,
    verdicts: Verdicts,
    /// The agent that it named most.
    agent: u64,
    /// Whether it named several.
    rotates: bool,
    /// Requests elsewhere.
    elsewhere: u64,
    /// Routes elsewhere; very many where their number does not matter.
    routes: u64,
    first: Time,
    last: Time,
    /// The one account that it is after, where the log names accounts and it is after one.
    target: Option<u64>,
    /// Whether only what it did not go on to tells that it was refused.
    silent: bool,
    /// Whether it stands at a login, where people go through.
    at_login: bool,
    /// Whether it does what people do: loads files, or is many.
    like_people: bool,
}

impl Visitor {
    /// Whether it came for nothing but the door, and mostly in vain.
    fn is_single_minded(&self) -> bool {
        let mostly_here = self.elsewhere <= 2.max(self.verdicts.refused / 4);
        self.may_be_single_minded() && (mostly_here || self.routes <= 1)
    }

    /// Whether it is single-minded if it went to no more than one other route.
    fn may_be_single_minded(&self) -> bool {
        self.verdicts.refused >= 1
            && self.verdicts.accepted == 0
            && self.elsewhere <= self.verdicts.refused + 2
    }

    /// Whether it keeps on where a person would give up or ask for a new password.
    fn persists(&self) -> bool {
        let mostly_here = self.elsewhere <= self.verdicts.refused / 4 + 30 * self.verdicts.accepted;
        self.may_persist() && (mostly_here && !self.like_people || self.routes <= 1)
    }

    /// Whether it persists if it went to no more than one other route.
    fn may_persist(&self) -> bool {
        self.verdicts.refused >= PERSISTENT && self.verdicts.refused >= 8 * self.verdicts.accepted
    }

    /// Whether it failed first and got in then, as people do who mistype; and as a source of a campaign does that finds a
    /// password that fits.
    fn gets_in(&self) -> bool {
        self.verdicts.accepted >= 1
            && self.verdicts.refused >= 2 * self.verdicts.accepted
            && self.elsewhere <= 2 + 40 * self.verdicts.accepted
    }

    /// Whether it got in and left: nobody who mistypes does.
    fn leaves(&self) -> bool {
        self.gets_in() && self.elsewhere <= 2
    }
}

/// All campaigns of a world, sorted by door and fingerprint.
pub(crate) fn find(world: &World<'_>) -> Vec<Campaign> {
    let least = Least::of(world);
    let mut campaigns = Vec::new();
    for (door, visitors) in visitors(world) {
        let mut groups: BTreeMap<(u8, u64), Vec<&Visitor>> = BTreeMap::new();
        // Who tries one account again and again is judged with it.
        let after_one =
            |visitor: &&Visitor| visitor.target.is_some() && visitor.verdicts.refused >= least.at_account;
        for visitor in visitors.iter().filter(|visitor| !after_one(visitor)) {
            let group =
                if visitor.rotates && visitor.is_single_minded() { (1, 0) } else { (0, visitor.agent) };
            groups.entry(group).or_default().push(visitor);
        }
        let tried = groups.len() as u64;
        let groups =
            groups.iter().map(|(&fingerprint, members)| Group { door, fingerprint, members, tried, least });
        let mut known = surprising(groups.collect(), &visitors);
        let strangers = strangers::find(door, &visitors, &known, least);
        known.extend(strangers);
        let found = pools(door, visitors, &mut known, least.surprise);
        campaigns.extend(known.into_iter().chain(found));
    }
    let mut campaigns = joined(campaigns);
    campaigns.sort_by_key(|campaign| (campaign.door, campaign.id));
    campaigns
}

/// The campaigns among the groups of one door. What was found is no background for the others: an attacker who uses five
/// agents would hide each group behind the other four.
fn surprising(mut groups: Vec<Group<'_>>, visitors: &[Visitor]) -> Vec<Campaign> {
    let mut background = Background::of(visitors.iter());
    let mut found = Vec::new();
    loop {
        let before = background;
        groups.retain(|group| {
            let Some(campaign) = group.test(before) else { return true };
            background.visitors -= group.members.len() as u64;
            background.single -= group.core().count() as u64;
            background.get_in -= group.get_in();
            found.push(campaign);
            false
        });
        if background.visitors == before.visitors {
            return found;
        }
    }
}

/// An attacker may give each of its sources one of a few agents: campaigns of one agent each, at one door, at the same time
/// and with about as many tries a source are one. It keeps the identity of the earliest.
fn joined(mut campaigns: Vec<Campaign>) -> Vec<Campaign> {
    campaigns.sort_by_key(|campaign| (campaign.door, campaign.span.first, campaign.id));
    let mut joined: Vec<Campaign> = Vec::new();
    for campaign in campaigns {
        match joined.iter_mut().find(|known| known.is_like(&campaign)) {
            Some(known) => known.absorb(campaign),
            None => joined.push(campaign),
        }
    }
    joined
}

/// Persistent sources that are alike in nothing but that they persist, at the same time and about as much; those that are
/// after one account stand together.
fn pools(door: RouteKey, visitors: Vec<Visitor>, known: &mut [Campaign], surprise: u64) -> Vec<Campaign> {
    let members: BTreeSet<Client> =
        known.iter().flat_map(|campaign| campaign.members.iter().copied()).collect();
    let others = visitors.into_iter().filter(|visitor| !members.contains(&visitor.client) && !visitor.silent);
    let (persistent, others): (Vec<_>, Vec<_>) = others.partition(Visitor::persists);
    let mut by_target: BTreeMap<Option<u64>, Vec<Visitor>> = BTreeMap::new();
    for visitor in persistent {
        by_target.entry(visitor.target).or_default().push(visitor);
    }
    let mut found = Vec::new();
    let mut alone: Vec<Visitor> = others.into_iter().filter(Visitor::is_single_minded).collect();
    for (target, visitors) in by_target {
        for members in pool::gather(visitors) {
            if members.len() >= pool::SOURCES {
                found.push(Campaign::of_pool(door, target, &members, surprise));
            } else {
                alone.extend(members);
            }
        }
    }
    for straggler in alone {
        // Of several campaigns it belongs to the one whose sources try about as often.
        let fits = |campaign: &&mut Campaign| campaign.door == door && campaign.takes(&straggler);
        if let Some(campaign) = found.iter_mut().chain(known.iter_mut()).find(|campaign| fits(campaign)) {
            campaign.members.insert(straggler.client);
        }
    }
    found
}

impl Campaign {
    /// The campaign of a pool.
    fn of_pool(door: RouteKey, target: Option<u64>, members: &[Visitor], surprise: u64) -> Self {
        let first = members.iter().map(|visitor| visitor.first).min().unwrap_or_default();
        let last = members.iter().map(|visitor| visitor.last).max().unwrap_or_default();
        let identity = target.unwrap_or_else(|| first.0.div_euclid(HOUR).unsigned_abs());
        Self {
            door,
            id: mix(mix(door.0.0, u64::from(door.1)), mix(2, identity)),
            shares: "take turns",
            surprise: surprise.max(members.len() as u64 * 10),
            span: Span { first, last },
            most: members.iter().map(|visitor| visitor.verdicts.refused).max().unwrap_or(0),
            typical: typical(members),
            target,
            members: members.iter().map(|visitor| visitor.client).collect(),
        }
    }

    /// Whether another campaign is a part of this one.
    fn is_like(&self, other: &Self) -> bool {
        let agents = [ONE_AGENT, FEW_AGENTS];
        let (first, last) = (self.span.first.max(other.span.first), self.span.last.min(other.span.last));
        let shorter = self.span.micros().min(other.span.micros());
        self.door == other.door
            && agents.contains(&self.shares)
            && agents.contains(&other.shares)
            && (last.0 - first.0) * 2 >= shorter
            && self.typical <= other.typical * 2
            && other.typical <= self.typical * 2
    }

    /// Takes in a part of it.
    fn absorb(&mut self, part: Self) {
        self.shares = FEW_AGENTS;
        self.members.extend(part.members);
        self.span.merge(part.span);
        self.most = self.most.max(part.most);
        self.surprise = self.surprise.max(part.surprise);
    }

    /// Whether a source that stands alone belongs to it: at the same time, neither far busier nor less than half as busy as
    /// others are.
    fn takes(&self, visitor: &Visitor) -> bool {
        let together = visitor.first <= self.span.last && self.span.first <= visitor.last;
        let refused = visitor.verdicts.refused;
        let enough = visitor.persists() || refused >= STUBBORN && refused * 2 >= self.typical;
        together && enough && refused <= 2 * self.most.max(PERSISTENT) && visitor.target == self.target
    }
}

/// The refused tries of a median source.
fn typical<'v>(core: impl IntoIterator<Item = &'v Visitor>) -> u64 {
    let mut refused: Vec<u64> = core.into_iter().map(|visitor| visitor.verdicts.refused).collect();
    refused.sort_unstable();
    quantile(&refused, 50)
}

impl pool::Member for Visitor {
    fn span(&self) -> Span {
        Span { first: self.first, last: self.last }
    }

    fn size(&self) -> u64 {
        self.verdicts.refused
    }
}

/// Who came to each door that takes credentials.
fn visitors(world: &World<'_>) -> BTreeMap<RouteKey, Vec<Visitor>> {
    let visits = world.visits().par_iter().filter(|visit| visit.takes_credentials());
    let visitors: Vec<(RouteKey, Visitor)> =
        visits.map(|visit| (visit.door, visitor(world, visit))).collect();
    let mut doors: BTreeMap<RouteKey, Vec<Visitor>> = BTreeMap::new();
    for (door, visitor) in visitors {
        doors.entry(door).or_default().push(visitor);
    }
    doors
}

/// A client at a door.
fn visitor(world: &World<'_>, visit: &Visit) -> Visitor {
    let mut visitor = Visitor {
        client: visit.client,
        verdicts: world.doors().of_visit(visit),
        agent: visit.agent,
        rotates: visit.rotates,
        elsewhere: visit.requests.saturating_sub(visit.at_doors),
        routes: u64::MAX,
        first: visit.span.first,
        last: visit.span.last,
        target: visit.target,
        silent: world.doors().is_silent(visit.client, visit.door),
        at_login: visit.at.class == EndpointClass::Login,
        like_people: false,
    };
    let anywhere = visit.door == ANYWHERE && visitor.elsewhere > 0;
    // Of most it is plain, wherever else they went.
    let may_matter = visitor.may_be_single_minded() && !visitor.is_single_minded()
        || visitor.may_persist()
        || visitor.gets_in();
    if may_matter || anywhere {
        let known = world.profile(visit.client, |profile| {
            let people = profile.companions > 0 || confounder::crowd(profile) > 0;
            (profile.routes.count(), people, profile.others.all().map(|other| other.requests).sum::<u64>())
        });
        let (routes, people, works) = known.unwrap_or_default();
        visitor.routes = routes.saturating_sub(visit.doors);
        visitor.like_people = people;
        // Where every request carries name and password, those that were answered got in.
        visitor.verdicts.accepted += if anywhere { works } else { 0 };
    }
    visitor
}

/// All visitors of a door that belong to no campaign yet.
#[derive(Clone, Copy)]
struct Background {
    /// How many.
    visitors: u64,
    /// How many of them are single-minded.
    single: u64,
    /// How many of them failed first and got in then.
    get_in: u64,
}

impl Background {
    /// All of `visitors`.
    fn of<'v>(visitors: impl Iterator<Item = &'v Visitor> + Clone) -> Self {
        let count = |is: fn(&Visitor) -> bool| visitors.clone().filter(|visitor| is(visitor)).count() as u64;
        Self {
            visitors: count(|_| true),
            single: count(Visitor::is_single_minded),
            get_in: count(Visitor::gets_in),
        }
    }
}

/// The fingerprint of those who come from one network; 0 is that of one agent, 1 that of those who change it.
const NETWORK: u8 = 3;

/// Visitors of one door that look alike.
struct Group<'v> {
    door: RouteKey,
    /// 0 and the agent, 1 for those who change it, or [`NETWORK`] and the network.
    fingerprint: (u8, u64),
    members: &'v [&'v Visitor],
    /// How many groups were tested at this door.
    tried: u64,
    /// What tries must come to.
    least: Least,
}

impl Group<'_> {
    /// The single-minded among its members.
    fn core(&self) -> impl Iterator<Item = &Visitor> {
        self.members.iter().copied().filter(|visitor| visitor.is_single_minded())
    }

    /// How many of its members failed first and got in then.
    fn get_in(&self) -> u64 {
        self.members.iter().filter(|visitor| visitor.gets_in()).count() as u64
    }

    /// A campaign, if there are more single-minded members than chance explains: against the share of single-minded among
    /// the door's other visitors.
    fn test(&self, background: Background) -> Option<Campaign> {
        let core: Vec<&Visitor> = self.core().collect();
        let (size, ours) = (self.members.len() as u64, core.len() as u64);
        let refused: u64 = core.iter().map(|visitor| visitor.verdicts.refused).sum();
        if ours < self.least.sources || refused < self.least.of_campaign || !self.tells(&core) {
            return None;
        }
        let (others, others_single) = (background.visitors - size, background.single - ours);
        // One more of each: a door with few other visitors tells little about them (Laplace's rule).
        #[expect(clippy::cast_precision_loss, reason = "counts of clients stay far below 2^52")]
        let expected = (others_single + 1) as f64 / (others + 2) as f64;
        let surprise = match self.fingerprint.0 {
            0 | NETWORK => binomial_tail_tenths(ours, size, expected),
            // Whoever changes the agent between tries and does nothing else is no person; their number is the proof.
            _ => i64::try_from(ours * 10).unwrap_or(i64::MAX),
        };
        let surprise = u64::try_from(surprise).unwrap_or(0);
        let needed = self.least.surprise + 10 * u64::from(self.tried.max(1).ilog10());
        #[expect(clippy::cast_precision_loss, reason = "counts of clients stay far below 2^52")]
        let people = (background.get_in - self.get_in() + 1) as f64 / (others + 2) as f64;
        (surprise >= needed).then(|| self.campaign(&core, surprise, people))
    }

    /// Whether its core tells enough. Where nobody was refused but by what did not follow, a program that has its work
    /// elsewhere looks the same: so either others with the same agent go on, or its sources try again and again.
    fn tells(&self, core: &[&Visitor]) -> bool {
        let silent = core.iter().filter(|visitor| visitor.silent).count();
        let go_on = self.members.iter().filter(|visitor| !visitor.silent && visitor.verdicts.accepted > 0);
        silent * 2 < core.len() || typical(core.iter().copied()) >= 3 || go_on.count() >= 3
    }

    /// Beside the core, those who got in: all that left at once, and of the others those that are far more than the people
    /// who mistype can be.
    fn opened(&self, first: Time, last: Time, people: f64) -> Vec<&Visitor> {
        let around = |visitor: &Visitor| visitor.last.0 >= first.0 - HOUR && visitor.first.0 <= last.0 + HOUR;
        let others = self.members.iter().copied().filter(|visitor| !visitor.is_single_minded());
        let others: Vec<&Visitor> = others.filter(|visitor| around(visitor)).collect();
        let (mut opened, may): (Vec<&Visitor>, Vec<&Visitor>) =
            others.iter().copied().filter(|visitor| visitor.gets_in()).partition(|one| one.leaves());
        let may: Vec<&Visitor> =
            may.into_iter().filter(|one| !one.like_people && one.target.is_none()).collect();
        let core = self.core().count();
        // Of an agent that hardly anybody else names, few people can be among them.
        let exclusive = permille(core as u64, (core + others.len()) as u64) >= 700;
        #[expect(clippy::cast_precision_loss, reason = "counts of clients stay far below 2^52")]
        let (found, expected) = (may.len() as f64, people * others.len() as f64);
        if exclusive || found >= 4.0 * expected && found >= 3.0 {
            opened.extend(may);
        }
        opened
    }

    /// The campaign, with the members that fit beside its core; `people` is the share of the door's other visitors who
    /// fail first and get in then.
    fn campaign(&self, core: &[&Visitor], surprise: u64, people: f64) -> Campaign {
        let first = core.iter().map(|visitor| visitor.first).min().unwrap_or_default();
        let last = core.iter().map(|visitor| visitor.last).max().unwrap_or_default();
        let shares = match self.fingerprint.0 {
            0 => ONE_AGENT,
            NETWORK => ONE_NETWORK,
            _ => "change their user agent between tries",
        };
        let opened = self.opened(first, last, people);
        let members = core.iter().copied().chain(opened);
        Campaign {
            door: self.door,
            id: mix(
                mix(self.door.0.0, u64::from(self.door.1)),
                mix(u64::from(self.fingerprint.0), self.fingerprint.1),
            ),
            shares,
            members: members.map(|visitor| visitor.client).collect(),
            span: Span { first, last },
            most: core.iter().map(|visitor| visitor.verdicts.refused).max().unwrap_or(0),
            typical: typical(core.iter().copied()),
            target: None,
            surprise,
        }
    }
}
