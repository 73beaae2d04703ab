//! Times as people type them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ZonedDateTime};

use crate::error::Error;
use crate::time::{Time, stamp};

/// So many digits are seconds or milliseconds since 1970, fewer are a slip.
const EPOCH_DIGITS: usize = 9;

/// The instant that `word` names; dates are dates in `zone`, and what is relative counts from `now`.
pub fn instant(word: &str, now: Time, zone: &TimeZone) -> Result<Time, Error> {
    let word = word.trim();
    let now = Timestamp::from_microsecond(now.0)
        .map_err(|_| Error::usage("the clock shows a time that no calendar has"))?
        .to_zoned_datetime(zone.clone());
    let day = |days: i64| now.start_of_day().and_then(|day| day.checked_add(Span::new().days(days)));
    let found = match word {
        "now" => Some(now.clone()),
        "today" => day(0).ok(),
        "yesterday" => day(-1).ok(),
        _ => ago(word, &now),
    };
    let found = found.map(|zoned| zoned.timestamp()).or_else(|| absolute(word, zone));
    match found {
        Some(instant) => Ok(Time(instant.as_microsecond())),
        None => epoch(word).ok_or_else(|| {
            Error::usage(format!(
                "`{word}` is no time; write `2026-03-10T17:00:00Z`, `2026-03-10 17:00`, `2026-03-10`, `2h`, `7d`, \
                 `yesterday` or seconds since 1970"
            ))
        }),
    }
}

/// The instant that `word` names without a look at a clock: a date in `zone`, or RFC 3339.
pub(super) fn date(word: &str, zone: &TimeZone) -> Result<Time, Error> {
    let instant = absolute(word.trim(), zone).map(|instant| Time(instant.as_microsecond()));
    instant.ok_or_else(|| {
        Error::usage(format!("`{word}` is no date; write `2026-12-31` or `2026-12-31T17:00:00Z`"))
    })
}

/// `2h`, `7d`, `1h 30m`: a span before now.
fn ago(word: &str, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let has_unit =
        word.ends_with(|c: char| c.is_ascii_alphabetic()) && word.starts_with(|c: char| c.is_ascii_digit());
    let span = has_unit.then(|| word.parse::<Span>().ok()).flatten()?;
    now.checked_sub(span).ok()
}

/// RFC 3339, or a date and perhaps a time of day in `zone`.
fn absolute(word: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(instant) = word.parse::<Timestamp>() {
        return Some(instant);
    }
    let local = word.contains('-').then(|| word.parse::<DateTime>().ok()).flatten()?;
    zone.to_timestamp(local).ok()
}

/// Seconds or milliseconds since 1970.
fn epoch(word: &str) -> Option<Time> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    (is_number && EPOCH_DIGITS <= digits)
        .then(|| stamp::epoch(word.as_bytes()))
        .flatten()
        .map(|(time, _)| time)
}

/// The zone called `word`: `UTC`, an offset such as `+02:00`, or a name of the system's time zone database.
pub fn zone(word: &str) -> Result<TimeZone, Error> {
    if word.eq_ignore_ascii_case("utc") || word == "Z" {
        return Ok(TimeZone::UTC);
    }
    if let Some(offset) = offset(word) {
        return Ok(offset);
    }
    TimeZone::get(word).map_err(|_| {
        Error::usage(format!(
            "unknown time zone `{word}`; write `UTC`, an offset such as `+02:00`, or `Europe/Berlin`"
        ))
    })
}

/// `+02:00`, `-0530`, `+2`.
fn offset(word: &str) -> Option<TimeZone> {
    let sign = match word.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = word[1..].chars().filter(|&c| c != ':').collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (&*digits, "0"),
        4 => digits.split_at(2),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let offset = jiff::tz::Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()?;
    (minutes < 60).then(|| TimeZone::fixed(offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(word: &str, zone_word: &str) -> String {
        let now = Time(1_773_162_003_120_000); // 2026-03-10T17:00:03.120Z
        instant(word, now, &zone(zone_word).unwrap()).map_or_else(|e| e.to_string(), |time| time.rfc3339(3))
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        assert_eq!(at("2026-03-10T17:00:00+01:00", "UTC"), "2026-03-10T16:00:00.000Z");
        assert_eq!(at("2026-03-10", "UTC"), "2026-03-10T00:00:00.000Z");
        assert_eq!(at("2026-03-10 17:05", "+02:00"), "2026-03-10T15:05:00.000Z");
        assert_eq!(at("2026-03-10T17:05:06", "-0530"), "2026-03-10T22:35:06.000Z");
        assert_eq!(at("1773162003", "UTC"), "2026-03-10T17:00:03.000Z");
        assert_eq!(at("1773162003120", "UTC"), "2026-03-10T17:00:03.120Z");
        assert_eq!(at("2h", "UTC"), "2026-03-10T15:00:03.120Z");
        assert_eq!(at("1h30m", "UTC"), "2026-03-10T15:30:03.120Z");
        assert_eq!(at("7d", "UTC"), "2026-03-03T17:00:03.120Z");
        assert_eq!(at("now", "UTC"), "2026-03-10T17:00:03.120Z");
        assert_eq!(at("yesterday", "+10:00"), "2026-03-09T14:00:00.000Z");
        assert_eq!(at("today", "UTC"), "2026-03-10T00:00:00.000Z");
    }

    #[test]
    fn what_is_no_time_is_told() {
        for word in ["", "soon", "2026", "10-03-2026", "2026-13-01", "-2h", "2 fortnights"] {
            assert!(at(word, "UTC").contains("is no time"), "{word}: {}", at(word, "UTC"));
        }
        assert!(zone("Mars/Olympus").is_err());
        assert!(zone("+25:00:00").is_err());
    }
}
