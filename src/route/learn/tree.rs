//! The tree of templates while it is folded, and what is left of it: which hash becomes which.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{MAX_DEPTH, Seen};
use crate::hash::{Keys, TemplateHash};
use crate::route::class::Methods;
use crate::route::template::{hash_of_text, node};

/// A segment and all that was seen below it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) children: BTreeMap<Vec<u8>, Node>,
    pub(super) methods: Methods,
    clients: u64,
    reach: u64,
    /// The templates that ended up here, seen themselves or only as parents.
    origins: Vec<TemplateHash>,
    /// The variables among the children, with how many names each took in.
    pub(super) folded: Vec<(usize, Vec<u8>)>,
}

impl Node {
    /// Adds a template; `self` is the root.
    pub(super) fn insert(&mut self, seen: &Seen<'_>, clients: u64, keys: &Keys) {
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
    pub(super) fn reach(&self) -> u64 {
        self.reach
    }

    /// Takes in a node that is another value of the same variable. Different values mostly have different clients.
    pub(super) fn merge(&mut self, other: Self, clients: u64) {
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
pub struct Learned {
    folds: HashMap<TemplateHash, TemplateHash, RandomState>,
    texts: BTreeMap<TemplateHash, Vec<u8>>,
    variable_parents: HashMap<u32, TemplateHash, RandomState>,
}

impl Learned {
    /// What a folded tree says.
    pub(super) fn new(root: &Node, keys: &Keys) -> Self {
        let mut learned = Self::default();
        learned.visit(root, &mut Vec::new(), keys);
        learned
    }

    /// The template that `template` belongs to: another one if it was folded, or if it is an unknown child where children
    /// are values; else itself.
    #[must_use]
    pub fn fold(&self, template: TemplateHash) -> TemplateHash {
        match self.folds.get(&template) {
            Some(&folded) => folded,
            None => self.variable_parents.get(&template.parent()).copied().unwrap_or(template),
        }
    }

    /// The text of a template that something was folded into.
    pub fn text(&self, template: TemplateHash) -> Option<&[u8]> {
        self.texts.get(&template).map(Vec::as_slice)
    }

    /// The learned templates and their texts, ordered by hash.
    pub fn texts(&self) -> impl Iterator<Item = (TemplateHash, &[u8])> {
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
