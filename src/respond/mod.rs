//! What to do about incidents, in the words of whoever does it: block lists for proxies, firewalls and clouds, accounts to
//! reset, tokens to revoke. Printed, never applied. To add a target: write it beside its kin, then name it in [`TARGETS`].

mod clouds;
mod firewall;
mod lists;
mod proxies;
mod rehearsal;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read;
use std::net::IpAddr;

use serde::Deserialize;

use crate::error::Error;
use crate::incident::{Incident, Kind, Outcome, Severity, Status};
use crate::request::Trust;
use crate::time::Time;
pub use rehearsal::{Means, Outcome as Rehearsed, Rehearsal, Stopped};

/// Who carries it out.
pub struct Target {
    /// The name that `--target` takes.
    pub name: &'static str,
    /// What it does to requests.
    pub means: Means,
    /// One line on what it is for.
    pub about: &'static str,
    write: fn(&Plan) -> String,
}

/// Every target.
pub static TARGETS: &[Target] = &[
    proxies::NGINX,
    proxies::NGINX_GEO,
    proxies::HAPROXY,
    proxies::ENVOY,
    proxies::KONG,
    firewall::NFTABLES,
    firewall::IPSET,
    firewall::IPTABLES,
    clouds::AWS_WAF,
    clouds::CLOUDFLARE_LIST,
    clouds::CLOUDFLARE_EXPRESSION,
    lists::CROWDSEC,
    lists::FAIL2BAN,
    lists::MISP,
    lists::ACCOUNTS,
    lists::TOKENS,
];

/// The target called `name`; an unknown name is an error that names the nearest.
pub fn by_name(name: &str) -> Result<&'static Target, Error> {
    let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    TARGETS.iter().find(|target| target.name == name).ok_or_else(|| Error::unknown("target", name, &known))
}

impl Target {
    /// The plan in the words of the target.
    #[must_use]
    pub fn write(&self, plan: &Plan) -> String {
        (self.write)(plan)
    }
}

/// What the user wants done.
pub struct Wishes {
    /// Incidents below this are left alone.
    pub least: Severity,
    /// For how long, in microseconds from the last request of an incident.
    pub lasts: i64,
    /// Networks that are never blocked, besides private ones.
    pub allow: Trust,
    /// Whether addresses that many people share are blocked as well.
    pub shared: bool,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// Addresses to block, ascending.
    pub entries: Vec<Entry>,
    /// For how long, in microseconds from the last request of an incident.
    lasts: i64,
    /// When the last of them ends.
    ends: Time,
    /// Accounts to reset and sessions to end, by name.
    pub accounts: BTreeMap<String, Why>,
    /// Tokens and sessions to revoke, as keyed hashes.
    pub tokens: BTreeMap<String, Why>,
    /// The incidents that it is for, by id.
    serves: BTreeSet<String>,
    /// What is left alone although an incident names it, and why.
    pub left_out: Vec<(String, String)>,
}

/// An address to block.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The address.
    pub address: IpAddr,
    /// Until when.
    pub until: Time,
    /// Why.
    pub why: Why,
}

impl Entry {
    /// Why, and until when: `gh-… credential-stuffing critical until 2026-03-12T00:00:58Z`.
    #[must_use]
    pub fn reason(&self) -> String {
        format!("{} until {}", self.why.text(), self.until.rfc3339(0))
    }

    /// The address as a network that holds nothing else.
    #[must_use]
    pub fn cidr(&self) -> String {
        format!("{}/{}", self.address, if self.address.is_ipv4() { 32 } else { 128 })
    }
}

/// On account of what.
#[derive(Clone, Debug)]
pub struct Why {
    /// The incident's id.
    pub incident: String,
    /// Its kind.
    pub kind: Kind,
    /// How grave it is.
    pub severity: Severity,
}

impl Why {
    /// `gh-… credential-stuffing critical`: nothing in it comes from a log.
    #[must_use]
    pub fn text(&self) -> String {
        let id: String = self.incident.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        format!("{id} {} {}", self.kind.name(), self.severity.name())
    }
}

impl Plan {
    /// What is to be done about `incidents`.
    #[must_use]
    pub fn new(incidents: &[Incident], wishes: &Wishes) -> Self {
        let mut plan = Self { lasts: wishes.lasts, ..Self::default() };
        let mut blocked: BTreeMap<IpAddr, Entry> = BTreeMap::new();
        let is_over = |incident: &Incident| matches!(incident.status, Status::Closed | Status::Withdrawn);
        let counts = |incident: &&Incident| {
            incident.severity >= wishes.least && incident.suppressed_by.is_none() && !is_over(incident)
        };
        for incident in incidents.iter().filter(counts) {
            let why = Why { incident: incident.id.clone(), kind: incident.kind, severity: incident.severity };
            plan.serves.insert(incident.id.clone());
            plan.identities(incident, &why);
            let until = Time(incident.last_seen.0.0.saturating_add(wishes.lasts));
            for address in &incident.entities.source_ips {
                match blockable(&address.0.text(), incident, wishes) {
                    Ok(address) => {
                        let entry = blocked.entry(address).or_insert_with(|| Entry {
                            address,
                            until,
                            why: why.clone(),
                        });
                        entry.until = entry.until.max(until);
                    }
                    Err(reason) => plan.left_out.push((address.0.text().into_owned(), reason)),
                }
            }
            let missing =
                incident.entities.source_ips_total.saturating_sub(incident.entities.source_ips.len() as u64);
            if missing > 0 {
                plan.left_out.push((
                    format!("{missing} more addresses of {}", incident.id),
                    "the report does not name them; scan with a larger --max-entities".to_owned(),
                ));
            }
        }
        plan.entries = blocked.into_values().collect();
        plan.ends = plan.entries.iter().map(|entry| entry.until).max().unwrap_or_default();
        plan.left_out.sort();
        plan.left_out.dedup();
        plan
    }

    /// Whether it does anything about the incident with this id.
    #[must_use]
    pub fn serves(&self, id: &str) -> bool {
        self.serves.contains(id)
    }

    /// Accounts that were opened or misused, and their tokens.
    fn identities(&mut self, incident: &Incident, why: &Why) {
        let mut accounts: Vec<&crate::incident::Raw> = incident.impact.compromised_users.iter().collect();
        let is_misuse =
            matches!(incident.kind, Kind::DataExfiltration | Kind::ObjectEnumeration | Kind::TokenAbuse);
        if is_misuse && incident.outcome >= Outcome::Succeeded {
            accounts.extend(&incident.entities.users);
        }
        for account in accounts {
            self.accounts.entry(account.text().into_owned()).or_insert_with(|| why.clone());
        }
        if incident.outcome >= Outcome::Succeeded {
            for token in incident.entities.tokens.iter().chain(&incident.entities.sessions) {
                self.tokens.entry(token.clone()).or_insert_with(|| why.clone());
            }
        }
    }

    /// What stands above a list: how much it holds, and what it leaves out.
    fn header(&self, comment: &str) -> String {
        let mut header = format!(
            "{comment} gatehound: {} addresses, {} left out. Generated, not applied.\n",
            self.entries.len(),
            self.left_out.len()
        );
        for (_, why) in self.left_out.iter().take(20) {
            let plain: String = why.chars().filter(|c| !c.is_control()).collect();
            let _ = writeln!(header, "{comment} left out: {plain}");
        }
        header
    }

    /// For how many microseconds an entry holds from the moment in which the plan is carried out: the whole time for the
    /// newest, and as much less for others as they are older.
    fn left(&self, entry: &Entry) -> i64 {
        self.lasts.saturating_sub(self.ends.0.saturating_sub(entry.until.0))
    }

    /// The entries of one family of addresses.
    fn of_family(&self, v4: bool) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.address.is_ipv4() == v4)
    }
}

/// The address, if it may be blocked; otherwise why not.
fn blockable(text: &str, incident: &Incident, wishes: &Wishes) -> Result<IpAddr, String> {
    let address: IpAddr = text.parse().map_err(|_| "a name that is no address".to_owned())?;
    let address = address.to_canonical();
    if wishes.allow.believes(address) || address.is_unspecified() || address.is_multicast() {
        return Err(format!("{address} is private, reserved, or on the allow-list"));
    }
    if let Some(network) = Trust::published_by(address) {
        return Err(format!(
            "{address} belongs to {network}, behind which everybody is; scan with --trusted-proxy {network}"
        ));
    }
    let is_shared =
        |note: &crate::incident::ConfounderNote| note.name == "shared-address" && note.score.0 >= 25;
    if !wishes.shared && incident.confounders.iter().any(is_shared) {
        return Err(format!(
            "{address} is shared by people who have no part in it; --include-shared blocks it"
        ));
    }
    Ok(address)
}

/// The incidents of a report, as `--format json` or `ndjson` wrote it.
pub fn read_incidents(report: impl Read) -> Result<Vec<Incident>, Error> {
    /// A whole report, or one incident of many.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Document {
        Report { incidents: Vec<Incident> },
        Incident(Box<Incident>),
    }
    let broken = |cause| Error::usage(format!("no report of gatehound: {cause}"));
    let mut incidents = Vec::new();
    let report = std::io::BufReader::new(report);
    for document in serde_json::Deserializer::from_reader(report).into_iter::<Document>() {
        match document.map_err(broken)? {
            Document::Report { incidents: all } => incidents.extend(all),
            Document::Incident(one) => incidents.push(*one),
        }
    }
    Ok(incidents)
}
