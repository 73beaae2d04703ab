//! Which rules could match a line at all: found by the needles of all rules, in one pass over each text of the line.

use std::borrow::Cow;
use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};

use super::expr::Expr;
use super::needle::{Need, Zone};
use super::pattern::fold;

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
    automaton: AhoCorasick,
    /// By needle: the rules that need it.
    rules: Vec<Vec<u16>>,
}

/// Needles of so many bytes in all fit into a table of all steps; more are looked for a little more slowly.
const QUICK: usize = 1 << 16;

/// Rules that could match one line, each once.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// By rule: the line for which it was noted last.
    noted: Vec<u64>,
    line: u64,
    pub(super) rules: Vec<u16>,
}

impl Candidates {
    /// Begins a line, of so many rules.
    pub(super) fn begin(&mut self, rules: usize) {
        self.noted.resize(rules, 0);
        self.line += 1;
        self.rules.clear();
    }

    /// Notes a rule.
    fn note(&mut self, rule: u16) {
        if let Some(noted) = self.noted.get_mut(usize::from(rule))
            && std::mem::replace(noted, self.line) != self.line
        {
            self.rules.push(rule);
        }
    }
}

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
                        zones[zone as usize].entry(needle).or_default().push(number);
                    }
                }
            }
        }
        for (zone, needles) in filter.zones.iter_mut().zip(zones) {
            *zone = Needles::new(needles);
        }
        filter
    }

    /// Whether anything is looked for there.
    pub(super) fn looks_at(&self, zone: Zone) -> bool {
        self.zones[zone as usize].is_some()
    }

    /// Notes the rules whose needles stand in `text`; whether there are any.
    pub(super) fn scan(&self, zone: Zone, text: &[u8], candidates: &mut Candidates) -> bool {
        let Some(needles) = &self.zones[zone as usize] else { return false };
        let text = if text.is_ascii() { Cow::Borrowed(text) } else { folded(text) };
        let mut any = false;
        for found in needles.automaton.find_overlapping_iter(&*text) {
            any = true;
            let rules = needles.rules.get(found.pattern().as_usize());
            rules.into_iter().flatten().for_each(|&rule| candidates.note(rule));
        }
        any
    }

    /// Notes the rules that need nothing.
    pub(super) fn always(&self, candidates: &mut Candidates) {
        self.always.iter().for_each(|&rule| candidates.note(rule));
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
        let kind = if bytes <= QUICK { AhoCorasickKind::DFA } else { AhoCorasickKind::ContiguousNFA };
        let automaton = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(needles.keys())
            .ok()?;
        Some(Self { automaton, rules: needles.into_values().collect() })
    }
}

/// Text in lower case, as patterns see it; the long s as well, which regular expressions take for an s.
fn folded(text: &[u8]) -> Cow<'_, [u8]> {
    let folded = fold(text);
    match std::str::from_utf8(&folded) {
        Ok(text) if text.contains('\u{17f}') => Cow::Owned(text.replace('\u{17f}', "s").into_bytes()),
        _ => folded,
    }
}
