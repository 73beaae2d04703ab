//! Folds the tree from the root down, and writes down what becomes of every template on the way.

use std::collections::BTreeMap;

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

/// Folds all siblings of `tree` that are values.
pub(super) fn fold(tree: &Tree<'_>, clients: u64, keys: &Keys) -> Folded {
    let mut folding = Folding { tree, clients, keys, text: Vec::new(), folded: Folded::default() };
    folding.descend(&[ROOT], Growing::default());
    folding.folded
}

struct Folding<'f, 't> {
    tree: &'f Tree<'t>,
    clients: u64,
    keys: &'f Keys,
    /// The text of the template that is looked at.
    text: Vec<u8>,
    folded: Folded,
}

impl Folding<'_, '_> {
    /// Looks at the child `name` of `parent`, which these nodes have become.
    fn visit(&mut self, name: &[u8], nodes: &[Id], mut hash: Growing) {
        let length = self.text.len();
        self.text.push(b'/');
        self.text.extend_from_slice(name);
        hash.push(name, self.keys);
        let here = hash.template();
        let origins = nodes.iter().map(|&id| self.tree.node(id).hash.template());
        let known = self.folded.templates.len();
        self.folded.templates.extend(origins.map(|origin| (origin, here)));
        if self.folded.templates[known..].iter().any(|&(origin, _)| origin != here) {
            self.folded.texts.entry(here).or_insert_with(|| self.text.clone());
        }
        self.descend(nodes, hash);
        self.text.truncate(length);
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
        few[..count].sort_unstable_by_key(|&child| self.tree.node(child).name);
        for child in &few[..count] {
            self.visit(self.tree.node(*child).name, &[*child], here);
        }
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
        for Sibling { name, nodes, .. } in all {
            if variable.is_some_and(|(_, variable)| variable == name) {
                self.note_variable(name, parents, here);
            }
            self.visit(name, nodes, here);
        }
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
