//! Where nothing is learned, because a log writes its lines in several ways: perhaps the forwarded-for list in quotes, then
//! lengths of time, of which the first is how long it took: `0.123`, `"0.123"`, `rt=0.123`, `0.123 0.122`,
//! `rt=0.123 urt="0.122, 0.001"`.

use super::ABOUT;
use super::column::column;
use crate::event::{Event, Malformed};
use crate::format::clf::{Clf, Left, Right};
use crate::format::columns::Columns;
use crate::format::fields::{Unit, duration_list, present};
use crate::time::stamp::Decimal;

pub(super) static USUAL: Clf =
    Clf { name: "combined-more", about: ABOUT, left: Left::Client, right: Right::Agent, tail };

/// What the whole time is called where columns have names.
const WHOLE: [&[u8]; 6] = [b"rt", b"request_time", b"time", b"took", b"duration", b"t"];

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    (event.forwarded, event.duration) = (None, None);
    if columns.rest().trim_ascii_start().starts_with(b"\"") {
        let first = columns.quoted()?;
        // The ratio of gzip stands at the same place in nginx's documentation.
        event.forwarded = Decimal::read(first).is_none().then_some(present(first));
    }
    let mut rest = columns.rest().trim_ascii();
    if rest.is_empty() {
        return Err(Malformed::Short);
    }
    let (mut named, mut first) = (None, None);
    while !rest.is_empty() {
        let (key, value, behind) = column(rest)?;
        let took = duration_list(value, unit(value));
        match key {
            // Two whole numbers may be sizes.
            None if value != b"-" && (took.is_none() || memchr::memchr(b'.', value).is_none()) => {
                return Err(Malformed::Trailing);
            }
            Some(key) if WHOLE.contains(&key) => named = named.or(took),
            None => first = first.or(took),
            Some(_) => {}
        }
        rest = behind.trim_ascii_start();
    }
    event.duration = named.or(first);
    Ok(())
}

/// Seconds have decimals, microseconds none.
fn unit(took: &[u8]) -> Unit {
    if memchr::memchr(b'.', took).is_some() { Unit::Seconds } else { Unit::Micros }
}
