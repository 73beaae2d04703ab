//! What was learned: which template's hash becomes which.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::fold::Folded;
use crate::hash::TemplateHash;

/// Which template becomes which when judging.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    /// The templates that are something else than a look at their parent says.
    folds: HashMap<TemplateHash, TemplateHash, RandomState>,
    texts: BTreeMap<TemplateHash, Vec<u8>>,
    variable_parents: HashMap<u32, TemplateHash, RandomState>,
    parents: Parents,
}

impl Learned {
    /// What a folded tree says.
    pub(super) fn new(folded: Folded) -> Self {
        let mut learned = Self { texts: folded.texts, ..Self::default() };
        learned.variable_parents.extend(folded.variable_parents);
        learned.parents = Parents::new(learned.variable_parents.keys().copied());
        // Templates that stay are kept, too, where their parent is variable: they are known, and no value.
        let says_all =
            |(template, here): &(TemplateHash, TemplateHash)| learned.fold_by_parent(*template) == *here;
        let (by_parent, kept): (Vec<_>, Vec<_>) = folded.templates.iter().partition(|one| says_all(one));
        learned.folds = kept.into_iter().collect();
        if by_parent.iter().any(|(template, _)| learned.folds.contains_key(template)) {
            // Two templates have one hash, so their order decides.
            learned.folds = folded.templates.into_iter().collect();
        }
        let folds = learned.folds.keys().map(|template| template.parent());
        learned.parents = Parents::new(folds.chain(learned.variable_parents.keys().copied()));
        learned
    }

    /// The template that `template` belongs to: another one if it was folded, or if it is an unknown child where children
    /// are values; else itself.
    #[must_use]
    pub fn fold(&self, template: TemplateHash) -> TemplateHash {
        if !self.parents.may_hold(template.parent()) {
            return template;
        }
        self.folds.get(&template).copied().unwrap_or_else(|| self.fold_by_parent(template))
    }

    /// The text of a template that something was folded into.
    pub fn text(&self, template: TemplateHash) -> Option<&[u8]> {
        self.texts.get(&template).map(Vec::as_slice)
    }

    /// The learned templates and their texts, ordered by hash.
    pub fn texts(&self) -> impl Iterator<Item = (TemplateHash, &[u8])> {
        self.texts.iter().map(|(&template, text)| (template, text.as_slice()))
    }

    /// What a template is that nothing is known of but its parent.
    fn fold_by_parent(&self, template: TemplateHash) -> TemplateHash {
        let parent = Some(template.parent()).filter(|&parent| self.parents.may_hold(parent));
        parent.and_then(|parent| self.variable_parents.get(&parent)).copied().unwrap_or(template)
    }
}

/// The parents below which anything is folded, as bits: one look spares most templates two.
#[derive(Clone, Debug, Default)]
struct Parents(Vec<u64>);

impl Parents {
    /// So many bits for each parent.
    const BITS: usize = 8;

    fn new(parents: impl Iterator<Item = u32> + Clone) -> Self {
        let count = parents.clone().count();
        if count == 0 {
            return Self::default();
        }
        let mut bits = Self(vec![0; (count * Self::BITS).div_ceil(64).next_power_of_two()]);
        for parent in parents {
            let (word, bit) = bits.place(parent);
            bits.0[word] |= bit;
        }
        bits
    }

    /// Whether `parent` is one of them, or looks like one.
    fn may_hold(&self, parent: u32) -> bool {
        let (word, bit) = self.place(parent);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Which word holds a parent, and which bit of it.
    fn place(&self, parent: u32) -> (usize, u64) {
        let parent = parent as usize;
        ((parent / 64) & self.0.len().wrapping_sub(1), 1 << (parent % 64))
    }
}
