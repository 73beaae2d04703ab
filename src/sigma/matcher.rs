//! Matches lines one after the other against all rules.

use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::filter::Candidates;
use super::needle::Zone;
use super::rule::Rules;
use crate::text::Remembered;

/// Looks at lines. What it remembers changes nothing but the time.
pub struct Matcher {
    /// Texts in which no rule's needle stands, by zone.
    quiet: Remembered<bool>,
    candidates: Candidates,
    matched: Vec<u16>,
}

/// Places for texts, a power of two; they take 512 KiB.
const TEXTS: usize = 1 << 12;

impl Default for Matcher {
    fn default() -> Self {
        Self { quiet: Remembered::new(TEXTS), candidates: Candidates::default(), matched: Vec::new() }
    }
}

impl Matcher {
    /// The numbers of the rules that match, ascending: the weightiest first.
    pub fn matches(&mut self, rules: &Rules, facts: &Facts<'_>) -> &[u16] {
        self.matched.clear();
        self.candidates.begin(rules.len());
        let (event, filter) = (facts.event, &rules.filter);
        if filter.looks_at(Zone::Target) {
            match (event.scheme, event.host) {
                (Some(_), Some(_)) => {
                    let uri = facts.uri();
                    let uri = uri.as_deref().unwrap_or_default();
                    filter.scan(Zone::Target, uri, &mut self.candidates);
                }
                _ => {
                    self.part(rules, facts, Zone::Target, event.path);
                    self.new_part(rules, facts, Zone::Target, event.query);
                    self.new_part(rules, facts, Zone::Target, event.raw_request);
                }
            }
        }
        self.part(rules, facts, Zone::Agent, event.user_agent);
        self.part(rules, facts, Zone::Referer, event.referer);
        self.part(rules, facts, Zone::Host, event.host);
        self.part(rules, facts, Zone::User, event.user);
        self.new_part(rules, facts, Zone::Method, event.method);
        if filter.looks_at(Zone::Record) {
            filter.scan(Zone::Record, facts.record, &mut self.candidates);
        }
        filter.always(&mut self.candidates);
        let holds = |number: &&u16| rules.get(**number).is_some_and(|rule| rule.expr.holds(facts));
        self.matched.extend(self.candidates.rules.iter().filter(holds));
        self.matched.sort_unstable();
        &self.matched
    }

    /// A part of the line that is often the same.
    fn part(&mut self, rules: &Rules, facts: &Facts<'_>, zone: Zone, text: Option<&[u8]>) {
        let Some(text) = text.filter(|text| !text.is_empty() && rules.filter.looks_at(zone)) else { return };
        let hash = self.quiet.hash(text) ^ zone as u64;
        if self.quiet.get(hash, text, zone as u8).is_none()
            && !rules.filter.scan(zone, &facts.event.plain(text), &mut self.candidates)
        {
            self.quiet.note(hash, text, zone as u8, true);
        }
    }

    /// A part of the line that is mostly new.
    fn new_part(&mut self, rules: &Rules, facts: &Facts<'_>, zone: Zone, text: Option<&[u8]>) {
        if let Some(text) = text.filter(|_| rules.filter.looks_at(zone)) {
            rules.filter.scan(zone, &facts.event.plain(text), &mut self.candidates);
        }
    }
}

/// The rules that one request matches, at most [`Matched::MOST`] of them, the weightiest: a word that it can carry with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Matched(u64);

impl Matched {
    /// So many rules are kept of each request.
    pub const MOST: usize = 4;

    /// Of the numbers of rules, the weightiest first.
    pub fn of(rules: &[u16]) -> Self {
        let numbers = rules.iter().take(Self::MOST).zip([0_u32, 16, 32, 48]);
        Self(numbers.fold(0, |word, (&rule, shift)| word | (u64::from(rule) + 1) << shift))
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The numbers, the weightiest first.
    pub fn numbers(self) -> impl Iterator<Item = u16> {
        let part = move |shift: u32| u16::try_from(self.0 >> shift & 0xffff).ok()?.checked_sub(1);
        [0, 16, 32, 48].into_iter().map_while(part)
    }

    /// As one number.
    pub(crate) fn number(self) -> u64 {
        self.0
    }

    /// The one with this number.
    pub(crate) fn of_number(number: u64) -> Self {
        Self(number)
    }
}
