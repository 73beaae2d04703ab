//! Many people behind one address: an office, a carrier, a café. They differ in agent, load pages, and mostly get in.

use crate::collect::{Bytes, Profile};
use crate::detect::siege::Siege;
use crate::detect::statistics::permille;
use crate::detect::story;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::Client;

/// Principals or agents behind one address from which on it is a crowd's.
pub(in crate::detect) const CROWD: u64 = 5;

/// How much a client looks like a crowd, in hundredths: several identities, each doing a little of everything.
pub(in crate::detect) fn crowd(profile: &Profile) -> u64 {
    let identities = profile.others.count();
    let agents = profile.agents.count();
    let people = identities.max(agents);
    if people < CROWD {
        return 0;
    }
    // A scanner that changes its agent asks for much more of the same: a crowd's routes repeat.
    let working = permille(profile.ok, profile.requests);
    let spread = profile.routes.iter().filter(|(_, visit)| visit.ok > 0).count() as u64;
    if working < 600 || spread < 3 {
        return 0;
    }
    (60 + people.min(30)).min(95)
}

/// Whether a source of a siege is a crowd: then some of its logins fail, and most people behind it get in.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Option<ConfounderNote> {
    let [only] = siege.clients.as_slice() else { return None };
    let (score, people) = world.profile(only.of, |profile| (crowd(profile), profile.agents.count()))?;
    let refused = siege.verdicts.refused_permille();
    // A crowd gets in more often than not; below that the crowd is only where the attacker sits.
    // So it is where one agent is refused while the others work. Either way others are there, too.
    let score = match (score, siege.variant) {
        (_, "one-agent") => 40,
        (1.., _) if refused > 950 => (score / 4).max(25),
        _ => score,
    };
    (score > 0).then(|| {
        super::note(
            "shared-address",
            score,
            format!(
                "{people} agents behind the address use several routes; {} % of its logins fail",
                refused / 10
            ),
        )
    })
}

/// Whether a client is a crowd.
pub(super) fn of_client(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    let (score, agents, others) =
        world.profile(client, |profile| (crowd(profile), profile.agents.count(), profile.others.count()))?;
    (score > 0).then(|| {
        super::note(
            "shared-address",
            score,
            format!("{agents} agents and {others} identities behind one address"),
        )
    })
}

/// Addresses of one account from which on it may be a key that a site gives to everybody, such as that of its page.
const ADDRESSES: u64 = 50;

/// Whether many people use one key: they come from many addresses, with many agents. Whoever rotates addresses has few.
pub(super) fn of_key(world: &World<'_>, actor: Actor) -> Option<ConfounderNote> {
    let (addresses, agents) =
        actor.profile(world, |profile| (profile.others.count(), profile.agents.count()))?;
    (addresses >= ADDRESSES && agents > CROWD + 2).then(|| {
        let reason = format!("about {addresses} addresses and {agents} agents use one key");
        super::note("shared-address", 80, reason)
    })
}

/// Whether a great volume is a crowd's: shared out among its people it is nothing special.
pub(super) fn of_volume(
    world: &World<'_>,
    actor: Actor,
    excess: Bytes,
    least: u64,
) -> Option<ConfounderNote> {
    let people = actor.people(world);
    if people < CROWD {
        return None;
    }
    let each = excess.bytes / people;
    let score = if each >= least { 25 } else { 80 };
    Some(super::note(
        "shared-address",
        score,
        format!("{people} people behind the address, {} each", story::bytes(each)),
    ))
}
