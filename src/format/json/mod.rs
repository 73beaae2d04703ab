//! JSON lines of whatever producer: keys are understood by their names, flat or nested. A plan learned from the head
//! reads lines that keep the order of their keys; all others, and only slower, are read key by key.

mod doubled;
mod infer;
mod kin;
mod later;
mod learn;
mod names;
mod path;
mod plan;
pub(super) mod producers;
mod salvage;
mod scan;

use std::sync::Arc;

use learn::PLANS;
use path::Path;
use plan::{Line, Plan};
use producers::Producer;

pub(super) use doubled::{Members, is_the_gateways};
pub(super) use names::of_name;
pub(super) use scan::object;

use super::clf::no_access;
use super::slot::{Growing, Meaning, Slot};
use super::{Around, Clock, Decoded, Decoder, Each, Format, Opening};
use crate::event::{Event, Malformed};
use crate::text::Escapes;

/// How many more are learned while a block is read, if the head was another.
const MORE_PLANS: usize = 4;
/// After so many lines that no plan fits, the next is learned.
const MISSES: u32 = 16;
/// How many fields a line must name to be an access line.
const FIELDS: u32 = 4;

/// Access logs in JSON, one object a line.
pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "JSON lines: nginx escape=json, Kong, APISIX, Traefik, Caddy, Envoy, Linkerd, ECS and any keys of that kind"
    }

    fn told_by(&self) -> String {
        "a JSON object whose keys tell a time, somebody and a request, by whichever of their usual names"
            .to_owned()
    }

    fn open(&self, opening: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        let mut given = kin::given(opening.head);
        given.extend(infer::given(opening.head));
        given.sort_by(|a, b| a.0.cmp(&b.0));
        given.dedup_by(|a, b| a.0 == b.0);
        Some(Box::new(JsonLines::learn(opening.head, given, None).by(opening.clock)))
    }
}

/// Paths of keys that mean what a format string says, not what they are called; ascending.
pub(super) type Given = Vec<(Vec<u8>, Option<Meaning>)>;

/// JSON lines of one source.
pub(super) struct JsonLines {
    plans: Vec<Arc<Plan>>,
    given: Given,
    /// Whose lines alone are read; anybody's where it is not said.
    producer: Option<&'static Producer>,
    /// The producer's bit in what [`producers::of_line`] says.
    bit: u32,
    /// Whether most lines name a member twice, as their producer writes them.
    doubles: bool,
    /// For times without a zone.
    clock: Clock,
}

impl JsonLines {
    /// The same, with a clock.
    pub(super) fn by(self, clock: &Clock) -> Self {
        Self { clock: clock.clone(), ..self }
    }

    /// The same, where it is known whether the producer names a member twice.
    pub(super) fn doubling(self, doubles: bool) -> Self {
        Self { doubles, ..self }
    }

    /// What the value at `path` says.
    fn meaning(&self, path: &Path<'_>) -> Option<Meaning> {
        if let Ok(at) = self.given.binary_search_by(|(known, _)| known.as_slice().cmp(path.text())) {
            return self.given[at].1;
        }
        names::meaning(path)
    }

    /// Reads a line: by a plan if one fits.
    fn read<'a>(
        &self,
        record: &'a [u8],
        growing: &mut Growing<'a>,
        around: Around<'a>,
    ) -> Result<(), Malformed> {
        let Some(line) = trimmed(record) else {
            return Err(no_access(super::clf::trimmed(record)).unwrap_or(Malformed::Json));
        };
        match by_plan(&self.plans, line, growing, &mut 0) {
            Some(read) if read.length == line.len() => self.finish(growing, read.escaped, around),
            _ => {
                growing.restart();
                self.by_keys(line, growing, around)
            }
        }
    }

    /// Reads a line key by key.
    fn by_keys<'a>(
        &self,
        line: &'a [u8],
        growing: &mut Growing<'a>,
        around: Around<'a>,
    ) -> Result<(), Malformed> {
        let (mut seen, mut members, mut array) = (0, Members::default(), (usize::MAX, None));
        let whole = scan::object(line, &mut |path, leaf| {
            match leaf.later {
                // Of an array with very many members, each means what the one before it does.
                Some(first) if first == array.0 => {}
                _ => {
                    seen |= self.producer.map_or(0, |producer| producer.groups(path.text()));
                    array = (leaf.later.unwrap_or(usize::MAX), self.meaning(path));
                }
            }
            let Some(meaning) = array.1 else { return };
            if leaf.counts {
                growing.put(meaning, leaf.value);
                if !self.doubles {
                    members.pass(path, &leaf, meaning);
                }
            } else if let Some(first) = leaf.later {
                later::put(growing, meaning, leaf.value, &line[first..leaf.end()]);
            }
        })?;
        if self.producer.is_some_and(|producer| seen != producer.whole()) {
            return Err(if growing.has_request() { Malformed::Unknown } else { Malformed::NotAccess });
        }
        if members.are_doubled() {
            return self.forged(line, &members, growing, around);
        }
        self.finish(growing, whole.escaped, around)
    }

    /// Reads a line into which a stranger wrote members.
    fn forged<'a>(
        &self,
        line: &'a [u8],
        members: &Members,
        growing: &mut Growing<'a>,
        around: Around<'a>,
    ) -> Result<(), Malformed> {
        growing.restart();
        let mut certain = members.certain();
        scan::object(line, &mut |path, leaf| certain.take(growing, path, &leaf, self.meaning(path)))?;
        self.finish(growing, false, around)?;
        certain.finish(growing, line)
    }

    /// The event of an access line; a line that asks for nothing is none.
    fn finish<'a>(
        &self,
        growing: &mut Growing<'a>,
        escaped: bool,
        around: Around<'a>,
    ) -> Result<(), Malformed> {
        let caddy_says_no =
            growing.logger().starts_with(b"http.") && !growing.logger().starts_with(b"http.log.access");
        if !growing.has_request() || growing.fields() < FIELDS || caddy_says_no {
            return Err(Malformed::NotAccess);
        }
        if let Some(hops) = growing.event().forwarded.filter(|hops| later::is_several(hops)) {
            growing.event_mut().forwarded = Some(later::joined(hops, around.scratch));
        }
        if let Some((time, digits)) = around.time.filter(|_| !growing.has_time()) {
            growing.set_instant(time, digits);
        }
        growing.place(&self.clock);
        growing.finish(if escaped { Escapes::Json } else { Escapes::None })?;
        if let Some(mend) = self.producer.and_then(Producer::mend) {
            mend(growing.event_mut(), around);
        }
        Ok(())
    }
}

/// Which producers could have written a record, once one of them asked.
#[derive(Default)]
pub(super) struct Known(Option<Result<u32, Malformed>>);

impl Decoder for JsonLines {
    fn format(&self) -> &'static str {
        self.producer.map_or(Json.name(), |producer| producer.name())
    }

    fn decode_after<'a>(
        &self,
        record: &'a [u8],
        around: Around<'a>,
        known: &mut super::Known<'a>,
    ) -> Result<Event<'a>, Malformed> {
        let of_line = || trimmed(record).ok_or(Malformed::Json).and_then(producers::of_line);
        if self.bit == 0 || self.bit & (*known.json.0.get_or_insert_with(of_line))? != 0 {
            self.decode(record, around)
        } else {
            Err(Malformed::Unknown)
        }
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        let mut growing = Growing::new();
        self.read(record, &mut growing, around)?;
        Ok(growing.into_event())
    }

    fn reads_objects(&self) -> bool {
        true
    }

    fn salvage<'a>(&self, record: &'a [u8], around: Around<'a>) -> Option<Event<'a>> {
        salvage::salvage(self, trimmed(record)?, around)
    }

    /// As any decoder does it, but no event is moved, and a plan finds the end of its line by itself.
    fn decode_block<'a>(&self, block: &'a [u8], around: Around<'a>, each: &mut Each<'_, 'a>) {
        let (mut plans, mut likely, mut misses) = (self.plans.clone(), 0, 0);
        let (mut offset, mut growing) = (0, Growing::new());
        while offset < block.len() {
            let text = &block[offset..];
            growing.restart();
            let by_plan = by_plan(&plans, text, &mut growing, &mut likely);
            let length = by_plan.map(|line| line.length).or_else(|| memchr::memchr(b'\n', text));
            let record = &text[..length.unwrap_or(text.len())];
            let read = if let Some(line) = by_plan {
                self.finish(&mut growing, line.escaped, around)
            } else {
                growing.restart();
                let read = self.read(record, &mut growing, around);
                misses += u32::from(read.is_ok());
                if read.is_ok() && misses % MISSES == 0 && plans.len() < PLANS + MORE_PLANS {
                    plans.extend(trimmed(record).and_then(|line| self.plan(line)).map(Arc::new));
                }
                read
            };
            let event = read.map(|()| growing.event());
            each(Decoded { offset, record, format: self.format(), event });
            offset += record.len() + 1;
        }
    }
}

/// Reads the first line of `text` if one of the plans fits it. The one that `likely` names is tried first; then it names
/// the one that fitted. Otherwise `growing` is spoilt.
fn by_plan<'a>(
    plans: &[Arc<Plan>],
    text: &'a [u8],
    growing: &mut Growing<'a>,
    likely: &mut usize,
) -> Option<Line> {
    for nth in (*likely..plans.len()).chain(0..*likely) {
        if let Some(line) = plans[nth].read(text, growing) {
            *likely = nth;
            return Some(line);
        }
        growing.restart();
    }
    None
}

/// Calls `each` for the values of an object, with the path of their keys as [`Given`] has it.
pub(super) fn each_value<'a>(
    object: &'a [u8],
    each: &mut impl FnMut(&[u8], &'a [u8]),
) -> Result<(), Malformed> {
    scan::object(object, &mut |path, leaf| each(path.text(), leaf.value)).map(|_| ())
}

/// What the key `name` of a line says; dots part it as they part a path of keys.
pub(super) fn of_key(name: &[u8]) -> Option<Meaning> {
    let mut path = Path::default();
    path.push(name);
    names::meaning(&path)
}

/// Whether a value at this path of keys tells what was asked for or how it was answered.
pub(super) fn is_of_http(path: &[u8]) -> bool {
    let asks = [Slot::Method, Slot::Target, Slot::Request, Slot::Status, Slot::Protocol];
    of_name(path).is_some_and(|meaning| asks.contains(&meaning.slot))
}

/// Whether `record` begins as an object does.
pub(super) fn is_object(record: &[u8]) -> bool {
    record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record).trim_ascii_start().starts_with(b"{")
}

/// `record` without byte order mark and blanks around it, if it begins as an object does.
fn trimmed(record: &[u8]) -> Option<&[u8]> {
    let line = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record).trim_ascii_start();
    line.starts_with(b"{").then(|| line.trim_ascii_end())
}

#[cfg(test)]
mod tests;
