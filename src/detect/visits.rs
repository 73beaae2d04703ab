//! Who came to which door, at a glance: one short note a client and door, made once, which every judge of logins reads
//! before it looks any closer.

use crate::collect::{ClientProfiles, Door, LoginRoute, Logins, Try};
use crate::detect::World;
use crate::evidence::{Answer, Bounded, Span};
use crate::request::{Client, RouteKey};
use crate::route::Learned;
use crate::tally::Tally;

/// One client at one door.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// Who.
    pub(crate) client: Client,
    /// The door as evidence knows it.
    pub(crate) at: Door,
    /// The door as learned templates know it.
    pub(crate) door: RouteKey,
    /// What was answered, and how often; the most frequent kinds.
    pub(crate) answers: Vec<(Answer, u64)>,
    /// All tries.
    pub(crate) tries: u64,
    /// The agent that it named most.
    pub(crate) agent: u64,
    /// Whether it named several.
    pub(crate) rotates: bool,
    /// From the first to the last.
    pub(crate) span: Span,
    /// The one account that it is after, where the log names accounts and it is after one.
    pub(crate) target: Option<u64>,
    /// Tries at all doors.
    pub(crate) at_doors: u64,
    /// How many doors.
    pub(crate) doors: u64,
    /// All requests of the client.
    pub(crate) requests: u64,
}

impl Visit {
    /// The full evidence.
    pub(crate) fn with<T>(&self, world: &World<'_>, read: impl FnOnce(&LoginRoute) -> T) -> Option<T> {
        let logins = world.population::<Logins>();
        logins.with(self.client.0, |tries| tries.doors.all().find(|route| route.door == Some(self.at)).map(read))?
    }
}

/// Every visit, by client; the doors as evidence knows them until they are [`folded`](fold).
pub(super) fn all(tally: &Tally) -> Vec<Visit> {
    let profiles = tally.population::<ClientProfiles>();
    let found = tally.population::<Logins>().collect(|client, tries| {
        let at_doors: u64 = tries.doors.all().map(|door| door.outcomes.total()).sum();
        let requests = profiles.wanted(client);
        let doors = tries.doors.count();
        let visits = tries.doors.all().filter_map(|route| {
            let at = route.door?;
            let mut agents: Vec<(u64, u64)> =
                route.agents.iter().map(|(agent, count)| (count.0, agent)).collect();
            agents.sort_unstable();
            Some(Visit {
                client: Client(client),
                at,
                door: RouteKey(at.template, at.method as u8),
                answers: route.outcomes.iter().collect(),
                tries: route.outcomes.total(),
                agent: agents.last().map_or(0, |&(_, agent)| agent),
                rotates: agents.len() >= 2,
                span: route.span,
                target: target(&route.accounts),
                at_doors,
                doors,
                requests,
            })
        });
        Some(visits.collect::<Vec<_>>())
    });
    found.into_iter().flat_map(|(_, visits)| visits).collect()
}

/// Names the doors as learned templates know them.
pub(super) fn fold(visits: &mut [Visit], learned: &Learned) {
    visits.iter_mut().for_each(|visit| visit.door = folded(&visit.at, learned));
}

/// The door as learned templates know it.
pub(crate) fn folded(door: &Door, learned: &Learned) -> RouteKey {
    RouteKey(learned.fold(door.template), door.method as u8)
}

/// The account that nearly all tries are about, if there is one.
fn target(accounts: &Bounded<Try, 1024>) -> Option<u64> {
    let tries: u64 = accounts.all().map(|one| one.tries).sum();
    accounts.iter().find(|(_, one)| one.tries * 10 >= tries * 8).map(|(account, _)| account)
}
