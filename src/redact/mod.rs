//! Redaction: people, addresses and query values become keyed pseudonyms before any output sees an incident or an event. The same name
//! has the same pseudonym under the same key, so reports can still be compared; who has the key and the manifest can undo it.

mod address;
mod event;
mod manifest;
mod words;

use std::collections::BTreeMap;

use crate::error::Error;
use crate::hash::Keys;
use crate::incident::{Address, Incident, Raw};
pub use manifest::Manifest;
use words::{Names, query_values};

/// What is replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct What {
    /// Users, consumers, accounts, and whatever looks like a mail address.
    pub users: bool,
    /// Addresses and networks.
    pub addresses: bool,
    /// Values in queries.
    pub queries: bool,
}

/// The words that `--redact` takes.
pub const WORDS: [&str; 4] = ["all", "users", "addresses", "queries"];

impl What {
    /// What a list of [`WORDS`] says.
    pub fn read(words: &[String]) -> Result<Self, Error> {
        let mut what = Self::default();
        for word in words {
            match word.as_str() {
                "all" => what = Self { users: true, addresses: true, queries: true },
                "users" => what.users = true,
                "addresses" => what.addresses = true,
                "queries" => what.queries = true,
                other => return Err(Error::unknown("kind of redaction", other, &WORDS)),
            }
        }
        Ok(what)
    }

    /// Whether nothing is.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

/// What a pseudonym stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Address,
    Query,
    User,
}

impl Sort {
    const ALL: [Self; 3] = [Self::Address, Self::Query, Self::User];

    /// Its name in a manifest.
    fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Query => "query",
            Self::User => "user",
        }
    }
}

/// Replaces, and remembers what it replaced.
pub struct Redactor {
    what: What,
    key: [u8; 32],
    /// Who stands in the lines that are shown, beside those that an incident names.
    people: Vec<Raw>,
    /// Pseudonyms and what they stand for.
    replaced: BTreeMap<(Sort, String), Vec<u8>>,
}

impl Redactor {
    /// Replaces `what` under `keys`; `people` are names that stand in lines.
    #[must_use]
    pub fn new(what: What, keys: &Keys, people: Vec<Raw>) -> Self {
        Self { what, key: keys.subkey("gatehound redaction v1"), people, replaced: BTreeMap::new() }
    }

    /// Replaces in one incident.
    pub fn incident(&mut self, incident: &mut Incident) {
        let entities = &mut incident.entities;
        let lists = [&entities.users, &entities.consumers, &incident.impact.compromised_users];
        let people: Vec<Raw> = lists.into_iter().flatten().chain(&self.people).cloned().collect();
        let names = Names::new(people.iter().filter(|_| self.what.users));
        for Address(address) in &mut entities.source_ips {
            *address = Raw(self.addresses(&String::from_utf8_lossy(&address.0)).into_bytes());
        }
        for network in &mut entities.networks {
            network.cidr = self.network(&network.cidr);
        }
        let compromised = &mut incident.impact.compromised_users;
        for name in entities.users.iter_mut().chain(&mut entities.consumers).chain(compromised) {
            if self.what.users {
                *name = Raw(self.user(&name.0).into_bytes());
            }
        }
        for agent in entities.user_agents.iter_mut().chain(&mut entities.hosts) {
            *agent = Raw(self.line(&agent.text(), &names).into_bytes());
        }
        let reasons = incident.findings.iter_mut().map(|finding| &mut finding.reason);
        let notes = incident.confounders.iter_mut().map(|note| &mut note.reason);
        let told = [&mut incident.title, &mut incident.summary];
        for text in reasons.chain(notes).chain(told).chain(&mut incident.recommendations) {
            *text = self.sentence(text, &names);
        }
        for raw in incident.evidence.iter_mut().filter_map(|line| line.raw.as_mut()) {
            *raw = Raw(self.line(&raw.text(), &names).into_bytes());
        }
    }

    /// What was replaced so far, sealed.
    #[must_use]
    pub fn manifest(&self) -> Manifest {
        Manifest::seal(&self.key, &self.replaced)
    }

    /// A line of a log: every kind of name may stand in it.
    fn line(&mut self, text: &str, names: &Names) -> String {
        let mut text = text.to_owned();
        if self.what.queries {
            text = query_values(&text, |value| self.named(Sort::Query, value.as_bytes()));
        }
        self.sentence(&text, names)
    }

    /// A sentence of a detector.
    fn sentence(&mut self, text: &str, names: &Names) -> String {
        let mut text = text.to_owned();
        if self.what.users {
            text = names.replace(&text, |name| self.user(name.as_bytes()));
        }
        self.addresses(&text)
    }

    /// Every address in `text`.
    fn addresses(&mut self, text: &str) -> String {
        if !self.what.addresses {
            return text.to_owned();
        }
        let (key, mut seen) = (self.key, Vec::new());
        let text = address::replace(text, |address| {
            let pseudonym = address::pseudonym(&key, address);
            seen.push((pseudonym, address));
            pseudonym.to_string()
        });
        for (pseudonym, address) in seen {
            let known = (Sort::Address, pseudonym.to_string());
            self.replaced.entry(known).or_insert_with(|| address.to_string().into_bytes());
        }
        text
    }

    /// A network: its pseudonym holds the pseudonyms of its addresses.
    fn network(&mut self, cidr: &str) -> String {
        match cidr.split_once('/') {
            Some((address, bits)) if self.what.addresses => {
                let Ok(address) = address.parse() else { return cidr.to_owned() };
                let bits = bits.parse().unwrap_or(128);
                let pseudonym = address::network(&self.key, address, bits);
                let known = (Sort::Address, pseudonym.to_string());
                self.replaced.entry(known).or_insert_with(|| address.to_string().into_bytes());
                format!("{pseudonym}/{bits}")
            }
            _ => cidr.to_owned(),
        }
    }

    fn user(&mut self, name: &[u8]) -> String {
        self.named(Sort::User, name)
    }

    /// The pseudonym of a name, which is a hash of it.
    fn named(&mut self, sort: Sort, name: &[u8]) -> String {
        let pseudonym = manifest::pseudonym(&self.key, sort, name);
        self.replaced.entry((sort, pseudonym.clone())).or_insert_with(|| name.to_vec());
        pseudonym
    }
}
