//! Detectors. To add one: write `detect/<name>.rs` and `samples/<id>.log`, then name it in [`all`].

mod about;
mod account_enumeration;
mod actor;
mod attack;
mod brute_force;
mod campaign;
mod confounder;
mod credential_stuffing;
mod data_exfiltration;
mod doors;
mod followed;
mod least;
mod nearness;
mod object_enumeration;
mod password_spraying;
mod path_enumeration;
mod pool;
mod resource_exhaustion;
mod rule_match;
mod sample;
mod scraping;
mod siege;
mod statistics;
mod story;
mod thresholds;
mod visits;
mod walks;
mod world;

pub use about::{About, Needs, Sight, Threshold};
pub use actor::Actor;
pub(crate) use actor::people;
pub use nearness::{Nearness, nearness, percent};
pub use story::EXPLAINS;
pub use thresholds::Thresholds;
pub use world::World;

use std::sync::Arc;

use rayon::prelude::*;

use crate::incident::{Finding, Test};
use crate::run::Blind;
use crate::sigma::Rules;
use crate::tally::Tally;

/// Knows one kind of attack. Pure: it holds thresholds; the tally holds the evidence.
pub trait Detector: Send + Sync + 'static {
    /// What the user reads about this detector.
    fn about(&self) -> &'static About;
    /// What the evidence proves, all keys side by side.
    fn judge(&self, world: &World<'_>) -> Vec<Finding>;
    /// How near somebody came, alone, to what it finds: each way as tests that all must be passed. Nothing where it could
    /// measure nothing.
    fn measure(&self, _: &World<'_>, _: Actor) -> Vec<Vec<Test>> {
        Vec::new()
    }
}

/// Every built-in detector, with its default thresholds.
pub fn all() -> Vec<Box<dyn Detector>> {
    vec![
        Box::new(credential_stuffing::CredentialStuffing),
        Box::new(password_spraying::PasswordSpraying),
        Box::new(brute_force::BruteForce),
        Box::new(account_enumeration::AccountEnumeration),
        Box::new(object_enumeration::ObjectEnumeration),
        Box::new(path_enumeration::PathEnumeration),
        Box::new(data_exfiltration::DataExfiltration),
        Box::new(scraping::Scraping),
        Box::new(attack::Injection),
        Box::new(attack::VulnerabilityScan),
        Box::new(resource_exhaustion::ResourceExhaustion::default()),
    ]
}

/// Every built-in detector, and the one that these rules feed; without rules it has nothing to say.
pub fn with_rules(rules: &Arc<Rules>) -> Vec<Box<dyn Detector>> {
    let mut detectors = all();
    detectors.push(Box::new(rule_match::RuleMatch::new(Arc::clone(rules))));
    detectors
}

/// Everything that all detectors can prove from a world, in an order that depends on content alone.
pub fn judge(detectors: &[Box<dyn Detector>], world: &World<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        detectors.par_iter().flat_map_iter(|detector| detector.judge(world)).collect();
    findings.sort_by_key(Finding::order);
    findings
}

/// Which detectors lack a field in this log, and what to add to the gateway's config; computed from the fields that the
/// log filled.
pub fn blind(detectors: &[Box<dyn Detector>], tally: &Tally) -> Vec<Blind> {
    if tally.reading.requests == 0 {
        return Vec::new();
    }
    let filled = &tally.reading.filled;
    let mut blind: Vec<Blind> = detectors
        .iter()
        .flat_map(|detector| detector.about().needs.iter().map(move |needs| (detector.about().id, needs)))
        .filter(|(_, needs)| !needs.are_met(filled))
        .map(|(id, needs)| Blind {
            detector: id.into(),
            missing: needs.missing.into(),
            fix: needs.fix.into(),
        })
        .collect();
    blind.sort();
    blind.dedup();
    blind
}
