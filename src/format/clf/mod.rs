//! The CLF family: who, `[when]`, `"what"`, status, size; then perhaps referer and agent; then what each kin adds.
//! A kin is one file with one [`Clf`] in it.

mod block;
mod no_access;
mod salvage;
mod shared;

pub(super) use no_access::no_access;
pub(super) use shared::{Known, status_follows};

use self::shared::{Core, Front, is_plain};
use super::columns::{Columns, Quoting};
use super::fields::{address, is_host_name, present, set_client, set_request, set_status, size};
use super::{Around, Decoder, Each, Format, Opening};
use crate::event::{Event, Malformed};
use crate::text::Escapes;
use crate::time::{Time, stamp};

/// One kin of the family.
#[derive(Clone, Copy)]
pub(super) struct Clf {
    /// The name of the format.
    pub(super) name: &'static str,
    /// What writes it.
    pub(super) about: &'static str,
    /// What stands before the time.
    pub(super) left: Left,
    /// What stands behind the size.
    pub(super) right: Right,
    /// Reads what stands behind that, to the end of the line. Must set the same fields of the event on every line that it
    /// accepts: the event may be the last line's.
    pub(super) tail: Tail,
}

/// Reads the columns at the end of a line.
pub(super) type Tail = for<'a> fn(Columns<'a>, &mut Event<'a>) -> Result<(), Malformed>;

/// The same, of a decoder that has learned its columns.
pub(super) type AnyTail<'t> = dyn for<'a> Fn(Columns<'a>, &mut Event<'a>) -> Result<(), Malformed> + 't;

/// What stands before the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// `client ident user`.
    Client,
    /// `vhost[:port] client ident user`.
    Vhost,
    /// `vhost client - id user`.
    VhostAndId,
    /// `- client ident user`.
    Dash,
    /// `hop, hop, client ident user`, or `"hop, hop" client ident user`.
    Forwarded,
    /// As that, where one hop alone, or a dash for none, may stand before the client.
    Hop,
}

/// What stands behind the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// Only the tail.
    Size,
    /// `"referer" "user agent"`, then the tail.
    Agent,
}

impl Format for Clf {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn open(&self, _: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        Some(Box::new(*self))
    }
}

impl Decoder for Clf {
    fn format(&self) -> &'static str {
        self.name
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        self.decode_after(record, around, &mut super::Known::default())
    }

    fn decode_after<'a>(
        &self,
        record: &'a [u8],
        _: Around<'a>,
        known: &mut super::Known<'a>,
    ) -> Result<Event<'a>, Malformed> {
        let line = trimmed(record);
        if line.is_empty() {
            return Err(Malformed::Blank);
        }
        let read = match self.line(line, Quoting::Escaped, &mut known.clf) {
            // Traefik doubles no backslash, so one may stand before the quote that closes.
            Err(malformed) if known.clf.opens() && memchr::memchr(b'\\', line).is_some() => {
                self.line(line, Quoting::Raw, &mut known.clf).map_err(|_| malformed)
            }
            read => read,
        };
        read.map_err(|malformed| known.reason(line, malformed))
    }

    fn salvage<'a>(&self, record: &'a [u8], _: Around<'a>) -> Option<Event<'a>> {
        salvage::salvage(self, &self.tail, trimmed(record))
    }

    fn decode_block<'a>(&self, block: &'a [u8], around: Around<'a>, each: &mut Each<'_, 'a>) {
        block::decode(self, block, around, each);
    }
}

impl Clf {
    /// Takes a line apart.
    fn line<'a>(
        &self,
        line: &'a [u8],
        quoting: Quoting,
        known: &mut Known<'a>,
    ) -> Result<Event<'a>, Malformed> {
        let (mut event, columns) = self.front(line, quoting, known)?;
        (self.tail)(columns, &mut event)?;
        Ok(event)
    }

    /// What a line says before its tail, and the tail: most kin have the same there.
    fn front<'a>(
        &self,
        line: &'a [u8],
        quoting: Quoting,
        known: &mut Known<'a>,
    ) -> Result<Front<'a>, Malformed> {
        let shares = |known: &mut Known<'a>| known.front(self.right, quoting).map(|front| front.clone());
        match shares(known).filter(|_| self.left == Left::Client) {
            Some(Some(front)) => front,
            None => self.read_front(line, quoting, known),
            Some(None) => {
                let front = self.read_front(line, quoting, known);
                if let Some(place) = known.front(self.right, quoting) {
                    *place = Some(front.clone());
                }
                front
            }
        }
    }

    /// The same, of a line that nobody has looked at. The time is looked for first, because a user name may hold blanks and
    /// brackets.
    fn read_front<'a>(
        &self,
        line: &'a [u8],
        quoting: Quoting,
        known: &mut Known<'a>,
    ) -> Result<Front<'a>, Malformed> {
        let (open, left, (time, time_digits)) = known.open(line)?;
        let mut event = Event { time, time_digits, ..Event::default() };
        self.left(left, &mut event)?;
        let core = known.core(&line[open..], quoting)?;
        let tail = self.right(core, &mut event)?;
        let escaped = memchr::memchr(b'\\', line).is_some();
        event.escapes = if escaped { Escapes::Backslash } else { Escapes::None };
        event.plain =
            self.right == Right::Agent && tail.rest().is_empty() && is_plain(&event, left, core.request);
        Ok((event, tail))
    }

    /// What a line of escaped quotes says before its tail, and the tail.
    pub(super) fn before_tail<'a>(
        &self,
        line: &'a [u8],
        known: &mut Known<'a>,
    ) -> Result<Front<'a>, Malformed> {
        self.front(line, Quoting::Escaped, known)
    }

    /// What is certain of a line of this kin whose quotes were not escaped, where `tail` reads what stands behind.
    pub(super) fn salvage_before<'a>(&self, tail: &AnyTail<'_>, line: &'a [u8]) -> Option<Event<'a>> {
        salvage::salvage(self, tail, line)
    }

    /// Sets what stands before the time.
    fn left<'a>(&self, left: &'a [u8], event: &mut Event<'a>) -> Result<(), Malformed> {
        match self.left {
            Left::Client => set_client_and_user(left, event),
            Left::Dash => set_client_and_user(left.strip_prefix(b"- ").ok_or(Malformed::Client)?, event),
            Left::Vhost => {
                let at = memchr::memchr(b' ', left).ok_or(Malformed::Short)?;
                let (host, rest) = (&left[..at], &left[at + 1..]);
                set_client_and_user(rest, event)?;
                if event.client.is_none() || !is_host_name(host) || stamp::iso8601(host).is_some() {
                    return Err(Malformed::Client);
                }
                event.host = Some(without_port(host));
                Ok(())
            }
            Left::VhostAndId => {
                let mut words = left.splitn(5, |&byte| byte == b' ');
                let mut next = || words.next().ok_or(Malformed::Short);
                let (host, client, dash, id, user) = (next()?, next()?, next()?, next()?, next()?);
                set_client(event, client)?;
                let is_id = id.len() == 32 && id.iter().all(u8::is_ascii_hexdigit);
                if dash != b"-" || !is_id || !is_host_name(host) {
                    return Err(Malformed::Client);
                }
                (event.host, event.request_id) = (Some(without_port(host)), Some(id));
                event.user = Some(present(user));
                Ok(())
            }
            Left::Forwarded => {
                let (list, rest) = forwarded_first(left).ok_or(Malformed::Client)?;
                event.forwarded = Some(list);
                set_client_and_user(rest, event)
            }
            Left::Hop => {
                let (list, rest) =
                    forwarded_first(left).or_else(|| one_hop(left)).ok_or(Malformed::Client)?;
                event.forwarded = Some(present(list));
                set_client_and_user(rest, event)?;
                if event.client.is_some() { Ok(()) } else { Err(Malformed::Client) }
            }
        }
    }

    /// Sets what the request line and everything behind it tell, up to the tail.
    fn right<'a>(&self, core: Core<'a>, event: &mut Event<'a>) -> Result<Columns<'a>, Malformed> {
        let mut columns = core.behind;
        set_request(event, core.request);
        set_status(event, core.status)?;
        event.bytes_out = Some(size(core.size)?);
        if self.right == Right::Agent {
            event.referer = Some(present(columns.quoted()?));
            event.user_agent = Some(present(columns.quoted()?));
        }
        Ok(columns)
    }
}

/// `record` without byte order mark and carriage return.
pub(super) fn trimmed(record: &[u8]) -> &[u8] {
    let line = record.strip_suffix(b"\r").unwrap_or(record);
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}

/// Where the request line opens, what stands before the time, and the time. A column before the time may be quoted, so this
/// is not always the first quote; but whatever comes behind it, a stranger may have written.
fn open(line: &[u8]) -> Option<(usize, &[u8], (Time, u8))> {
    memchr::memchr_iter(b'"', line).take(8).find_map(|open| {
        let (left, stamp) = before_request(&line[..open])?;
        Some((open, left, stamp::bracketed(stamp)?))
    })
}

/// What stands before a request line: the left columns, and the stamp in its brackets.
fn before_request(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_suffix(b"] ")?;
    let open = memchr::memrchr(b'[', text)?;
    Some((text[..open].strip_suffix(b" ")?, &text[open + 1..]))
}

/// The forwarded-for list at the start, and the columns behind it. Where no quotes hold the list together, it goes on behind
/// each comma, and its last hop is the client if no other address follows.
fn forwarded_first(left: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(quoted) = left.strip_prefix(b"\"") {
        let end = memchr::memchr(b'"', quoted)?;
        return Some((&quoted[..end], quoted[end + 1..].strip_prefix(b" ")?));
    }
    let (mut end, mut last) = (0, 0);
    while let Some(length) = memchr::memchr(b' ', &left[end..]) {
        let hop = &left[end..end + length];
        if !hop.ends_with(b",") {
            let next = &left[end + length + 1..];
            let client = next.split(|&byte| byte == b' ').next().and_then(address);
            let found = last > 0 && address(hop).is_some();
            let (hops, rest) = match client {
                Some(_) => (&left[..end + length], next),
                None => (left[..last].trim_ascii_end().strip_suffix(b",").unwrap_or_default(), &left[end..]),
            };
            return found.then_some((hops, rest));
        }
        end += length + 1;
        last = end;
    }
    None
}

/// One hop before the client, or a dash, and the columns behind it. A port says that it is a virtual host.
fn one_hop(left: &[u8]) -> Option<(&[u8], &[u8])> {
    let (hop, rest) = split_blank(left);
    let is_hop = hop == b"-" || address(hop).is_some_and(|(_, port)| port.is_none());
    rest.filter(|_| is_hop).map(|rest| (hop, rest))
}

/// Sets client, user and host from `client ident user`; a user may hold blanks or be missing.
pub(super) fn set_client_and_user<'a>(left: &'a [u8], event: &mut Event<'a>) -> Result<(), Malformed> {
    let (client, rest) = split_blank(left);
    let (ident, user) = rest.map_or((None, None), |rest| {
        let (ident, user) = split_blank(rest);
        (Some(ident), user)
    });
    // Then the first column was a virtual host.
    let is_address = |ident: &[u8]| memchr::memchr2(b'.', b':', ident).is_some() && address(ident).is_some();
    if user.is_some() && ident.is_some_and(is_address) {
        return Err(Malformed::Client);
    }
    set_client(event, client)?;
    // A name before an address is what a wrapper put there: a host, a stamp, a service.
    let has_address = |text: &[u8]| text.split(|&byte| byte == b' ').any(is_address);
    if event.client.is_none() && user.is_some_and(has_address) {
        return Err(Malformed::Client);
    }
    event.user = user.map(present);
    // lighttpd writes the virtual host there.
    let is_host = |ident: &&[u8]| memchr::memchr(b'.', ident).is_some() && is_host_name(ident);
    event.host = ident.filter(is_host).map(without_port);
    Ok(())
}

/// `text` up to the first blank, and what stands behind it.
fn split_blank(text: &[u8]) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(b' ', text) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// `host` without its port; an IPv6 address without brackets stays.
pub(super) fn without_port(host: &[u8]) -> &[u8] {
    match memchr::memchr(b':', host) {
        Some(at) if memchr::memrchr(b':', host) == Some(at) => &host[..at],
        _ => host,
    }
}

/// The tail of a kin that adds nothing.
pub(super) fn nothing(columns: Columns<'_>, _event: &mut Event<'_>) -> Result<(), Malformed> {
    columns.end()
}
