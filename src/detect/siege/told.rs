//! Sieges as findings: how far they got, how sure that is, in words; and how near a source came to one.

use super::Siege;
use crate::collect::{Accounts, Try};
use crate::detect::confounder;
use crate::detect::doors::{Verdict, Verdicts};
use crate::detect::least::Least;
use crate::detect::nearness::{in_tenths, test};
use crate::detect::statistics::permille;
use crate::detect::story;
use crate::detect::visits::{Visit, folded};
use crate::detect::{Actor, World};
use crate::hash::NameHash;
use crate::incident::{Finding, Join, Kind, Named, Outcome, Scale, Tenths, Test};
use crate::request::Place;
use crate::route::EndpointClass;

/// The findings of one detector: the sieges that are called by its kind.
pub(in crate::detect) fn findings(world: &World<'_>, kind: Kind, detector: &'static str) -> Vec<Finding> {
    let ours = world.sieges().iter().filter(|siege| siege.kind() == kind);
    ours.map(|siege| siege.clone().finding(world, detector)).collect()
}

/// How near somebody came, alone, to a siege of this kind: an address at each login, or an account wherever it was tried.
pub(in crate::detect) fn measure(world: &World<'_>, actor: Actor, kind: Kind) -> Vec<Vec<Test>> {
    let least = Least::of(world);
    let tests = |verdicts: Verdicts, refused: u64| {
        let share = in_tenths("refused share", verdicts.refused_permille(), least.refused_share, "%");
        vec![test("refused tries", verdicts.refused, refused, "tries"), share]
    };
    match actor {
        Actor::Client(client) => {
            let logins =
                world.visits().iter().filter(|visit| visit.client == client && visit.takes_credentials());
            let one = |visit: &Visit| {
                let verdicts = world.doors().of_visit(visit);
                let of_one = kind == Kind::BruteForce && visit.target.is_some();
                let mut tests = tests(verdicts, if of_one { least.at_account } else { least.refused });
                if kind == Kind::PasswordSpraying {
                    let accounts = visit.with(world, |route| route.accounts.count()).unwrap_or(0);
                    tests.push(test("accounts", accounts, least.accounts, "accounts"));
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

impl Siege {
    /// Accounts that an answer of the siege opened.
    fn opened(&self, world: &World<'_>) -> Vec<Named> {
        let opens = |answer| {
            self.clients
                .iter()
                .all(|count| world.doors().verdict_for(count.of, self.door, answer) == Verdict::Accepted)
        };
        let was_opened = |account: u64, one: &Try| {
            self.taken.contains(&account) || one.answers.iter().any(|&(answer, _)| opens(answer))
        };
        let opened = self.accounts.iter().filter(|&(account, one)| was_opened(account, one));
        opened.filter_map(|(hash, one)| Some(Named { hash: NameHash(hash), place: one.place? })).collect()
    }

    /// The finding, under the name of `detector`.
    fn finding(mut self, world: &World<'_>, detector: &'static str) -> Finding {
        let mut finding = Finding::new(detector, self.variant, self.kind());
        finding.compromised = self.opened(world);
        finding.compromised_total = match finding.compromised.len() as u64 {
            0 if self.accounts.is_empty() && !self.crowd => self.verdicts.accepted,
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
            (None, "single-source" | "one-agent") => self.least.refused,
            (None, "no-door") => self.least.refused * super::no_door::TIMES,
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
        finding.endpoints = story::endpoint(self.shown.0, finding.requests);
        finding.users = story::accounts(&self.accounts);
        finding.users_total = self.accounts.count();
        let example = self.samples.first().map_or(Place::default(), |sample| sample.place);
        finding.agents = story::agents(&self.agents, example);
        if self.campaign.is_none() && (self.clients.len() == 1 || self.variant == "single-source") {
            finding.joins.extend(self.clients.iter().map(|count| Join::Client(count.of)));
        }
        finding.samples = story::choose(std::mem::take(&mut self.samples));
        finding.metrics.insert("attempts", self.verdicts.tries());
        finding.metrics.insert("refused", self.verdicts.refused);
        finding.metrics.insert("accepted", self.verdicts.accepted);
        finding.metrics.insert("addresses", self.sources);
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
        let sources = match (self.sources, self.campaign) {
            (0 | 1, _) if self.variant == "one-agent" => {
                "one agent behind an address that others share".to_owned()
            }
            (0 | 1, _) => "one address".to_owned(),
            (many, Some((_, shares, _))) => {
                format!("{} addresses that {shares} and do nothing else", story::count(many))
            }
            (many, None) if many > self.clients.len() as u64 => {
                format!("about {} addresses", story::count(many))
            }
            (many, None) => format!("{} addresses", story::count(many)),
        };
        let opened = match finding.compromised_total {
            0 => "none succeeded".to_owned(),
            1 => "one succeeded".to_owned(),
            many => format!("{} succeeded", story::count(many)),
        };
        let tries = self.tries();
        format!(
            "{} {tries}{accounts}, {share} % refused, from {sources}; {opened}",
            story::count(finding.requests)
        )
    }

    /// What is tried at its door.
    fn tries(&self) -> &'static str {
        match self.shown.1 {
            EndpointClass::Login | EndpointClass::Token => "logins",
            EndpointClass::Mfa => "codes",
            _ if self.variant == "no-door" => "requests without a valid key or password",
            _ => "requests with a name and a password",
        }
    }

    /// What to do, first things first.
    fn advice(&self, finding: &Finding) -> Vec<String> {
        let mut advice = Vec::new();
        if self.shown.1 == EndpointClass::Mfa {
            return Self::advice_on_codes(finding);
        }
        match (finding.compromised_total, finding.compromised.len()) {
            (0, _) => {}
            (1, 1) => advice.push(
                "Reset the account that was opened, and end its sessions.".to_owned(),
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
                "Reset the {} accounts that were opened, and end their sessions; `gatehound respond --target accounts` lists them.",
                story::count(many)
            )),
        }
        advice.push(match (self.campaign, self.clients.len()) {
            (Some(_), _) => "Throttle the login by what the sources share (agent, no page loads), not by address: each tries only a few times.".to_owned(),
            (None, 1) if self.variant == "one-agent" => {
                "Throttle logins of this agent from that address; people work from there, too, so do not block it."
                    .to_owned()
            }
            (None, 1) => "Block or throttle the source address at the gateway.".to_owned(),
            (None, _) if self.variant == "single-source" => {
                "Block or throttle the source addresses at the gateway.".to_owned()
            }
            (None, _) => "Slow down logins to the account itself: its attackers change address.".to_owned(),
        });
        advice.push("Ask for a second factor, and refuse passwords known from breaches.".to_owned());
        advice
    }

    /// What to do where codes are guessed: nobody can tell from the door whose they are.
    fn advice_on_codes(finding: &Finding) -> Vec<String> {
        let mut advice = Vec::new();
        if finding.compromised_total > 0 {
            advice.push(
                "Find the code that was accepted (evidence marked `success`) in the application's own log, and end the session that it opened."
                    .to_owned(),
            );
        }
        advice
            .push("Let a code expire after a few wrong tries, whichever address they come from.".to_owned());
        advice.push("Block or throttle the source at the gateway.".to_owned());
        advice
    }
}
