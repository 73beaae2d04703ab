//! Learned templates: which literal siblings are values of one variable (`/users/alice`, `/users/bob` → `/users/{name}`).
//! Only the population can tell, so this happens when judging, as a fold of template hashes.
//!
//! Siblings are compared by *signature*: methods, extension, and whether what stands below them is nothing, shared with
//! other siblings, or their own. A group folds if it has many members and hardly any of them means something to many
//! clients. Volumes are left out on purpose: one client could steer them. Only shares of clients are compared, so a log
//! ten times as long folds alike.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Method, Methods};
use super::classify;
use crate::hash::Keys;

mod tree;

pub use tree::Learned;
use tree::Node;

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
    let mut root = Node::default();
    for one in seen {
        root.insert(one, clients, keys);
    }
    let clients = clients.max(root.reach());
    fold(&mut root, clients, 0);
    Learned::new(&root, keys)
}

/// Folds the children of `node`, then theirs.
fn fold(node: &mut Node, clients: u64, depth: usize) {
    for (name, members) in values(node, clients) {
        let mut variable = Node::default();
        for member in &members {
            variable.merge(node.children.remove(member).unwrap_or_default(), clients);
        }
        node.children.entry(name.clone()).or_default().merge(variable, clients);
        let size = members.len();
        node.folded.push((size, name));
    }
    if depth < MAX_DEPTH {
        for child in node.children.values_mut() {
            fold(child, clients, depth + 1);
        }
    }
}

/// What siblings have in common if they are values of one variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signature {
    extension: Vec<u8>,
    methods: Methods,
    below: Below,
}

/// What stands below a sibling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Below {
    Nothing,
    /// Only names that other siblings have as well.
    Shared,
    /// Names of its own, or values.
    Own,
}

/// The variables among the children of `node`: their names and members.
fn values(node: &Node, clients: u64) -> BTreeMap<Vec<u8>, Vec<Vec<u8>>> {
    let candidates: Vec<(&Vec<u8>, &Node)> =
        node.children.iter().filter(|(name, _)| may_be_value(name)).collect();
    let mut found = BTreeMap::new();
    if candidates.len() < MIN_VALUES {
        return found;
    }
    let shared = shared_names(&candidates);
    let mut groups: BTreeMap<Signature, Vec<(&Vec<u8>, &Node)>> = BTreeMap::new();
    for (name, child) in candidates {
        groups.entry(signature(name, child, &shared)).or_default().push((name, child));
    }
    let folding: BTreeSet<Signature> = groups
        .iter()
        .filter(|(signature, group)| least(signature) <= as_values(group, clients).len())
        .map(|(signature, _)| signature.clone())
        .collect();
    for (signature, group) in &groups {
        if folding.iter().any(|other| takes_in(other, signature)) {
            let name = [b"{name}", &*signature.extension].concat();
            let members = as_values(group, clients).into_iter().map(|(name, _)| name.clone());
            found.entry(name).or_insert_with(Vec::new).extend(members);
        }
    }
    found
}

/// How many siblings of this signature make a variable.
fn least(signature: &Signature) -> usize {
    let is_written = signature.methods != Methods::default() && !signature.methods.has(Method::Get);
    match signature.below {
        Below::Own => MIN_BRANCHES,
        Below::Nothing if is_written => MIN_WRITTEN,
        Below::Nothing | Below::Shared => MIN_VALUES,
    }
}

/// Whether a variable of signature `one` explains siblings of signature `other`: a value that was never asked for itself,
/// or of which nothing below was seen.
fn takes_in(one: &Signature, other: &Signature) -> bool {
    let less_below =
        one.below == other.below || (one.below == Below::Shared && other.below == Below::Nothing);
    let never_asked = other.methods == Methods::default() && other.below != Below::Nothing;
    one.extension == other.extension && less_below && (one.methods == other.methods || never_asked)
}

/// Whether a segment may be a value at all: no variable already, no version, no word that routes are made of.
fn may_be_value(segment: &[u8]) -> bool {
    let is_version = segment.len() <= 6
        && matches!(segment, [b'v' | b'V', b'0'..=b'9', rest @ ..] if rest.iter().all(|b| b.is_ascii_digit() || *b == b'.'));
    !segment.contains(&b'{') && !is_version && !classify::is_known(segment)
}

/// The children's names that many siblings have.
fn shared_names<'n>(siblings: &[(&Vec<u8>, &'n Node)]) -> BTreeSet<&'n [u8]> {
    let mut times: BTreeMap<&[u8], usize> = BTreeMap::new();
    for (_, sibling) in siblings {
        for name in sibling.children.keys() {
            *times.entry(name).or_default() += 1;
        }
    }
    let least = SHARED_BY.max(siblings.len() / SHARED_PART);
    times
        .into_iter()
        .filter(|&(name, times)| least <= times && !name.contains(&b'{'))
        .map(|(name, _)| name)
        .collect()
}

fn signature(name: &[u8], node: &Node, shared: &BTreeSet<&[u8]>) -> Signature {
    let below = if node.children.is_empty() {
        Below::Nothing
    } else if node.children.keys().all(|name| shared.contains(&**name)) {
        Below::Shared
    } else {
        Below::Own
    };
    // HEAD and OPTIONS come from checkers and browsers; they say nothing about a route.
    let noise = Methods::of(Method::Head) | Methods::of(Method::Options);
    Signature { extension: extension(name).to_vec(), methods: node.methods.without(noise), below }
}

/// The extension of a file name, with its dot; empty if there is none.
fn extension(name: &[u8]) -> &[u8] {
    let Some(at) = memchr::memrchr(b'.', name).filter(|&at| at > 0) else { return b"" };
    let extension = &name[at..];
    let fits = (2..=8).contains(&extension.len())
        && extension[1].is_ascii_alphabetic()
        && extension[1..].iter().all(u8::is_ascii_alphanumeric);
    if fits { extension } else { b"" }
}

/// The members of `group` that look like values; none if too many clients touch the one in the middle. Left out are
/// those that many clients touch, and those far above the rest with a gap between: the real pages of a server that says 200
/// to every word of a list. Popularity has no such gap, its members thin out evenly.
fn as_values<'g>(group: &[(&'g Vec<u8>, &'g Node)], clients: u64) -> Vec<(&'g Vec<u8>, &'g Node)> {
    let reach = |node: &Node| node.reach();
    let mut members: Vec<_> = group
        .iter()
        .filter(|(_, node)| reach(node) <= 1 || reach(node).saturating_mul(PLACE_SHARE) <= clients)
        .copied()
        .collect();
    let mut sorted: Vec<u64> = members.iter().map(|(_, node)| reach(node)).collect();
    sorted.sort_unstable();
    let Some(&median) = sorted.get(sorted.len() / 2) else { return Vec::new() };
    if median > 1 && median.saturating_mul(VALUE_SHARE) > clients {
        return Vec::new();
    }
    let over =
        |times: u64| sorted.len() - sorted.partition_point(|&reach| reach <= median.saturating_mul(times));
    let (above, far) = (over(ABOVE), over(FAR));
    if above - far < far {
        members.retain(|(_, node)| reach(node) <= median.saturating_mul(FAR));
    }
    members
}

#[cfg(test)]
mod tests;
