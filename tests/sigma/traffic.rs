//! Lines that are near to matching: values of a rule's own, filled in, padded, and broken in one place or another.

use std::borrow::Cow;
use std::net::IpAddr;

use gatehound::event::Event;
use rsigma_eval::EventValue;
use rsigma_parser::{
    Detection, DetectionItem, Modifier, SigmaRule, SigmaString, SigmaValue, SpecialChar, StringPart,
};

/// Numbers that are the same in every run (Steele, Lea and Flood, 2014: SplitMix64).
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
    method: Option<Vec<u8>>,
    scheme: Option<Vec<u8>>,
    host: Option<Vec<u8>>,
    path: Option<Vec<u8>>,
    query: Option<Vec<u8>>,
    agent: Option<Vec<u8>>,
    referer: Option<Vec<u8>>,
    user: Option<Vec<u8>>,
    upstream: Option<Vec<u8>>,
    status: Option<u16>,
    bytes: Option<u64>,
    client: Option<IpAddr>,
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
const PADS: &[&str] = &["", "", "x", "/", ".", "\u{e4}", "%20", " ", "=", "A1", "\u{212b}", "-", "?", "&x="];
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

/// A line as the oracle reads it: Sigma's names and their values, made anew from the line's parts.
pub(crate) struct Seen {
    fields: Vec<(&'static [&'static str], EventValue<'static>)>,
    record: String,
}

impl Seen {
    /// What the oracle is shown of `line`.
    pub(crate) fn of(line: &Line) -> Self {
        let text = |bytes: &[u8]| EventValue::Str(Cow::Owned(String::from_utf8_lossy(bytes).into_owned()));
        let mut fields: Vec<(&'static [&'static str], EventValue<'static>)> = Vec::new();
        let mut put = |names, value: Option<EventValue<'static>>| {
            if let Some(value) = value {
                fields.push((names, value));
            }
        };
        let path = line.path.as_deref().unwrap_or_default();
        let target = match &line.query {
            Some(query) => [path, b"?", query].concat(),
            None => path.to_vec(),
        };
        let uri = match (&line.scheme, &line.host) {
            (Some(scheme), Some(host)) => [scheme, &b"://"[..], host, &target].concat(),
            _ => target.clone(),
        };
        put(&["c-uri", "cs-uri"], Some(text(&uri)));
        put(&["cs-uri-stem", "c-uri-path"], Some(text(path)));
        // Servers log path and query as one or apart, and rules are written for both.
        let both = line.query.as_deref().map(text).into_iter().chain([text(&target)]).collect();
        put(&["cs-uri-query", "c-uri-query"], Some(EventValue::Array(both)));
        let last = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        let dot = last.iter().rposition(|&byte| byte == b'.');
        put(&["c-uri-extension"], dot.map(|dot| text(&last[dot + 1..])));
        put(&["cs-method"], line.method.as_deref().map(text));
        put(&["cs-host", "r-dns"], line.host.as_deref().map(text));
        put(&["c-useragent", "cs-user-agent"], line.agent.as_deref().map(text));
        // What is empty is logged as `-`, and rules ask for it in either way.
        let or_dash = |bytes: &[u8]| match bytes {
            b"" => EventValue::Array(vec![text(b""), text(b"-")]),
            bytes => text(bytes),
        };
        put(&["cs-referer", "cs-referrer"], line.referer.as_deref().map(or_dash));
        put(&["cs-username"], line.user.as_deref().map(text));
        put(&["sc-status"], line.status.map(|status| EventValue::Int(i64::from(status))));
        put(&["sc-bytes"], line.bytes.map(|bytes| EventValue::Int(i64::try_from(bytes).unwrap())));
        put(&["c-ip"], line.client.map(|client| EventValue::Str(client.to_string().into())));
        put(&["dst_ip"], line.upstream.as_deref().map(|upstream| text(address_of(upstream))));
        Self { fields, record: String::from_utf8_lossy(&line.record).into_owned() }
    }

    /// The value that Sigma calls `name`.
    fn value(&self, name: &str) -> Option<EventValue<'static>> {
        let named = self.fields.iter().find(|(names, _)| names.contains(&name));
        named.map(|(_, value)| value.clone())
    }
}

/// An address without its port.
fn address_of(upstream: &[u8]) -> &[u8] {
    let text = std::str::from_utf8(upstream).unwrap_or_default();
    let socket = text.parse::<std::net::SocketAddr>();
    match socket {
        Ok(socket) if socket.is_ipv6() => &upstream[1..text.rfind(']').unwrap()],
        Ok(_) => &upstream[..text.rfind(':').unwrap()],
        Err(_) => upstream,
    }
}

impl rsigma_eval::Event for Seen {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.value(path)
    }

    fn any_string_value(&self, pred: &dyn Fn(&str) -> bool) -> bool {
        pred(&self.record)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        vec![Cow::Borrowed(&self.record)]
    }

    fn to_json(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

/// A value as text, wildcards filled in, encoded as its modifiers say.
fn written(value: &SigmaValue, item: &DetectionItem, dice: &mut Dice) -> String {
    let has = |modifier| item.field.modifiers.contains(&modifier);
    let text = match value {
        SigmaValue::String(text) => filled(text, dice),
        SigmaValue::Null => String::new(),
        other => other.to_string(),
    };
    if has(Modifier::Re) {
        return unescaped(&text, dice);
    }
    if has(Modifier::Cidr) {
        return text.split('/').next().unwrap_or_default().to_owned();
    }
    let wide = |high_first: bool| -> Vec<u8> {
        let bytes = |unit: u16| if high_first { unit.to_be_bytes() } else { unit.to_le_bytes() };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let bytes = match () {
        () if has(Modifier::Utf16be) => wide(true),
        () if has(Modifier::Wide) => wide(false),
        () => text.clone().into_bytes(),
    };
    match () {
        () if has(Modifier::Base64) => base64(&bytes),
        () if has(Modifier::Base64Offset) => base64(&[b"xyz"[..dice.below(3)].to_vec(), bytes].concat()),
        () if has(Modifier::WindAsh) && dice.below(2) == 0 => {
            text.replace('-', dice.pick(&["/", "\u{2013}", "\u{2014}"]))
        }
        () => text,
    }
}

/// Text with something in the place of each wildcard.
fn filled(text: &SigmaString, dice: &mut Dice) -> String {
    let part = |part: &StringPart| match part {
        StringPart::Plain(text) => text.clone(),
        StringPart::Special(SpecialChar::WildcardMulti) => dice.pick(PADS).to_owned(),
        StringPart::Special(SpecialChar::WildcardSingle) => dice.pick(&["x", "\u{e4}", "", "xy"]).to_owned(),
    };
    text.parts.iter().map(part).collect()
}

/// Something near to what a regular expression matches: the first of its choices, its signs filled in.
fn unescaped(regex: &str, dice: &mut Dice) -> String {
    use regex_syntax::hir::{Hir, HirKind};
    fn one(hir: &Hir, dice: &mut Dice, out: &mut Vec<u8>) {
        match hir.kind() {
            HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
            HirKind::Class(class) => {
                let first = match class {
                    regex_syntax::hir::Class::Unicode(class) => {
                        class.ranges().first().map(|range| range.start())
                    }
                    regex_syntax::hir::Class::Bytes(class) => {
                        class.ranges().first().map(|range| char::from(range.start()))
                    }
                };
                let first = first.filter(|first| *first > ' ').unwrap_or('a');
                out.extend(first.encode_utf8(&mut [0; 4]).as_bytes());
            }
            HirKind::Repetition(some) => {
                let times = some.min as usize + dice.below(2);
                (0..times.min(40)).for_each(|_| one(&some.sub, dice, out));
            }
            HirKind::Capture(capture) => one(&capture.sub, dice, out),
            HirKind::Concat(all) => all.iter().for_each(|part| one(part, dice, out)),
            HirKind::Alternation(any) => one(&any[dice.below(any.len())], dice, out),
            HirKind::Empty | HirKind::Look(_) => {}
        }
    }
    let mut out = Vec::new();
    if let Ok(hir) = regex_syntax::parse(regex) {
        one(&hir, dice, &mut out);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A word for the record.
fn word(value: &SigmaValue, dice: &mut Dice, words: &mut Vec<u8>) {
    let text = match value {
        SigmaValue::String(text) => filled(text, dice),
        other => other.to_string(),
    };
    words.extend(text.bytes());
    words.extend(dice.pick(PADS).bytes());
}

/// Breaks a text in one place: case, encoding, a byte too few, a byte too many, bytes that are no UTF-8.
fn broken(text: &mut Vec<u8>, dice: &mut Dice) {
    let at = if text.is_empty() { 0 } else { dice.below(text.len()) };
    match dice.below(9) {
        0 => text.make_ascii_uppercase(),
        1 => text.make_ascii_lowercase(),
        2 if !text.is_empty() => {
            text.remove(at);
        }
        3 if !text.is_empty() => {
            let code = format!("%{:02x}", text[at]);
            text.splice(at..=at, code.into_bytes());
        }
        4 => text.insert(at, [0xff, 0xc3, 0xe2, 0x80, 0x00][dice.below(5)]),
        5 => {
            text.splice(at..at, dice.pick(&["\u{e4}", "\u{c4}", "\u{1f600}", "\u{130}", "\u{3a3}"]).bytes());
        }
        6 => text.truncate(at),
        7 => text.iter_mut().step_by(2).for_each(u8::make_ascii_uppercase),
        _ => text.insert(at, b'x'),
    }
}

/// Base64 of `bytes` (RFC 4648 §4), one bit group after the other.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    while !bits.len().is_multiple_of(6) {
        bits.push('0');
    }
    let digit = |six: &[u8]| six.iter().fold(0, |number, bit| number * 2 + usize::from(bit - b'0'));
    let mut out: String = bits.as_bytes().chunks(6).map(|six| char::from(DIGITS[digit(six)])).collect();
    while !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}
