//! A plan, tried on the log: what share of each attack it would have stopped, and which people it would have hit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use super::Plan;
use crate::engine::{Scan, on};
use crate::error::Error;
use crate::event::Event;
use crate::format::{Around, Scratch};
use crate::hash::NameHash;
use crate::incident::Incident;
use crate::request::{Cache, Client, Place, Request};
use crate::source::{Block, Feed};
use crate::time::{HOUR, Time};

/// What a plan does to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// It is refused where its address is blocked.
    Addresses,
    /// It is refused where its token or session was revoked.
    Tokens,
    /// It is refused where its account was closed.
    Accounts,
}

/// An attack as the log holds it.
#[derive(Debug)]
struct Attack<'i> {
    incident: &'i Incident,
    clients: BTreeSet<Client>,
    secrets: BTreeSet<NameHash>,
    users: BTreeSet<NameHash>,
}

/// A plan and the attacks that it is for.
pub struct Rehearsal<'i> {
    means: Means,
    attacks: Vec<Attack<'i>>,
    clients: BTreeSet<Client>,
    secrets: BTreeSet<NameHash>,
    accounts: BTreeSet<NameHash>,
}

/// What came of one attack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Its requests.
    pub requests: u64,
    /// How many of them would have been stopped.
    pub stopped: u64,
    /// How many, had the plan been carried out an hour after the first request.
    pub stopped_late: u64,
}

/// What came of a plan.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What came of each attack, in their order.
    pub attacks: Vec<Stopped>,
    /// What came of those whom the log names and no attack does.
    people: BTreeMap<NameHash, Person>,
    /// How many requests named who made them.
    named: u64,
}

/// What came of one principal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Person {
    requests: u64,
    /// How many of them are a part of an attack.
    attacks: u64,
    /// How many were answered, and would have been stopped.
    stopped: u64,
}

/// Blocks that are understood at once, by worker.
const BLOCKS: usize = 4;

/// A hash as it stands in a report: `h:` and sixteen hexadecimal digits.
fn hash(text: &str) -> Option<NameHash> {
    u64::from_str_radix(text.strip_prefix("h:")?, 16).ok().map(NameHash)
}

impl<'i> Rehearsal<'i> {
    /// Prepares to try `plan`, which was made for `incidents`; names are hashed as those of the log will be.
    pub fn new(plan: &Plan, incidents: &'i [Incident], means: Means, scan: &Scan<'_>) -> Self {
        let name = |name: &str| scan.meaning.keys.name(name.as_bytes());
        let addresses = |incident: &Incident| {
            let all = incident.entities.source_ips.iter();
            all.filter_map(|one| one.0.text().parse().ok()).map(Client::at).collect()
        };
        let attacks = incidents.iter().filter(|incident| plan.serves(&incident.id)).map(|incident| Attack {
            incident,
            clients: addresses(incident),
            secrets: incident
                .entities
                .tokens
                .iter()
                .chain(&incident.entities.sessions)
                .filter_map(|text| hash(text))
                .collect(),
            users: (incident.entities.users.iter().chain(&incident.impact.compromised_users))
                .map(|user| name(&user.text()))
                .collect(),
        });
        Self {
            means,
            attacks: attacks.collect(),
            clients: plan.entries.iter().map(|entry| Client::at(entry.address)).collect(),
            secrets: plan.tokens.keys().filter_map(|text| hash(text)).collect(),
            accounts: plan.accounts.keys().map(|account| name(account)).collect(),
        }
    }

    /// Tries it on all of `feed`.
    pub fn run(&self, scan: &Scan<'_>, feed: &Feed) -> Result<Outcome, Error> {
        on(scan.threads, || {
            let mut all =
                Outcome { attacks: vec![Stopped::default(); self.attacks.len()], ..Outcome::default() };
            loop {
                // What cannot be read stands in the feed's outcomes; the rest still comes.
                let blocks = std::iter::from_fn(|| feed.next()).filter_map(Result::ok);
                let blocks: Vec<Block> = blocks.take(scan.threads.max(1) * BLOCKS).collect();
                if blocks.is_empty() || scan.interrupted.load(Ordering::Relaxed) {
                    return all;
                }
                let parts: Vec<Outcome> = blocks.par_iter().map(|block| self.block(scan, block)).collect();
                for part in parts {
                    all.add(part);
                }
                for block in blocks {
                    feed.give_back(block);
                }
            }
        })
    }

    /// Tries it on one block.
    fn block(&self, scan: &Scan<'_>, block: &Block) -> Outcome {
        let mut outcome =
            Outcome { attacks: vec![Stopped::default(); self.attacks.len()], ..Outcome::default() };
        let Some(decoder) = scan.decoders.get(block.source.0 as usize).and_then(Option::as_deref) else {
            return outcome;
        };
        let (scratch, mut cache) = (Scratch::default(), Cache::default());
        let around = Around { directives: block.directives(), ..Around::nothing(&scratch) };
        decoder.decode_block(block.bytes(), around, &mut |decoded| {
            if let Ok(event) = &decoded.event {
                self.request(scan, event, &mut cache, &mut outcome);
            }
        });
        outcome
    }

    /// Tries it on one request.
    fn request(&self, scan: &Scan<'_>, event: &Event<'_>, cache: &mut Cache, outcome: &mut Outcome) {
        let request = scan.meaning.request(event, Place::default(), cache);
        let stops = match self.means {
            Means::Addresses => self.clients.contains(&request.client),
            Means::Tokens => is_among(&self.secrets, &request),
            Means::Accounts => self.accounts.contains(&request.principal),
        };
        outcome.named += u64::from(request.principal.is_some());
        let mut is_attack = false;
        for (attack, stopped) in self.attacks.iter().zip(&mut outcome.attacks) {
            if !attack.holds(&request) {
                continue;
            }
            is_attack = true;
            stopped.requests += 1;
            stopped.stopped += u64::from(stops);
            let late = Time(attack.incident.first_seen.0.0.saturating_add(HOUR));
            stopped.stopped_late += u64::from(stops && request.time >= late);
        }
        // At a door the log names whom somebody tries to be.
        let is_somebody = request.principal.is_some() && !request.class.is_door();
        if is_somebody && !self.attacks.iter().any(|attack| attack.users.contains(&request.principal)) {
            let person = outcome.people.entry(request.principal).or_default();
            person.requests += 1;
            person.attacks += u64::from(is_attack);
            person.stopped += u64::from(stops && request.status < 400);
        }
    }

    /// What came of it, as a table for people.
    #[must_use]
    pub fn page(&self, outcome: &Outcome) -> String {
        let share = |part: u64, whole: u64| (part * 1000).checked_div(whole).unwrap_or(0);
        let percent = |permille: u64| format!("{}.{} %", permille / 10, permille % 10);
        let mut page = format!(
            "{:21} {:22} {:>10} {:>9} {:>12}\n",
            "incident", "kind", "requests", "stopped", "1 h later"
        );
        for (attack, stopped) in self.attacks.iter().zip(&outcome.attacks) {
            let _ = writeln!(
                page,
                "{:21} {:22} {:>10} {:>9} {:>12}",
                attack.incident.id,
                attack.incident.kind.name(),
                stopped.requests,
                percent(share(stopped.stopped, stopped.requests)),
                percent(share(stopped.stopped_late, stopped.requests)),
            );
        }
        // Whoever is mostly busy with an attack is the attacker, whatever the name.
        let hit = outcome.people.values().filter(|person| person.stopped > 0);
        let hit: Vec<&Person> = hit.filter(|person| person.attacks * 2 < person.requests).collect();
        let _ = match (outcome.named, hit.len()) {
            (0, _) => {
                writeln!(page, "\nThe log does not name who makes a request: nobody can say who else is hit.")
            }
            (_, 0) => writeln!(page, "\nNo account that the log names is hit but those of the incidents."),
            (_, accounts) => writeln!(
                page,
                "\nAccounts hit that no incident names: {accounts}, with {} requests. Look whether they are bystanders or victims.",
                hit.iter().map(|person| person.stopped).sum::<u64>()
            ),
        };
        page
    }
}

impl Attack<'_> {
    /// Whether a request is one of it: made within its time from one of its addresses, or with one of its tokens.
    fn holds(&self, request: &Request) -> bool {
        let (first, last) = (self.incident.first_seen.0, self.incident.last_seen.0);
        // A report shows milliseconds.
        let is_then = first <= request.time && request.time.0 < last.0.saturating_add(1000);
        is_then && (self.clients.contains(&request.client) || is_among(&self.secrets, request))
    }
}

/// Whether a request carries one of these secrets.
fn is_among(secrets: &BTreeSet<NameHash>, request: &Request) -> bool {
    secrets.contains(&request.token) || secrets.contains(&request.session)
}

impl Outcome {
    /// Adds another part of the same log.
    fn add(&mut self, other: Self) {
        for (ours, theirs) in self.attacks.iter_mut().zip(other.attacks) {
            ours.requests += theirs.requests;
            ours.stopped += theirs.stopped;
            ours.stopped_late += theirs.stopped_late;
        }
        for (principal, theirs) in other.people {
            let ours = self.people.entry(principal).or_default();
            ours.requests += theirs.requests;
            ours.attacks += theirs.attacks;
            ours.stopped += theirs.stopped;
        }
        self.named += other.named;
    }
}
