//! Learned templates: which literal siblings are values of one variable (`/users/alice`, `/users/bob` → `/users/{name}`).
//! Only the population can tell, so this happens when judging, as a fold of template hashes.
//!
//! Siblings are compared by *signature*: methods, extension, and whether what stands below them is nothing, shared with
//! other siblings, or their own. A group folds if it has many members and hardly any of them means something to many
//! clients. Volumes are left out on purpose: one client could steer them. Only shares of clients are compared, so a log
//! ten times as long folds alike.

use super::class::Methods;
use crate::hash::Keys;

mod fold;
mod learned;
mod siblings;
mod tree;
mod values;

pub use learned::Learned;

/// So many siblings of one signature may be values.
const MIN_VALUES: usize = 32;
/// So many are needed if each has children of its own: real APIs have dozens of resources side by side.
const MIN_BRANCHES: usize = 128;
/// So many are needed if they are only written to: procedures are called so (`POST /rpc/createUser`).
const MIN_WRITTEN: usize = 128;
/// A child's name is shared if it stands below so many siblings …
const SHARED_BY: usize = 4;
/// … and below one in so many.
const SHARED_PART: usize = 64;
/// What one in so many of all clients touch is a place, not a value.
const PLACE_SHARE: u64 = 8;
/// Half of the values are touched by fewer than one in so many of all clients.
const VALUE_SHARE: u64 = 16;
/// Far above the median: more than so many times.
const FAR: u64 = 8;
/// Above the median: more than so many times.
const ABOVE: u64 = 2;
/// Templates deeper than this are not looked at.
const MAX_DEPTH: usize = 32;

/// One template of the tally, as far as learning needs it.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// Its text.
    pub text: &'a [u8],
    /// The methods that were answered with something else than 400 or 404.
    pub methods: Methods,
    /// How many distinct clients asked for it.
    pub clients: u64,
}

/// Learns from all templates that were answered. `clients`: how many distinct clients the whole log has. The order of
/// `seen` does not matter; the same text twice is taken together.
pub fn learn(seen: &[Seen<'_>], clients: u64, keys: &Keys) -> Learned {
    let tree = tree::Tree::new(seen, clients, keys);
    Learned::new(fold::fold(&tree, clients, keys))
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
