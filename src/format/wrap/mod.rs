//! Wrappers around the lines of a log: what syslog, containers and shippers put before them or around them. To add one:
//! write `wrap/<name>.rs`, then name it in [`WRAPPERS`]. They are peeled off one after the other before any format is asked.

mod ansi;
mod compose;
mod cri;
mod journald;
mod labels;
mod logger;
mod octets;
mod quotes;
mod rfc3164;
mod rfc5424;
mod ruby;
mod shipper;
mod stamped;
mod tagged;

use super::reader::Reader;
use super::{Around, Clock, Decoder, Opening, Scratch};
use crate::event::{Event, Malformed};
use crate::time::Time;

/// Something around a line.
pub(super) struct Wrapper {
    /// What `gatehound formats detect` calls it.
    pub(super) name: &'static str,
    /// What is inside, if `line` is so wrapped.
    peel: Peel,
    /// How many of a hundred lines must be so wrapped for a source to be.
    enough: usize,
}

/// Peels a line.
type Peel = for<'a> fn(&'a [u8], &Clock, &'a Scratch) -> Option<Peeled<'a>>;

/// What was inside a wrapper.
struct Peeled<'a> {
    line: &'a [u8],
    /// When the wrapper says it was written, and the decimals of that.
    time: Option<(Time, u8)>,
}

/// Every wrapper, in the order in which they are tried.
static WRAPPERS: &[&Wrapper] = &[
    &ansi::ANSI,
    &octets::OCTETS,
    &rfc5424::RFC5424,
    &rfc3164::RFC3164,
    &cri::CRI,
    &compose::COMPOSE,
    &journald::JOURNALD,
    &shipper::SHIPPER,
    &ruby::RUBY,
    &logger::LOGGER,
    &stamped::STAMPED,
    &quotes::QUOTES,
    &labels::LABELS,
    &tagged::TAGGED,
];

/// The most wrappers around one line.
const DEEPEST: usize = 4;

/// The wrappers around most of `lines`, the outermost first, and what is inside them. Nothing where there are none.
pub(super) fn peel_lines<'a>(
    lines: &[&'a [u8]],
    clock: &Clock,
    scratch: &'a Scratch,
) -> (Stack, Vec<&'a [u8]>) {
    let (mut stack, mut lines) = (Stack::new(), lines.to_vec());
    let has_enough =
        |wrapper: &Wrapper, peeled: usize, of: usize| peeled > 0 && peeled * 100 >= of * wrapper.enough;
    while stack.len() < DEEPEST {
        let found = WRAPPERS
            .iter()
            .filter(|wrapper| !stack.iter().any(|one| one.name == wrapper.name))
            .find_map(|wrapper| {
                let inside: Vec<Option<&[u8]>> = lines
                    .iter()
                    .map(|line| (wrapper.peel)(line, clock, scratch).map(|peeled| peeled.line))
                    .collect();
                has_enough(wrapper, inside.iter().flatten().count(), lines.len())
                    .then_some((*wrapper, inside))
            });
        let Some((wrapper, inside)) = found else { break };
        // A line that lacks the wrapper stays as it is.
        lines = lines.iter().zip(inside).map(|(line, inside)| inside.unwrap_or(line)).collect();
        stack.push(wrapper);
    }
    (stack, lines)
}

/// Wrappers around a line, the outermost first.
pub(super) type Stack = Vec<&'static Wrapper>;

/// A decoder behind wrappers.
pub(super) struct Wrapped {
    stack: Stack,
    inner: Reader,
    clock: Clock,
}

impl Wrapped {
    /// `chosen` behind the wrappers of `stack`; `inside` is what the head holds without them.
    pub(super) fn new(stack: Stack, chosen: Box<dyn Decoder>, inside: &[u8], clock: &Clock) -> Self {
        let opening = Opening { head: inside, clock };
        Self { stack, inner: Reader::new(chosen, &opening), clock: clock.clone() }
    }
}

impl Decoder for Wrapped {
    fn format(&self) -> &'static str {
        self.inner.format()
    }

    fn decode<'a>(&self, record: &'a [u8], around: Around<'a>) -> Result<Event<'a>, Malformed> {
        let (mut line, mut time) = (super::clf::trimmed(record), around.time);
        for wrapper in &self.stack {
            if let Some(peeled) = (wrapper.peel)(line, &self.clock, around.scratch) {
                // The innermost stamp is the nearest to the request.
                (line, time) = (peeled.line, peeled.time.or(time));
            }
        }
        self.inner.decode(line, Around { time, ..around }).map_err(|malformed| match malformed.is_skip() {
            true => malformed,
            false if is_about_http(line) => malformed,
            // Others write to the same journal.
            false => Malformed::NotAccess,
        })
    }
}

/// Whether a line that nobody can read may have been an access line.
pub(super) fn is_about_http(line: &[u8]) -> bool {
    let marks: [&[u8]; 8] =
        [b" HTTP/", b"\"GET ", b"\"POST ", b"GET /", b"POST /", b" GET ", b" POST ", b"CONNECT "];
    let names: [&[u8]; 2] = [b"method\"", b"status"];
    marks.iter().chain(&names).any(|mark| memchr::memmem::find(line, mark).is_some())
}

/// What stands before the first blank, and behind it and all that follow it.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b' ', text).filter(|&at| at > 0)?;
    Some((&text[..at], text[at..].trim_ascii_start()))
}

/// `text` behind `tag: ` or `tag[123]: `; a tag is one short word.
fn behind_tag(text: &[u8]) -> Option<&[u8]> {
    let end = memchr::memmem::find(text, b": ").filter(|&end| (1..=64).contains(&end))?;
    let is_tag = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./[]()@".contains(byte);
    (text[..end].iter().all(is_tag) && !text[..end].iter().all(u8::is_ascii_digit)).then(|| &text[end + 2..])
}
