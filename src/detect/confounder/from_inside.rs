//! A machine of the house itself: a private address among public ones, such as a search index that reads the catalogue, an
//! application that fetches what its users asked for, or a scanner that somebody was told to run.

use std::collections::BTreeSet;

use crate::collect::{Attacked, Attacks, ClientProfiles};
use crate::detect::statistics::permille;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::{Client, is_internal};

/// Where more than this share of all addresses are private (in tenths of a percent), strangers come from them, too: through
/// a proxy that hides them, or because it is an office's.
const FEW_PRIVATE: u64 = 50;

/// From this share of its requests on (in tenths of a percent), hardly anything is refused or missing.
const ALLOWED: u64 = 950;

/// A scanner to which more than this share of its requests was answered (in tenths of a percent) found something.
const FOUND: u64 = 50;

/// Whether whoever takes a public catalogue whole is the house itself.
pub(super) fn of_client(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    if !is_private(client) {
        return None;
    }
    let (private, all) = share(world);
    (permille(private, all) <= FEW_PRIVATE).then(|| {
        let reason = format!("a private address, as are {private} of {all}");
        super::note("from-inside", 85, reason)
    })
}

/// Whether whoever reads or writes much is the house itself: hardly anything is refused to its machines.
pub(super) fn of_actor(world: &World<'_>, actor: Actor) -> Option<ConfounderNote> {
    let allowed =
        actor.profile(world, |profile| permille(profile.ok + profile.troubled, profile.requests))?;
    if allowed < ALLOWED {
        return None;
    }
    match actor {
        Actor::Client(client) => of_client(world, client),
        Actor::Principal(_) => {
            let clients: BTreeSet<Client> = actor.profile(world, |profile| {
                profile.others.iter().map(|(_, other)| Client(other.key)).collect()
            })?;
            let last = *clients.last()?;
            if clients.iter().all(|&client| is_private(client)) { of_client(world, last) } else { None }
        }
    }
}

/// Whether whoever looks for holes was told to: a scanner that says its name, from inside, and finds nothing.
pub(in crate::detect) fn of_scan(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    if !is_private(client) {
        return None;
    }
    let named = world.population::<Attacks>().with(client.0, |attacked: &Attacked| attacked.tools)?;
    let answered = world.profile(client, |profile| permille(profile.ok, profile.requests))?;
    (named > 0 && answered <= FOUND).then(|| {
        let reason =
            format!("a private address; {named} requests name the scanner, and hardly any was answered");
        super::note("from-inside", 85, reason)
    })
}

/// How many addresses are private, of how many.
fn share(world: &World<'_>) -> (u64, u64) {
    let add = |(private, all): &mut (u64, u64), key: u128, _| {
        *private += u64::from(is_private(Client(key)));
        *all += 1;
    };
    let join = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
    world.population::<ClientProfiles>().count_keys(|| (0, 0), add, join)
}

/// Whether a client's address is one that no network outside leads to.
pub(in crate::detect) fn is_private(client: Client) -> bool {
    client.address().is_some_and(is_internal)
}
