//! Against whom evidence is held: an address, or the identity that a line proves.

use crate::collect::{ClientProfiles, KeyKind, PrincipalProfiles, Profile};
use crate::detect::World;
use crate::detect::confounder;
use crate::hash::NameHash;
use crate::request::Client;
use crate::tally::Subject;

/// An address, or the identity that a line proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
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

    /// The principal's key, if it is one.
    pub(crate) fn principal(self) -> Option<u128> {
        match self {
            Self::Client(_) => None,
            Self::Principal(principal) => Some(principal.0.into()),
        }
    }

    /// How many [`people`] there are behind it.
    pub(crate) fn people(self, world: &World<'_>) -> u64 {
        match self {
            Self::Client(client) => {
                let clients = world.population::<ClientProfiles>();
                clients.ask(client.0, |subject| people(KeyKind::Client, subject)).unwrap_or(1)
            }
            Self::Principal(_) => 1,
        }
    }
}

/// How many people there are behind a key of this kind: one, unless it is an address that looks like a crowd's.
pub(crate) fn people(kind: KeyKind, subject: Subject<'_>) -> u64 {
    // A crowd cannot have made fewer requests than it has people.
    if kind != KeyKind::Client || subject.wanted::<ClientProfiles>() < confounder::CROWD {
        return 1;
    }
    subject.read::<ClientProfiles, _>(confounder::people).unwrap_or(1)
}
