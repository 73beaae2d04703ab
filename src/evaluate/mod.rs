//! Scores a report against a truth: which attacks were found, as what, how early in the list, and at whose expense.
//!
//! An incident *meets* an attack when their times overlap within a minute and it names one of the attack's accounts or
//! tokens, or at least three of its addresses, or at least thirty per cent of them.

mod score;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

pub use score::{AttackScore, Group, Meeting, Score, Share};
pub use view::{IncidentView, Severity, read_incidents};

use crate::error::Error;
use crate::simulate::truth::{Attack, Truth};
use crate::time::MINUTE;

/// How far apart the times of an incident and an attack may lie.
const SLACK: i64 = MINUTE;
/// So many addresses in common are enough.
const ENOUGH_ADDRESSES: usize = 3;
/// Or so many per cent of the attack's.
const ENOUGH_PERCENT: usize = 30;
/// Attacks on logins, which a log without accounts cannot tell apart.
const LOGIN_KINDS: [&str; 3] = ["credential-stuffing", "password-spraying", "brute-force"];

/// An attack, ready to be compared.
struct Target<'a> {
    attack: &'a Attack,
    ips: BTreeSet<String>,
    names: BTreeSet<String>,
    from: i64,
    to: i64,
}

/// What has met one attack so far.
#[derive(Default)]
struct Met {
    meetings: Vec<Meeting>,
    named: BTreeSet<String>,
}

/// Compares `incidents`, best first, with `truth`. Only incidents of at least `floor` count, and none that is suppressed.
/// `hash` shows a token as incidents do, `h:…`.
///
/// # Errors
///
/// The first that `incidents` gives.
pub fn evaluate(
    truth: &Truth,
    incidents: &mut dyn Iterator<Item = Result<IncidentView, Error>>,
    floor: Severity,
    hash: &dyn Fn(&[u8]) -> String,
) -> Result<Score, Error> {
    let targets: Vec<Target> = truth.attacks.iter().map(|attack| Target::new(attack, hash)).collect();
    let mut met: Vec<Met> = targets.iter().map(|_| Met::default()).collect();
    let guilty: BTreeSet<&String> = targets.iter().flat_map(|target| &target.ips).collect();
    let benign = innocents(truth, hash);
    let mut count = Count::default();
    for incident in incidents {
        let incident = incident?;
        if incident.severity < floor || incident.suppressed_by.is_some() {
            continue;
        }
        count.incidents += 1;
        count.names_accounts |= matches!(incident.fidelity.as_deref(), Some("A" | "B"));
        let addresses = incident.addresses();
        let names = incident.names();
        let mut meets = false;
        for (target, met) in targets.iter().zip(&mut met) {
            if target.is_met(&incident, &addresses, &names) {
                meets = true;
                met.named.extend(addresses.intersection(&target.ips).cloned());
                met.meetings.push(Meeting::new(&incident, count.incidents));
            }
        }
        count.add(meets, targets.len());
        if meets {
            count.blamed.extend(addresses.iter().filter(|ip| !guilty.contains(ip)).cloned());
            count.addresses.extend(addresses);
        } else {
            for (id, theirs) in &benign {
                if !theirs.is_disjoint(&addresses) || !theirs.is_disjoint(&names) {
                    count.look_alikes.insert((*id).clone());
                }
            }
        }
    }
    Ok(summed(truth, &targets, &met, count))
}

/// What is counted over all incidents.
#[derive(Default)]
struct Count {
    incidents: u64,
    right: u64,
    first: Share,
    names_accounts: bool,
    blamed: BTreeSet<String>,
    addresses: BTreeSet<String>,
    look_alikes: BTreeSet<String>,
}

impl Count {
    /// Counts an incident that does or does not meet an attack; the first `attacks` of them for the precision at k.
    fn add(&mut self, meets: bool, attacks: usize) {
        self.right += u64::from(meets);
        if self.incidents <= attacks as u64 {
            self.first.count(meets);
        }
    }
}

impl<'a> Target<'a> {
    fn new(attack: &'a Attack, hash: &dyn Fn(&[u8]) -> String) -> Self {
        Self {
            attack,
            ips: attack.ips.iter().map(|ip| canonical(ip)).collect(),
            names: names(&attack.users, &attack.tokens, hash),
            from: micros(attack.start) - SLACK,
            to: micros(attack.end) + SLACK,
        }
    }

    fn is_met(
        &self,
        incident: &IncidentView,
        addresses: &BTreeSet<String>,
        names: &BTreeSet<String>,
    ) -> bool {
        let overlap = incident.first_seen.0 <= self.to && self.from <= incident.last_seen.0;
        if !overlap {
            return false;
        }
        let common = self.ips.intersection(addresses).count();
        let enough =
            ENOUGH_ADDRESSES <= common || 0 < common && self.ips.len() * ENOUGH_PERCENT <= common * 100;
        enough || !self.names.is_disjoint(names)
    }

    /// Whether `kind` is this attack's, as far as the log can tell.
    fn is_kind(&self, kind: &str, names_accounts: bool) -> bool {
        let of_logins = |kind: &str| LOGIN_KINDS.contains(&kind);
        kind == self.attack.kind || !names_accounts && of_logins(kind) && of_logins(&self.attack.kind)
    }
}

/// Addresses, accounts and tokens of each look-alike; the addresses cannot be mistaken for accounts.
fn innocents<'a>(truth: &'a Truth, hash: &dyn Fn(&[u8]) -> String) -> Vec<(&'a String, BTreeSet<String>)> {
    truth
        .benign
        .iter()
        .map(|benign| {
            let mut all = names(&benign.users, &benign.tokens, hash);
            all.extend(benign.ips.iter().map(|ip| canonical(ip)));
            (&benign.id, all)
        })
        .collect()
}

/// Accounts as text, tokens as they stand and as hashes, each marked for what it is.
fn names(users: &[String], tokens: &[String], hash: &dyn Fn(&[u8]) -> String) -> BTreeSet<String> {
    let users = users.iter().map(|user| format!("user {user}"));
    let tokens = tokens
        .iter()
        .flat_map(|token| [format!("token {token}"), format!("token {}", hash(token.as_bytes()))]);
    users.chain(tokens).collect()
}

/// One spelling for each address.
fn canonical(ip: &str) -> String {
    ip.parse::<IpAddr>().map_or_else(|_| ip.to_owned(), |ip| ip.to_canonical().to_string())
}

/// Epoch seconds as microseconds.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and a truth of that kind meets nothing")]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}

/// The score of all that was counted.
fn summed(truth: &Truth, targets: &[Target], met: &[Met], count: Count) -> Score {
    let mut score = Score {
        incidents: count.incidents,
        precision: Share { hit: count.right, of: count.incidents },
        precision_at_k: count.first,
        collateral: Share { hit: count.blamed.len() as u64, of: count.addresses.len() as u64 },
        look_alikes_hit: count.look_alikes.into_iter().collect(),
        look_alikes: truth.benign.len() as u64,
        ..Score::default()
    };
    for (target, met) in targets.iter().zip(met) {
        let attack = score_of(target, met, count.names_accounts);
        score.strict.count(attack.strict);
        score.lenient.count(attack.incidents > 0);
        for (groups, name) in
            [(&mut score.by_difficulty, &attack.difficulty), (&mut score.by_kind, &attack.kind)]
        {
            let group = Group::of(groups, name);
            group.strict.count(attack.strict);
            group.lenient.count(attack.incidents > 0);
        }
        if let Some(right) = attack.outcome_right {
            score.outcome.count(right);
        }
        if attack.incidents > 0 {
            score.named.hit += attack.named.hit;
            score.named.of += attack.named.of;
        }
        score.duplicates += attack.duplicates;
        score.meetings += attack.incidents;
        score.attacks.push(attack);
    }
    score
}

/// The line of one attack.
fn score_of(target: &Target, met: &Met, names_accounts: bool) -> AttackScore {
    let attack = target.attack;
    let strict = met
        .meetings
        .iter()
        .find(|meeting| meeting.kinds.iter().any(|kind| target.is_kind(kind, names_accounts)));
    let mut of_kind: BTreeMap<&str, u64> = BTreeMap::new();
    for meeting in &met.meetings {
        *of_kind.entry(&meeting.kind).or_default() += 1;
    }
    let outcome_right = match (&attack.outcome, strict) {
        (Some(outcome), Some(meeting)) => Some(meeting.outcome.as_deref() == Some(outcome)),
        (None, _) | (_, None) => None,
    };
    AttackScore {
        id: attack.id.clone(),
        kind: attack.kind.clone(),
        difficulty: attack.difficulty.clone(),
        outcome: attack.outcome.clone(),
        strict: strict.is_some(),
        outcome_right,
        named: Share { hit: met.named.len() as u64, of: target.ips.len() as u64 },
        incidents: met.meetings.len() as u64,
        duplicates: of_kind.values().map(|count| count - 1).sum(),
        met_by: strict.or(met.meetings.first()).cloned(),
    }
}

#[cfg(test)]
mod tests;
