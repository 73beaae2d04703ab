//! A request at a glance: what nearly all of them hold can show nothing, and is passed by without being taken apart.

use std::sync::LazyLock;

use super::decode::base64;
use super::gate::Bytes;
use super::parts::{Parts, Reached};
use super::reader::{ODD, Reader, is_odd_method};
use super::shown::Shown;
use super::{file_inclusion, scanner, sensitive_file, webshell};
use crate::event::Event;
use crate::hash::NameHash;
use crate::text::Hashed;

/// Looks at requests one after the other. What it remembers changes nothing but the time.
pub struct Glance {
    reader: Reader,
    /// What agents show, by their hash.
    agents: Hashed<Shown>,
}

/// How many agents are remembered, a power of two; they take 256 KiB.
const AGENTS: usize = 1 << 14;

/// Between a wait that was asked for and the answer lies no more than this, in microseconds.
const SLACK: u64 = 1_500_000;

impl Default for Glance {
    fn default() -> Self {
        Self { reader: Reader::default(), agents: Hashed::new(AGENTS) }
    }
}

impl Glance {
    /// The strongest that `event` shows, whose agent has the hash `agent` and whose path shows `of_path`.
    #[inline]
    pub fn shown(&mut self, event: &Event<'_>, agent: NameHash, of_path: Option<Shown>) -> Shown {
        let of_agent = agent.is_some().then(|| self.agent(event, agent));
        let shown = match of_path {
            Some(of_path) if is_quiet_beside(event) && !asks_planted(event) => of_path,
            _ => self.whole(event, of_path, of_agent),
        };
        shown.with(of_agent.unwrap_or_default())
    }

    /// How far a folder, the beginning of a path up to a slash, gets towards showing something.
    pub fn folder(folder: &[u8]) -> Reached {
        PATHS.read(Reached::default(), folder)
    }

    /// What `path` shows as it stands, of which `name` stands behind a folder that got so far; `None` where it may be escaped by
    /// whoever wrote the log.
    pub fn path(&mut self, path: &[u8], folder: Reached, name: &[u8]) -> Option<Shown> {
        let is_quiet = !PATHS.has_found(PATHS.read(folder, name)) && !base64::hides(name);
        if is_quiet && !base64::hides(path.strip_prefix(b"/").unwrap_or(path)) {
            return Some(Shown::default());
        }
        let is_escaped = memchr::memchr2(b'\\', b'#', path).is_some();
        (!is_escaped).then(|| Shown::of(self.reader.read(&Event { path: Some(path), ..Event::default() })))
    }

    /// What its agent shows.
    #[inline]
    fn agent(&mut self, event: &Event<'_>, agent: NameHash) -> Shown {
        self.agents.get(agent.0).unwrap_or_else(|| self.new_agent(event, agent))
    }

    /// What an agent shows that is not among those remembered.
    #[inline(never)]
    fn new_agent(&mut self, event: &Event<'_>, agent: NameHash) -> Shown {
        let alone = Event { user_agent: event.user_agent, escapes: event.escapes, ..Event::default() };
        let shown = Shown::of(self.reader.read(&alone));
        self.agents.note(agent.0, shown);
        shown
    }

    /// What all of it shows, but for path and agent where they are known to show nothing.
    #[inline(never)]
    fn whole(&mut self, event: &Event<'_>, of_path: Option<Shown>, of_agent: Option<Shown>) -> Shown {
        let may_show = |known: Option<Shown>| known != Some(Shown::default());
        // A script among files makes more of the query.
        let path = event.path.filter(|_| may_show(of_path) || asks_planted(event));
        let user_agent = event.user_agent.filter(|_| may_show(of_agent));
        let shown = Shown::of(self.reader.read(&Event { path, user_agent, ..event.clone() }));
        // A time that ends in the middle of the answer was not asked for.
        let asked = u64::from(self.reader.wait()) * 1_000_000;
        let took = event.duration.unwrap_or(0);
        if asked > 0 && took >= asked && took < asked + SLACK { shown.waited() } else { shown }
    }
}

/// Whether a query can show nothing.
fn is_quiet_query(query: &[u8]) -> bool {
    let mut values =
        query.split(|&byte| byte == b'&').filter_map(|one| one.splitn(2, |&byte| byte == b'=').last());
    QUERIES.is_quiet(query) && !values.any(base64::hides)
}

/// Whether nothing in it but path and agent can show anything.
#[inline]
pub(super) fn is_quiet_beside(event: &Event<'_>) -> bool {
    event.query.is_none_or(is_quiet_query)
        && event.referer.is_none_or(|referer| !Bytes::of(referer).any(ODD.or(Bytes::PERCENT)))
        && event.host.is_none_or(|host| !Bytes::of(host).any(ODD))
        && event.user.is_none_or(|user| !Bytes::of(user).any(ODD))
        && event.method.is_none_or(|method| !is_odd_method(method))
        && event.raw_request.is_none()
}

/// Whether a script where only files belong is asked for something: any name and any word may tell it what to do.
#[inline]
pub(super) fn asks_planted(event: &Event<'_>) -> bool {
    event.query.is_some() && event.path.is_some_and(webshell::is_script_among_files)
}

/// What code is written with, encoded; other characters are encoded in ordinary texts as well.
const ENCODED: [&str; 31] = [
    "%0", "%1", "%22", "%24", "%25", "%26", "%27", "%28", "%29", "%2e", "%2f%2f", "%3b", "%3c", "%3e", "%5c",
    "%60", "%7b", "%7c", "%7d", "%7f", "%c0", "%c1", "%c2%a", "%e0", "%e2", "%e5%98", "%ef", "%f0%80", "%f8",
    "%u", "%%",
];

/// Words of query languages that ordinary texts seldom have.
const WORDS: [&str; 12] = [
    "select",
    "union",
    "having",
    "waitfor",
    "sleep",
    "exec",
    "drop",
    "insert",
    "delete",
    "benchmark",
    "xp_",
    "order",
];

/// Words of query languages that ordinary texts do have, between blanks.
const BETWEEN: [&str; 6] = ["or", "and", "like", "in", "is", "between"];

/// A blank in a query.
const BLANKS: [&str; 3] = ["+", "%20", " "];

/// One of these stands in every path that shows something.
static PATHS: LazyLock<Parts> = LazyLock::new(|| {
    let mut parts: Vec<Vec<u8>> = signs(Bytes::CODE.or(Bytes::HIGH));
    parts.extend([&b".."[..], b"/.", b"//", b":/", b"="].map(<[u8]>::to_vec));
    parts.extend(ENCODED.map(|part| part.as_bytes().to_vec()));
    parts.extend(sensitive_file::parts());
    parts.extend(webshell::parts());
    parts.extend(file_inclusion::parts().chain(scanner::parts()));
    Parts::of(&parts)
});

/// One of these stands in every query that shows something.
static QUERIES: LazyLock<Parts> =
    LazyLock::new(|| {
        // These stand in ordinary queries, and make no attack by themselves.
        let ordinary = b"&[]@!*^~#";
        let mut parts: Vec<Vec<u8>> = signs(Bytes::CODE.or(Bytes::HIGH));
        parts.retain(|sign| !ordinary.iter().any(|&byte| sign == &[byte]));
        parts.extend(
            ["..", "//", ":/", "/.", "__", "class", "constructor", "/*", "--", ":=", "%3a%3d"]
                .map(|part| part.as_bytes().to_vec()),
        );
        parts.extend(ENCODED.map(|part| part.as_bytes().to_vec()));
        parts.extend(WORDS.map(|part| part.as_bytes().to_vec()));
        parts.extend(BETWEEN.iter().flat_map(|word| {
            BLANKS.map(|blank| [blank.as_bytes(), word.as_bytes(), blank.as_bytes()].concat())
        }));
        parts.extend(webshell::orders());
        parts.extend(file_inclusion::parts().chain(scanner::parts()));
        Parts::of(&parts)
    });

/// Every byte of these kinds.
fn signs(kinds: Bytes) -> Vec<Vec<u8>> {
    (0..=u8::MAX).filter(|&byte| Bytes::of(&[byte]).any(kinds)).map(|byte| vec![byte]).collect()
}
