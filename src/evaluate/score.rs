//! The score itself, as a table for people and as JSON for programs.

use std::fmt;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::view::{IncidentView, Severity};

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many are counted.
    pub hit: u64,
    /// Of how many.
    pub of: u64,
}

/// Recall among attacks that have something in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Group {
    /// The difficulty or the kind.
    pub name: String,
    /// Met with the right kind.
    pub strict: Share,
    /// Met with any kind.
    pub lenient: Share,
}

/// An incident that meets an attack.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Meeting {
    /// The incident's name.
    pub id: String,
    /// Its place in the report.
    pub rank: u64,
    /// How much attention it asks for.
    pub severity: Severity,
    /// Its main kind.
    pub kind: String,
    /// All its kinds.
    pub kinds: Vec<String>,
    /// How it says that the attack ended.
    pub outcome: Option<String>,
}

/// What became of one attack.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AttackScore {
    /// The attack's name in the truth.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// How hard it is to see.
    pub difficulty: String,
    /// How it ended, where the truth says so.
    pub outcome: Option<String>,
    /// Whether an incident of the right kind meets it.
    pub strict: bool,
    /// Whether that incident says how it ended; absent where one of them says nothing.
    pub outcome_right: Option<bool>,
    /// How many of its addresses the incidents that meet it name.
    pub named: Share,
    /// How many incidents meet it.
    pub incidents: u64,
    /// How many of those repeat the kind of another.
    pub duplicates: u64,
    /// The best of them, one of the right kind before any other.
    pub met_by: Option<Meeting>,
}

/// How good a report is.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Score {
    /// Incidents that count.
    pub incidents: u64,
    /// Attacks met with the right kind.
    pub strict: Share,
    /// Attacks met with any kind.
    pub lenient: Share,
    /// Recall by difficulty, as the truth orders them.
    pub by_difficulty: Vec<Group>,
    /// Recall by kind, as the truth orders them.
    pub by_kind: Vec<Group>,
    /// Outcomes that are right, among attacks with one that are met strictly.
    pub outcome: Share,
    /// Addresses of the attacks that are met at all, and how many of them the incidents meeting them name.
    pub named: Share,
    /// Incidents that meet some attack.
    pub precision: Share,
    /// The same among as many first incidents as there are attacks.
    pub precision_at_k: Share,
    /// Addresses that belong to no attack, among those that incidents meeting one name.
    pub collateral: Share,
    /// Look-alikes named by an incident that meets no attack.
    pub look_alikes_hit: Vec<String>,
    /// How many look-alikes there are.
    pub look_alikes: u64,
    /// Incidents beyond the first that meet the same attack with the same kind.
    pub duplicates: u64,
    /// Pairs of an attack and an incident that meets it.
    pub meetings: u64,
    /// Attack by attack.
    pub attacks: Vec<AttackScore>,
}

impl Share {
    /// Counts one more, as a hit or not.
    pub(super) fn count(&mut self, hit: bool) {
        self.hit += u64::from(hit);
        self.of += 1;
    }

    /// Tenths of a per cent, rounded down; absent if there is nothing to share.
    #[must_use]
    pub fn permille(self) -> Option<u64> {
        (self.of > 0).then(|| self.hit * 1000 / self.of)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.permille() {
            Some(permille) => {
                f.pad(&format!("{}.{} % ({}/{})", permille / 10, permille % 10, self.hit, self.of))
            }
            None => f.pad("–"),
        }
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut share = serializer.serialize_struct("Share", 3)?;
        share.serialize_field("hit", &self.hit)?;
        share.serialize_field("of", &self.of)?;
        #[expect(clippy::cast_precision_loss, reason = "counts of one report are far below 2^53")]
        let value = (self.of > 0).then(|| self.hit as f64 / self.of as f64);
        share.serialize_field("share", &value)?;
        share.end()
    }
}

impl Group {
    /// The group `name` among `groups`, made if it is new.
    pub(super) fn of<'a>(groups: &'a mut Vec<Self>, name: &str) -> &'a mut Self {
        let found = groups.iter().position(|group| group.name == name);
        let index = found.unwrap_or_else(|| {
            groups.push(Self { name: name.to_owned(), ..Self::default() });
            groups.len() - 1
        });
        &mut groups[index]
    }
}

impl Meeting {
    /// What is kept of `incident`, which is the `nth` that counts.
    pub(super) fn new(incident: &IncidentView, nth: u64) -> Self {
        let mut kinds = incident.kinds.clone();
        if !kinds.contains(&incident.kind) {
            kinds.insert(0, incident.kind.clone());
        }
        Self {
            id: incident.id.clone(),
            rank: incident.rank.unwrap_or(nth),
            severity: incident.severity,
            kind: incident.kind.clone(),
            kinds,
            outcome: incident.outcome.clone(),
        }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "recall, right kind   {}", self.strict)?;
        writeln!(f, "recall, any kind     {}", self.lenient)?;
        writeln!(f, "right outcome        {}", self.outcome)?;
        writeln!(f, "addresses named      {}", self.named)?;
        writeln!(f, "precision            {}", self.precision)?;
        writeln!(f, "precision at k       {}", self.precision_at_k)?;
        writeln!(f, "collateral           {}", self.collateral)?;
        let pairs = Share { hit: self.meetings, of: self.lenient.hit };
        let tenths = pairs.permille().unwrap_or(0) / 100;
        writeln!(f, "incidents per attack {}.{}", tenths / 10, tenths % 10)?;
        writeln!(f, "duplicates           {}", self.duplicates)?;
        let hit = if self.look_alikes_hit.is_empty() {
            String::from("none")
        } else {
            self.look_alikes_hit.join(", ")
        };
        writeln!(f, "look-alikes hit      {} of {}: {hit}", self.look_alikes_hit.len(), self.look_alikes)?;
        for groups in [&self.by_difficulty, &self.by_kind] {
            writeln!(f)?;
            for group in groups {
                writeln!(f, "{:<20} right kind {:<18} any kind {}", group.name, group.strict, group.lenient)?;
            }
        }
        writeln!(f)?;
        self.attacks.iter().try_for_each(|attack| writeln!(f, "{attack}"))
    }
}

impl fmt::Display for AttackScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match (self.strict, self.incidents) {
            (true, _) => "found",
            (false, 0) => "MISSED",
            (false, _) => "as other",
        };
        write!(f, "{mark:<8} {:<22} {:<7}", self.id, self.difficulty)?;
        let Some(met) = &self.met_by else { return Ok(()) };
        write!(f, " {:>3} by #{} {:?} {}", self.incidents, met.rank, met.severity, met.kinds.join("+"))?;
        write!(f, "; addresses {}", self.named)?;
        match self.outcome_right {
            Some(true) => write!(f, "; {}", met.outcome.as_deref().unwrap_or("–")),
            Some(false) => write!(
                f,
                "; says {} for {}",
                met.outcome.as_deref().unwrap_or("nothing"),
                self.outcome.as_deref().unwrap_or("–")
            ),
            None => Ok(()),
        }
    }
}
