//! Sources that besiege a door alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Gaps, Siege};
use crate::collect::{LOGIN_TICK, LoginRoute, OfAgent, Profile, Try};
use crate::detect::doors::{Verdict, Verdicts};
use crate::detect::least::Least;
use crate::detect::renewal;
use crate::detect::statistics::permille;
use crate::detect::story::{self, Over};
use crate::detect::visits::{ANYWHERE, Visit, folded};
use crate::detect::{World, confounder};
use crate::evidence::{Bounded, Samples};
use crate::incident::{Count, Sample};
use crate::request::{Client, RouteKey};
use crate::route::EndpointClass;
use crate::series::Evidence;

/// Agents beside one, and tries under their names, from which on an address is one that people share.
const OTHERS: u64 = 3;

/// Sources that besiege a door alone.
pub(super) fn all(world: &World<'_>, in_campaign: &BTreeSet<Client>) -> Vec<Siege> {
    let least = Least::of(world);
    let suspects = world.visits().iter().filter(|visit| {
        visit.tries >= least.refused
            && visit.takes_credentials()
            && !in_campaign.contains(&visit.client)
            && world.doors().of_visit(visit).refused >= least.refused
            && !renewal::is_renewal(world, visit)
    });
    let sieges = suspects.filter_map(|visit| visit.with(world, |route| single(world, least, visit, route)));
    sieges.flatten().collect()
}

/// The siege of one source that was refused often, if most of what it tried was in vain.
fn single(world: &World<'_>, least: Least, visit: &Visit, route: &LoginRoute) -> Option<Siege> {
    // Tries at one or two accounts are judged with the account.
    let accounts = if visit.door == ANYWHERE { least.accounts } else { 3 };
    let about_accounts =
        route.accounts.count() >= accounts || route.accounts.is_empty() && visit.door != ANYWHERE;
    let siege = || Siege {
        elsewhere: world.elsewhere(visit),
        ..Siege::of_source(world, visit.client, visit.door, route)
    };
    let siege = about_accounts.then(siege)?;
    let siege = siege.of_one_agent(world, route);
    let share = siege.verdicts.refused_permille().max(siege.accounts_in_vain(world));
    (share >= least.refused_share).then_some(siege)
}

/// How many requests somebody made as whoever it proved to be, and as whom.
fn works_as(profile: &Profile) -> (u64, BTreeSet<u64>) {
    let names = profile.others.iter().map(|(name, _)| name).collect();
    (profile.others.all().map(|other| other.requests).sum(), names)
}

/// The first gaps between two of these requests and the last; `None` where there are not three requests.
pub(super) fn gaps(samples: &Samples<3>) -> Option<Gaps> {
    let times: Vec<i64> = samples.all().into_iter().map(|(time, _)| time.0).collect();
    let gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let ([first, second, ..], [.., before, last]) = (gaps.as_slice(), gaps.as_slice()) else { return None };
    Some(Gaps { first: [*first, *second], last: [*before, *last] })
}

/// Whether the first of these requests is one of those that were `accepted`: unknown, and so not, where others were answered
/// with 2xx or 3xx as well.
pub(super) fn opened_first(samples: &Samples<3>, answered: &Samples<2>, accepted: u64) -> bool {
    samples.first() == answered.first() && answered.all().len() as u64 == accepted
}

impl Siege {
    /// The siege of one source.
    pub(super) fn of_source(world: &World<'_>, client: Client, door: RouteKey, route: &LoginRoute) -> Self {
        let mut verdicts = world.doors().count_for(client, door, route.outcomes.iter());
        let crowd = world.profile(client, |profile| confounder::crowd(profile) > 0) == Some(true);
        let mut taken = BTreeSet::new();
        if door == ANYWHERE {
            let works = world.profile(client, works_as);
            (verdicts.accepted, taken) = works.unwrap_or_default();
        } else if world.doors().is_mixed(client, door)
            || route.accounts.is_empty() && verdicts.accepted > 0 && !crowd
        {
            taken = world.profile(client, works_as).unwrap_or_default().1;
        }
        let mut samples = story::ends(&route.samples.all());
        if verdicts.accepted > 0 {
            samples.extend(route.answered.first().map(|(time, place)| Sample {
                time,
                place,
                why: "success",
            }));
        }
        let mut accounts = Bounded::default();
        accounts.merge(route.accounts.clone());
        let at = route.door.unwrap_or_default();
        Self {
            variant: "single-source",
            door,
            shown: (folded(&at, world.learned()), at.class),
            verdicts,
            clients: vec![Count { of: client, requests: verdicts.tries() }],
            accounts,
            agents: route.agents.iter().map(|(agent, of)| (agent, of.tries)).collect(),
            over: Over::of(LOGIN_TICK, &route.activity, |tries| tries.0),
            span: route.span,
            gaps: gaps(&route.samples),
            opened_first: opened_first(&route.samples, &route.answered, verdicts.accepted),
            samples,
            bytes: route.bytes,
            campaign: None,
            busiest: verdicts.refused,
            elsewhere: 0,
            sources: 1,
            by_owner: 0,
            taken,
            crowd,
            least: Least::of(world),
        }
    }

    /// Which share of the accounts never opened, in tenths of a percent; 0 where they are too few to tell. Whoever mixes in
    /// logins to accounts of its own shows it here; people behind one address open what they try.
    fn accounts_in_vain(&self, world: &World<'_>) -> u64 {
        let shut = self.accounts.iter().filter(|(_, one)| self.is_in_vain(world, one)).count() as u64;
        if shut < self.least.refused || self.door == ANYWHERE || self.crowd {
            return 0;
        }
        permille(shut, self.accounts.len() as u64)
    }

    /// What one agent did behind an address that people share, if it is one that was refused again and again while most of
    /// what was tried there under other names got in; else all.
    fn of_one_agent(self, world: &World<'_>, route: &LoginRoute) -> Self {
        let refused = |of: &OfAgent| of.tries - of.ok.min(of.tries);
        let Some((agent, of)) = route.agents.iter().max_by_key(|&(agent, of)| (refused(of), agent)) else {
            return self;
        };
        let mut others = OfAgent::default();
        route.agents.all().for_each(|of| others.merge(*of));
        let (tries, ok) = (others.tries - of.tries, others.ok - of.ok);
        let is_shared = route.agents.count() > OTHERS && tries >= OTHERS && ok * 2 >= tries;
        let enough =
            refused(of) >= self.least.refused && permille(refused(of), of.tries) >= self.least.refused_share;
        // Where a door refuses with a success, its statuses tell nothing.
        let by_status = refused(of) <= self.verdicts.refused && ok + of.ok <= self.verdicts.accepted;
        let at_login = self.shown.1 == EndpointClass::Login;
        if !is_shared || !enough || !by_status || !at_login || self.is_refused_everywhere(world, agent) {
            return self;
        }
        let mut accounts = Bounded::<Try, 1024>::default();
        self.accounts.iter().filter(|(_, one)| self.is_in_vain(world, one)).for_each(|(account, one)| {
            accounts.at(account).merge(one.clone());
        });
        let verdicts = Verdicts { accepted: of.ok, refused: refused(of), ..Verdicts::default() };
        let clients = self.clients.iter().map(|count| Count { of: count.of, requests: of.tries }).collect();
        Self {
            variant: "one-agent",
            verdicts,
            clients,
            accounts,
            agents: BTreeMap::from([(agent, of.tries)]),
            busiest: verdicts.refused,
            crowd: false,
            ..self
        }
    }

    /// Whether others who name this agent are mostly refused, too: then it is an old program, not who uses it.
    fn is_refused_everywhere(&self, world: &World<'_>, agent: u64) -> bool {
        let others = world.visits().iter().filter(|visit| {
            visit.door == self.door
                && visit.agent == agent
                && self.clients.iter().all(|count| count.of != visit.client)
        });
        let mut verdicts = Verdicts::default();
        others.for_each(|visit| verdicts.merge(world.doors().of_visit(visit)));
        verdicts.refused_permille() >= 500
    }

    /// Whether an account never opened.
    fn is_in_vain(&self, world: &World<'_>, one: &Try) -> bool {
        let refuses =
            |client, answer| world.doors().verdict_for(client, self.door, answer) == Verdict::Refused;
        one.answers.iter().all(|&(answer, _)| self.clients.iter().any(|count| refuses(count.of, answer)))
    }
}
