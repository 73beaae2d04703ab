//! Which siblings are values of one variable.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::siblings::Sibling;
use super::tree::Tree;
use super::{
    ABOVE, FAR, MIN_BRANCHES, MIN_VALUES, MIN_WRITTEN, PLACE_SHARE, SHARED_BY, SHARED_PART, VALUE_SHARE,
};
use crate::route::class::{Method, Methods};
use crate::route::classify;

/// What siblings have in common if they are values of one variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signature<'s> {
    extension: &'s [u8],
    methods: Methods,
    below: Below,
}

/// What stands below a sibling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Below {
    Nothing,
    /// Only names that other siblings have as well.
    Shared,
    /// Names of its own, or values.
    Own,
}

/// The variables among siblings: their names, and which of the siblings are their values.
pub(super) fn values(siblings: &[Sibling<'_>], tree: &Tree, clients: u64) -> BTreeMap<Vec<u8>, Vec<usize>> {
    let mut found = BTreeMap::new();
    if siblings.len() < MIN_VALUES {
        return found;
    }
    let candidates: Vec<usize> =
        (0..siblings.len()).filter(|&nth| may_be_value(siblings[nth].name)).collect();
    if candidates.len() < MIN_VALUES {
        return found;
    }
    let shared = Shared::among(candidates.iter().map(|&nth| &siblings[nth]), candidates.len(), tree);
    let mut groups: BTreeMap<Signature<'_>, Vec<usize>> = BTreeMap::new();
    for nth in candidates {
        groups.entry(signature(&siblings[nth], &shared, tree)).or_default().push(nth);
    }
    for group in groups.values_mut() {
        keep_values(group, siblings, clients);
    }
    let folds = |signature: &Signature<'_>, values: &Vec<usize>| least(signature) <= values.len();
    for (signature, values) in &groups {
        if groups.iter().any(|(other, values)| folds(other, values) && takes_in(other, signature)) {
            let name = [b"{name}", signature.extension].concat();
            found.entry(name).or_insert_with(Vec::new).extend(values);
        }
    }
    found
}

/// How many siblings of this signature make a variable.
fn least(signature: &Signature<'_>) -> usize {
    let is_written = signature.methods != Methods::default() && !signature.methods.has(Method::Get);
    match signature.below {
        Below::Own => MIN_BRANCHES,
        Below::Nothing if is_written => MIN_WRITTEN,
        Below::Nothing | Below::Shared => MIN_VALUES,
    }
}

/// Whether a variable of signature `one` explains siblings of signature `other`: a value that was never asked for itself,
/// or of which nothing below was seen.
fn takes_in(one: &Signature<'_>, other: &Signature<'_>) -> bool {
    let less_below =
        one.below == other.below || (one.below == Below::Shared && other.below == Below::Nothing);
    let never_asked = other.methods == Methods::default() && other.below != Below::Nothing;
    one.extension == other.extension && less_below && (one.methods == other.methods || never_asked)
}

/// Whether a segment may be a value at all: no variable already, no version, no word that routes are made of.
fn may_be_value(segment: &[u8]) -> bool {
    let is_version = segment.len() <= 6
        && matches!(segment, [b'v' | b'V', b'0'..=b'9', rest @ ..] if rest.iter().all(|b| b.is_ascii_digit() || *b == b'.'));
    memchr::memchr(b'{', segment).is_none() && !is_version && !classify::is_known(segment)
}

/// The children's names of some siblings, and which of them many siblings have.
struct Shared<'t> {
    /// Below how many siblings a name stands, and the last of these.
    times: HashMap<&'t [u8], (usize, usize), RandomState>,
    least: usize,
}

impl<'t> Shared<'t> {
    fn among<'s>(siblings: impl Iterator<Item = &'s Sibling<'s>>, count: usize, tree: &'t Tree) -> Self {
        let mut times: HashMap<&[u8], (usize, usize), RandomState> = HashMap::default();
        for (nth, sibling) in siblings.enumerate() {
            for child in sibling.nodes.iter().flat_map(|&node| tree.children(node)) {
                let (times, last) = times.entry(tree.name(child)).or_insert((0, usize::MAX));
                *times += usize::from(*last != nth);
                *last = nth;
            }
        }
        Self { times, least: SHARED_BY.max(count / SHARED_PART) }
    }

    fn has(&self, name: &[u8]) -> bool {
        self.times.get(name).is_some_and(|&(times, _)| self.least <= times)
            && memchr::memchr(b'{', name).is_none()
    }
}

fn signature<'s>(sibling: &Sibling<'s>, shared: &Shared<'_>, tree: &Tree) -> Signature<'s> {
    let mut children = sibling.nodes.iter().flat_map(|&node| tree.children(node)).peekable();
    let below = if children.peek().is_none() {
        Below::Nothing
    } else if children.all(|child| shared.has(tree.name(child))) {
        Below::Shared
    } else {
        Below::Own
    };
    // HEAD and OPTIONS come from checkers and browsers; they say nothing about a route.
    let noise = Methods::of(Method::Head) | Methods::of(Method::Options);
    Signature { extension: extension(sibling.name), methods: sibling.methods.without(noise), below }
}

/// The extension of a file name, with its dot; empty if there is none.
fn extension(name: &[u8]) -> &[u8] {
    // Not `b""`: comparing nothing at an address that is none costs more than 100 ns with AVX-512.
    let none = &name[name.len()..];
    let Some(at) = memchr::memrchr(b'.', name).filter(|&at| at > 0) else { return none };
    let extension = &name[at..];
    let fits = (2..=8).contains(&extension.len())
        && extension[1].is_ascii_alphabetic()
        && extension[1..].iter().all(u8::is_ascii_alphanumeric);
    if fits { extension } else { none }
}

/// Leaves the members of `group` that look like values; none if too many clients touch the one in the middle. Left out are
/// those that many clients touch, and those far above the rest with a gap between: the real pages of a server that says 200
/// to every word of a list. Popularity has no such gap, its members thin out evenly.
fn keep_values(group: &mut Vec<usize>, siblings: &[Sibling<'_>], clients: u64) {
    let reach = |nth: usize| siblings[nth].reach;
    group.retain(|&nth| reach(nth) <= 1 || reach(nth).saturating_mul(PLACE_SHARE) <= clients);
    let mut sorted: Vec<u64> = group.iter().map(|&nth| reach(nth)).collect();
    sorted.sort_unstable();
    let Some(&median) = sorted.get(sorted.len() / 2) else { return };
    if median > 1 && median.saturating_mul(VALUE_SHARE) > clients {
        group.clear();
        return;
    }
    let over =
        |times: u64| sorted.len() - sorted.partition_point(|&reach| reach <= median.saturating_mul(times));
    let (above, far) = (over(ABOVE), over(FAR));
    if above - far < far {
        group.retain(|&nth| reach(nth) <= median.saturating_mul(FAR));
    }
}
