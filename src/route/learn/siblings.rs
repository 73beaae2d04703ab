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
    pub(super) fn new(name: &'s [u8], nodes: &'s [Id], tree: &Tree<'s>, clients: u64) -> Self {
        let (mut methods, mut reach) = (Methods::default(), 0_u64);
        for &id in nodes {
            let node = tree.node(id);
            methods = methods | node.methods;
            reach = reach.saturating_add(node.reach);
        }
        Self { name, nodes, methods, reach: reach.min(clients) }
    }
}

/// The children of `parents`, those of the same name side by side.
pub(super) fn children(parents: &[Id], tree: &Tree<'_>) -> Vec<Id> {
    let children = parents.iter().flat_map(|&parent| tree.children(parent));
    if parents.len() == 1 {
        return children.collect();
    }
    let mut numbers: HashMap<&[u8], usize, RandomState> = HashMap::default();
    let mut numbered: Vec<(usize, Id)> = children
        .map(|child| {
            let next = numbers.len();
            (*numbers.entry(tree.node(child).name).or_insert(next), child)
        })
        .collect();
    numbered.sort_unstable();
    numbered.into_iter().map(|(_, child)| child).collect()
}

/// `children` as siblings.
pub(super) fn siblings<'s>(children: &'s [Id], tree: &Tree<'s>, clients: u64) -> Vec<Sibling<'s>> {
    children
        .chunk_by(|&one, &other| tree.node(one).name == tree.node(other).name)
        .map(|nodes| Sibling::new(tree.node(nodes[0]).name, nodes, tree, clients))
        .collect()
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
