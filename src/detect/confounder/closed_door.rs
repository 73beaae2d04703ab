//! A door that refused everybody for a while: a key was changed, a service lost its users. Those who usually get in were
//! refused as often as the one that stands out.

use crate::detect::World;
use crate::detect::siege::Siege;
use crate::detect::statistics::quantile;
use crate::incident::ConfounderNote;

/// Fewer others at the same time than this do not tell how the door treats others.
const OTHERS: usize = 20;

/// Others were refused at least one time in so many of the suspect's.
const LESS: u64 = 4;

/// Whether others who get in at the door were refused about as often as a source that gets in itself.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Option<ConfounderNote> {
    let [only] = siege.clients.as_slice() else { return None };
    if siege.verdicts.accepted == 0 {
        return None;
    }
    let others = world.visits().iter().filter(|visit| {
        let together = visit.span.first <= siege.span.last && siege.span.first <= visit.span.last;
        visit.door == siege.door && visit.client != only.of && together
    });
    let verdicts = others.map(|visit| world.doors().of_visit(visit)).filter(|one| one.accepted > 0);
    let mut refused: Vec<u64> = verdicts.map(|one| one.refused).collect();
    refused.sort_unstable();
    let median = quantile(&refused, 50);
    (refused.len() >= OTHERS && median * LESS >= siege.verdicts.refused).then(|| {
        let reason = format!(
            "half of the {} others who got in at this door at the time were refused {median} times and more",
            refused.len()
        );
        super::note("closed-door", 85, reason)
    })
}
