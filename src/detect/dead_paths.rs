//! Paths that are gone: several people who otherwise find what they ask for still ask for them, by old links and bookmarks.
//! Nobody has guessed those.

use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{ClientProfiles, Missed, Misses, Profile};
use crate::detect::World;
use crate::detect::statistics::permille;
use crate::hash::{Keys, TemplateHash};
use crate::request::Client;
use crate::route::template::{hash_of_text, node};

/// So many people who miss something in one folder did not guess it.
const PEOPLE: usize = 5;

/// People find this share of what they ask for, in tenths of a percent, and load the files of pages.
const FOUND: u64 = 700;

/// Those of the paths that these clients missed which lie in a folder in which people miss something, too; not at the root, where
/// everybody guesses.
pub(super) fn among(world: &World<'_>, missed: &[(Client, Missed, u64)]) -> BTreeSet<u64> {
    let root = node(hash_of_text(b"/", &Keys::default()));
    let folder = |template: u64| Some(TemplateHash(template).parent()).filter(|&folder| folder != root);
    let templates = |missed: &Missed| missed.templates.iter().map(|(one, _)| one).collect::<Vec<u64>>();
    let wanted: BTreeSet<u64> = missed.iter().flat_map(|(_, missed, _)| templates(missed)).collect();
    let folders: BTreeSet<u32> = wanted.iter().filter_map(|&template| folder(template)).collect();
    if folders.is_empty() {
        return BTreeSet::new();
    }
    let profiles = world.population::<ClientProfiles>();
    let finds = |profile: &Profile| profile.companions > 0 && permille(profile.ok, profile.requests) >= FOUND;
    let asked = world.population::<Misses>().collect(|subject, missed| {
        let some: BTreeSet<u32> = templates(missed).into_iter().filter_map(folder).collect();
        let shared: Vec<u32> = some.intersection(&folders).copied().collect();
        (!shared.is_empty() && profiles.with(subject.key(), finds) == Some(true)).then_some(shared)
    });
    let mut people: BTreeMap<u32, usize> = BTreeMap::new();
    for folder in asked.into_iter().flat_map(|(_, shared)| shared) {
        *people.entry(folder).or_default() += 1;
    }
    let is_gone = |template: &u64| {
        folder(*template).and_then(|folder| people.get(&folder)).is_some_and(|&people| people >= PEOPLE)
    };
    wanted.into_iter().filter(is_gone).collect()
}
