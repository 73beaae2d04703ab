//! Matches lines one after the other against all rules.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashMap;

use super::facts::Facts;
use super::needle::Zone;
use super::rules::Rules;
use crate::event::Event;
use crate::hash::NameHash;
use crate::text::{Hashed, place};

/// Looks at lines. What it remembers changes nothing but the time.
pub struct Matcher {
    /// Of the last few texts, by their hash: what they let match.
    texts: Box<[(u64, OfText)]>,
    /// Seeded anew in each process, so that nobody can make two texts that are taken for each other.
    hasher: foldhash::fast::RandomState,
    /// The same of agents, by their own hash.
    agents: Hashed<OfText>,
    lists: Lists,
    /// Rules that could match the text that is looked at.
    fresh: Vec<u16>,
    /// Rules that could match the line.
    candidates: Vec<u16>,
    /// What of a record is not known.
    rest: Vec<u8>,
}

/// Places for texts, a power of two; they take 128 KiB.
const TEXTS: usize = 1 << 13;
/// Agents that are remembered, a power of two; they take 256 KiB.
const AGENTS: usize = 1 << 14;

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
            texts: vec![Default::default(); TEXTS].into_boxed_slice(),
            hasher: foldhash::fast::RandomState::default(),
            agents: Hashed::new(AGENTS),
            lists: Lists { all: vec![Box::default()], numbers: HashMap::default() },
            fresh: Vec::new(),
            candidates: Vec::new(),
            rest: Vec::new(),
        }
    }
}

impl Lists {
    /// The number of a list; none where there are too many.
    fn number(&mut self, list: &[u16]) -> Option<u16> {
        if list.is_empty() {
            return Some(NONE);
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

/// What a text lets match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct OfText {
    /// Which list has the rules that it could let match.
    list: u16,
    /// Whether it holds no needle of records.
    is_quiet: bool,
}

/// What a path lets match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfPath(Option<OfText>);

impl OfPath {
    /// Nobody has looked, or it cannot be told of the path alone.
    pub const UNKNOWN: Self = Self(None);
}

impl Default for OfPath {
    /// Nothing, in a record that nobody looks through.
    fn default() -> Self {
        Self(Some(OfText::default()))
    }
}

impl Matcher {
    /// What `path` could let match, for [`matches`](Self::matches): whoever remembers the path may remember this as well.
    pub fn of_path(&mut self, rules: &Rules, path: &[u8]) -> OfPath {
        // What it means, only the line's producer tells.
        if may_be_escaped(path) {
            return OfPath::UNKNOWN;
        }
        self.fresh.clear();
        rules.filter.scan(Zone::Path, path, &mut self.fresh);
        let list = self.settle(rules, &Event { path: Some(path), ..Event::default() }, Zone::Path);
        OfPath(list.map(|list| OfText { list, is_quiet: rules.filter.is_quiet(Zone::Record, path) }))
    }

    /// The numbers of the rules that match, ascending: the weightiest first. `agent` is the hash of the line's agent, if it has
    /// one; `path` what its path could let match. One matcher serves one set of rules.
    pub fn matches(&mut self, rules: &Rules, facts: &Facts<'_>, agent: NameHash, path: OfPath) -> &[u16] {
        if self.could_match(rules, facts.event, facts.record, agent, path) {
            self.confirm(rules, facts);
        }
        &self.candidates
    }

    /// Whether any rule could match the line; most lines show at a glance that none can. Those that could wait to be
    /// [confirmed](Self::confirm).
    #[inline]
    pub fn could_match(
        &mut self,
        rules: &Rules,
        event: &Event<'_>,
        record: &[u8],
        agent: NameHash,
        path: OfPath,
    ) -> bool {
        self.candidates.clear();
        let agent_is_quiet = self.agent(rules, event, agent);
        match path.0 {
            Some(OfText { list: NONE, .. }) => {}
            Some(OfText { list, .. }) => self.candidates.extend(self.lists.get(list)),
            None => self.path(rules, event),
        }
        let query_is_quiet = event.query.is_some_and(|query| self.part(rules, event, Zone::Target, query));
        let referer_is_quiet = event.referer.is_some_and(|text| self.part(rules, event, Zone::Referer, text));
        if event.host.is_some() || event.user.is_some() {
            self.named(rules, event);
        }
        if let Some(request) = event.raw_request {
            rules.filter.scan(Zone::Target, &event.plain(request), &mut self.candidates);
        }
        if let Some(method) = event.method {
            rules.filter.scan(Zone::Method, method, &mut self.candidates);
        }
        if rules.filter.looks_at(Zone::Record) {
            let texts = [
                (event.path, path.0.is_some_and(|path| path.is_quiet)),
                (event.query, query_is_quiet),
                (event.referer, referer_is_quiet),
                (event.user_agent, agent_is_quiet),
            ];
            let known = texts.map(|(text, is_quiet)| text.filter(|text| is_quiet || text.is_empty()));
            let is_plain = event.plain && texts.iter().zip(&known).all(|((text, _), known)| text == known);
            rules.filter.scan_record(record, known, is_plain, &mut self.rest, &mut self.candidates);
        }
        !self.candidates.is_empty()
    }

    /// The numbers of those rules that do match, of those that could.
    pub fn confirm(&mut self, rules: &Rules, facts: &Facts<'_>) -> &[u16] {
        self.candidates.sort_unstable();
        self.candidates.dedup();
        self.candidates.retain(|&number| rules.get(number).is_some_and(|rule| rule.expr.holds(facts)));
        &self.candidates
    }

    /// What the agent lets match, the rules that need nothing among it; whether it holds no needle of records.
    #[inline]
    fn agent(&mut self, rules: &Rules, event: &Event<'_>, agent: NameHash) -> bool {
        let key = (agent.0 ^ event.escapes as u64).max(1);
        if agent.is_some()
            && let Some(known) = self.agents.get(key)
        {
            if known.list != NONE {
                self.candidates.extend(self.lists.get(known.list));
            }
            return known.is_quiet;
        }
        self.fresh.clear();
        self.fresh.extend(rules.filter.always());
        if let Some(text) = event.user_agent {
            rules.filter.scan(Zone::Agent, &event.plain(text), &mut self.fresh);
        }
        let is_quiet = event.user_agent.is_some_and(|text| rules.filter.is_quiet(Zone::Record, text));
        if let Some(list) = self.settled(rules, event, Zone::Agent).filter(|_| agent.is_some()) {
            self.agents.note(key, OfText { list, is_quiet });
        }
        is_quiet
    }

    /// What a path lets match that nobody remembers.
    fn path(&mut self, rules: &Rules, event: &Event<'_>) {
        let Some(path) = event.path else { return };
        let plain = event.plain(path);
        self.fresh.clear();
        rules.filter.scan(Zone::Path, &plain, &mut self.fresh);
        self.settled(rules, event, Zone::Path);
    }

    /// What names let match that stand beside the request.
    fn named(&mut self, rules: &Rules, event: &Event<'_>) {
        for (zone, text) in [(Zone::Host, event.host), (Zone::User, event.user)] {
            if let Some(text) = text {
                self.part(rules, event, zone, text);
            }
        }
        if let (Some(scheme), Some(host)) = (event.scheme, event.host) {
            self.host(rules, event, scheme, host);
        }
    }

    /// What a part of the line lets match that is often the same; whether it holds no needle of records.
    #[inline]
    fn part(&mut self, rules: &Rules, event: &Event<'_>, zone: Zone, text: &[u8]) -> bool {
        if text.is_empty() || !rules.filter.looks_at(zone) && !rules.filter.looks_at(Zone::Record) {
            return false;
        }
        let key = self.key(&[text], zone as u8, event);
        if let Some(known) = self.knows(key) {
            return known.is_quiet;
        }
        self.fresh.clear();
        rules.filter.scan(zone, &event.plain(text), &mut self.fresh);
        let is_quiet = rules.filter.is_quiet(Zone::Record, text);
        let list = self.settled(rules, event, zone);
        self.note(key, list.map(|list| OfText { list, is_quiet }));
        is_quiet
    }

    /// What stands before the path in a whole URI: scheme and host, and needles that begin there and end in the path.
    fn host(&mut self, rules: &Rules, event: &Event<'_>, scheme: &[u8], host: &[u8]) {
        if !rules.filter.looks_at(Zone::Target) {
            return;
        }
        let key = self.key(&[scheme, host], Zone::Target as u8, event);
        if self.knows(key).is_none() {
            let start = [&*event.plain(scheme), b"://", &*event.plain(host)].concat();
            self.fresh.clear();
            rules.filter.scan(Zone::Target, &start, &mut self.fresh);
            rules.filter.across(Zone::Target, &start, &mut self.fresh);
            let list = self.settled(rules, event, Zone::Target);
            self.note(key, list.map(|list| OfText { list, is_quiet: false }));
        }
    }

    /// What a text is remembered by: what it means hangs on the zone and on the line's producer.
    #[inline]
    fn key(&self, texts: &[&[u8]], zone: u8, event: &Event<'_>) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        for text in texts {
            hasher.write(text);
            hasher.write_usize(text.len());
        }
        hasher.write_u16(u16::from_le_bytes([zone, event.escapes as u8]));
        hasher.finish().max(1)
    }

    /// What is known of a text; the rules that it could let match are candidates then.
    #[inline]
    fn knows(&mut self, key: u64) -> Option<OfText> {
        let (_, known) = *self.texts.get(place(key, TEXTS)).filter(|(of, _)| *of == key)?;
        if known.list != NONE {
            self.candidates.extend(self.lists.get(known.list));
        }
        Some(known)
    }

    /// Remembers a text.
    fn note(&mut self, key: u64, known: Option<OfText>) {
        if let Some(known) = known {
            self.texts[place(key, TEXTS)] = (key, known);
        }
    }

    /// Makes the fresh rules candidates that what the zone says lets match; the number of their list.
    fn settled(&mut self, rules: &Rules, event: &Event<'_>, zone: Zone) -> Option<u16> {
        let list = self.settle(rules, event, zone);
        self.candidates.extend(&self.fresh);
        list
    }

    /// Leaves of the fresh rules those that what the zone says lets match; the number of their list.
    fn settle(&mut self, rules: &Rules, event: &Event<'_>, zone: Zone) -> Option<u16> {
        if self.fresh.is_empty() {
            return Some(NONE);
        }
        self.fresh.sort_unstable();
        self.fresh.dedup();
        let facts = Facts { record: b"", event, client: None };
        let could = |number: u16| rules.get(number).is_some_and(|rule| rule.expr.could_hold(&facts, zone));
        self.fresh.retain(|&number| could(number));
        self.lists.number(&self.fresh)
    }
}

/// Whether `text` may mean different things, as different producers escape it.
fn may_be_escaped(text: &[u8]) -> bool {
    memchr::memchr2(b'\\', b'#', text).is_some()
}

/// The number of the list that is empty.
const NONE: u16 = 0;
