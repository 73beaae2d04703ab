//! Which format a source has: every format is tried on its first lines, and the one that reads most of them wins.

use super::wrap::{self, Stack, Wrapped};
use super::{Around, Clock, Decoder, FORMATS, Format, Opening, Scratch};
use crate::event::{Event, Malformed};
use crate::time::Time;

/// How many lines at the start of a source are looked at.
const LINES: usize = 200;
/// How many of a hundred lines must be read.
const ENOUGH: usize = 60;

/// The format that fits best, and how all others did.
pub struct Choice {
    /// The format, opened for this source.
    pub decoder: Box<dyn Decoder>,
    /// Its name.
    pub format: &'static str,
    /// What is around its lines, the outermost first.
    pub wrappers: Vec<&'static str>,
    /// How many of a hundred lines it reads; skipped lines do not count.
    pub score: u8,
    /// How every format did, in the order of [`FORMATS`].
    pub tried: Vec<Tried>,
}

/// How one format did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its name.
    pub format: &'static str,
    /// How many lines it was tried on, without those that it knows to be no access lines.
    pub lines: usize,
    /// How many of them it read.
    pub parsed: usize,
    /// How many more it knows to be no access lines.
    pub skipped: usize,
    /// How many fields it found on all of them; numbers, times and addresses count twice.
    pub specificity: usize,
    /// The first line that it could not read, counted from 0 among the lines that were looked at, and why.
    pub first_malformed: Option<(usize, Malformed)>,
}

impl Tried {
    /// How many of a hundred lines were read, rounded down.
    #[must_use]
    pub fn score(self) -> u8 {
        let score = (self.parsed * 100).checked_div(self.lines).unwrap_or(0);
        u8::try_from(score).unwrap_or(100)
    }

    /// What decides: the share of lines as a fraction, then the fields.
    fn beats(self, other: Self) -> bool {
        let (mine, theirs) = (self.parsed * other.lines, other.parsed * self.lines);
        (mine, self.specificity) > (theirs, other.specificity)
    }
}

/// The format of a source: the one that reads most of its first lines, and at least 60 of a hundred.
/// Where several formats are mixed and none reaches that, the best of them is chosen if together they do: a
/// [`Reader`](super::Reader) tries the others on what it cannot read. Where none does, wrappers are peeled off.
#[must_use]
pub fn recognise(opening: &Opening<'_>) -> Option<Choice> {
    let lines = first_lines(opening.head);
    let scratch = Scratch::default();
    if let Some(choice) = among(opening, &lines, Around::nothing(&scratch)) {
        return Some(choice);
    }
    let inside = Inside::of(&lines, opening.clock, &scratch)?;
    let opening = Opening { head: &inside.head, clock: opening.clock };
    let choice = among(&opening, &first_lines(&inside.head), inside_wrappers(&scratch))?;
    let wrappers = inside.stack.iter().map(|wrapper| wrapper.name).collect();
    let decoder = Box::new(Wrapped::new(inside.stack, choice.decoder, &inside.head, opening.clock));
    Some(Choice { decoder, wrappers, ..choice })
}

/// `decoder` behind the wrappers of a source, if it reads none of its first lines as they stand.
pub(super) fn in_wrappers(decoder: Box<dyn Decoder>, opening: &Opening<'_>) -> Box<dyn Decoder> {
    let (lines, scratch) = (first_lines(opening.head), Scratch::default());
    let reads = |line: &&[u8], around| decoder.decode(line, around).is_ok();
    if lines.iter().any(|line| reads(line, Around::nothing(&scratch))) {
        return decoder;
    }
    match Inside::of(&lines, opening.clock, &scratch) {
        Some(inside)
            if first_lines(&inside.head).iter().any(|line| reads(line, inside_wrappers(&scratch))) =>
        {
            Box::new(Wrapped::new(inside.stack, decoder, &inside.head, opening.clock))
        }
        _ => decoder,
    }
}

/// What stands inside the wrappers of a source.
struct Inside {
    stack: Stack,
    /// Its first lines, as far as they may be of HTTP.
    head: Vec<u8>,
}

impl Inside {
    fn of(lines: &[&[u8]], clock: &Clock, scratch: &Scratch) -> Option<Self> {
        let (stack, inside) = wrap::peel_lines(lines, clock, scratch);
        let inside: Vec<&[u8]> = inside.into_iter().filter(|line| wrap::is_about_http(line)).collect();
        (!stack.is_empty()).then(|| Self { stack, head: [&inside.join(&b'\n')[..], b"\n"].concat() })
    }
}

/// A wrapper mostly knows the time, whichever it is.
fn inside_wrappers(scratch: &Scratch) -> Around<'_> {
    Around { time: Some((Time(0), 0)), ..Around::nothing(scratch) }
}

/// The format of `lines`, as [`recognise`] says.
fn among(opening: &Opening<'_>, lines: &[&[u8]], around: Around<'_>) -> Option<Choice> {
    let mut read = vec![false; lines.len()];
    let mut skipped = vec![true; lines.len()];
    let mut tried = Vec::new();
    let mut best: Option<(Tried, Box<dyn Decoder>)> = None;
    for &format in FORMATS {
        let (mine, decoder) = try_one(format, opening, lines, around, |nth, event| {
            read[nth] |= event.is_ok();
            skipped[nth] &= event.is_err_and(Malformed::is_skip);
        });
        let knows =
            mine.parsed > 0 || !format.holds_requests() && mine.skipped == lines.len() && !lines.is_empty();
        let is_best = knows && best.as_ref().is_none_or(|(best, _)| mine.beats(*best));
        if let Some(decoder) = decoder.filter(|_| is_best) {
            best = Some((mine, decoder));
        }
        tried.push(mine);
    }
    let together = read.iter().filter(|&&read| read).count();
    let counted = skipped.iter().filter(|&&skipped| !skipped).count();
    best.filter(|(best, _)| best.parsed * 100 >= best.lines * ENOUGH || together * 100 >= counted * ENOUGH)
        .map(|(best, decoder)| Choice {
            decoder,
            format: best.format,
            wrappers: Vec::new(),
            score: best.score(),
            tried,
        })
}

/// The lines of the head that are looked at, without their wrappers, and how every format does on them, whether one is chosen or not.
#[must_use]
pub fn try_all(opening: &Opening<'_>) -> (Vec<Vec<u8>>, Vec<Tried>) {
    let (scratch, lines) = (Scratch::default(), first_lines(opening.head));
    let around = Around::nothing(&scratch);
    let all = |opening: &Opening<'_>, lines: &[&[u8]], around| {
        FORMATS.iter().map(|&format| try_one(format, opening, lines, around, |_, _| {}).0).collect()
    };
    let tried: Vec<Tried> = all(opening, &lines, around);
    match Inside::of(&lines, opening.clock, &scratch) {
        Some(inside) if among(opening, &lines, around).is_none() => {
            let opening = Opening { head: &inside.head, clock: opening.clock };
            let lines = first_lines(&inside.head);
            let tried = all(&opening, &lines, inside_wrappers(&scratch));
            (lines.into_iter().map(<[u8]>::to_vec).collect(), tried)
        }
        _ => (lines.into_iter().map(<[u8]>::to_vec).collect(), tried),
    }
}

/// How `format` does on `lines`, and itself opened for them; `each` hears of every line.
fn try_one(
    format: &dyn Format,
    opening: &Opening<'_>,
    lines: &[&[u8]],
    around: Around<'_>,
    mut each: impl FnMut(usize, Result<(), Malformed>),
) -> (Tried, Option<Box<dyn Decoder>>) {
    let mut mine = Tried {
        format: format.name(),
        lines: 0,
        parsed: 0,
        skipped: 0,
        specificity: 0,
        first_malformed: None,
    };
    let decoder = format.open(opening);
    if let Some(decoder) = &decoder {
        for (nth, line) in lines.iter().enumerate() {
            let event = decoder.decode(line, around);
            each(nth, event.as_ref().map(drop).map_err(|&malformed| malformed));
            mine.add(nth, event);
        }
    }
    (mine, decoder)
}

impl Tried {
    fn add(&mut self, nth: usize, event: Result<Event<'_>, Malformed>) {
        match event {
            Ok(event) => {
                self.lines += 1;
                self.parsed += 1;
                self.specificity += specificity(&event);
            }
            Err(malformed) if malformed.is_skip() => self.skipped += 1,
            Err(malformed) => {
                self.lines += 1;
                self.first_malformed = self.first_malformed.or(Some((nth, malformed)));
            }
        }
    }
}

/// The first lines that are neither blank nor comments; the last is left out where it may be cut.
fn first_lines(head: &[u8]) -> Vec<&[u8]> {
    let whole = match memchr::memrchr(b'\n', head) {
        Some(end) => &head[..end],
        None => head,
    };
    let says_something = |line: &&[u8]| !matches!(line.trim_ascii(), [] | [b'#', ..]);
    whole.split(|&byte| byte == b'\n').filter(says_something).take(LINES).collect()
}

/// How many fields an event has; those that are more than text count twice.
fn specificity(event: &Event<'_>) -> usize {
    let texts = [
        event.client_name,
        event.forwarded,
        event.user,
        event.consumer,
        event.method,
        event.scheme,
        event.host,
        event.path,
        event.query,
        event.protocol,
        event.upstream,
        event.referer,
        event.user_agent,
        event.request_id,
        event.gateway_route,
        event.api,
        event.tls_version,
        event.tls_cipher,
        event.tls_client,
        event.ja3,
        event.ja4,
        event.cache,
        event.country,
        event.flags,
    ];
    let typed = [
        event.client.is_some(),
        event.client_port.is_some(),
        event.token.is_some(),
        event.session.is_some(),
        event.status.is_some(),
        event.bytes_out.is_some(),
        event.bytes_in.is_some(),
        event.duration.is_some(),
        event.upstream_status.is_some(),
        event.upstream_duration.is_some(),
        event.asn.is_some(),
    ];
    texts.iter().flatten().count() + 2 * typed.iter().filter(|&&typed| typed).count()
}
