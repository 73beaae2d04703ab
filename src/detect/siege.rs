//! A siege: tries at one door by one attacker, be it an address, a campaign, or whoever wants one account. The three
//! credential detectors share this; what it is called depends on how tries spread over accounts.

mod told;

pub(super) use told::{findings, measure};

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Accounts, LOGIN_TICK, LoginRoute, Logins, Try};
use crate::detect::about::ANSWERS;
use crate::detect::doors::Verdicts;
use crate::detect::least::Least;
use crate::detect::statistics::quantile;
use crate::detect::story::{self, Over};
use crate::detect::visits::folded;
use crate::detect::{Needs, Sight, World};
use crate::evidence::{Bounded, Span};
use crate::incident::{Count, Kind, Sample};
use crate::request::{Client, Flags, RouteKey};
use crate::route::EndpointClass;
use crate::series::Evidence;

/// Tries at one door by one attacker.
#[derive(Clone)]
pub(crate) struct Siege {
    /// The form: `single-source`, `distributed`, `one-account`.
    pub(super) variant: &'static str,
    /// The door.
    pub(super) door: RouteKey,
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
    /// Tries elsewhere of the one source.
    pub(super) elsewhere: u64,
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
    sieges.extend(single_accounts(world, &besieged));
    sieges
}

/// One siege a campaign.
fn campaigns(world: &World<'_>) -> Vec<Siege> {
    let logins = world.population::<Logins>();
    let of_one = |campaign: &crate::detect::campaign::Campaign| {
        let mut siege: Option<Siege> = None;
        for &client in &campaign.members {
            logins.with(client.0, |tries| {
                let at_door = tries.doors.all().filter(|route| {
                    route.door.is_some_and(|door| folded(&door, world.learned()) == campaign.door)
                });
                for route in at_door {
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
        let verdicts = world.doors().count(visit.door, visit.answers.iter().copied());
        let many = verdicts.refused >= least.refused && verdicts.refused_permille() >= least.refused_share;
        many && visit.at.class.takes_credentials() && !in_campaign.contains(&visit.client)
    });
    let sieges = suspects.filter_map(|visit| {
        visit.with(world, |route| {
            // Tries at one or two accounts are judged with the account.
            let about_accounts = route.accounts.is_empty() || route.accounts.count() >= 3;
            about_accounts.then(|| Siege {
                elsewhere: visit.requests.saturating_sub(visit.at_doors),
                ..Siege::of_source(world, visit.client, visit.door, route)
            })
        })
    });
    sieges.flatten().collect()
}

/// Accounts that are besieged, from wherever.
fn single_accounts(world: &World<'_>, besieged: &BTreeSet<u64>) -> Vec<Siege> {
    let least = Least::of(world);
    let found = world.population::<Accounts>().collect_from(least.at_account, |subject, tried| {
        let account = u64::try_from(subject.key()).unwrap_or(0);
        if besieged.contains(&account) {
            return None;
        }
        let mut worst: Option<(Verdicts, RouteKey)> = None;
        let mut verdicts = Verdicts::default();
        for door in tried.doors.all() {
            let Some(at) =
                door.door.filter(|door| door.class.takes_credentials() || door.class == EndpointClass::Other)
            else {
                continue;
            };
            let key = folded(&at, world.learned());
            let here = world.doors().count(key, door.outcomes.iter());
            verdicts.merge(here);
            if worst.is_none_or(|(there, _)| there.refused < here.refused) {
                worst = Some((here, key));
            }
        }
        let (_, door) = worst?;
        if verdicts.refused < least.at_account || verdicts.refused_permille() < least.refused_share {
            return None;
        }
        let mut accounts = Bounded::<Try, 1024>::default();
        accounts.at(account).merge(Try {
            tries: verdicts.tries(),
            answers: Vec::new(),
            place: tried.place,
            span: tried.span,
        });
        let mut clients: Vec<Count<Client>> = tried
            .clients
            .iter()
            .filter(|(_, from)| world.doors().count(door, from.outcomes.iter()).refused > 0)
            .map(|(_, from)| Count { of: Client(from.client), requests: from.outcomes.total() })
            .collect();
        clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        let mut samples = story::ends(&tried.samples.all());
        if verdicts.accepted > 0 {
            samples.extend(tried.answered.first().map(|(time, place)| Sample {
                time,
                place,
                why: "success",
            }));
        }
        Some(Siege {
            variant: if clients.len() > 1 { "one-account-many-sources" } else { "one-account" },
            door,
            verdicts,
            clients,
            accounts,
            agents: tried.agents.iter().map(|(agent, count)| (agent, count.0)).collect(),
            over: Over::of(LOGIN_TICK, &tried.activity, |tries| tries.0),
            span: tried.span,
            samples,
            bytes: 0,
            campaign: None,
            busiest: verdicts.refused,
            elsewhere: 0,
            least,
        })
    });
    found.into_iter().map(|(_, siege)| siege).collect()
}

impl Siege {
    /// The siege of one source.
    fn of_source(world: &World<'_>, client: Client, door: RouteKey, route: &LoginRoute) -> Self {
        let verdicts = world.doors().count(door, route.outcomes.iter());
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
        Self {
            variant: "single-source",
            door,
            verdicts,
            clients: vec![Count { of: client, requests: verdicts.tries() }],
            accounts,
            agents: route.agents.iter().map(|(agent, count)| (agent, count.0)).collect(),
            over: Over::of(LOGIN_TICK, &route.activity, |tries| tries.0),
            span: route.span,
            samples,
            bytes: route.bytes,
            campaign: None,
            busiest: verdicts.refused,
            elsewhere: 0,
            least: Least::of(world),
        }
    }

    /// Whether a single source belongs to this campaign: the same door at the same time, and not far busier.
    fn takes(&self, single: &Self) -> bool {
        let together = single.span.first <= self.span.last && self.span.first <= single.span.last;
        let nameless = single.accounts.is_empty() || self.accounts.is_empty();
        let same = nameless || self.shared_accounts(single) > 0;
        self.door == single.door
            && together
            && same
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
