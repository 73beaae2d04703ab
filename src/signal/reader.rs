//! Takes a request apart into pieces, and asks the judges only about those that can show something.

use super::agents::Agents;
use super::class::Class;
use super::decode::{Decodings, LONGEST, Room};
use super::gate::Bytes;
use super::piece::{Field, Piece, Seen};
use super::scan::{Lower, Pairs};
use super::verdict::Signal;
use super::webshell::is_script_among_files;
use super::{JUDGES, Judge, PLAIN, wait};
use crate::event::Event;
use crate::text::Plus;

/// At most so many parameters of a query are looked at.
const PARAMETERS: usize = 256;

/// Bytes that ordinary agents and referring pages have none of.
pub(super) const ODD: Bytes =
    Bytes::ANGLE.or(Bytes::QUOTE).or(Bytes::BRACE).or(Bytes::DOLLAR).or(Bytes::BACKSLASH).or(Bytes::CONTROL);

/// Judges requests one after the other. Keeps its rooms, so that an ordinary line allocates nothing; has no memory that changes
/// an answer.
#[derive(Default)]
pub struct Reader {
    value: Room,
    name: Room,
    lower: Vec<u8>,
    signals: Vec<Signal>,
    agents: Agents,
    wait: u8,
    /// Whether the path names a script where only files belong.
    is_planted: bool,
}

impl Reader {
    /// What `event` shows: the strongest signal of each class in each field, in a fixed order.
    pub fn read(&mut self, event: &Event<'_>) -> &[Signal] {
        self.signals.clear();
        self.wait = 0;
        self.is_planted = false;
        let plain = |field| event.plain(field);
        if let Some(path) = event.path {
            self.path(&plain(path));
        }
        if let Some(query) = event.query.filter(|query| !query.is_empty()) {
            self.is_planted = event.path.is_some_and(is_script_among_files);
            self.query(&plain(query), Field::Query);
        }
        if let Some(referer) = event.referer {
            self.referer(&plain(referer));
        }
        if let Some(agent) = event.user_agent {
            self.agent(&plain(agent));
        }
        for (field, text) in [(Field::Host, event.host), (Field::User, event.user)] {
            if let Some(text) = text.filter(|text| Bytes::of(text).any(ODD)) {
                self.value(field, b"", &plain(text), Plus::IsPlus);
            }
        }
        if let Some(method) = event.method.filter(|method| is_odd_method(method)) {
            self.value(Field::Method, b"", &plain(method), Plus::IsPlus);
        }
        if let Some(raw) = event.raw_request {
            self.value(Field::RawRequest, b"", &plain(raw), Plus::IsPlus);
        }
        self.signals
            .sort_by_key(|signal| (signal.class, signal.field, std::cmp::Reverse(signal.score), signal.rule));
        self.signals.dedup_by_key(|signal| (signal.class, signal.field));
        &self.signals
    }

    /// How many seconds some code in the last request was told to wait, the longest; 0 for none.
    pub(super) fn wait(&self) -> u8 {
        self.wait
    }

    /// The path as a whole. Most have nothing but names, and are only looked at for what they name.
    fn path(&mut self, path: &[u8]) {
        self.value(Field::Path, b"", path, Plus::IsPlus);
    }

    /// Each parameter of a query, its name as well where it is more than a name.
    fn query(&mut self, query: &[u8], field: Field) {
        let query = query.get(..LONGEST).unwrap_or(query);
        for parameter in query.split(|&byte| byte == b'&').take(PARAMETERS) {
            let at = memchr::memchr(b'=', parameter);
            // A name with blanks or quotes is no name: the equals sign belongs to the value then.
            let at = at.filter(|&at| {
                !Bytes::of(parameter.get(..at).unwrap_or_default())
                    .any(Bytes::CODE.or(Bytes::BLANK).or(Bytes::SLASH))
            });
            let (name, value) = match at {
                Some(at) => {
                    (parameter.get(..at).unwrap_or_default(), parameter.get(at + 1..).unwrap_or_default())
                }
                None => (&b""[..], parameter),
            };
            let mut room = std::mem::take(&mut self.name);
            if Bytes::of(name).any(Bytes::PERCENT.or(Bytes::BRACKET).or(Bytes::HIGH)) {
                room.decode(name, Plus::IsBlank);
                if Bytes::of(&room.text).any(Bytes::CODE) {
                    self.value(field, b"", parameter, Plus::IsBlank);
                }
            } else {
                room.text.clear();
                room.text.extend_from_slice(name);
            }
            room.text.make_ascii_lowercase();
            self.value(field, &room.text, value, Plus::IsBlank);
            self.name = room;
        }
    }

    /// What a referring page shows: only what its query holds beside ordinary values.
    fn referer(&mut self, referer: &[u8]) {
        let kinds = Bytes::of(referer);
        if !kinds.any(ODD.or(Bytes::PERCENT)) {
            return;
        }
        match memchr::memchr(b'?', referer) {
            Some(at) => self.query(referer.get(at + 1..).unwrap_or_default(), Field::Referer),
            None => self.value(Field::Referer, b"", referer, Plus::IsPlus),
        }
    }

    /// What a client calls itself.
    fn agent(&mut self, agent: &[u8]) {
        if self.agents.find(agent, &mut self.signals) {
            return;
        }
        let before = self.signals.len();
        self.value(Field::UserAgent, b"", agent, Plus::IsPlus);
        let found = self.signals.get(before..).unwrap_or_default();
        self.agents.keep(agent, found);
    }

    /// One value: decoded where something is encoded, and judged by those whom it may concern.
    fn value(&mut self, field: Field, name: &[u8], raw: &[u8], plus: Plus) {
        let mut kinds = Bytes::of(raw);
        let is_encoded =
            kinds.any(Bytes::PERCENT.or(Bytes::HIGH).or(Bytes::CODE).or(Bytes::BLANK)) || raw.len() >= 10;
        let mut room = std::mem::take(&mut self.value);
        let mut decoded = Decodings::default();
        let text = if is_encoded {
            decoded = room.decode(raw, plus);
            kinds = Bytes::of(&room.text);
            room.text.as_slice()
        } else {
            raw
        };
        let is_planted = self.is_planted && field == Field::Query;
        let judges = judges(field, name, text, kinds).or(is_planted.then_some(NAMED));
        if let Some(judges) = judges {
            self.lower.clear();
            self.lower.extend(text.iter().map(u8::to_ascii_lowercase));
            let pairs = Pairs::of(&self.lower);
            let lower = Lower::new(&self.lower, &pairs);
            let piece = Piece { field, name, text, lower, kinds, decoded, is_planted };
            let length = text.len().max(name.len());
            for &(class, judge, _) in judges.iter().filter(|(.., least)| *least <= length) {
                if let Some(seen) = judge(&piece) {
                    self.signals.push(signal(class, &piece, seen));
                    self.wait = self.wait.max(wait::asked(class, piece.lower));
                }
            }
        }
        self.value = room;
    }
}

/// Who may see something in a text of these kinds of bytes; `None` if nobody.
fn judges(field: Field, name: &[u8], text: &[u8], kinds: Bytes) -> Option<&'static [(Class, Judge, usize)]> {
    let words = match field {
        Field::UserAgent => return Some(if kinds.any(ODD) { JUDGES } else { AGENT }),
        Field::Path => Bytes::PERCENT,
        _ => Bytes::BLANK.or(Bytes::PERCENT),
    };
    match () {
        () if kinds.any(Bytes::CODE.or(words)) => Some(JUDGES),
        () if names_code(name) => Some(JUDGES),
        () if kinds.any(Bytes::COLON) && kinds.any(Bytes::EQUAL) => Some(JUDGES),
        () if field == Field::Path => Some(PLAIN),
        () if kinds.any(Bytes::SLASH) || text.starts_with(b"..") => Some(PLAIN),
        () if name.len() > 2 => Some(NAMED),
        () => None,
    }
}

/// Whether the name of a parameter may itself be an attack: `name[$ne]`, `class.loader`, `__proto__`.
fn names_code(name: &[u8]) -> bool {
    Bytes::of(name).any(Bytes::DOLLAR.or(Bytes::DOT))
        || name.starts_with(b"__")
        || name.ends_with(b"[prototype]")
}

/// Plain values of some parameters tell by their names.
static NAMED: &[(Class, Judge, usize)] = &[
    (Class::SessionFixation, super::session_fixation::judge, 0),
    (Class::Webshell, super::webshell::judge, 0),
];

/// Agents are mostly only asked for their names.
static AGENT: &[(Class, Judge, usize)] = &[(Class::Scanner, super::scanner::judge, 4)];

/// What a judge saw, with what the way it was written and the place add.
fn signal(class: Class, piece: &Piece<'_>, seen: Seen) -> Signal {
    let mut decoded = piece.decoded;
    decoded.add(seen.decoded);
    // Nobody looks for words of code in these places.
    let place = if matches!(piece.field, Field::Query | Field::Path) || seen.score < 50 { 0 } else { 5 };
    let hidden = if seen.score < 25 { 0 } else { decoded.weight().min(25) };
    let score = seen.score.saturating_add(place).saturating_add(hidden).min(100);
    Signal { class, rule: seen.rule, field: piece.field, score, decoded }
}

/// Whether a method is none that applications use.
pub(super) fn is_odd_method(method: &[u8]) -> bool {
    !matches!(method, b"GET" | b"POST" | b"HEAD" | b"PUT" | b"PATCH" | b"DELETE" | b"OPTIONS")
}
