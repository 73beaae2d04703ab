//! Folds the tree from the root down, and writes down what becomes of every template on the way.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::MIN_VALUES;
use super::siblings::{Children, Sibling, sort};
use super::tree::{Id, ROOT, Tree};
use super::values::values;
use crate::hash::{Keys, TemplateHash};
use crate::route::template::{Growing, node};

/// What becomes of the templates. Where two of them have the same hash, the one that comes last in the order of the folded
/// tree is right; of two texts, the first.
#[derive(Default)]
pub(super) struct Folded {
    /// Every template and what it is now.
    pub(super) templates: Vec<(TemplateHash, TemplateHash)>,
    /// Whose children are values, and of which variable.
    pub(super) variable_parents: Vec<(u32, TemplateHash)>,
    /// The texts of what something was folded into.
    pub(super) texts: BTreeMap<TemplateHash, Vec<u8>>,
}

impl Folded {
    /// Adds what becomes of templates that come later.
    fn append(&mut self, mut later: Self) {
        self.templates.append(&mut later.templates);
        self.variable_parents.append(&mut later.variable_parents);
        for (template, text) in later.texts {
            self.texts.entry(template).or_insert(text);
        }
    }
}

/// Siblings of templates with at most so many segments are looked at in parallel, in so many pieces.
const NEAR_ROOT: usize = 2;
const PIECES: usize = 16;

/// Folds all siblings of `tree` that are values.
pub(super) fn fold(tree: &Tree, clients: u64, keys: &Keys) -> Folded {
    let mut folding = Folding { tree, clients, keys, text: Vec::new(), depth: 0, folded: Folded::default() };
    folding.descend(&[ROOT], Growing::default());
    folding.folded
}

struct Folding<'f> {
    tree: &'f Tree,
    clients: u64,
    keys: &'f Keys,
    /// The text of the template that is looked at.
    text: Vec<u8>,
    /// How many segments it has.
    depth: usize,
    folded: Folded,
}

impl Folding<'_> {
    /// Looks at the child `name` of `parent`, which these nodes have become.
    fn visit(&mut self, name: &[u8], nodes: &[Id], mut hash: Growing) {
        let length = self.text.len();
        self.text.push(b'/');
        self.text.extend_from_slice(name);
        self.depth += 1;
        hash.push(name, self.keys);
        let here = hash.template();
        let origins = nodes.iter().map(|&id| self.tree.node(id).hash.template());
        let known = self.folded.templates.len();
        self.folded.templates.extend(origins.map(|origin| (origin, here)));
        if self.folded.templates[known..].iter().any(|&(origin, _)| origin != here) {
            self.folded.texts.entry(here).or_insert_with(|| self.text.clone());
        }
        self.descend(nodes, hash);
        self.depth -= 1;
        self.text.truncate(length);
    }

    /// Calls `visit` for so many siblings, by their number; near the root for several at a time. What becomes of them is
    /// written down in their order all the same.
    fn visit_each(&mut self, count: usize, visit: impl Fn(&mut Self, usize) + Sync) {
        if self.depth > NEAR_ROOT || count < 2 {
            return (0..count).for_each(|nth| visit(self, nth));
        }
        let size = count.div_ceil(PIECES);
        let pieces = (0..count.div_ceil(size)).into_par_iter().map(|piece| {
            let mut part = Self { text: self.text.clone(), folded: Folded::default(), ..*self };
            (piece * size..count.min((piece + 1) * size)).for_each(|nth| visit(&mut part, nth));
            part.folded
        });
        let pieces: Vec<Folded> = pieces.collect();
        for piece in pieces {
            self.folded.append(piece);
        }
    }

    /// Folds the children of these nodes, then looks at each.
    fn descend(&mut self, nodes: &[Id], here: Growing) {
        match nodes {
            [leaf] if self.tree.is_leaf(*leaf) => {}
            [single] => self.descend_from_one(*single, here),
            values => self.fold_below(values, here),
        }
    }

    /// The same without taking memory, where the children are too few to fold.
    fn descend_from_one(&mut self, parent: Id, here: Growing) {
        let (mut few, mut count) = ([ROOT; MIN_VALUES - 1], 0);
        for child in self.tree.children(parent) {
            let Some(place) = few.get_mut(count) else { return self.fold_below(&[parent], here) };
            *place = child;
            count += 1;
        }
        few[..count].sort_unstable_by_key(|&child| self.tree.name(child));
        self.visit_each(count, |folding, nth| {
            folding.visit(folding.tree.name(few[nth]), &few[nth..=nth], here);
        });
    }

    fn fold_below(&mut self, parents: &[Id], here: Growing) {
        let (tree, clients) = (self.tree, self.clients);
        let children = Children::of(parents, tree);
        let mut all = children.siblings(tree, clients);
        let values = values(&all, tree, clients);
        let variable = values.iter().map(|(name, values)| (values.len(), name)).max();
        let variables: Vec<(&[u8], Vec<Id>)> =
            values.iter().map(|(name, values)| (name.as_slice(), together(name, values, &all))).collect();
        if !variables.is_empty() {
            let mut stays = vec![true; all.len()];
            values.values().flatten().for_each(|&nth| stays[nth] = false);
            let mut stays = stays.into_iter();
            all.retain(|one| stays.next().unwrap_or(true) && !values.contains_key(one.name));
            all.extend(variables.iter().map(|(name, nodes)| Sibling::new(name, nodes, tree, clients)));
        }
        sort(&mut all);
        self.visit_each(all.len(), |folding, nth| {
            let Sibling { name, nodes, .. } = all[nth];
            if variable.is_some_and(|(_, variable)| variable == name) {
                folding.note_variable(name, parents, here);
            }
            folding.visit(name, nodes, here);
        });
    }

    /// Writes down that the children of these nodes are values of the variable `name`.
    fn note_variable(&mut self, name: &[u8], parents: &[Id], here: Growing) {
        let mut variable = here;
        variable.push(name, self.keys);
        let parents = parents.iter().map(|&id| self.tree.node(id).hash);
        let parents = parents.chain([here]).map(|parent| (node(parent.template()), variable.template()));
        self.folded.variable_parents.extend(parents);
    }
}

/// The nodes of all values of a variable, and of siblings that are called like it already.
fn together(name: &[u8], values: &[usize], all: &[Sibling<'_>]) -> Vec<Id> {
    let namesakes = all.iter().filter(|one| one.name == name);
    values.iter().map(|&nth| &all[nth]).chain(namesakes).flat_map(|one| one.nodes).copied().collect()
}
