//! A client at a door: how it fared there, and what else it did.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::detect::doors::Verdicts;
use crate::detect::pool;
use crate::detect::renewal;
use crate::detect::visits::{ANYWHERE, Visit};
use crate::detect::{World, confounder};
use crate::evidence::Span;
use crate::request::{Client, RouteKey};
use crate::route::EndpointClass;
use crate::time::Time;

/// Refused tries from which on a source is no forgetful person.
pub(super) const PERSISTENT: u64 = 8;

/// No form takes more requests than this to each try.
const FORM: u64 = 4;

/// A client at a door.
#[derive(Clone)]
pub(super) struct Visitor {
    /// Who.
    pub(super) client: Client,
    /// How its tries ended.
    pub(super) verdicts: Verdicts,
    /// The agent that it named most.
    pub(super) agent: u64,
    /// Whether it named several.
    pub(super) rotates: bool,
    /// Requests elsewhere, but for the page with the form.
    pub(super) elsewhere: u64,
    /// Routes elsewhere; very many where their number does not matter.
    pub(super) routes: u64,
    /// The first try.
    pub(super) first: Time,
    /// The last try.
    pub(super) last: Time,
    /// The one account that it is after, where the log names accounts and it is after one.
    pub(super) target: Option<u64>,
    /// Whether only what it did not go on to tells that it was refused.
    pub(super) silent: bool,
    /// What kind of door it stands at.
    pub(super) class: EndpointClass,
    /// What it looks like.
    pub(super) looks: Looks,
    /// Whether it only renews what it was given.
    pub(super) renews: bool,
}

/// What a client looks like beside its tries, where that was looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// Like nothing that is known.
    Plain,
    /// It loads files, as people's browsers do.
    Browser,
    /// It is many.
    Crowd,
}

impl Visitor {
    /// Whether it came for nothing but the door, and mostly in vain.
    pub(super) fn is_single_minded(&self) -> bool {
        let mostly_here = self.elsewhere <= 2.max(self.verdicts.refused / 4);
        self.may_be_single_minded() && (mostly_here || self.routes <= 1)
    }

    /// Whether it asked for nothing but the door, or for one other route about as often, which may be the form.
    pub(super) fn stays(&self) -> bool {
        self.elsewhere == 0 || self.may_stay() && self.routes <= 1
    }

    /// Whether it stays if it went to no more than one other route.
    fn may_stay(&self) -> bool {
        self.elsewhere <= self.verdicts.tries() + 2
    }

    /// Whether it is single-minded if it went to no more than one other route.
    fn may_be_single_minded(&self) -> bool {
        self.verdicts.refused >= 1
            && !self.renews
            && self.verdicts.accepted == 0
            && self.elsewhere <= self.verdicts.refused + 2
    }

    /// Whether it keeps on where a person would give up or ask for a new password.
    pub(super) fn persists(&self) -> bool {
        let mostly_here = self.elsewhere <= self.verdicts.refused / 4 + 30 * self.verdicts.accepted;
        self.may_persist() && (mostly_here && self.looks != Looks::Crowd || self.routes <= 1)
    }

    /// Whether it persists if it went to no more than one other route.
    fn may_persist(&self) -> bool {
        self.verdicts.refused >= PERSISTENT
            && self.verdicts.refused >= 8 * self.verdicts.accepted
            && !self.renews
    }

    /// Whether it failed first and got in then, as people do who mistype; and as a source of a campaign does that finds a
    /// password that fits.
    pub(super) fn gets_in(&self) -> bool {
        self.verdicts.accepted >= 1
            && self.verdicts.refused >= 2 * self.verdicts.accepted
            && self.elsewhere <= 2 + 40 * self.verdicts.accepted
    }

    /// Whether it got in and left: nobody who mistypes does.
    pub(super) fn leaves(&self) -> bool {
        self.gets_in() && self.elsewhere <= 2
    }
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
pub(super) fn all(world: &World<'_>) -> BTreeMap<RouteKey, Vec<Visitor>> {
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
    let verdicts = world.doors().of_visit(visit);
    let elsewhere = visit.requests.saturating_sub(visit.at_doors);
    // Of whoever got in at once and did far more it is plain.
    let is_plain = elsewhere == 0 || verdicts.refused == 0 && elsewhere > visit.tries * FORM;
    let elsewhere = if is_plain { elsewhere } else { world.elsewhere(visit) };
    let mut visitor = Visitor {
        client: visit.client,
        verdicts,
        agent: visit.agent,
        rotates: visit.rotates,
        elsewhere,
        routes: u64::MAX,
        first: visit.span.first,
        last: visit.span.last,
        target: visit.target,
        silent: world.doors().is_silent(visit.client, visit.door),
        class: visit.at.class,
        looks: Looks::Plain,
        renews: renewal::is_renewal(world, visit),
    };
    let anywhere = visit.door == ANYWHERE && visitor.elsewhere > 0;
    // Of most it is plain, wherever else they went.
    let may_matter = visitor.may_be_single_minded() && !visitor.is_single_minded()
        || visitor.may_persist()
        || visitor.may_stay() && visitor.elsewhere > 0
        || visitor.gets_in();
    if may_matter || anywhere {
        let known = world.profile(visit.client, |profile| {
            let looks = match (confounder::crowd(profile), profile.companions) {
                (1.., _) => Looks::Crowd,
                (_, 1..) => Looks::Browser,
                _ => Looks::Plain,
            };
            (profile.routes.count(), looks, profile.others.all().map(|other| other.requests).sum::<u64>())
        });
        let (routes, looks, works) = known.unwrap_or((0, Looks::Plain, 0));
        visitor.routes = routes.saturating_sub(visit.doors);
        visitor.looks = looks;
        // Where every request carries name and password, those that were answered got in.
        visitor.verdicts.accepted += if anywhere { works } else { 0 };
    }
    visitor
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A source that was refused and let in so often, and did nothing else.
    pub(in crate::detect::campaign) fn visitor(refused: u64, accepted: u64) -> Visitor {
        Visitor {
            client: Client(1),
            verdicts: Verdicts { accepted, refused, ..Verdicts::default() },
            agent: 1,
            rotates: false,
            elsewhere: 0,
            routes: 0,
            first: Time(0),
            last: Time(1),
            target: None,
            silent: false,
            class: EndpointClass::Login,
            looks: Looks::Plain,
            renews: false,
        }
    }
}
