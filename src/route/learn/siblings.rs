//! Siblings: the nodes below one parent, or below all values of a variable, where nodes of the same name are one.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::tree::{Id, Tree};
use crate::route::class::Methods;

/// Nodes that are one template.
#[derive(Clone, Copy)]
pub(super) struct Sibling<'s> {
    pub(super) name: &'s [u8],
    pub(super) nodes: &'s [Id],
    pub(super) methods: Methods,
    pub(super) reach: u64,
}

impl<'s> Sibling<'s> {
    /// Different values mostly have different clients, so their reaches are added up.
    pub(super) fn new(name: &'s [u8], nodes: &'s [Id], tree: &'s Tree, clients: u64) -> Self {
        let (mut methods, mut reach) = (Methods::default(), 0_u64);
        for &id in nodes {
            let node = tree.node(id);
            methods = methods | node.methods;
            reach = reach.saturating_add(node.reach);
        }
        Self { name, nodes, methods, reach: reach.min(clients) }
    }
}

/// The children of some nodes, those of the same name side by side.
pub(super) struct Children {
    nodes: Vec<Id>,
    /// How many nodes have the first name, the second, and so on.
    counts: Vec<usize>,
}

impl Children {
    pub(super) fn of(parents: &[Id], tree: &Tree) -> Self {
        let nodes = parents.iter().flat_map(|&parent| tree.children(parent));
        if parents.len() == 1 {
            let nodes: Vec<Id> = nodes.collect();
            return Self { counts: vec![1; nodes.len()], nodes };
        }
        let (mut numbers, mut counts) = (HashMap::<&[u8], usize, RandomState>::default(), Vec::new());
        let mut numbered: Vec<(usize, Id)> = Vec::with_capacity(parents.len());
        for node in nodes {
            let number = *numbers.entry(tree.name(node)).or_insert(counts.len());
            if number == counts.len() {
                counts.push(0);
            }
            counts[number] += 1;
            numbered.push((number, node));
        }
        numbered.sort_unstable();
        Self { nodes: numbered.into_iter().map(|(_, node)| node).collect(), counts }
    }

    pub(super) fn siblings<'s>(&'s self, tree: &'s Tree, clients: u64) -> Vec<Sibling<'s>> {
        let mut rest = self.nodes.as_slice();
        let next = |&count: &usize| {
            let (nodes, others) = rest.split_at(count);
            rest = others;
            Sibling::new(tree.name(nodes[0]), nodes, tree, clients)
        };
        self.counts.iter().map(next).collect()
    }
}

/// Puts siblings in the order of their names.
pub(super) fn sort(siblings: &mut [Sibling<'_>]) {
    siblings.sort_by_cached_key(|sibling| {
        let mut start = [0; 16];
        let length = sibling.name.len().min(16);
        start[..length].copy_from_slice(&sibling.name[..length]);
        (u128::from_be_bytes(start), sibling.name)
    });
}
