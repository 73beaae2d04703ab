//! A siege: tries at one door by one attacker, be it an address, a campaign, or whoever wants one account. The three
//! credential detectors share this; what it is called depends on how tries spread over accounts.

mod accounts;
mod told;

pub(super) use told::{findings, measure};

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{LOGIN_TICK, LoginRoute, Logins, OfAgent, Profile, Try};
use crate::detect::about::ANSWERS;
use crate::detect::doors::{Verdict, Verdicts};
use crate::detect::least::Least;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::visits::{self, ANYWHERE, Visit, folded};
use crate::detect::{Needs, Sight, World, confounder};
use crate::evidence::{Bounded, Span};
use crate::incident::{Count, Kind, Sample};
use crate::request::{Client, Flags, RouteKey};
use crate::route::EndpointClass;
use crate::series::Evidence;

/// Tries at one door by one attacker.
#[derive(Clone)]
pub(crate) struct Siege {
    /// The form: `single-source`, `one-agent`, `distributed`, `one-account`.
    pub(super) variant: &'static str,
    /// The door.
    pub(super) door: RouteKey,
    /// The route that is shown for it, and its class: of [`ANYWHERE`], the one that was tried most.
    pub(super) shown: (RouteKey, EndpointClass),
    /// How the tries ended.
    pub(super) verdicts: Verdicts,
    /// Who tried, and how often.
    pub(super) clients: Vec<Count<Client>>,
    /// Each account that was named.
    pub(super) accounts: Bounded<Try, 1024>,
    /// How often each agent was named.
    pub(super) agents: BTreeMap<u64, u64>,
    /// Tries over time.
    pub(super) over: Over,
    /// From the first to the last.
    pub(super) span: Span,
    /// Telling requests.
    pub(super) samples: Vec<Sample>,
    /// What was sent.
    pub(super) bytes: u64,
    /// The campaign, if it is one, what it shares and how surprising that is.
    pub(super) campaign: Option<(u64, &'static str, u64)>,
    /// The most refused tries of any one source.
    pub(super) busiest: u64,
    /// Requests elsewhere of the one source.
    pub(super) elsewhere: u64,
    /// How many sources there were, where not all are kept.
    pub(super) sources: u64,
    /// Refused tries from where the account's owner works.
    pub(super) by_owner: u64,
    /// Accounts that the sources work as after they tried them anywhere.
    pub(super) taken: BTreeSet<u64>,
    /// Whether the one source is a crowd's, so that nobody knows which of its successes are whose.
    pub(super) crowd: bool,
    /// What tries must come to.
    least: Least,
}

/// Refused tries of one source from which on it is no forgetful person. NIST SP 800-63B §5.2.2 has an account locked at
/// 100; Elastic's rule for one source takes 25.
pub(super) const REFUSED: u64 = 25;

/// The refused share of a source's tries, in tenths of a percent, from which on it is not a crowd behind one address.
pub(super) const REFUSED_SHARE: u64 = 850;

/// Tries at one account from which on its owner would have asked for a new password.
pub(super) const ACCOUNT_TRIES: u64 = 20;

/// Accounts from which on tries are about accounts, not about one person's memory.
pub(super) const MANY_ACCOUNTS: u64 = 10;

/// What the detectors that judge sieges lack in a log without names.
pub(super) const NEEDS: &[Needs] = &[
    ANSWERS,
    Needs {
        any_of: &[Flags::USER, Flags::ACCOUNT],
        missing: "user names",
        fix: "log who tries to log in: nginx `$remote_user` or a header of the login service, Apache `%u`, JSON key `user`",
        without: Sight::Less,
    },
];

/// Agents beside one, and tries under their names, from which on an address is one that people share.
const OTHERS: u64 = 3;

/// All sieges in a world: campaigns, then single sources, then single accounts.
pub(crate) fn all(world: &World<'_>) -> Vec<Siege> {
    let in_campaign: BTreeSet<Client> =
        world.campaigns().iter().flat_map(|campaign| campaign.members.iter().copied()).collect();
    let mut sieges = campaigns(world);
    for single in single_sources(world, &in_campaign) {
        // An address that people share with a pool does other things too, so its campaign did not know it.
        let same = |siege: &&mut Siege| siege.campaign.is_some() && siege.takes(&single);
        match sieges.iter_mut().filter(same).max_by_key(|siege| siege.shared_accounts(&single)) {
            Some(siege) => siege.join(single),
            None => sieges.push(single),
        }
    }
    let besieged =
        sieges.iter().flat_map(|siege| siege.accounts.iter().map(|(account, _)| account)).collect();
    sieges.extend(accounts::besieged(world, &besieged));
    sieges
}

/// One siege a campaign.
fn campaigns(world: &World<'_>) -> Vec<Siege> {
    let logins = world.population::<Logins>();
    let of_one = |campaign: &crate::detect::campaign::Campaign| {
        let mut siege: Option<Siege> = None;
        for &client in &campaign.members {
            logins.with(client.0, |tries| {
                let anywhere = (campaign.door == ANYWHERE).then(|| visits::anywhere(tries)).flatten();
                let at_door = tries.doors.all().filter(|route| {
                    route.door.is_some_and(|door| folded(&door, world.learned()) == campaign.door)
                });
                for route in at_door.chain(&anywhere) {
                    let one = Siege::of_source(world, client, campaign.door, route);
                    match &mut siege {
                        Some(siege) => siege.join(one),
                        None => siege = Some(one),
                    }
                }
            });
        }
        siege.map(|siege| Siege {
            variant: "distributed",
            campaign: Some((campaign.id, campaign.shares, campaign.surprise)),
            ..siege
        })
    };
    let mut sieges: Vec<Siege> = Vec::new();
    for siege in world.campaigns().iter().filter_map(of_one) {
        match sieges.iter_mut().find(|known| known.wants_the_same(&siege)) {
            Some(known) => known.join(siege),
            None => sieges.push(siege),
        }
    }
    sieges
}

/// Campaigns of which this many accounts in a hundred are the same are one, whatever they look like.
const SAME_ACCOUNTS: usize = 30;

/// Sources that besiege a door alone.
fn single_sources(world: &World<'_>, in_campaign: &BTreeSet<Client>) -> Vec<Siege> {
    let least = Least::of(world);
    let suspects = world.visits().iter().filter(|visit| {
        visit.tries >= least.refused
            && visit.takes_credentials()
            && !in_campaign.contains(&visit.client)
            && world.doors().of_visit(visit).refused >= least.refused
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
        elsewhere: visit.requests.saturating_sub(visit.at_doors),
        ..Siege::of_source(world, visit.client, visit.door, route)
    };
    let siege = about_accounts.then(siege)?;
    let siege = siege.of_one_agent(world, route);
    let share = siege.verdicts.refused_permille().max(siege.accounts_in_vain(world));
    (share >= least.refused_share).then_some(siege)
}

/// How many requests somebody made as whoever it proved to be, and as which of these accounts.
fn works_as(profile: &Profile, accounts: &Bounded<Try, 1024>) -> (u64, BTreeSet<u64>) {
    let names = profile.others.iter().map(|(name, _)| name);
    let taken = names.filter(|&name| accounts.get(name).is_some()).collect();
    (profile.others.all().map(|other| other.requests).sum(), taken)
}

impl Siege {
    /// The siege of one source.
    fn of_source(world: &World<'_>, client: Client, door: RouteKey, route: &LoginRoute) -> Self {
        let mut verdicts = world.doors().count_for(client, door, route.outcomes.iter());
        let crowd = world.profile(client, |profile| confounder::crowd(profile) > 0) == Some(true);
        let mut taken = BTreeSet::new();
        if door == ANYWHERE {
            let works = world.profile(client, |profile| works_as(profile, &route.accounts));
            (verdicts.accepted, taken) = works.unwrap_or_default();
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
        if !is_shared || !enough || !by_status || self.door == ANYWHERE {
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

    /// Whether an account never opened.
    fn is_in_vain(&self, world: &World<'_>, one: &Try) -> bool {
        let refuses =
            |client, answer| world.doors().verdict_for(client, self.door, answer) == Verdict::Refused;
        one.answers.iter().all(|&(answer, _)| self.clients.iter().any(|count| refuses(count.of, answer)))
    }

    /// Whether a single source belongs to this campaign: the same door at the same time, not far busier, and not an
    /// address that people work from.
    fn takes(&self, single: &Self) -> bool {
        let together = single.span.first <= self.span.last && self.span.first <= single.span.last;
        let nameless = single.accounts.is_empty() || self.accounts.is_empty();
        let same = nameless || self.shared_accounts(single) > 0;
        self.door == single.door
            && together
            && same
            && single.variant == "single-source"
            && !single.crowd
            && single.elsewhere <= single.verdicts.refused / 4
            && single.verdicts.refused <= 2 * self.busiest.max(self.least.refused)
    }

    /// How many accounts both are after, as far as they are kept.
    fn shared_accounts(&self, other: &Self) -> usize {
        self.accounts.iter().filter(|&(account, _)| other.accounts.get(account).is_some()).count()
    }

    /// Whether another siege of the same door is after the same accounts.
    fn wants_the_same(&self, other: &Self) -> bool {
        let shared = self.shared_accounts(other);
        let smaller = self.accounts.len().min(other.accounts.len());
        self.door == other.door && shared > 0 && shared * 100 >= smaller * SAME_ACCOUNTS
    }

    /// Adds another source's siege of the same door.
    fn join(&mut self, other: Self) {
        self.verdicts.merge(other.verdicts);
        self.sources += other.sources;
        self.taken.extend(other.taken);
        self.clients.extend(other.clients);
        self.accounts.merge(other.accounts);
        for (agent, count) in other.agents {
            *self.agents.entry(agent).or_default() += count;
        }
        self.over.join(&other.over);
        self.span.merge(other.span);
        self.samples.extend(other.samples);
        self.bytes += other.bytes;
        self.busiest = self.busiest.max(other.busiest);
    }

    /// What it is called: by how its tries spread over accounts.
    pub(super) fn kind(&self) -> Kind {
        let accounts = self.accounts.count();
        if accounts == 0 {
            // Without names in the log the three cannot be told apart.
            return if self.campaign.is_some() { Kind::CredentialStuffing } else { Kind::BruteForce };
        }
        let mut tries: Vec<u64> = self.accounts.iter().map(|(_, one)| one.tries).collect();
        tries.sort_unstable();
        match accounts {
            0..3 => Kind::BruteForce,
            // Others may have been tried by somebody else behind the same addresses.
            _ if tries.last().is_some_and(|most| most * 2 >= tries.iter().sum()) => Kind::BruteForce,
            _ if quantile(&tries, 50) >= 20 => Kind::BruteForce,
            _ if accounts >= self.least.accounts && quantile(&tries, 40) >= 2 => Kind::PasswordSpraying,
            _ => Kind::CredentialStuffing,
        }
    }
}
