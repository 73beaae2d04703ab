//! Clients that act as one: sources that come to a door, are refused, do nothing else and look alike, in a number that
//! chance does not explain.

mod group;
mod strangers;
mod tail;
mod visitor;

use group::{Background, Group};
use tail::Tail;
use visitor::{PERSISTENT, Visitor};

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::World;
use crate::detect::least::Least;
use crate::detect::pool;
use crate::detect::statistics::quantile;
use crate::evidence::Span;
use crate::hash::mix;
use crate::request::{Client, RouteKey};
use crate::series::Evidence;
use crate::time::HOUR;

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

/// A straggler was refused no more than so many times as often as the busiest source of the core.
const BUSIER: u64 = 4;

/// All campaigns of a world, sorted by door and fingerprint.
pub(crate) fn find(world: &World<'_>) -> Vec<Campaign> {
    let least = Least::of(world);
    let mut campaigns = Vec::new();
    if !world.tells_clusters() {
        return campaigns;
    }
    for (door, visitors) in visitor::all(world) {
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
    let mut background = Background::of(visitors);
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

/// Persistent sources that are alike in nothing but that they persist, at the same time and about as much, and are more than
/// the door's people who do; those that are after one account stand together.
fn pools(door: RouteKey, visitors: Vec<Visitor>, known: &mut [Campaign], surprise: u64) -> Vec<Campaign> {
    let members: BTreeSet<Client> =
        known.iter().flat_map(|campaign| campaign.members.iter().copied()).collect();
    let tail = Tail::of(&visitors);
    let others = visitors.into_iter().filter(|visitor| !members.contains(&visitor.client) && !visitor.silent);
    let (persistent, others): (Vec<_>, Vec<_>) = others.partition(Visitor::persists);
    let mut by_target: BTreeMap<Option<u64>, Vec<Visitor>> = BTreeMap::new();
    for visitor in persistent {
        by_target.entry(visitor.target).or_default().push(visitor);
    }
    let mut found = Vec::new();
    let mut alone: Vec<Visitor> = others.into_iter().filter(Visitor::is_single_minded).collect();
    for (target, visitors) in by_target {
        for members in pool::together(visitors) {
            let chance = tail.surprise(&members);
            if members.len() >= pool::SOURCES && chance >= surprise {
                found.push(Campaign::of_pool(door, target, &members, chance));
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
            surprise,
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
        together && enough && refused <= BUSIER * self.most.max(PERSISTENT) && visitor.target == self.target
    }
}

/// The refused tries of a median source.
fn typical<'v>(core: impl IntoIterator<Item = &'v Visitor>) -> u64 {
    let mut refused: Vec<u64> = core.into_iter().map(|visitor| visitor.verdicts.refused).collect();
    refused.sort_unstable();
    quantile(&refused, 50)
}
