//! A door that refused everybody for a while: a key was changed, a service lost its users. Those who usually get in were
//! refused as often as the one that stands out; or all of those who stand out got in at last, and hardly one of them twice.

use std::collections::BTreeSet;

use crate::detect::World;
use crate::detect::siege::Siege;
use crate::detect::statistics::quantile;
use crate::incident::ConfounderNote;
use crate::request::Client;
use crate::time::{MINUTE, Time};

/// Fewer others at the same time than this do not tell how the door treats others.
const OTHERS: usize = 20;

/// Others were refused at least one time in so many of the suspect's.
const LESS: u64 = 4;

/// Fewer sources than this may all have found one password each.
const ALL_IN: usize = 8;

/// When a door lets in again, those who wait are in within this, in microseconds.
const SOON: i64 = 30 * MINUTE;

/// Whether every source got in, hardly one more than once, and all at one time: passwords that are guessed are not shared out
/// so evenly.
fn let_all_in(world: &World<'_>, siege: &Siege, suspects: &BTreeSet<Client>) -> Option<ConfounderNote> {
    let sources = suspects.len();
    if sources < ALL_IN || siege.verdicts.accepted * 2 > sources as u64 * 3 {
        return None;
    }
    let ours = || {
        let visits = world.visits().iter();
        visits.filter(|visit| visit.door == siege.door && suspects.contains(&visit.client))
    };
    let accepted = ours().filter(|visit| world.doors().of_visit(visit).accepted > 0);
    let got_in = accepted.map(|visit| visit.client).collect::<BTreeSet<Client>>().len();
    let mut came: Vec<Time> = ours().map(|visit| visit.span.first).collect();
    let mut left: Vec<Time> = ours().map(|visit| visit.span.last).collect();
    came.sort_unstable();
    left.sort_unstable();
    // All had come before the first got in, and soon all were in.
    let (Some(most), Some(first), Some(last)) =
        (came.get(came.len() * 9 / 10), left.get(left.len() / 10), left.get(left.len() * 9 / 10))
    else {
        return None;
    };
    let at_once = most <= first && last.0 - first.0 <= SOON;
    (got_in * 10 >= sources * 9 && at_once).then(|| {
        let reason = format!("{got_in} of the {sources} sources got in, hardly one of them twice");
        super::note("closed-door", 85, reason)
    })
}

/// Whether others who get in at the door were refused about as often as sources that get in themselves.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Option<ConfounderNote> {
    let suspects: BTreeSet<Client> = siege.clients.iter().map(|count| count.of).collect();
    let sources = suspects.len() as u64;
    if let Some(note) = let_all_in(world, siege, &suspects) {
        return Some(note);
    }
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
