//! Learning spelt out: a tree of maps, folded and then read. What [`learn`](super::learn) must agree with.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{
    ABOVE, FAR, MAX_DEPTH, MIN_BRANCHES, MIN_VALUES, MIN_WRITTEN, PLACE_SHARE, SHARED_BY, SHARED_PART, Seen,
    VALUE_SHARE,
};
use crate::hash::{Keys, TemplateHash};
use crate::route::class::{Method, Methods};
use crate::route::classify;
use crate::route::template::{hash_of_text, node};

/// Learns from all templates that were answered. `clients`: how many distinct clients the whole log has. The order of
/// `seen` does not matter; the same text twice is taken together.
pub(super) fn learn(seen: &[Seen<'_>], clients: u64, keys: &Keys) -> Plain {
    let mut root = Node::default();
    for one in seen {
        root.insert(one, clients, keys);
    }
    let clients = clients.max(root.reach());
    fold(&mut root, clients, 0);
    Plain::new(&root, keys)
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

/// A segment and all that was seen below it.
#[derive(Debug, Default)]
struct Node {
    children: BTreeMap<Vec<u8>, Node>,
    methods: Methods,
    clients: u64,
    reach: u64,
    /// The templates that ended up here, seen themselves or only as parents.
    origins: Vec<TemplateHash>,
    /// The variables among the children, with how many names each took in.
    folded: Vec<(usize, Vec<u8>)>,
}

impl Node {
    /// Adds a template; `self` is the root.
    fn insert(&mut self, seen: &Seen<'_>, clients: u64, keys: &Keys) {
        let reach = seen.clients.min(clients);
        let mut node = self;
        node.reach = node.reach.max(reach);
        let mut text = Vec::with_capacity(seen.text.len());
        for segment in seen.text.split(|&b| b == b'/').filter(|segment| !segment.is_empty()).take(MAX_DEPTH) {
            text.push(b'/');
            text.extend_from_slice(segment);
            if !node.children.contains_key(segment) {
                let origins = vec![hash_of_text(&text, keys)];
                node.children.insert(segment.to_vec(), Self { origins, ..Self::default() });
            }
            node = node.children.get_mut(segment).expect("it was just put there");
            node.reach = node.reach.max(reach);
        }
        node.methods = node.methods | seen.methods;
        node.clients = node.clients.max(reach);
        node.reach = node.reach.max(node.clients);
    }

    /// How many clients touched the busiest template here or below: no fewer than that knew the segment.
    fn reach(&self) -> u64 {
        self.reach
    }

    /// Takes in a node that is another value of the same variable. Different values mostly have different clients.
    fn merge(&mut self, other: Self, clients: u64) {
        self.methods = self.methods | other.methods;
        self.clients = self.clients.saturating_add(other.clients).min(clients);
        self.reach = self.reach.saturating_add(other.reach).min(clients);
        self.origins.extend(other.origins);
        self.folded.extend(other.folded);
        for (name, child) in other.children {
            match self.children.get_mut(&name) {
                Some(mine) => mine.merge(child, clients),
                None => drop(self.children.insert(name, child)),
            }
        }
    }
}

/// Which template becomes which when judging.
#[derive(Clone, Debug, Default)]
pub(super) struct Plain {
    folds: HashMap<TemplateHash, TemplateHash, RandomState>,
    texts: BTreeMap<TemplateHash, Vec<u8>>,
    variable_parents: HashMap<u32, TemplateHash, RandomState>,
}

impl Plain {
    /// What a folded tree says.
    fn new(root: &Node, keys: &Keys) -> Self {
        let mut learned = Self::default();
        learned.visit(root, &mut Vec::new(), keys);
        learned
    }

    /// The template that `template` belongs to: another one if it was folded, or if it is an unknown child where children
    /// are values; else itself.
    #[must_use]
    pub(super) fn fold(&self, template: TemplateHash) -> TemplateHash {
        match self.folds.get(&template) {
            Some(&folded) => folded,
            None => self.variable_parents.get(&template.parent()).copied().unwrap_or(template),
        }
    }

    /// The text of a template that something was folded into.
    pub(super) fn text(&self, template: TemplateHash) -> Option<&[u8]> {
        self.texts.get(&template).map(Vec::as_slice)
    }

    /// The learned templates and their texts, ordered by hash.
    pub(super) fn texts(&self) -> impl Iterator<Item = (TemplateHash, &[u8])> {
        self.texts.iter().map(|(&template, text)| (template, text.as_slice()))
    }

    fn visit(&mut self, tree: &Node, text: &mut Vec<u8>, keys: &Keys) {
        let here = hash_of_text(text, keys);
        let under_variable = tree.folded.iter().max().map(|(_, name)| name);
        for &origin in &tree.origins {
            // Kept for unfolded siblings too where their parent is variable: they are known, and no value.
            self.folds.insert(origin, here);
            if origin != here && !self.texts.contains_key(&here) {
                self.texts.insert(here, text.clone());
            }
        }
        for (name, child) in &tree.children {
            let length = text.len();
            text.push(b'/');
            text.extend_from_slice(name);
            if under_variable == Some(name) {
                let variable = hash_of_text(text, keys);
                let root = tree.origins.is_empty().then(|| hash_of_text(b"/", keys));
                for &parent in tree.origins.iter().chain(&root) {
                    self.variable_parents.insert(node(parent), variable);
                }
                self.variable_parents.insert(node(here), variable);
            }
            self.visit(child, text, keys);
            text.truncate(length);
        }
    }
}
