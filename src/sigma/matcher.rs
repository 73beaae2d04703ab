//! Matches lines one after the other against all rules.

use serde::{Deserialize, Serialize};

use hashbrown::HashMap;

use super::facts::Facts;
use super::needle::Zone;
use super::rules::Rules;
use crate::event::Event;
use crate::hash::NameHash;
use crate::text::Remembered;

/// Looks at lines. What it remembers changes nothing but the time.
pub struct Matcher {
    /// Texts by zone, and which list has the rules that they could let match.
    texts: Remembered<u16>,
    /// The same of agents, by their hash.
    agents: Box<[(NameHash, u16)]>,
    lists: Lists,
    /// Rules that could match the text that is looked at.
    fresh: Vec<u16>,
    /// Rules that could match the line.
    candidates: Vec<u16>,
}

/// Places for texts and for agents, powers of two; they take 512 KiB and 64 KiB.
const TEXTS: usize = 1 << 12;
const AGENTS: usize = 1 << 12;

/// No more different lists are kept.
const LISTS: usize = 1 << 14;

/// Lists of rules, each once; the first is empty.
struct Lists {
    all: Vec<Box<[u16]>>,
    numbers: HashMap<Box<[u16]>, u16, foldhash::fast::RandomState>,
}

impl Default for Matcher {
    fn default() -> Self {
        Self {
            texts: Remembered::new(TEXTS),
            agents: vec![Default::default(); AGENTS].into_boxed_slice(),
            lists: Lists { all: vec![Box::default()], numbers: HashMap::default() },
            fresh: Vec::new(),
            candidates: Vec::new(),
        }
    }
}

impl Lists {
    /// The number of a list; none where there are too many.
    fn number(&mut self, list: &[u16]) -> Option<u16> {
        if list.is_empty() {
            return Some(0);
        }
        if let Some(&known) = self.numbers.get(list) {
            return Some(known);
        }
        let number = u16::try_from(self.all.len()).ok().filter(|_| self.all.len() < LISTS)?;
        self.all.push(list.into());
        self.numbers.insert(list.into(), number);
        Some(number)
    }

    /// The list with this number.
    fn get(&self, number: u16) -> &[u16] {
        self.all.get(usize::from(number)).map_or(&[], |list| list)
    }
}

/// Which list has the rules that a path could let match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfPath(Option<u16>);

impl OfPath {
    /// Nobody has looked, or it cannot be told of the path alone.
    pub const UNKNOWN: Self = Self(None);
}

impl Default for OfPath {
    /// None.
    fn default() -> Self {
        Self(Some(0))
    }
}

impl Matcher {
    /// What `path` could let match, for [`matches`](Self::matches): whoever remembers the path may remember this as well.
    pub fn of_path(&mut self, rules: &Rules, path: &[u8]) -> OfPath {
        if rules.filter.is_quiet(Zone::Target, path) {
            return OfPath::default();
        }
        if may_be_escaped(path) {
            return OfPath::UNKNOWN;
        }
        self.fresh.clear();
        rules.filter.scan(Zone::Target, path, &mut self.fresh);
        let event = Event { path: Some(path), ..Event::default() };
        OfPath(self.settle(rules, &Facts { record: b"", event: &event, client: None }, Zone::Target))
    }

    /// The numbers of the rules that match, ascending: the weightiest first. `agent` is the hash of the line's agent, if it has
    /// one; `path` what its path could let match. One matcher serves one set of rules.
    pub fn matches(&mut self, rules: &Rules, facts: &Facts<'_>, agent: NameHash, path: OfPath) -> &[u16] {
        let (event, filter) = (facts.event, &rules.filter);
        self.candidates.clear();
        self.agent(rules, facts, agent);
        if filter.looks_at(Zone::Target) {
            match path.0 {
                Some(list) => self.candidates.extend(self.lists.get(list)),
                None => self.part(rules, facts, Zone::Target, event.path),
            }
            self.host(rules, facts);
            for text in [event.query, event.raw_request].into_iter().flatten() {
                filter.scan(Zone::Target, &event.plain(text), &mut self.candidates);
            }
        }
        self.part(rules, facts, Zone::Referer, event.referer);
        self.part(rules, facts, Zone::Host, event.host);
        self.part(rules, facts, Zone::User, event.user);
        if let Some(method) = event.method {
            filter.scan(Zone::Method, method, &mut self.candidates);
        }
        filter.scan(Zone::Record, facts.record, &mut self.candidates);
        if !self.candidates.is_empty() {
            self.candidates.sort_unstable();
            self.candidates.dedup();
            self.candidates.retain(|&number| rules.get(number).is_some_and(|rule| rule.expr.holds(facts)));
        }
        &self.candidates
    }

    /// What the agent lets match; the rules that need nothing among it.
    #[inline]
    fn agent(&mut self, rules: &Rules, facts: &Facts<'_>, agent: NameHash) {
        let key = NameHash(agent.0 ^ facts.event.escapes as u64);
        let place = usize::try_from(key.0).unwrap_or(usize::MAX) & (AGENTS - 1);
        let known = self.agents.get(place).copied().unwrap_or_default();
        if agent.is_some() && known.0 == key {
            self.candidates.extend(self.lists.get(known.1));
            return;
        }
        self.fresh.clear();
        self.fresh.extend(rules.filter.always());
        if let Some(text) = facts.event.user_agent {
            rules.filter.scan(Zone::Agent, &facts.event.plain(text), &mut self.fresh);
        }
        let list = self.settle(rules, facts, Zone::Agent);
        self.candidates.extend(&self.fresh);
        if let (Some(list), Some(known)) = (list.filter(|_| agent.is_some()), self.agents.get_mut(place)) {
            *known = (key, list);
        }
    }

    /// A part of the line that is often the same.
    #[inline]
    fn part(&mut self, rules: &Rules, facts: &Facts<'_>, zone: Zone, text: Option<&[u8]>) {
        let Some(text) = text.filter(|text| !text.is_empty() && rules.filter.looks_at(zone)) else { return };
        let plain = facts.event.plain(text);
        if rules.filter.is_quiet(zone, &plain) {
            return;
        }
        self.fresh.clear();
        if may_be_escaped(text) {
            rules.filter.scan(zone, &plain, &mut self.fresh);
            self.candidates.append(&mut self.fresh);
            return;
        }
        let kind = zone as u8;
        let hash = self.texts.hash(text) ^ u64::from(kind);
        if let Some(&list) = self.texts.get(hash, text, kind) {
            self.candidates.extend(self.lists.get(list));
            return;
        }
        rules.filter.scan(zone, text, &mut self.fresh);
        let list = self.settle(rules, facts, zone);
        self.candidates.extend(&self.fresh);
        if let Some(list) = list {
            self.texts.note(hash, text, kind, list);
        }
    }

    /// What stands before the path in a whole URI: scheme and host, and needles that begin there and end in the path.
    fn host(&mut self, rules: &Rules, facts: &Facts<'_>) {
        let (Some(scheme), Some(host)) = (facts.event.scheme, facts.event.host) else { return };
        let kind = match scheme {
            b"http" => HTTP,
            b"https" => HTTP + 1,
            _ => HTTP + 2,
        };
        let hash = self.texts.hash(host) ^ u64::from(kind);
        let known = self.texts.get(hash, host, kind).filter(|_| kind != HTTP + 2);
        if let Some(&list) = known {
            self.candidates.extend(self.lists.get(list));
            return;
        }
        let event = facts.event;
        let start = [&*event.plain(scheme), b"://", &*event.plain(host)].concat();
        self.fresh.clear();
        rules.filter.scan(Zone::Target, &start, &mut self.fresh);
        rules.filter.across(Zone::Target, &start, &mut self.fresh);
        self.candidates.extend(&self.fresh);
        self.fresh.sort_unstable();
        self.fresh.dedup();
        if let Some(list) = self.lists.number(&self.fresh).filter(|_| kind != HTTP + 2) {
            self.texts.note(hash, host, kind, list);
        }
    }

    /// Leaves of the fresh rules those that what the zone says lets match; the number of their list.
    fn settle(&mut self, rules: &Rules, facts: &Facts<'_>, zone: Zone) -> Option<u16> {
        if self.fresh.is_empty() {
            return Some(0);
        }
        self.fresh.sort_unstable();
        self.fresh.dedup();
        let could = |number: u16| rules.get(number).is_some_and(|rule| rule.expr.could_hold(facts, zone));
        self.fresh.retain(|&number| could(number));
        self.lists.number(&self.fresh)
    }
}

/// Whether `text` may mean different things, as different producers escape it.
fn may_be_escaped(text: &[u8]) -> bool {
    memchr::memchr2(b'\\', b'#', text).is_some()
}

/// The kind of a text that is a host behind `http://`; those of zones are below.
const HTTP: u8 = 16;

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
