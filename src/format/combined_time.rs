//! Combined, then how long it took: `%D` in microseconds, or seconds with decimals.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::{Unit, duration};
use crate::event::{Event, Malformed};

pub(super) static COMBINED_TIME: Clf = Clf {
    name: "combined-time",
    about: "combined with the time taken behind it: Apache `%D` (microseconds) or nginx `$request_time` (seconds)",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

pub(super) fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let took = columns.word()?;
    let unit = if memchr::memchr(b'.', took).is_some() { Unit::Seconds } else { Unit::Micros };
    event.duration = duration(took, unit);
    if event.duration.is_none() && took != b"-" {
        return Err(Malformed::Trailing);
    }
    columns.end()
}
