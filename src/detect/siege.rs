//! A siege: tries at one door by one attacker, be it an address, a campaign, or whoever wants one account. The three
//! credential detectors share this; what it is called depends on how tries spread over accounts.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Accounts, LOGIN_TICK, LoginRoute, Logins, Try};
use crate::detect::about::ANSWERS;
use crate::detect::confounder;
use crate::detect::doors::{Verdict, Verdicts};
use crate::detect::least::Least;
use crate::detect::nearness::{in_tenths, test};
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::visits::{Visit, folded};
use crate::detect::{Actor, Needs, Sight, World};
use crate::evidence::{Bounded, Span};
use crate::hash::NameHash;
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Sample, Scale, Tenths, Test};
use crate::request::{Client, Flags, Place, RouteKey};
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

/// The findings of one detector: the sieges that are called by its kind.
pub(super) fn findings(world: &World<'_>, kind: Kind, detector: &'static str) -> Vec<Finding> {
    let ours = world.sieges().iter().filter(|siege| siege.kind() == kind);
    ours.map(|siege| siege.clone().finding(world, detector)).collect()
}

/// How near somebody came, alone, to a siege of this kind: an address at each login, or an account wherever it was tried.
pub(super) fn measure(world: &World<'_>, actor: Actor, kind: Kind) -> Vec<Vec<Test>> {
    let least = Least::of(world);
    let tests = |verdicts: Verdicts, refused: u64| {
        let share = in_tenths("refused share", verdicts.refused_permille(), least.refused_share, "%");
        vec![test("refused tries", verdicts.refused, refused, "tries"), share]
    };
    match actor {
        Actor::Client(client) => {
            let logins = world
                .visits()
                .iter()
                .filter(|visit| visit.client == client && visit.at.class.takes_credentials());
            let one = |visit: &Visit| {
                let verdicts = world.doors().count(visit.door, visit.answers.iter().copied());
                let of_one = kind == Kind::BruteForce && visit.target.is_some();
                let mut tests = tests(verdicts, if of_one { least.at_account } else { least.refused });
                if kind == Kind::PasswordSpraying {
                    let accounts = visit.with(world, |route| route.accounts.count()).unwrap_or(0);
                    tests.push(test("accounts", accounts, MANY_ACCOUNTS, "accounts"));
                }
                tests
            };
            logins.map(one).collect()
        }
        Actor::Principal(account) if kind == Kind::BruteForce => {
            let verdicts = world.population::<Accounts>().with(account.0.into(), |tried| {
                let mut verdicts = Verdicts::default();
                for door in tried.doors.all() {
                    let Some(at) = door.door.filter(|door| door.class.takes_credentials()) else { continue };
                    let key = folded(&at, world.learned());
                    verdicts.merge(world.doors().count(key, door.outcomes.iter()));
                }
                verdicts
            });
            verdicts
                .filter(|verdicts| verdicts.tries() > 0)
                .map(|verdicts| tests(verdicts, least.at_account))
                .into_iter()
                .collect()
        }
        Actor::Principal(_) => Vec::new(),
    }
}

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

    /// Accounts that an answer of the siege opened.
    fn opened(&self, world: &World<'_>) -> Vec<Named> {
        let was_opened = |one: &Try| {
            one.answers
                .iter()
                .any(|&(answer, _)| world.doors().verdict(self.door, answer) == Verdict::Accepted)
        };
        let opened = self.accounts.iter().filter(|(_, one)| was_opened(one));
        opened.filter_map(|(hash, one)| Some(Named { hash: NameHash(hash), place: one.place? })).collect()
    }

    /// The finding, under the name of `detector`.
    pub(super) fn finding(mut self, world: &World<'_>, detector: &'static str) -> Finding {
        let mut finding = Finding::new(detector, self.variant, self.kind());
        finding.compromised = self.opened(world);
        finding.compromised_total = match finding.compromised.len() as u64 {
            0 if self.accounts.is_empty() => self.verdicts.accepted,
            0 if self.variant.starts_with("one-account") => self.verdicts.accepted.min(1),
            opened => opened,
        };
        if finding.compromised.is_empty() && finding.compromised_total == 1 {
            let account = self.accounts.iter().next();
            finding.compromised.extend(
                account.and_then(|(hash, one)| Some(Named { hash: NameHash(hash), place: one.place? })),
            );
        }
        let accepted = finding.compromised_total > 0;
        finding.outcome = match (accepted, self.verdicts.blocked == self.verdicts.refused) {
            (true, _) => Outcome::Succeeded,
            (false, true) => Outcome::Blocked,
            (false, false) => Outcome::Attempted,
        };
        finding.scale = if self.campaign.is_some() { Scale::Large } else { Scale::Sustained };
        finding.test("refused share", self.verdicts.refused_permille(), self.least.refused_share, "%");
        finding.test("refused tries", self.verdicts.refused * 10, self.threshold() * 10, "tries");
        if let Some((id, _, surprise)) = self.campaign {
            finding.test("likeness beyond chance", surprise, self.least.surprise, "-log10 p");
            finding.joins.push(Join::Campaign(id));
        }
        finding.confidence = self.confidence();
        finding.confounders = confounder::of_siege(world, &self);
        self.fill(&mut finding);
        story::suppress(&mut finding);
        finding
    }

    /// How many refused tries it takes.
    fn threshold(&self) -> u64 {
        match (self.campaign, self.variant) {
            (Some(_), _) => self.least.of_campaign,
            (None, "single-source") => self.least.refused,
            _ => self.least.at_account,
        }
    }

    /// How surely it is one, in hundredths: more tries beyond the threshold, more refused, nothing else done.
    fn confidence(&self) -> u8 {
        let beyond = (self.verdicts.refused * 10 / self.threshold().max(1)).min(100) / 10;
        let refused = permille(self.verdicts.refused, self.verdicts.accepted + self.verdicts.refused) / 50;
        let single_minded = if self.elsewhere == 0 { 10 } else { 0 };
        u8::try_from((60 + beyond + refused + single_minded).min(99)).unwrap_or(99)
    }

    /// Everything that is not a verdict: whom, when, in words.
    fn fill(&mut self, finding: &mut Finding) {
        self.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        (finding.first, finding.last) = (self.span.first, self.span.last);
        finding.requests = self.verdicts.tries();
        finding.bytes_out = self.bytes;
        finding.activity = self.over.activity();
        finding.endpoints = story::endpoint(self.door, finding.requests);
        finding.users = story::accounts(&self.accounts);
        finding.users_total = self.accounts.count();
        let example = self.samples.first().map_or(Place::default(), |sample| sample.place);
        finding.agents = story::agents(&self.agents, example);
        if self.campaign.is_none() && self.clients.len() == 1 {
            finding.joins.push(Join::Client(self.clients[0].of));
        }
        finding.samples = story::choose(std::mem::take(&mut self.samples));
        finding.metrics.insert("attempts", self.verdicts.tries());
        finding.metrics.insert("refused", self.verdicts.refused);
        finding.metrics.insert("accepted", self.verdicts.accepted);
        finding.metrics.insert("addresses", self.clients.len() as u64);
        finding.metrics.insert("accounts", self.accounts.count());
        finding.reason = self.reason(finding);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.recommendations = self.advice(finding);
        finding.clients = std::mem::take(&mut self.clients);
    }

    /// What happened, in one sentence with numbers.
    fn reason(&self, finding: &Finding) -> String {
        let share = Tenths(u32::try_from(self.verdicts.refused_permille()).unwrap_or(1000));
        let accounts = match self.accounts.count() {
            0 => String::new(),
            1 => " to one account".to_owned(),
            many => format!(" to {} accounts", story::count(many)),
        };
        let sources = match (self.clients.len(), self.campaign) {
            (1, _) => "one address".to_owned(),
            (many, Some((_, shares, _))) => {
                format!("{} addresses that {shares} and do nothing else", story::count(many as u64))
            }
            (many, None) => format!("{} addresses", story::count(many as u64)),
        };
        let opened = match finding.compromised_total {
            0 => "none succeeded".to_owned(),
            1 => "one succeeded".to_owned(),
            many => format!("{} succeeded", story::count(many)),
        };
        format!(
            "{} logins{accounts}, {share} % refused, from {sources}; {opened}",
            story::count(finding.requests)
        )
    }

    /// What to do, first things first.
    fn advice(&self, finding: &Finding) -> Vec<String> {
        let mut advice = Vec::new();
        match (finding.compromised_total, finding.compromised.len()) {
            (0, _) => {}
            (1, 1) => advice.push(
                "Reset the account in impact.compromised_users and end its sessions.".to_owned(),
            ),
            (1, 0) => advice.push(
                "Find the login that succeeded (evidence marked `success`) in the application's own log, reset that account and end its sessions."
                    .to_owned(),
            ),
            (many, 0) => advice.push(format!(
                "Find the {} logins that succeeded (evidence marked `success`) in the application's own log, reset those accounts and end their sessions.",
                story::count(many)
            )),
            (many, _) => advice.push(format!(
                "Reset the {} accounts in impact.compromised_users and end their sessions.",
                story::count(many)
            )),
        }
        advice.push(match (self.campaign, self.clients.len()) {
            (Some(_), _) => "Throttle the login by what the sources share (agent, no page loads), not by address: each tries only a few times.".to_owned(),
            (None, 1) => "Block or throttle the source address at the gateway.".to_owned(),
            (None, _) => "Slow down logins to the account itself: its attackers change address.".to_owned(),
        });
        advice.push("Ask for a second factor, and refuse passwords known from breaches.".to_owned());
        advice
    }
}
