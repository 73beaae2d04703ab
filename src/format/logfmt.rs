//! `key=value` lines: Heroku's router, Tyk, Docker's registry, and whatever else names method and path by keys that JSON logs
//! use as well. Values with blanks stand in quotes, escaped as Go does it.

use super::fields::Unit;
use super::json::of_key;
use super::plain::Plain;
use super::slot::{Growing, Meaning, Slot};
use super::{Around, Clock};
use crate::event::{Event, Malformed};
use crate::text::{Escapes, is_escaped};

pub(super) static LOGFMT: Plain = Plain {
    name: "logfmt",
    about: "key=value lines: Heroku router, Tyk, Docker registry, lograge and any keys of that kind",
    has: "=",
    read,
};

/// An instant in milliseconds of this century has so many digits.
const EPOCH_MILLIS: usize = 12;

/// Fewer keys than this that say something are no access line.
const FIELDS: u32 = 4;

fn read<'a>(line: &'a [u8], clock: &Clock, around: Around<'a>) -> Result<Event<'a>, Malformed> {
    let mut growing = Growing::new();
    let mut rest = line;
    let (mut pairs, mut is_other, mut is_rails) = (0, false, false);
    while let Some((key, value, behind)) = pair(rest) {
        pairs += 1;
        rest = behind;
        match key {
            // A registry tells of each request several times; only this is the answer.
            b"msg" => is_other = matches!(value, b"authorized request" | b"authorizing request"),
            // lograge, which counts milliseconds.
            b"controller" => is_rails = true,
            b"duration" if is_rails => growing.put(Meaning::in_unit(Slot::Duration, Unit::Millis), value),
            b"action" if is_rails => {}
            // Grafana, which tells how long it took beside when it was.
            b"t" => growing.put(Meaning::of(Slot::Time), value),
            b"time_ms" if value.len() < EPOCH_MILLIS => {
                growing.put(Meaning::in_unit(Slot::Duration, Unit::Millis), value);
            }
            b"fwd" => growing.put(Meaning::of(Slot::Forwarded), value),
            b"service" => growing.put(Meaning::of(Slot::Duration), value),
            b"at" | b"connect" | b"dyno" | b"level" => {}
            b"http.request.remoteaddr" => growing.put(Meaning::of(Slot::Client), value),
            b"http.response.duration" => growing.put(Meaning::in_unit(Slot::Duration, Unit::Guess), value),
            b"auth.user.name" => growing.put(Meaning::of(Slot::User), value),
            b"http.response.written" => growing.put(Meaning::of(Slot::BytesOut), value),
            key => {
                if let Some(meaning) = of_key(key) {
                    growing.put(meaning, value);
                }
            }
        }
    }
    let is_whole = pairs >= 4 && rest.trim_ascii_start().is_empty();
    if !is_whole || !growing.has_request() || growing.fields() < FIELDS {
        return Err(if is_whole { Malformed::NotAccess } else { Malformed::Unknown });
    }
    if is_other {
        return Err(Malformed::NotAccess);
    }
    if let Some((time, digits)) = around.time.filter(|_| !growing.has_time()) {
        growing.set_instant(time, digits);
    } else if let Some(time) = clock.written.filter(|_| !growing.has_time()) {
        growing.set_instant(time, 0);
    }
    growing.place(clock);
    growing.finish(Escapes::Json)?;
    Ok(growing.into_event())
}

/// The first pair of `text`, and what stands behind it. A few words without `=` may stand before it.
fn pair(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let mut rest = text.trim_ascii_start();
    for _ in 0..BARE_WORDS {
        let end = rest.iter().position(|&byte| byte == b' ' || byte == b'=')?;
        if rest[end] == b'=' && end > 0 {
            let (value, behind) = value(&rest[end + 1..])?;
            return Some((&rest[..end], value, behind));
        }
        rest = rest[end + 1..].trim_ascii_start();
    }
    None
}

/// The most words without `=` in a row.
const BARE_WORDS: usize = 4;

/// A value, quoted or up to the next blank, and what stands behind it.
fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if let Some(quoted) = text.strip_prefix(b"\"") {
        let end = memchr::memchr_iter(b'"', quoted).find(|&at| !is_escaped(quoted, at))?;
        return Some((&quoted[..end], &quoted[end + 1..]));
    }
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    Some((&text[..end], &text[end..]))
}
