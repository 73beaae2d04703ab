//! Dead links: many requests for few missing paths, from pages that still name them.

use crate::collect::Missed;
use crate::detect::World;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;
use crate::request::Client;

/// How few paths there are for so many requests, and how many came from a page.
pub(super) fn of_misses(
    world: &World<'_>,
    client: Client,
    missed: &Missed,
    strange: u64,
) -> Option<ConfounderNote> {
    let repeated = missed.requests / strange.max(1);
    let referred = world.profile(client, |profile| permille(profile.referred, profile.requests))?;
    let score = match (repeated, referred) {
        (5.., 500..) => 90,
        (3.., 700..) => 75,
        _ => 0,
    };
    (score > 0).then(|| {
        super::note(
            "dead-links",
            score,
            format!(
                "each missing path is asked for {repeated} times, {} % of all requests come from a page",
                referred / 10
            ),
        )
    })
}
