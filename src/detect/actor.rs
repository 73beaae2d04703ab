//! Against whom evidence is held: an address, or the identity that a line proves.

use crate::collect::{ClientProfiles, PrincipalProfiles, Profile};
use crate::detect::World;
use crate::detect::confounder;
use crate::hash::NameHash;
use crate::request::Client;

/// An address, or the identity that a line proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Actor {
    /// An address.
    Client(Client),
    /// A principal, else a token, else a session.
    Principal(NameHash),
}

impl Actor {
    /// What it did altogether.
    pub(crate) fn profile<T>(self, world: &World<'_>, read: impl FnOnce(&Profile) -> T) -> Option<T> {
        match self {
            Self::Client(client) => world.population::<ClientProfiles>().with(client.0, read),
            Self::Principal(principal) => {
                world.population::<PrincipalProfiles>().with(u128::from(principal.0), read)
            }
        }
    }

    /// How many people there are behind it: one, unless it is an address that looks like a crowd's.
    pub(crate) fn people(self, world: &World<'_>) -> u64 {
        match self {
            Self::Client(client) => {
                let profiles = world.population::<ClientProfiles>();
                // A crowd cannot have made fewer requests than it has people.
                if profiles.wanted(client.0) < confounder::CROWD {
                    return 1;
                }
                profiles.with(client.0, confounder::people).unwrap_or(1)
            }
            Self::Principal(_) => 1,
        }
    }

    /// Whether it looks like many people.
    pub(crate) fn is_crowd(self, world: &World<'_>) -> bool {
        self.people(world) > 1
    }
}
