//! A siege: tries at one door by one attacker, be it an address, a campaign, or whoever wants one account. The three
//! credential detectors share this; what it is called depends on how tries spread over accounts.

mod accounts;
mod no_door;
mod source;
mod told;
mod twins;

pub(super) use told::{findings, measure};

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Logins, Try};
use crate::detect::about::ANSWERS;
use crate::detect::doors::Verdicts;
use crate::detect::least::Least;
use crate::detect::statistics::quantile;
use crate::detect::story::Over;
use crate::detect::visits::{self, ANYWHERE, folded};
use crate::detect::{Needs, Sight, World};
use crate::evidence::{Bounded, Span};
use crate::incident::{Count, Kind, Sample};
use crate::request::{Client, Flags, RouteKey};
use crate::route::EndpointClass;
use crate::series::Evidence;

/// Some gaps between two tries of a siege, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gaps {
    /// The first two.
    pub(super) first: [i64; 2],
    /// The last two.
    pub(super) last: [i64; 2],
}

/// Tries at one door by one attacker.
#[derive(Clone)]
pub(crate) struct Siege {
    /// The form: `single-source`, `one-agent`, `distributed`, `one-account`, `no-door`.
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
    /// The first gaps between two tries and the last, in microseconds, where one source made them.
    pub(super) gaps: Option<Gaps>,
    /// Whether the first try succeeded, as far as its status tells.
    pub(super) opened_first: bool,
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
    /// Whom the sources work as, where they try anywhere: of an account that any of them tried, that it was opened.
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

/// So many times as often as others that a campaign is after, an account is tried on purpose.
const AIMED: u64 = 8;

/// Accounts from which on tries are about accounts, not about one person's memory.
pub(super) const MANY_ACCOUNTS: u64 = 10;

/// Where the log names no accounts, one source that works as so many of them afterwards guessed at no single one.
const OPENED: usize = 3;

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
    for single in source::all(world, &in_campaign) {
        // An address that people share with a pool does other things too, so its campaign did not know it.
        let same = |siege: &&mut Siege| siege.campaign.is_some() && siege.takes(&single);
        match sieges.iter_mut().filter(same).max_by_key(|siege| siege.shared_accounts(&single)) {
            Some(siege) => siege.join(single),
            None => match sieges.iter_mut().find(|siege| siege.shares_a_list(&single)) {
                Some(siege) => siege.join(single),
                None => sieges.push(single),
            },
        }
    }
    let mut sieges = twins::joined(world, sieges);
    let mut besieged: BTreeMap<u64, BTreeSet<Client>> = BTreeMap::new();
    for siege in &sieges {
        let aimed = siege.aimed();
        for (account, _) in siege.accounts.iter().filter(|(_, one)| one.tries < aimed) {
            besieged.entry(account).or_default().extend(siege.clients.iter().map(|count| count.of));
        }
    }
    sieges.extend(accounts::besieged(world, &besieged));
    sieges.extend(no_door::all(world));
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

impl Siege {
    /// Whether a single source belongs to this campaign: the same door at the same time, not far busier, and not an
    /// address that people work from.
    fn takes(&self, single: &Self) -> bool {
        let together = single.span.first <= self.span.last && self.span.first <= single.span.last;
        let nameless = single.accounts.is_empty() || self.accounts.is_empty();
        let same = nameless || self.shared_accounts(single) > 0;
        // Whoever does other things, too, belongs to it where it is after the same accounts.
        let quiet = single.elsewhere <= single.verdicts.refused / 4 + 30 * single.verdicts.accepted;
        let wants_theirs =
            !single.accounts.is_empty() && self.shared_accounts(single) * 2 >= single.accounts.len();
        // Where nobody is named, it is one of them that names one of their agents and fails as they do.
        let like_them = nameless
            && single.elsewhere <= single.verdicts.refused * 2
            && single.agents.keys().all(|agent| self.agents.contains_key(agent));
        self.door == single.door
            && together
            && same
            && single.variant == "single-source"
            && !single.crowd
            && (quiet || wants_theirs || like_them)
            && single.verdicts.refused >= 8 * single.verdicts.accepted
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

    /// Whether two sources are too few for a campaign, but after the same accounts at the same time: one list, dealt out.
    fn shares_a_list(&self, other: &Self) -> bool {
        let alone = |siege: &Self| siege.variant == "single-source" && !siege.crowd;
        let together = other.span.first <= self.span.last && self.span.first <= other.span.last;
        alone(self) && alone(other) && together && self.wants_the_same(other)
    }

    /// How often a campaign that is after many accounts must try one for it to be somebody's aim besides, which is told as well.
    fn aimed(&self) -> u64 {
        let mut tries: Vec<u64> = self.accounts.iter().map(|(_, one)| one.tries).collect();
        tries.sort_unstable();
        let is_after_many = self.campaign.is_some() && tries.len() as u64 >= self.least.accounts;
        if is_after_many { ACCOUNT_TRIES.max(AIMED * quantile(&tries, 50)) } else { u64::MAX }
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
            // A code is guessed, and stands in no list.
            let is_code = self.shown.1 == EndpointClass::Mfa;
            let many = !is_code && self.campaign.is_some() || self.taken.len() >= OPENED;
            return if many { Kind::CredentialStuffing } else { Kind::BruteForce };
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
