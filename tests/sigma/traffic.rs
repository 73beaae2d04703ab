//! Lines that are near to matching: values of a rule's own, filled in, padded, and broken in one place or another.

use std::net::IpAddr;

use gatehound::event::Event;
use rsigma_parser::{Detection, DetectionItem, Modifier, SigmaRule};

use crate::values::{broken, word, written};

/// Numbers that are the same in every run (Steele, Lea and Flood, 2014: `SplitMix64`).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % sides as u64).unwrap()
    }

    /// One of `all`.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

/// One line: what a log says, each part with its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) method: Option<Vec<u8>>,
    pub(crate) scheme: Option<Vec<u8>>,
    pub(crate) host: Option<Vec<u8>>,
    pub(crate) path: Option<Vec<u8>>,
    pub(crate) query: Option<Vec<u8>>,
    pub(crate) agent: Option<Vec<u8>>,
    pub(crate) referer: Option<Vec<u8>>,
    pub(crate) user: Option<Vec<u8>>,
    pub(crate) upstream: Option<Vec<u8>>,
    pub(crate) status: Option<u16>,
    pub(crate) bytes: Option<u64>,
    pub(crate) client: Option<IpAddr>,
    /// The record, as keywords see it.
    pub(crate) record: Vec<u8>,
    /// Whether the target was filled for a rule, so that what else the rule asks of it is put behind.
    is_filled: bool,
}

/// Text of ordinary lines.
const METHODS: &[&str] = &["GET", "POST", "HEAD", "PUT", "get", "PROPFIND", "CONNECT", ""];
const PATHS: &[&str] =
    &["/", "/login", "/a/b.php", "/static/app.js", "/caf\u{e9}", "/x.tar.gz", "//", "/%2e%2e/"];
const QUERIES: &[&str] = &["a=b", "id=1%27", "q=select+1", "", "x=..%2f..%2f", "page=2&sort=name"];
const AGENTS: &[&str] = &["Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "", "Y3VybC84LjU=", "-"];
const HOSTS: &[&str] = &["shop.example", "198.51.100.7", "a.b.example", "", "x.TOP"];
pub(crate) const PADS: &[&str] =
    &["", "", "x", "/", ".", "\u{e4}", "%20", " ", "=", "A1", "\u{212b}", "-", "?", "&x="];
const CLIENTS: &[&str] = &["192.0.2.7", "198.51.100.9", "2001:db8::5", "203.0.113.200"];

impl Line {
    /// An ordinary line, some of whose parts are missing or empty.
    pub(crate) fn ordinary(dice: &mut Dice) -> Self {
        let some =
            |dice: &mut Dice, all: &[&str]| (dice.below(6) > 0).then(|| dice.pick(all).as_bytes().to_vec());
        let host = some(dice, HOSTS);
        Self {
            method: some(dice, METHODS),
            scheme: some(dice, &["http", "https"]).filter(|_| dice.below(3) == 0),
            host: host.clone(),
            path: some(dice, PATHS).or_else(|| Some(b"/p".to_vec())),
            query: some(dice, QUERIES).filter(|_| dice.below(2) == 0),
            agent: some(dice, AGENTS),
            referer: some(dice, &["", "http://shop.example/", "-"]).filter(|_| dice.below(2) == 0),
            user: some(dice, &["amy", "", "login"]).or(host).filter(|_| dice.below(2) == 0),
            upstream: some(dice, &["203.0.113.5:8080", "[2001:db8::9]:80", "203.0.113.99", "backend"]),
            status: (dice.below(8) > 0).then(|| [200, 302, 400, 404, 500][dice.below(5)]),
            bytes: (dice.below(4) > 0).then(|| [0, 512, 1000, 1001, 65_536][dice.below(5)]),
            client: (dice.below(6) > 0).then(|| dice.pick(CLIENTS).parse().unwrap()),
            record: Vec::new(),
            is_filled: false,
        }
    }

    /// One that is near to matching `rule`.
    pub(crate) fn near(rule: &SigmaRule, dice: &mut Dice) -> Self {
        let mut line = Self::ordinary(dice);
        let mut words = Vec::new();
        let mut names: Vec<&String> = rule.detection.named.keys().collect();
        names.sort();
        for name in names {
            // Most selections are filled, filters among them only now and then.
            if dice.below(5) > 0 {
                line.fill(&rule.detection.named[name], dice, &mut words);
            }
        }
        for _ in 0..[0, 0, 0, 1, 1, 2][dice.below(6)] {
            line.mutate(dice, &mut words);
        }
        line.write_record(&words);
        line
    }

    /// Fills what a detection asks for.
    fn fill(&mut self, detection: &Detection, dice: &mut Dice, words: &mut Vec<u8>) {
        match detection {
            Detection::AllOf(items) => items.iter().for_each(|item| self.item(item, dice, words)),
            Detection::AnyOf(any) => self.fill(&any[dice.below(any.len())], dice, words),
            Detection::And(all) => all.iter().for_each(|one| self.fill(one, dice, words)),
            Detection::Keywords(values) => word(&values[dice.below(values.len())], dice, words),
            _ => {}
        }
    }

    /// Fills one field.
    fn item(&mut self, item: &DetectionItem, dice: &mut Dice, words: &mut Vec<u8>) {
        let has = |modifier| item.field.modifiers.contains(&modifier);
        let Some(value) = (!item.values.is_empty()).then(|| &item.values[dice.below(item.values.len())])
        else {
            return;
        };
        let Some(name) = item.field.name.as_deref() else {
            let all =
                if has(Modifier::All) { item.values.iter() } else { std::slice::from_ref(value).iter() };
            all.for_each(|value| word(value, dice, words));
            return;
        };
        let (front, back) = match () {
            () if has(Modifier::Contains) => (dice.pick(PADS), dice.pick(PADS)),
            () if has(Modifier::StartsWith) => ("", dice.pick(PADS)),
            () if has(Modifier::EndsWith) => (dice.pick(PADS), ""),
            () => ("", ""),
        };
        let chosen = if has(Modifier::All) { item.values.iter() } else { std::slice::from_ref(value).iter() };
        let mut text = front.as_bytes().to_vec();
        for value in chosen {
            text.extend(written(value, item, dice).into_bytes());
        }
        text.extend_from_slice(back.as_bytes());
        self.set(name, &text, dice);
    }

    /// Sets what Sigma calls `name`.
    fn set(&mut self, name: &str, text: &[u8], dice: &mut Dice) {
        let own = Some(text.to_vec());
        let number = || std::str::from_utf8(text).ok()?.parse().ok();
        match &*name.to_lowercase() {
            "cs-method" => self.method = own,
            "c-uri" | "cs-uri" => {
                let lead: &[u8] = if text.starts_with(b"/") || dice.below(2) == 0 { b"" } else { b"/" };
                let whole = [lead, text].concat();
                match memchr::memmem::find(&whole, b"://").filter(|_| dice.below(4) > 0) {
                    Some(at) => {
                        self.scheme = Some(whole[..at].to_vec());
                        let rest = &whole[at + 3..];
                        let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
                        self.host = Some(rest[..end].to_vec());
                        self.set_target(&rest[end..]);
                    }
                    None => self.set_target(&whole),
                }
            }
            "cs-uri-stem" | "c-uri-path" => self.path = own,
            "cs-uri-query" | "c-uri-query" => match dice.below(3) {
                0 => self.set_target(&[b"/", text].concat()),
                _ => self.query = own,
            },
            "c-uri-extension" => self.path = Some([b"/v1.2/file.", text].concat()),
            "c-useragent" | "cs-user-agent" => self.agent = own,
            "cs-referer" | "cs-referrer" => self.referer = own,
            "cs-host" | "r-dns" => self.host = own,
            "cs-username" => self.user = own,
            "dst_ip" => self.upstream = own,
            "sc-status" => self.status = number().map(|status: u16| status).or(self.status),
            "sc-bytes" => {
                self.bytes =
                    number().map(|bytes: u16| u64::from(bytes) + dice.below(3) as u64).or(self.bytes);
            }
            _ => {}
        }
    }

    /// A target as path and query.
    fn set_target(&mut self, target: &[u8]) {
        if std::mem::replace(&mut self.is_filled, true) {
            self.query.as_mut().or(self.path.as_mut()).unwrap().extend_from_slice(target);
            return;
        }
        let end = memchr::memchr(b'?', target);
        self.path = Some(target[..end.unwrap_or(target.len())].to_vec());
        self.query = end.map(|at| target[at + 1..].to_vec());
    }

    /// Breaks one part.
    fn mutate(&mut self, dice: &mut Dice, words: &mut Vec<u8>) {
        let parts = [
            &mut self.method,
            &mut self.host,
            &mut self.path,
            &mut self.query,
            &mut self.agent,
            &mut self.referer,
            &mut self.user,
        ];
        let nth = dice.below(parts.len() + 1);
        match parts.into_iter().nth(nth) {
            None => broken(words, dice),
            Some(part) => match dice.below(8) {
                0 => *part = None,
                1 => *part = Some(Vec::new()),
                _ => part.iter_mut().for_each(|text| broken(text, dice)),
            },
        }
        // A request has a path, or it is none.
        self.path.get_or_insert_default();
    }

    /// Writes the record: the words that are looked for in it, or what a log would hold.
    fn write_record(&mut self, words: &[u8]) {
        let part = |part: &Option<Vec<u8>>| part.clone().unwrap_or_else(|| b"-".to_vec());
        self.record = [
            &*part(&self.method),
            b" ",
            &*part(&self.path),
            b"?",
            &*part(&self.query),
            b" \"",
            &*part(&self.referer),
            b"\" \"",
            &*part(&self.agent),
            b"\" ",
            words,
        ]
        .concat();
    }

    /// It as a person reads it.
    pub(crate) fn told(&self) -> String {
        let part = |part: &Option<Vec<u8>>| part.as_ref().map(|text| text.escape_ascii().to_string());
        let parts = [
            ("method", &self.method),
            ("scheme", &self.scheme),
            ("host", &self.host),
            ("path", &self.path),
            ("query", &self.query),
            ("agent", &self.agent),
            ("referer", &self.referer),
            ("user", &self.user),
            ("upstream", &self.upstream),
        ];
        let told = parts.iter().filter_map(|(name, text)| Some(format!("{name}={:?} ", part(text)?)));
        let (status, bytes, client) = (self.status, self.bytes, self.client);
        format!("{}{status:?} {bytes:?} {client:?} {}", told.collect::<String>(), self.record.escape_ascii())
    }

    /// It as gatehound reads it.
    pub(crate) fn event(&self) -> Event<'_> {
        Event {
            method: self.method.as_deref(),
            scheme: self.scheme.as_deref(),
            host: self.host.as_deref(),
            path: self.path.as_deref(),
            query: self.query.as_deref(),
            user_agent: self.agent.as_deref(),
            referer: self.referer.as_deref(),
            user: self.user.as_deref(),
            upstream: self.upstream.as_deref(),
            status: self.status,
            bytes_out: self.bytes,
            client: self.client,
            ..Event::default()
        }
    }
}
