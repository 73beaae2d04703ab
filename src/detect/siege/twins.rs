//! Sources that each stand out alone and do exactly as much as one another at one time: one hand, and one incident.

use std::collections::BTreeMap;

use super::Siege;
use crate::detect::pool::{self, Member};
use crate::detect::{World, confounder, story};
use crate::evidence::Span;
use crate::hash::mix;
use crate::request::RouteKey;

/// Fewer sources than this may do as much as one another by chance.
const SOURCES: usize = 4;

/// What twins share.
const ALIKE: &str = "each try about as often at one time";

/// One of some sieges, by its place among them.
struct One {
    place: usize,
    span: Span,
    refused: u64,
}

impl Member for One {
    fn span(&self) -> Span {
        self.span
    }

    fn size(&self) -> u64 {
        self.refused
    }
}

/// Joins twins among `sieges`; what a look-alike explains is no part of them.
pub(super) fn joined(world: &World<'_>, sieges: Vec<Siege>) -> Vec<Siege> {
    if !world.tells_clusters() {
        return sieges;
    }
    let mut doors: BTreeMap<RouteKey, Vec<One>> = BTreeMap::new();
    for (place, siege) in sieges.iter().enumerate().filter(|(_, siege)| may_be_twin(world, siege)) {
        let one = One { place, span: siege.span, refused: siege.verdicts.refused };
        doors.entry(siege.door).or_default().push(one);
    }
    let mut sieges: Vec<Option<Siege>> = sieges.into_iter().map(Some).collect();
    let mut found = Vec::new();
    for twins in doors.into_values().flat_map(pool::twins).filter(|twins| twins.len() >= SOURCES) {
        let all = twins.iter().filter_map(|one| sieges.get_mut(one.place)?.take());
        found.extend(all.reduce(|mut one, other| {
            one.join(other);
            one
        }));
    }
    let found = found.into_iter().map(|siege| {
        let (door, first) = (siege.door, siege.span.first);
        let id = mix(mix(door.0.0, u64::from(door.1)), mix(5, first.0.unsigned_abs()));
        // Each is beyond chance by itself.
        Siege {
            variant: "distributed",
            campaign: Some((id, ALIKE, siege.least.surprise)),
            gaps: None,
            ..siege
        }
    });
    sieges.into_iter().flatten().chain(found.collect::<Vec<_>>()).collect()
}

/// Whether a siege is told by itself, of one source.
fn may_be_twin(world: &World<'_>, siege: &Siege) -> bool {
    siege.variant == "single-source"
        && siege.campaign.is_none()
        && siege.clients.len() == 1
        && !siege.crowd
        && siege.verdicts.refused >= siege.least.refused
        && !confounder::of_siege(world, siege).iter().any(|note| note.score.0 >= story::EXPLAINS)
}
