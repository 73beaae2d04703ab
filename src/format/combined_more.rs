//! Combined as sites add to it: perhaps the forwarded-for list in quotes, then columns of their own, of which the first length
//! of time is how long it took: `0.123`, `"0.123"`, `rt=0.123`, `0.123 0.122`, `rt=0.123 urt="0.122, 0.001"`.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::{Unit, duration_list, present};
use crate::event::{Event, Malformed};
use crate::time::stamp::Decimal;

pub(super) static COMBINED_MORE: Clf = Clf {
    name: "combined-more",
    about: "combined or nginx `main`, then the time taken and other columns: bare, quoted or `key=value`",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

/// Keys longer than this are no keys.
const KEY: usize = 32;

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

/// A column's key, if it has one, its value, and what stands behind it.
type Column<'a> = (Option<&'a [u8]>, &'a [u8], &'a [u8]);

/// The first column of `text`: its key, where it has one, its value without quotes, and what stands behind it. A bare list
/// goes on behind each comma.
fn column(text: &[u8]) -> Result<Column<'_>, Malformed> {
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let letters = text.iter().take(KEY).take_while(|byte| is_key(byte)).count();
    let (key, value) = match text.split_at(letters) {
        (key, [b'=', value @ ..]) if !key.is_empty() => (Some(key), value),
        _ => (None, text),
    };
    if let [b'"', value @ ..] = value {
        let end = memchr::memchr(b'"', value).ok_or(Malformed::Unbalanced)?;
        let (value, behind) = value.split_at(end);
        return match &behind[1..] {
            behind @ ([] | [b' ', ..]) => Ok((key, value, behind)),
            _ => Err(Malformed::Unbalanced),
        };
    }
    let ends = |&at: &usize| at == 0 || value.get(at - 1) != Some(&b',');
    let end = memchr::memchr_iter(b' ', value).find(ends).unwrap_or(value.len());
    let (value, behind) = value.split_at(end);
    Ok((key, value, behind))
}
