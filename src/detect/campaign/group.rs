//! Visitors of one door that look alike, tested against its other visitors.

use super::visitor::{Looks, Visitor};
use super::{Campaign, ONE_AGENT, ONE_NETWORK, typical};
use crate::detect::least::Least;
use crate::detect::statistics::{binomial_tail_tenths, permille};
use crate::evidence::Span;
use crate::hash::mix;
use crate::request::RouteKey;
use crate::time::{HOUR, Time};

/// All visitors of a door that belong to no campaign yet.
#[derive(Clone, Copy)]
pub(super) struct Background {
    /// How many.
    pub(super) visitors: u64,
    /// How many of them are single-minded.
    pub(super) single: u64,
    /// How many of them failed first and got in then.
    pub(super) get_in: u64,
}

impl Background {
    /// All of `visitors`.
    pub(super) fn of(visitors: &[Visitor]) -> Self {
        let count = |is: fn(&Visitor) -> bool| visitors.iter().filter(|visitor| is(visitor)).count() as u64;
        Self {
            visitors: count(|_| true),
            single: count(Visitor::is_single_minded),
            get_in: count(Visitor::gets_in),
        }
    }
}

/// The fingerprint of those who come from one network; 0 is that of one agent, 1 that of those who change it.
pub(super) const NETWORK: u8 = 3;

/// Visitors of one door that look alike.
pub(super) struct Group<'v> {
    pub(super) door: RouteKey,
    /// 0 and the agent, 1 for those who change it, or [`NETWORK`] and the network.
    pub(super) fingerprint: (u8, u64),
    pub(super) members: &'v [&'v Visitor],
    /// How many groups were tested at this door.
    pub(super) tried: u64,
    /// What tries must come to.
    pub(super) least: Least,
}

impl Group<'_> {
    /// The single-minded among its members.
    pub(super) fn core(&self) -> impl Iterator<Item = &Visitor> {
        self.members.iter().copied().filter(|visitor| visitor.is_single_minded())
    }

    /// How many of its members failed first and got in then.
    pub(super) fn get_in(&self) -> u64 {
        self.members.iter().filter(|visitor| visitor.gets_in()).count() as u64
    }

    /// A campaign, if there are more single-minded members than chance explains: against the share of single-minded among
    /// the door's other visitors.
    pub(super) fn test(&self, background: Background) -> Option<Campaign> {
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
            may.into_iter().filter(|one| one.looks == Looks::Plain && one.target.is_none()).collect();
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
