//! Detectors. To add one: write `detect/<name>.rs` and `samples/<id>.log`, then name it in [`all`].

mod ablation;
mod about;
mod account_enumeration;
mod actor;
mod attack;
mod brute_force;
mod campaign;
mod confounder;
mod correlation;
mod credential_stuffing;
mod data_exfiltration;
mod dead_paths;
mod doors;
mod drip;
mod followed;
mod form;
mod habits;
mod landing;
mod least;
mod log_tampering;
mod nearness;
mod object_enumeration;
mod one_agent;
mod owned;
mod password_spraying;
mod path_enumeration;
mod pool;
mod renewal;
mod resource_exhaustion;
mod robots;
mod rule_match;
mod sample;
mod scanners;
mod scraping;
mod short_answer;
mod siege;
mod statistics;
mod story;
mod team;
mod thresholds;
mod token_abuse;
mod turned_away;
mod visits;
mod walks;
mod world;

pub use ablation::Ablation;
pub use about::{About, Needs, Sight, Threshold};
pub use actor::Actor;
pub(crate) use actor::people;
pub use correlation::{Held, held};
pub use nearness::{Nearness, nearness, percent};
pub use story::EXPLAINS;
pub use thresholds::Thresholds;
pub use world::World;

use std::sync::Arc;

use rayon::prelude::*;

use crate::incident::{Finding, Test};
use crate::request::RouteKey;
use crate::route::Method;
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
        Box::new(token_abuse::TokenAbuse),
        Box::new(attack::Injection),
        Box::new(attack::VulnerabilityScan),
        Box::new(resource_exhaustion::ResourceExhaustion),
        Box::new(log_tampering::LogTampering),
    ]
}

/// Every built-in detector, and those that these rules feed; without rules they have nothing to say.
pub fn with_rules(rules: &Arc<Rules>) -> Vec<Box<dyn Detector>> {
    let mut detectors = all();
    detectors.push(Box::new(rule_match::RuleMatch::new(Arc::clone(rules))));
    detectors.push(Box::new(correlation::RuleCorrelation::new(Arc::clone(rules))));
    detectors
}

/// Everything that all detectors can prove from a world, in an order that depends on content alone.
pub fn judge(detectors: &[Box<dyn Detector>], world: &World<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> =
        detectors.par_iter().flat_map_iter(|detector| detector.judge(world)).collect();
    for finding in &mut findings {
        world.left_out().apply(finding);
    }
    if world.tells_clusters() {
        let is_used = |method, template| world.is_used(RouteKey(template, method as u8));
        scanners::join(&mut findings, is_used);
    }
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
    blind.extend(behind_one_path(tally));
    blind.sort();
    blind.dedup();
    blind
}

/// From this share of all requests on, in percent, one path that is posted to is most of what a service does.
const ONE_PATH: u64 = 25;

/// Who cannot tell what is asked for where everything is posted to one path, as with GraphQL and RPC: it stands in bodies.
fn behind_one_path(tally: &Tally) -> Vec<Blind> {
    let posted = tally.routes.iter().filter(|(route, norm)| {
        let is_door = norm.kind.is_some_and(|(_, class)| class.is_door());
        Method::from_number(route.1) == Method::Post && !is_door
    });
    let busiest = posted.max_by_key(|(route, norm)| (norm.answers.all(), *route));
    let Some((_, norm)) = busiest else { return Vec::new() };
    if norm.answers.all() * 100 < tally.reading.requests * ONE_PATH {
        return Vec::new();
    }
    let path = crate::incident::Raw(norm.text.to_vec());
    let fix = format!(
        "{} % of all requests are POST {}, and what they ask for stands in their bodies: log the operation's name, or have \
         clients put it into the path or the query",
        norm.answers.all() * 100 / tally.reading.requests.max(1),
        path.text(),
    );
    ["injection", "object-enumeration", "scraping"]
        .map(|id| Blind { detector: id.into(), missing: "request bodies".into(), fix: fix.clone().into() })
        .into()
}
