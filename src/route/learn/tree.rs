//! The tree of templates: one node for each segment below each parent, all in one vector, in the order of their coming.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use super::{MAX_DEPTH, Seen};
use crate::hash::Keys;
use crate::route::class::Methods;
use crate::route::template::Growing;

/// A node's place in its tree.
pub(super) type Id = u32;

/// The root. It is nobody's child, so as a child or sibling it stands for none.
pub(super) const ROOT: Id = 0;

/// A segment and all that was seen below it.
pub(super) struct Node<'t> {
    pub(super) name: &'t [u8],
    /// Of the text from the root to here.
    pub(super) hash: Growing,
    parent: Id,
    first_child: Id,
    next_sibling: Id,
    pub(super) methods: Methods,
    /// How many clients touched the busiest template here or below: no fewer than that knew the segment.
    pub(super) reach: u64,
}

/// All templates that were seen.
pub(super) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
}

impl<'t> Tree<'t> {
    pub(super) fn new(seen: &[Seen<'t>], clients: u64, keys: &Keys) -> Self {
        // Most templates bring a segment of their own, and many another above it.
        let expected = seen.len() * 2;
        let mut nodes = Vec::with_capacity(expected);
        nodes.push(Node::new(b"", Growing::default(), ROOT));
        let places = HashTable::with_capacity(expected);
        let mut planting = Planting { nodes, places, last: Vec::new(), keys };
        for one in seen {
            planting.add(one, clients);
        }
        Self { nodes: planting.nodes }
    }

    pub(super) fn node(&self, id: Id) -> &Node<'t> {
        &self.nodes[id as usize]
    }

    /// The children of a node, in no order.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let some = |id: Id| Some(id).filter(|&id| id != ROOT);
        let first = some(self.node(id).first_child);
        std::iter::successors(first, move |&child| some(self.node(child).next_sibling))
    }

    /// Whether nothing was seen below a node.
    pub(super) fn is_leaf(&self, id: Id) -> bool {
        self.node(id).first_child == ROOT
    }
}

/// A tree while templates are added.
struct Planting<'t, 'k> {
    nodes: Vec<Node<'t>>,
    /// The nodes by the 64 bits of their hash. The tally knows templates by the lower half of them, so whoever crafts names
    /// of the same hash gets one of them in here, not thousands.
    places: HashTable<Id>,
    /// The way to the template that was added last: many have the same beginning.
    last: Vec<Id>,
    keys: &'k Keys,
}

impl<'t> Planting<'t, '_> {
    fn add(&mut self, seen: &Seen<'t>, clients: u64) {
        let reach = seen.clients.min(clients);
        let mut id = ROOT;
        self.reached(id, reach);
        let segments = seen.text.split(|&b| b == b'/').filter(|segment| !segment.is_empty());
        for (depth, segment) in segments.take(MAX_DEPTH).enumerate() {
            id = self.child(id, depth, segment);
            self.reached(id, reach);
        }
        let node = &mut self.nodes[id as usize];
        node.methods = node.methods | seen.methods;
    }

    fn reached(&mut self, id: Id, reach: u64) {
        let node = &mut self.nodes[id as usize];
        node.reach = node.reach.max(reach);
    }

    /// The child of `parent` that is called `name`.
    fn child(&mut self, parent: Id, depth: usize, name: &'t [u8]) -> Id {
        let nodes = &mut self.nodes;
        let is_it = |&id: &Id| {
            let node = &nodes[id as usize];
            node.parent == parent && node.name == name
        };
        if let Some(&id) = self.last.get(depth)
            && is_it(&id)
        {
            return id;
        }
        let mut hash = nodes[parent as usize].hash;
        hash.push(name, self.keys);
        let rehash = |&id: &Id| nodes[id as usize].hash.whole();
        let id = match self.places.entry(hash.whole(), is_it, rehash) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let id = Id::try_from(nodes.len()).expect("a tally has far fewer templates");
                free.insert(id);
                nodes.push(Node::new(name, hash, parent));
                nodes[id as usize].next_sibling =
                    std::mem::replace(&mut nodes[parent as usize].first_child, id);
                id
            }
        };
        self.last.truncate(depth);
        self.last.push(id);
        id
    }
}

impl<'t> Node<'t> {
    fn new(name: &'t [u8], hash: Growing, parent: Id) -> Self {
        let methods = Methods::default();
        Self { name, hash, parent, first_child: ROOT, next_sibling: ROOT, methods, reach: 0 }
    }
}
