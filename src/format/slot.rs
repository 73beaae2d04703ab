//! What a named field means: the variables of format strings, the keys of JSON and the columns of header lines all end
//! in a [`Slot`], so that each meaning is read in one place.

mod finish;
mod halves;
mod meaning;
mod minute;
mod unclear;
mod values;

use super::Clock;
use super::fields::{
    address, duration, duration_list, is_host_name, last_of_list, number, set_status, status,
};
use crate::event::{Event, Malformed, Secret};
use crate::time::{Civil, Time};
use halves::Half;
use meaning::SLOTS;
pub(super) use meaning::{Meaning, Slot};
use minute::Minute;
use values::{ipv4_alone, millis, tls_version, whole, without_scheme};

/// An event as it grows out of named fields, in whatever order they come.
pub(super) struct Growing<'a> {
    event: Event<'a>,
    /// For each slot, the rank of the name that filled it, plus one.
    ranks: [u8; SLOTS],
    /// The last field that could not be read.
    malformed: Option<(Slot, Malformed)>,
    target: Option<&'a [u8]>,
    request: Option<&'a [u8]>,
    logger: &'a [u8],
    has_time: bool,
    /// The time as it is written, where that is no instant yet.
    local: Option<Civil>,
    /// A date or a time of day, where each has a field of its own.
    half: Option<Half>,
    /// When the answer was sent, and the decimals of that.
    end: Option<(Time, u8)>,
    fields: u32,
    minute: Minute,
}

/// The rank of a field that says nothing: behind all that say something.
const SILENT: u8 = u8::MAX;
/// The rank of a time without a zone or a year: behind all instants.
const LOCAL: u8 = SILENT - 1;

impl<'a> Growing<'a> {
    /// Nothing known yet.
    pub(super) fn new() -> Self {
        Self {
            event: Event::default(),
            ranks: [0; SLOTS],
            malformed: None,
            target: None,
            request: None,
            logger: b"",
            has_time: false,
            local: None,
            half: None,
            end: None,
            fields: 0,
            minute: Minute::default(),
        }
    }

    /// Forgets all but what makes the next line cheaper.
    pub(super) fn restart(&mut self) {
        self.event = Event::default();
        self.ranks = [0; SLOTS];
        (self.malformed, self.target, self.request, self.logger) = (None, None, None, b"");
        (self.has_time, self.local, self.half, self.end, self.fields) = (false, None, None, None, 0);
    }

    /// Takes what a field says. Where several names mean the same, the smaller rank wins, the first among equals, and a
    /// field that says something readable wins over one that does not.
    pub(super) fn put(&mut self, meaning: Meaning, value: &'a [u8]) {
        let known = self.ranks[meaning.slot as usize];
        if known == 0 {
            return self.put_first(meaning, value);
        }
        if rank(meaning, value) < known || meaning.slot == Slot::Time && self.half.is_some() {
            self.take(meaning, value);
        }
    }

    /// Takes what a later member of an array says: it is preferred to those before it.
    pub(super) fn put_again(&mut self, meaning: Meaning, value: &'a [u8]) {
        if rank(meaning, value) <= self.ranks[meaning.slot as usize] {
            self.take(meaning, value);
        }
    }

    /// The same where no name of this slot came before.
    #[inline]
    pub(super) fn put_first(&mut self, meaning: Meaning, value: &'a [u8]) {
        self.fields += 1;
        self.take(meaning, value);
    }

    #[inline]
    fn take(&mut self, meaning: Meaning, value: &'a [u8]) {
        let slot = meaning.slot;
        let rank = rank(meaning, value);
        self.ranks[slot as usize] = rank;
        let value = if rank == SILENT { &value[..0] } else { value };
        match self.set(meaning, value) {
            Ok(()) if rank != SILENT && self.malformed.is_some() => {
                self.malformed = self.malformed.filter(|(broken, _)| *broken != slot);
            }
            Ok(()) => {}
            Err(malformed) => {
                self.ranks[slot as usize] = SILENT;
                self.malformed = Some((slot, malformed));
            }
        }
    }

    #[inline]
    fn set(&mut self, meaning: Meaning, value: &'a [u8]) -> Result<(), Malformed> {
        let event = &mut self.event;
        match meaning.slot {
            Slot::Client => return self.set_client(value),
            Slot::ClientPort => {
                event.client_port =
                    number(value).and_then(|port| u16::try_from(port).ok()).or(event.client_port);
            }
            Slot::Time => {
                self.set_time(value)?;
                if self.local.is_some() {
                    self.ranks[Slot::Time as usize] = LOCAL;
                }
            }
            Slot::End => self.end = self.minute.any(value),
            Slot::Status if value.is_empty() => event.status = None,
            Slot::Status => set_status(event, value)?,
            Slot::Target => self.target = Some(value),
            Slot::Request => self.request = Some(value),
            Slot::Logger => self.logger = value,
            Slot::Token => event.token = Some(Secret::new(without_scheme(value))),
            Slot::Session => event.session = Some(Secret::new(value)),
            Slot::BytesOut => event.bytes_out = whole(value)?,
            Slot::BytesIn => event.bytes_in = whole(value)?,
            // `requestTime` is a stamp for AWS, `request_time` a length of time for nginx.
            Slot::Duration if self.ranks[0] == 0 && memchr::memchr(b':', value).is_some() => {
                self.set_time(value)?;
            }
            Slot::Duration => {
                event.duration = millis(value, meaning.unit).or_else(|| duration(value, meaning.unit));
            }
            Slot::UpstreamStatus => event.upstream_status = status(last_of_list(value)),
            Slot::UpstreamDuration => event.upstream_duration = duration_list(value, meaning.unit),
            Slot::Asn => {
                let digits = value.strip_prefix(b"AS").unwrap_or(value);
                event.asn = number(digits).and_then(|asn| u32::try_from(asn).ok());
            }
            // `@version` of a shipper is no protocol.
            Slot::Protocol if value.len() == 1 => {}
            Slot::TlsVersion => event.tls_version = Some(tls_version(value)),
            text => *text_field(event, text) = Some(value),
        }
        Ok(())
    }

    fn set_time(&mut self, value: &[u8]) -> Result<(), Malformed> {
        if value.is_empty() {
            return Ok(());
        }
        if let Some((time, digits)) = self.minute.any(value).or_else(|| unclear::masked(value)) {
            self.set_instant(time, digits);
            self.local = None;
            return Ok(());
        }
        if let Some(half) = Half::of(value) {
            self.set_half(half);
            return Ok(());
        }
        let (local, digits) = unclear::local(value).ok_or(Malformed::Time)?;
        if !self.has_time {
            (self.local, self.event.time_digits, self.has_time) = (Some(local), digits, true);
        }
        Ok(())
    }

    /// Makes an instant of a time without a zone or a year. Those who have no clock cannot finish such an event.
    pub(super) fn place(&mut self, clock: &Clock) {
        if let Some(local) = self.local.take() {
            let time = unclear::instant(local, clock);
            self.has_time = time.is_some();
            self.event.time = time.unwrap_or_default();
        }
    }

    /// Says when, for those that know it otherwise.
    pub(super) fn set_instant(&mut self, time: Time, digits: u8) {
        (self.event.time, self.event.time_digits) = (time, digits);
        self.has_time = true;
    }

    /// Sets the client; the first of a list is the client, the rest are hops.
    fn set_client(&mut self, value: &'a [u8]) -> Result<(), Malformed> {
        let event = &mut self.event;
        if let Some(address) = ipv4_alone(value) {
            (event.client, event.client_name) = (Some(address), None);
            return Ok(());
        }
        let first = value.split(|&byte| byte == b',').next().unwrap_or(value).trim_ascii();
        (event.client, event.client_name) = (None, None);
        if let Some((address, port)) = address(first) {
            event.client = Some(address);
            event.client_port = port.filter(|&port| port != 0).or(event.client_port);
        } else if is_host_name(first) {
            event.client_name = Some(first);
        } else if !first.is_empty() {
            return Err(Malformed::Client);
        }
        Ok(())
    }

    /// How many different fields were named.
    pub(super) fn fields(&self) -> u32 {
        self.fields
    }

    /// Whether the line said when.
    pub(super) fn has_time(&self) -> bool {
        self.has_time
    }

    /// Whether the line named a client.
    pub(super) fn has_client(&self) -> bool {
        self.event.client.is_some() || self.event.client_name.is_some()
    }

    /// Whether the line says what was asked for.
    pub(super) fn has_request(&self) -> bool {
        self.target.is_some() || self.request.is_some() || self.event.method.is_some()
    }

    /// Who wrote the line.
    pub(super) fn logger(&self) -> &'a [u8] {
        self.logger
    }

    /// The event as far as it is known; whole once it is [finished](Self::finish).
    pub(super) fn event(&self) -> &Event<'a> {
        &self.event
    }

    /// The same, for what its producer writes in a way of its own.
    pub(super) fn event_mut(&mut self) -> &mut Event<'a> {
        &mut self.event
    }

    /// The event for keeps.
    pub(super) fn into_event(self) -> Event<'a> {
        self.event
    }
}

/// The event's field of a slot that is kept as text.
#[inline]
fn text_field<'e, 'a>(event: &'e mut Event<'a>, slot: Slot) -> &'e mut Option<&'a [u8]> {
    match slot {
        Slot::Forwarded => &mut event.forwarded,
        Slot::User => &mut event.user,
        Slot::Consumer => &mut event.consumer,
        Slot::Method => &mut event.method,
        Slot::Scheme => &mut event.scheme,
        Slot::Host => &mut event.host,
        Slot::Query => &mut event.query,
        Slot::Protocol => &mut event.protocol,
        Slot::Upstream => &mut event.upstream,
        Slot::Referer => &mut event.referer,
        Slot::UserAgent => &mut event.user_agent,
        Slot::RequestId => &mut event.request_id,
        Slot::Route => &mut event.gateway_route,
        Slot::Api => &mut event.api,
        Slot::TlsCipher => &mut event.tls_cipher,
        Slot::TlsClient => &mut event.tls_client,
        Slot::Ja3 => &mut event.ja3,
        Slot::Ja4 => &mut event.ja4,
        Slot::Cache => &mut event.cache,
        Slot::Country => &mut event.country,
        // The flags; all other slots are no text.
        _ => &mut event.flags,
    }
}

/// How a field ranks by its name, and by whether it says anything.
#[inline]
fn rank(meaning: Meaning, value: &[u8]) -> u8 {
    // Hardly any field that says something begins like one that does not.
    let may_be_silent = matches!(value.first(), None | Some(b'-' | b'n' | b'R'));
    if may_be_silent && matches!(value, b"" | b"-" | b"null" | b"REDACTED") {
        SILENT
    } else {
        meaning.rank + 1
    }
}
