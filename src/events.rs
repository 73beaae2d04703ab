//! Normalised events, `gatehound.event.v1`, one a line in the order of the log; and the lines that gave none.

mod fields;
mod json;
mod others;

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::event::{Event, Malformed};
use crate::format::{Around, Decoded, Decoder, Scratch};
use crate::hash::NameHash;
use crate::output::mask;
use crate::redact::{Redactor, What};
use crate::request::Meaning;
use crate::sigma::{Facts, Matcher, OfPath};
use crate::signal::{Reader, Sensitivity};
use crate::source::{Block, Feed};
use crate::text::percent_decode;
use crate::time::Time;
use fields::{answer, around, plain, says_something, what};
use json::Object;
pub use others::Form;

/// Which records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Those that are requests.
    Events,
    /// Those that are not, with the reason.
    Rejects,
}

/// How events are written.
pub struct Writing<'p> {
    /// Which records.
    pub wanted: Wanted,
    /// Signals that reach this are written with each event; `None` for no signals.
    pub signals: Option<Sensitivity>,
    /// In whose words; records that gave no event are written in ours.
    pub form: Form,
    /// What is replaced by pseudonyms.
    pub redact: What,
    /// What lines mean.
    pub meaning: &'p Meaning,
    /// Requests before this are left out.
    pub since: Option<Time>,
    /// Requests from here on are left out.
    pub until: Option<Time>,
    /// The workers.
    pub pool: &'p ThreadPool,
    /// Set from outside to end early.
    pub interrupted: &'p AtomicBool,
    /// Lines read so far.
    pub lines: &'p AtomicU64,
}

/// Blocks that each worker turns into text before all of it is written.
const BLOCKS_A_ROUND: usize = 4;

impl Writing<'_> {
    /// Writes the events of the one source of `feed`, called `name` and read by `decoder`, to `out`.
    pub fn source(
        &self,
        feed: &Feed,
        name: &str,
        decoder: Option<&dyn Decoder>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let round = self.pool.current_num_threads() * BLOCKS_A_ROUND;
        let mut line = 1;
        while !self.interrupted.load(Ordering::Relaxed) {
            // What cannot be read stands in the feed's outcome; the rest still comes.
            let blocks = std::iter::from_fn(|| feed.next()).filter_map(Result::ok).take(round);
            let mut numbered: Vec<(u64, Block)> = Vec::with_capacity(round);
            for block in blocks {
                numbered.push((line, block));
                line += records(&numbered[numbered.len() - 1].1);
            }
            if numbered.is_empty() {
                break;
            }
            let texts: Vec<Vec<u8>> = self.pool.install(|| {
                numbered.par_iter().map(|(line, block)| self.block(name, decoder, *line, block)).collect()
            });
            texts.iter().try_for_each(|text| out.write_all(text))?;
            self.lines.store(line - 1, Ordering::Relaxed);
            for (_, block) in numbered {
                feed.give_back(block);
            }
        }
        Ok(())
    }

    /// The events of one block, whose first line has the number `line`.
    fn block(&self, source: &str, decoder: Option<&dyn Decoder>, line: u64, block: &Block) -> Vec<u8> {
        let mut out = Vec::with_capacity(block.bytes().len() * 2);
        let scratch = Scratch::default();
        let mut line = line;
        let mut redactor =
            (!self.redact.is_nothing()).then(|| Redactor::new(self.redact, &self.meaning.keys, Vec::new()));
        let mut judges = self.signals.map(|least| (Reader::default(), Matcher::default(), least));
        let mut each = |decoded: Decoded<'_, '_>| {
            let place = Place { source, line, offset: block.offset + decoded.offset as u64 };
            let start = out.len();
            match (self.wanted, &decoded.event) {
                (Wanted::Events, Ok(event)) => {
                    self.event(&place, &decoded, event, &mut judges, &mut out);
                }
                (Wanted::Rejects, Err(reason)) => reject(&place, *reason, decoded.record, &mut out),
                _ => {}
            }
            if out.len() > start {
                if let Some(redactor) = &mut redactor {
                    hide(redactor, &mut out, start);
                }
                if self.wanted == Wanted::Events {
                    self.form.turn(&mut out, start);
                }
            }
            line += 1;
        };
        match decoder {
            Some(decoder) => {
                let around = Around { directives: block.directives(), ..Around::nothing(&scratch) };
                decoder.decode_block(block.bytes(), around, &mut each);
            }
            None => {
                for (offset, record) in block.records() {
                    let offset = usize::try_from(offset - block.offset).unwrap_or(usize::MAX);
                    each(Decoded { offset, record, format: "", event: Err(Malformed::Unknown) });
                }
            }
        }
        out
    }

    /// Writes one event, unless it lies outside the time that is wanted.
    fn event(
        &self,
        place: &Place<'_>,
        decoded: &Decoded<'_, '_>,
        event: &Event<'_>,
        judges: &mut Option<(Reader, Matcher, Sensitivity)>,
        out: &mut Vec<u8>,
    ) {
        let outside = self.since.is_some_and(|since| event.time < since)
            || self.until.is_some_and(|until| until <= event.time);
        if outside {
            return;
        }
        let mut object = Object::open(out, "gatehound.event.v1");
        place.write(&mut object);
        object.text("format", decoded.format.as_bytes());
        object.text("time", event.time.rfc3339(event.time_digits).as_bytes());
        self.who(event, &mut object);
        what(event, &mut object);
        answer(event, &mut object);
        around(event, &mut object);
        if let Some((reader, matcher, least)) = judges {
            let signals = reader.read(event).iter().filter(|signal| least.score() <= signal.score);
            let (rules, client) = (&self.meaning.rules, self.meaning.trust.origin(event).client);
            let facts = Facts { record: decoded.record, event, client };
            let agent = event.user_agent.map_or(NameHash::NONE, |agent| self.meaning.keys.name(agent));
            let matches =
                if rules.is_empty() { &[] } else { matcher.matches(rules, &facts, agent, OfPath::UNKNOWN) };
            let matches = matches.iter().filter_map(|&rule| rules.get(rule)).filter(|rule| rule.is_told());
            object.signals(signals, matches.filter(|rule| least.score() <= rule.level.score()));
        }
        object.close();
    }

    /// Who made the request.
    fn who(&self, event: &Event<'_>, object: &mut Object<'_>) {
        let origin = self.meaning.trust.origin(event);
        match (origin.client, event.client_name) {
            (Some(client), _) => object.text("client", client.to_string().as_bytes()),
            (None, Some(name)) => object.text("client", name),
            (None, None) => {}
        }
        // The port is that of the socket: known for the client where nobody stands between.
        if origin.peer.is_none() {
            object.number("client_port", event.client_port.map(u64::from));
        }
        if let Some(peer) = origin.peer {
            object.text("peer", peer.to_string().as_bytes());
        }
        if let Some(list) = event.forwarded.filter(|list| says_something(list)) {
            let list = percent_decode(list, crate::text::Plus::IsBlank);
            let hops = list.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
            object.texts("forwarded", hops.filter(|hop| says_something(hop)));
        }
        let keys = &self.meaning.keys;
        plain(event, object, "user", event.user);
        plain(event, object, "consumer", event.consumer);
        for (name, secret) in [("token", event.token), ("session", event.session)] {
            if let Some(hash) = secret.map(|secret| secret.hashed(keys)).filter(|hash| hash.is_some()) {
                object.text(name, hash.to_string().as_bytes());
            }
        }
    }
}

/// Replaces names in the object that stands in `out` from `start` on, with its line end.
fn hide(redactor: &mut Redactor, out: &mut Vec<u8>, start: usize) {
    let object = out.get(start..).map(serde_json::from_slice::<serde_json::Map<_, _>>);
    // What cannot be read cannot be hidden. It is our own object, so it can.
    out.truncate(start);
    if let Some(Ok(mut object)) = object {
        redactor.event(&mut object);
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut *out, &object);
        out.push(b'\n');
    }
}

/// How many records a block holds.
fn records(block: &Block) -> u64 {
    let bytes = block.bytes();
    let ends = memchr::memchr_iter(b'\n', bytes).count() as u64;
    ends + u64::from(bytes.last().is_some_and(|&last| last != b'\n'))
}

/// Where a record stands.
struct Place<'s> {
    source: &'s str,
    line: u64,
    offset: u64,
}

impl Place<'_> {
    fn write(&self, object: &mut Object<'_>) {
        object.text("source", self.source.as_bytes());
        object.number("line", Some(self.line));
        object.number("offset", Some(self.offset));
    }
}

/// Writes one record that is no request.
fn reject(place: &Place<'_>, reason: Malformed, record: &[u8], out: &mut Vec<u8>) {
    let mut object = Object::open(out, "gatehound.reject.v1");
    place.write(&mut object);
    object.text("reason", reason.reason().as_bytes());
    object.flag("skipped", reason.is_skip());
    object.text("raw", &mask::raw(record, mask::LINE).0);
    object.close();
}
