//! Leaves that were asked for one key: they stay at hand, since the next key is mostly near.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::leaf::Leaf;

/// Which leaf: its kind of key, its owner, its number.
pub(super) type Name = (usize, usize, usize);

/// Leaves at hand, up to a size; those that nobody asked for again go first.
pub(super) struct Cache {
    most: usize,
    size: usize,
    /// Each with whether it was asked for again.
    leaves: BTreeMap<Name, (Arc<Leaf>, bool)>,
    /// Those that came first are looked at first.
    order: VecDeque<Name>,
}

impl Cache {
    /// Nothing yet, and never more than so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { most, size: 0, leaves: BTreeMap::new(), order: VecDeque::new() }
    }

    /// A leaf, if it is at hand.
    pub(super) fn get(&mut self, name: Name) -> Option<Arc<Leaf>> {
        let (leaf, again) = self.leaves.get_mut(&name)?;
        *again = true;
        Some(Arc::clone(leaf))
    }

    /// Keeps a leaf that is not at hand.
    pub(super) fn keep(&mut self, name: Name, leaf: &Arc<Leaf>) {
        if leaf.size() > self.most || self.leaves.contains_key(&name) {
            return;
        }
        self.size += leaf.size();
        self.leaves.insert(name, (Arc::clone(leaf), false));
        self.order.push_back(name);
        while self.size > self.most
            && let Some(first) = self.order.pop_front()
        {
            match self.leaves.get_mut(&first) {
                Some((_, again)) if *again => {
                    *again = false;
                    self.order.push_back(first);
                }
                _ => {
                    let gone = self.leaves.remove(&first);
                    self.size -= gone.map_or(0, |(leaf, _)| leaf.size());
                }
            }
        }
    }
}
