//! A door that refused everybody for a while: a key was changed, a service lost its users. Those who usually get in were
//! refused as often as the one that stands out.

use std::collections::BTreeSet;

use crate::detect::World;
use crate::detect::siege::Siege;
use crate::detect::statistics::quantile;
use crate::incident::ConfounderNote;
use crate::request::Client;

/// Fewer others at the same time than this do not tell how the door treats others.
const OTHERS: usize = 20;

/// Others were refused at least one time in so many of the suspect's.
const LESS: u64 = 4;

/// Whether others who get in at the door were refused about as often as sources that get in themselves.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Option<ConfounderNote> {
    let suspects: BTreeSet<Client> = siege.clients.iter().map(|count| count.of).collect();
    let sources = suspects.len() as u64;
    if siege.verdicts.accepted < sources {
        return None;
    }
    let others = world.visits().iter().filter(|visit| {
        let together = visit.span.first <= siege.span.last && siege.span.first <= visit.span.last;
        visit.door == siege.door && together && !suspects.contains(&visit.client)
    });
    let verdicts = others.map(|visit| world.doors().of_visit(visit)).filter(|one| one.accepted > 0);
    let mut refused: Vec<u64> = verdicts.map(|one| one.refused).collect();
    refused.sort_unstable();
    let median = quantile(&refused, 50);
    (refused.len() >= OTHERS && median * LESS * sources >= siege.verdicts.refused).then(|| {
        let reason = format!(
            "half of the {} others who got in at this door at the time were refused {median} times and more",
            refused.len()
        );
        super::note("closed-door", 85, reason)
    })
}
