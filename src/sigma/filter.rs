//! Which rules could match a line at all: found by the needles of all rules, in one pass over each text of the line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use rayon::prelude::*;

use super::expr::Expr;
use super::frame::could_frame;
use super::needle::{Need, Zone};
use super::pattern::fold;
use super::quads::Quads;
use super::rest::{KNOWN, Seams};
use super::sieve::Sieve;

/// The needles of all rules.
#[derive(Debug, Default)]
pub(super) struct Filter {
    zones: [Option<Needles>; Zone::COUNT],
    /// Rules that need nothing that could be looked for.
    always: Vec<u16>,
}

/// The needles of one zone.
#[derive(Debug)]
struct Needles {
    /// Whether any of them could be in a long text, as most have none.
    quads: Option<Quads>,
    /// Whether any of them could be there.
    sieve: Option<Sieve>,
    automaton: AhoCorasick,
    /// By needle: the rules that need it.
    rules: Vec<Vec<u16>>,
    /// By what stands before a slash of a needle, but for one at its start: the rules that need it.
    across: BTreeMap<Vec<u8>, Vec<u16>>,
    /// Where texts that are known could cut a needle in two; of records alone.
    seams: Seams,
    /// Whether one of them could stand around the texts of a plain record.
    could_frame: bool,
}

/// Texts of so many bytes are looked at here and there before they are looked through.
const LONG: usize = 64;

/// Needles of so many bytes in all fit into a table of all steps that is soon made; more are looked for a little more slowly.
const QUICK: usize = 1 << 12;

impl Filter {
    /// The needles of `rules`, which are numbered in this order.
    pub(super) fn new<'r>(rules: impl Iterator<Item = &'r Expr>) -> Self {
        let mut filter = Self::default();
        let mut zones: [BTreeMap<Vec<u8>, Vec<u16>>; Zone::COUNT] = Default::default();
        for (rule, number) in rules.zip(0..=u16::MAX) {
            match Need::of(rule) {
                Need::Nothing => filter.always.push(number),
                Need::Any(needles) => {
                    for (zone, needle) in needles {
                        // A path is looked through once, for all that can stand in it.
                        if zone == Zone::Target {
                            zones[Zone::Path as usize].entry(needle.clone()).or_default().push(number);
                        }
                        zones[zone as usize].entry(needle).or_default().push(number);
                    }
                }
            }
        }
        let cut = zones[Zone::Record as usize].keys().cloned().collect();
        filter.zones.par_iter_mut().zip(zones).for_each(|(zone, needles)| *zone = Needles::new(needles));
        if let Some(records) = &mut filter.zones[Zone::Record as usize] {
            records.seams = Seams::new(cut);
        }
        filter
    }

    /// Whether anything is looked for there.
    #[inline]
    pub(super) fn looks_at(&self, zone: Zone) -> bool {
        self.zones[zone as usize].is_some()
    }

    /// Appends the rules whose needles stand in `text`, some of them several times.
    #[inline]
    pub(super) fn scan(&self, zone: Zone, text: &[u8], rules: &mut Vec<u16>) {
        if let Some(needles) = &self.zones[zone as usize]
            && !needles.are_seen_missing(text)
        {
            needles.find(text, rules);
        }
    }

    /// Appends the rules whose needles stand in `record`, of which some texts are [known](Self::is_quiet) to hold none, and all
    /// others nothing but the frame of a plain record, where that `is_plain`; `rest` is room to work in.
    #[inline]
    pub(super) fn scan_record(
        &self,
        record: &[u8],
        known: [Option<&[u8]>; KNOWN],
        is_plain: bool,
        rest: &mut Vec<u8>,
        rules: &mut Vec<u16>,
    ) {
        let Some(needles) = &self.zones[Zone::Record as usize] else { return };
        let is_quiet = if is_plain && !needles.could_frame {
            needles.seams.are_quiet(record, known)
        } else {
            needles.seams.rest(record, known, rest) && needles.are_seen_missing(rest)
        };
        if !is_quiet {
            self.scan(Zone::Record, record, rules);
        }
    }

    /// Whether a glance shows that no needle stands in `text`.
    #[inline]
    pub(super) fn is_quiet(&self, zone: Zone, text: &[u8]) -> bool {
        self.zones[zone as usize].as_ref().is_none_or(|needles| needles.are_seen_missing(text))
    }

    /// Appends the rules with a needle that begins at the end of `text` and goes on behind a slash.
    pub(super) fn across(&self, zone: Zone, text: &[u8], rules: &mut Vec<u16>) {
        let Some(needles) = &self.zones[zone as usize] else { return };
        let text = fold(text);
        let longest = needles.across.keys().map(Vec::len).max().unwrap_or(0);
        for from in text.len().saturating_sub(longest)..text.len() {
            let found = text.get(from..).and_then(|end| needles.across.get(end));
            rules.extend(found.into_iter().flatten());
        }
    }

    /// The rules that need nothing.
    pub(super) fn always(&self) -> &[u16] {
        &self.always
    }

    /// How many rules need nothing that could be looked for.
    pub(super) fn unfiltered(&self) -> usize {
        self.always.len()
    }
}

impl Needles {
    /// Of needles and the rules that need them; none where nothing is looked for, or where it would take too much memory.
    fn new(needles: BTreeMap<Vec<u8>, Vec<u16>>) -> Option<Self> {
        if needles.is_empty() {
            return None;
        }
        let bytes: usize = needles.keys().map(Vec::len).sum();
        let sieve = Sieve::new(needles.keys().map(Vec::as_slice));
        let quads = Quads::new(&needles.keys().map(Vec::as_slice).collect::<Vec<_>>());
        // Behind a sieve it is seldom asked, and a table of all steps takes long to make.
        let is_quick = sieve.is_none() && bytes <= QUICK;
        let kind = if is_quick { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(needles.keys())
            .ok()?;
        let could_frame = needles.keys().any(|needle| could_frame(needle));
        let mut across: BTreeMap<Vec<u8>, Vec<u16>> = BTreeMap::new();
        for (needle, rules) in &needles {
            starts(needle).for_each(|start| across.entry(start.to_vec()).or_default().extend(rules));
        }
        Some(Self {
            quads,
            sieve,
            automaton,
            rules: needles.into_values().collect(),
            across,
            seams: Seams::default(),
            could_frame,
        })
    }

    /// Whether a glance shows that none stands in `text`.
    #[inline]
    fn are_seen_missing(&self, text: &[u8]) -> bool {
        text.is_ascii()
            && (text.len() >= LONG && self.quads.as_ref().is_some_and(|quads| quads.is_quiet(text))
                || self.sieve.as_ref().is_some_and(|sieve| sieve.is_quiet(text)))
    }

    /// Appends the rules whose needles stand in `text`.
    #[inline(never)]
    fn find(&self, text: &[u8], rules: &mut Vec<u16>) {
        let text = if text.is_ascii() { Cow::Borrowed(text) } else { folded(text) };
        for found in self.automaton.find_overlapping_iter(&*text) {
            rules.extend(self.rules.get(found.pattern().as_usize()).into_iter().flatten());
        }
    }
}

/// What of a needle stands before each of its slashes, but for one at its start.
fn starts(needle: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'/', needle).filter(|&at| at > 0).filter_map(|at| needle.get(..at))
}

/// Text in lower case, as patterns see it; the long s as well, which regular expressions take for an s.
fn folded(text: &[u8]) -> Cow<'_, [u8]> {
    let folded = fold(text);
    match std::str::from_utf8(&folded) {
        Ok(text) if text.contains('\u{17f}') => Cow::Owned(text.replace('\u{17f}', "s").into_bytes()),
        _ => folded,
    }
}
