//! Norms by route, and what is known of the last routes without a look at them.

use hashbrown::HashMap;

use super::answers::Few;
use super::norm::{RouteNorm, Told};
use crate::hash::TemplateHash;
use crate::request::RouteKey;
use crate::route::EndpointClass;

/// Norms by route. Norms stay where they are while the index grows, and those of the last routes are found without it.
#[derive(Clone, Debug)]
pub(super) struct Table {
    norms: Vec<(RouteKey, RouteNorm)>,
    index: HashMap<RouteKey, u32, foldhash::fast::RandomState>,
    /// Places in `norms` that are free.
    free: Vec<u32>,
    /// The last few routes, by the low bits of their template.
    recent: Box<[Recent]>,
}

/// A route that was asked for not long ago.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    template: TemplateHash,
    /// The hash of a client above which its norm learns nothing any more; likewise of an object.
    client: u64,
    object: u64,
    /// Where its norm stands.
    at: u32,
    method: u8,
    /// The largest class that was seen.
    class: EndpointClass,
    /// Answers that its norm does not know of yet.
    answers: Few,
}

impl Recent {
    /// Whether it is this route.
    #[inline]
    fn is_of(&self, key: RouteKey) -> bool {
        self.template == key.0 && self.method == key.1
    }

    /// Whether a request tells nothing new about this route.
    #[inline]
    fn knows(&self, key: RouteKey, told: &Told) -> bool {
        self.is_of(key)
            && self.client < told.client
            && (!told.is_read || self.object < told.object)
            && self.class >= told.kind.1
    }
}

/// Size of [`Table::recent`], a power of two.
const RECENT: usize = 4096;

/// The place of a route in [`Table::recent`].
#[inline]
fn slot(key: RouteKey) -> usize {
    usize::try_from((key.0.0 ^ u64::from(key.1)) % RECENT as u64).expect("below the size")
}

/// Where the norm of a route stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Wherever: the request tells nothing new.
    NothingNew,
    Known(u32),
    Unknown,
}

impl Default for Table {
    fn default() -> Self {
        let (norms, index, free) = Default::default();
        Self { norms, index, free, recent: vec![Recent::default(); RECENT].into() }
    }
}

impl Table {
    /// Where the norm of a route stands, if `told` may tell it anything new; if not, its answer is counted. Most requests are for routes of which enough is
    /// known to see that they do not.
    #[inline]
    pub(super) fn look_up(&mut self, key: RouteKey, told: &Told) -> Place {
        let recent = &mut self.recent[slot(key)];
        if recent.knows(key, told) {
            if recent.answers.add(told.answer) {
                self.settle_one(slot(key));
            }
            Place::NothingNew
        } else if recent.is_of(key) {
            Place::Known(recent.at)
        } else {
            self.index.get(&key).map_or(Place::Unknown, |&at| Place::Known(at))
        }
    }

    /// The hashes above which the norm at `at` learns nothing any more. Asking brings it near.
    #[inline]
    pub(super) fn bounds(&self, at: u32) -> u64 {
        let norm = &self.norms[at as usize].1;
        norm.clients.bound() ^ norm.readers.bound()
    }

    /// Adds what a request tells to the norm at `at`, if that is still the norm of its route.
    #[inline]
    pub(super) fn add(&mut self, at: u32, key: RouteKey, told: &Told) -> bool {
        let Some((_, norm)) = self.norms.get_mut(at as usize).filter(|(known, _)| *known == key) else {
            return false;
        };
        norm.add(told);
        let (client, object) = (norm.clients.bound(), norm.readers.bound());
        // Only what spares work may take a place: until a request was answered as asked, each may be the first.
        if norm.ok && client != u64::MAX {
            let class = norm.kind.map_or_else(EndpointClass::default, |(_, class)| class);
            self.settle_one(slot(key));
            let answers = Few::default();
            self.recent[slot(key)] =
                Recent { template: key.0, method: key.1, at, client, object, class, answers };
        }
        true
    }

    /// The norm of a route, to add to.
    pub(super) fn get_mut(&mut self, key: RouteKey) -> Option<&mut RouteNorm> {
        let at = *self.index.get(&key)?;
        Some(&mut self.norms[at as usize].1)
    }

    /// Takes in a route that it does not have.
    pub(super) fn insert(&mut self, key: RouteKey, norm: RouteNorm) {
        let at = self.free.pop().unwrap_or_else(|| {
            self.norms.push(Default::default());
            u32::try_from(self.norms.len() - 1).expect("fewer than 2^32 routes")
        });
        self.norms[at as usize] = (key, norm);
        self.index.insert(key, at);
    }

    /// Lets norms know of all answers.
    pub(super) fn settle(&mut self) {
        (0..RECENT).for_each(|slot| self.settle_one(slot));
    }

    /// Lets the norm of one of the last routes know of its answers: while it is among them, it is not taken out.
    fn settle_one(&mut self, slot: usize) {
        let recent = &mut self.recent[slot];
        let answers = std::mem::take(&mut recent.answers);
        if answers != Few::default()
            && let Some((_, norm)) = self.norms.get_mut(recent.at as usize)
        {
            norm.answers.absorb(&answers.all());
        }
    }

    /// Takes a route out, among the last routes as well.
    pub(super) fn remove(&mut self, key: RouteKey) -> Option<RouteNorm> {
        let at = self.index.remove(&key)?;
        let slot = slot(key);
        if self.recent[slot].is_of(key) {
            self.settle_one(slot);
            self.recent[slot] = Recent::default();
        }
        self.free.push(at);
        Some(std::mem::take(&mut self.norms[at as usize]).1)
    }

    /// Where the norm of a route stands, if it has one.
    pub(super) fn find(&self, key: RouteKey) -> Option<u32> {
        self.index.get(&key).copied()
    }

    /// How many routes there are.
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// Every route, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (RouteKey, &RouteNorm)> {
        let norms = self.norms.iter().map(|(key, norm)| (*key, norm));
        norms.filter(|(_, norm)| norm.kind.is_some())
    }

    /// Every route, for keeps.
    pub(super) fn into_iter(self) -> impl Iterator<Item = (RouteKey, RouteNorm)> {
        self.norms.into_iter().filter(|(_, norm)| norm.kind.is_some())
    }
}
