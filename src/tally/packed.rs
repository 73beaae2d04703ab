//! A request as words of 64 bits: what collectors read of it, and nothing else. It travels to its owner and waits there in
//! this form. A field that a collector comes to read is added here; `unpacked_is_as_good_as_the_request` sees to that.

use crate::collect::{KeyKind, is_costly};
use crate::hash::{NameHash, TemplateHash};
use crate::request::{Client, Flags, Place, Request};
use crate::route::{EndpointClass, Method, ObjectId};
use crate::sigma::Matched;
use crate::signal::Shown;
use crate::time::{Micros, Time};

/// No packed request has more words than this.
pub(crate) const LONGEST: usize = FIXED + 14;

/// How many words every packed request has: what is short, the time, the template.
const FIXED: usize = 3;

/// Where the parts of the first word begin: status (10 bits), method and class (4 each), whether a page referred to it, the
/// fields that follow (15), the columns that want it (8), bytes sent (22).
const METHOD: u32 = 10;
const CLASS: u32 = 14;
const REFERRED: u32 = 18;
const FIELDS: u32 = 19;
const WANTED: u32 = 34;
const BYTES: u32 = 42;

/// Where in the word of the cost what is asked for begins; below it stands how long it took.
const DEMAND: u32 = 32;

/// Fields that follow where they say anything, in this order.
mod field {
    pub(super) const PLACE: u64 = 1;
    pub(super) const OBJECT: u64 = 1 << 1;
    /// Bytes sent, where they are too many for the first word.
    pub(super) const BYTES: u64 = 1 << 2;
    pub(super) const PAGE: u64 = 1 << 3;
    pub(super) const PRINCIPAL: u64 = 1 << 4;
    pub(super) const ACCOUNT: u64 = 1 << 5;
    pub(super) const TOKEN: u64 = 1 << 6;
    pub(super) const SESSION: u64 = 1 << 7;
    /// The client, where the key does not tell it: its upper half only where it is no IPv4 address.
    pub(super) const CLIENT: u64 = 1 << 8;
    pub(super) const CLIENT_HIGH: u64 = 1 << 9;
    pub(super) const SHOWN: u64 = 1 << 10;
    pub(super) const MATCHED: u64 = 1 << 11;
    /// What it asks for and how long it took, where either is much.
    pub(super) const COST: u64 = 1 << 12;
    /// Last, so that it can be left out.
    pub(super) const AGENT: u64 = 1 << 13;
    /// The agent is that of the request before; no word follows.
    pub(super) const SAME_AGENT: u64 = 1 << 14;
    /// All of which a word follows.
    pub(super) const WORDS: u64 = SAME_AGENT - 1;
}

/// Appends `request` in words, wanted by these columns of its key of `kind`; with its place and its object where `with_place`
/// is set, and without its agent where that is `agent`: the one of the request before it.
#[inline]
pub(crate) fn pack(
    request: &Request,
    kind: KeyKind,
    (wanted, with_place): (u8, bool),
    agent: u64,
    words: &mut Vec<u64>,
) {
    let start = words.len();
    words.reserve(LONGEST);
    words.extend_from_slice(&[0, request.time.0.cast_unsigned(), request.template.0]);
    let mut fields = 0;
    let mut put = |field: u64, value: u64, says_something: bool| {
        if says_something {
            fields |= field;
            words.push(value);
        }
    };
    let is_large = request.bytes_out >> (64 - BYTES) != 0;
    put(field::PLACE, request.place.number(), with_place);
    put(field::OBJECT, request.object.0, with_place && request.object.is_some());
    put(field::BYTES, request.bytes_out, is_large);
    put(field::PAGE, u64::from(request.page), request.page != u32::MAX);
    put(field::PRINCIPAL, request.principal.0, request.principal.is_some());
    put(field::ACCOUNT, request.account.0, request.account.is_some());
    put(field::TOKEN, request.token.0, request.token.is_some());
    put(field::SESSION, request.session.0, request.session.is_some());
    if kind != KeyKind::Client {
        let [low, high] = halves(request.client.0);
        put(field::CLIENT, low, true);
        put(field::CLIENT_HIGH, high, high != 0);
    }
    put(field::SHOWN, u64::from(request.shown.number()), request.shown.class().is_some());
    put(field::MATCHED, request.matched.number(), !request.matched.is_empty());
    let cost = u64::from(request.duration.0) | u64::from(request.demand) << DEMAND;
    put(field::COST, cost, kind == KeyKind::Client && is_costly(request));
    let is_same = request.agent.is_some() && request.agent.0 == agent;
    put(field::AGENT, request.agent.0, request.agent.is_some() && !is_same);
    words[start] = u64::from(request.status & 0x3ff)
        | (request.method as u64) << METHOD
        | (request.class as u64) << CLASS
        | u64::from(request.has(Flags::REFERER)) << REFERRED
        | (fields | if is_same { field::SAME_AGENT } else { 0 }) << FIELDS
        | u64::from(wanted) << WANTED
        | if is_large { 0 } else { request.bytes_out << BYTES };
}

/// The first packed request of some, as it stands.
#[derive(Clone, Copy)]
pub(crate) struct One<'w> {
    words: &'w [u64],
}

impl<'w> One<'w> {
    /// The first of `words`, and what follows it; `None` at their end, or where they are no packed request.
    #[inline]
    pub(crate) fn split(words: &'w [u64]) -> Option<(Self, &'w [u64])> {
        let fields = words.first()? >> FIELDS & field::WORDS;
        let (one, rest) = words.split_at_checked(FIXED + fields.count_ones() as usize)?;
        Some((Self { words: one }, rest))
    }

    /// Which columns want it.
    #[inline]
    pub(crate) fn wanted(self) -> u8 {
        u8::try_from(self.words[0] >> WANTED & 0xff).expect("eight bits are left")
    }

    /// Bytes sent.
    #[inline]
    pub(crate) fn bytes(self) -> u64 {
        let fields = self.words[0] >> FIELDS;
        let before = (fields & (field::BYTES - 1)).count_ones() as usize;
        if fields & field::BYTES == 0 { self.words[0] >> BYTES } else { self.words[FIXED + before] }
    }

    /// Its agent, if it names one of its own.
    #[inline]
    pub(crate) fn agent(self) -> Option<u64> {
        let named = self.words[0] >> FIELDS & field::AGENT != 0;
        named.then(|| self.words[self.words.len() - 1])
    }
}

impl One<'_> {
    /// Writes its words into `whole`, with `before` for an agent that was left out; its agent.
    pub(crate) fn lengthened(self, before: u64, whole: &mut Vec<u64>) -> u64 {
        whole.clear();
        whole.extend_from_slice(self.words);
        let same = field::SAME_AGENT << FIELDS;
        if self.words[0] & same != 0 {
            whole[0] ^= same | field::AGENT << FIELDS;
            whole.push(before);
        }
        self.agent().unwrap_or(before)
    }
}

/// Packed requests of one key, one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Requests<'w> {
    words: &'w [u64],
    kind: KeyKind,
    key: u128,
    agent: u64,
}

impl<'w> Requests<'w> {
    /// The requests in `words`, which belong to `key`.
    pub(crate) fn new(words: &'w [u64], kind: KeyKind, key: u128) -> Self {
        Self { words, kind, key, agent: 0 }
    }

    /// The next that one of these columns wants, and all columns that want it.
    #[inline]
    pub(crate) fn next_wanted(&mut self, columns: u8) -> Option<(Request, u8)> {
        loop {
            let (one, rest) = One::split(self.words)?;
            self.words = rest;
            self.agent = one.agent().unwrap_or(self.agent);
            let wanted = one.wanted();
            if wanted & columns != 0 {
                return Some((self.unpacked(one), wanted));
            }
        }
    }

    /// The request that was packed, as far as collectors read it.
    #[inline]
    fn unpacked(&self, one: One<'w>) -> Request {
        let first = one.words[0];
        let fields = first >> FIELDS;
        let mut at = FIXED;
        let mut take = |field: u64, absent: u64| {
            if fields & field == 0 {
                return absent;
            }
            at += 1;
            one.words[at - 1]
        };
        let part = |from: u32, bits: u64| u16::try_from(first >> from & bits).expect("at most sixteen bits");
        let mut request = Request {
            time: Time(one.words[1].cast_signed()),
            template: TemplateHash(one.words[2]),
            place: Place::of_number(take(field::PLACE, 0)),
            object: ObjectId(take(field::OBJECT, ObjectId::NONE.0)),
            bytes_out: take(field::BYTES, first >> BYTES),
            page: u32::try_from(take(field::PAGE, u64::from(u32::MAX))).unwrap_or(u32::MAX),
            principal: NameHash(take(field::PRINCIPAL, 0)),
            account: NameHash(take(field::ACCOUNT, 0)),
            token: NameHash(take(field::TOKEN, 0)),
            session: NameHash(take(field::SESSION, 0)),
            status: part(0, 0x3ff),
            method: Method::from_number(u8::try_from(part(METHOD, 0xf)).unwrap_or(u8::MAX)),
            class: EndpointClass::from_number(part(CLASS, 0xf)),
            ..Request::default()
        };
        request.flags.set(Flags::REFERER, part(REFERRED, 1) != 0);
        let low = take(field::CLIENT, 0);
        let high = take(field::CLIENT_HIGH, 0);
        request.client = Client(if self.kind == KeyKind::Client { self.key } else { joined([low, high]) });
        request.shown = Shown::of_number(u32::try_from(take(field::SHOWN, 0)).unwrap_or(0));
        request.matched = Matched::of_number(take(field::MATCHED, 0));
        let cost = take(field::COST, 0);
        request.duration = Micros(u32::try_from(cost & u64::from(u32::MAX)).unwrap_or(u32::MAX));
        request.demand = u32::try_from(cost >> DEMAND).unwrap_or(u32::MAX);
        if fields & (field::AGENT | field::SAME_AGENT) != 0 {
            request.agent = NameHash(self.agent);
        }
        request
    }
}

/// A key as its two halves, the lower first.
#[expect(clippy::cast_possible_truncation, reason = "the two halves are wanted")]
#[inline]
pub(crate) fn halves(key: u128) -> [u64; 2] {
    [key as u64, (key >> 64) as u64]
}

/// The key of two halves.
#[inline]
pub(crate) fn joined([low, high]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::collect::{all, wanted};

    /// Requests with every field filled, or none.
    fn any_request() -> impl Strategy<Value = Request> {
        let word = || prop_oneof![Just(0), 1_u64..4, any::<u64>()];
        let names = [word(), word(), word(), word(), word(), word()];
        (names, word(), any::<(u64, i64, u128, u32, u16, u8, u8)>()).prop_map(
            |([principal, account, token, session, agent, object], bytes_out, rest)| {
                let (place, time, client, page, status, method, class) = rest;
                let page = if page % 3 == 0 { u32::MAX } else { page };
                Request {
                    place: Place::of_number(place),
                    time: Time(time >> 8),
                    client: Client(if page % 2 == 0 { 0xffff_0102_0304 } else { client.max(1) }),
                    template: TemplateHash(object % 7),
                    object: if object == 0 { ObjectId::NONE } else { ObjectId(object) },
                    principal: NameHash(principal),
                    account: NameHash(account),
                    token: NameHash(token),
                    session: NameHash(session),
                    agent: NameHash(agent),
                    bytes_out: bytes_out >> 8,
                    page,
                    status: [200, 302, 401, 403, 404, 429, 500, 999][usize::from(status % 8)],
                    method: Method::from_number(method % 11),
                    class: EndpointClass::from_number(u16::from(class % 14)),
                    shown: Shown::of_number(if page % 5 == 0 { 0x3200 | u32::from(class % 19) } else { 0 }),
                    matched: Matched::of_number(if page % 7 == 0 { 0x0002_0001 } else { 0 }),
                    flags: Flags(u32::from(status)),
                    duration: Micros(if status % 3 == 0 { page } else { 7 }),
                    demand: if status % 4 == 0 { u32::try_from(place >> 32).unwrap() } else { 20 },
                }
            },
        )
    }

    proptest! {
        #[test]
        fn unpacked_is_as_good_as_the_request(requests in prop::collection::vec(any_request(), 1..8)) {
            for kind in KeyKind::ALL {
                let key = kind.of(&requests[0]);
                // All of one key, so the key tells the client where it is one.
                let requests: Vec<Request> = requests
                    .iter()
                    .map(|request| if kind == KeyKind::Client { Request { client: Client(key), ..*request } } else { *request })
                    .collect();
                let collectors: Vec<_> = all().iter().filter(|collector| collector.key() == kind).collect();
                let mut words = Vec::new();
                let mut agent = 0;
                for request in &requests {
                    let (columns, with_place) = wanted(request)[kind as usize];
                    let asked = collectors.iter().enumerate().filter(|(_, one)| kind.of(request) != 0 && one.wants(request));
                    let (bits, places): (Vec<u8>, Vec<bool>) =
                        asked.map(|(column, one)| (1 << column, one.reads_place())).unzip();
                    prop_assert_eq!(columns, bits.iter().sum::<u8>());
                    prop_assert_eq!(with_place, places.contains(&true));
                    let start = words.len();
                    pack(request, kind, (columns, with_place), agent, &mut words);
                    let (one, rest) = One::split(&words[start..]).unwrap();
                    prop_assert!(rest.is_empty());
                    prop_assert_eq!((one.bytes(), one.wanted()), (request.bytes_out, columns));
                    agent = one.agent().unwrap_or(agent);
                }
                for (column, collector) in collectors.into_iter().enumerate() {
                    let bit = 1 << column;
                    let mut packed = Requests::new(&words, kind, key);
                    let unpacked: Vec<(Request, u8)> =
                        std::iter::from_fn(|| packed.next_wanted(bit)).collect();
                    let (mut ours, mut theirs) = (collector.column(), collector.column());
                    ours.observe(0, &unpacked, bit);
                    let as_they_were: Vec<(Request, u8)> =
                        requests.iter().map(|one| (*one, wanted(one)[kind as usize].0)).collect();
                    theirs.observe(0, &as_they_were, bit);
                    prop_assert_eq!(ours.write(0), theirs.write(0), "column {}: {}", column, collector.name());
                }
            }
        }
    }
}
