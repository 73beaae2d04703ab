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
pub(super) struct Node {
    /// Where its name stands among those of the tree, and its length.
    name: (u32, u32),
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
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// The names of all nodes, one after the other: those of siblings mostly stand side by side, unlike the texts.
    names: Vec<u8>,
}

/// Templates whose texts are looked at together.
const TOGETHER: usize = 32;

impl Tree {
    pub(super) fn new(seen: &[Seen<'_>], clients: u64, keys: &Keys) -> Self {
        // Most templates bring a segment of their own, and many another above it.
        let expected = seen.len() * 2;
        let mut nodes = Vec::with_capacity(expected);
        nodes.push(Node::new((0, 0), Growing::default(), ROOT));
        let places = HashTable::with_capacity(expected);
        let tree = Self { nodes, names: Vec::with_capacity(seen.len() * 16) };
        let mut planting = Planting { tree, places, last: Vec::new(), keys };
        for some in seen.chunks(TOGETHER) {
            // The processor waits for many far texts at once.
            let far = some.iter().filter_map(|one| Some(one.text.first()? ^ one.text.last()?));
            std::hint::black_box(far.fold(0, |all, one| all ^ one));
            for one in some {
                planting.add(one, clients);
            }
        }
        planting.tree
    }

    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    /// The name of a node.
    pub(super) fn name(&self, id: Id) -> &[u8] {
        let (from, length) = self.node(id).name;
        &self.names[from as usize..][..length as usize]
    }

    /// The children of a node, in no order.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let some = |id: Id| Some(id).filter(|&id| id != ROOT);
        let first = some(self.node(id).first_child);
        std::iter::successors(first, move |&child| some(self.node(child).next_sibling))
    }

    /// Adds a child of `parent`.
    fn plant(&mut self, name: &[u8], hash: Growing, parent: Id) {
        let short = |length: usize| u32::try_from(length).expect("a tally has far fewer names");
        let mut node = Node::new((short(self.names.len()), short(name.len())), hash, parent);
        self.names.extend_from_slice(name);
        let id = short(self.nodes.len());
        node.next_sibling = std::mem::replace(&mut self.nodes[parent as usize].first_child, id);
        self.nodes.push(node);
    }

    /// Whether nothing was seen below a node.
    pub(super) fn is_leaf(&self, id: Id) -> bool {
        self.node(id).first_child == ROOT
    }
}

/// A tree while templates are added.
struct Planting<'k> {
    tree: Tree,
    /// The nodes by the 64 bits of their hash. The tally knows templates by the lower half of them, so whoever crafts names
    /// of the same hash gets one of them in here, not thousands.
    places: HashTable<Id>,
    /// The way to the template that was added last: many have the same beginning.
    last: Vec<Id>,
    keys: &'k Keys,
}

impl Planting<'_> {
    fn add(&mut self, seen: &Seen<'_>, clients: u64) {
        let reach = seen.clients.min(clients);
        let mut id = ROOT;
        self.reached(id, reach);
        let segments = seen.text.split(|&b| b == b'/').filter(|segment| !segment.is_empty());
        for (depth, segment) in segments.take(MAX_DEPTH).enumerate() {
            id = self.child(id, depth, segment);
            self.reached(id, reach);
        }
        let node = &mut self.tree.nodes[id as usize];
        node.methods = node.methods | seen.methods;
    }

    fn reached(&mut self, id: Id, reach: u64) {
        let node = &mut self.tree.nodes[id as usize];
        node.reach = node.reach.max(reach);
    }

    /// The child of `parent` that is called `name`.
    fn child(&mut self, parent: Id, depth: usize, name: &[u8]) -> Id {
        let tree = &mut self.tree;
        let is_it = |&id: &Id| tree.node(id).parent == parent && tree.name(id) == name;
        if let Some(&id) = self.last.get(depth)
            && is_it(&id)
        {
            return id;
        }
        let mut hash = tree.node(parent).hash;
        hash.push(name, self.keys);
        let rehash = |&id: &Id| tree.node(id).hash.whole();
        let id = match self.places.entry(hash.whole(), is_it, rehash) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(free) => {
                let id = Id::try_from(tree.nodes.len()).expect("a tally has far fewer templates");
                free.insert(id);
                tree.plant(name, hash, parent);
                id
            }
        };
        self.last.truncate(depth);
        self.last.push(id);
        id
    }
}

impl Node {
    fn new(name: (u32, u32), hash: Growing, parent: Id) -> Self {
        let methods = Methods::default();
        Self { name, hash, parent, first_child: ROOT, next_sibling: ROOT, methods, reach: 0 }
    }
}
