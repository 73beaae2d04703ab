//! Remembers the minute of the last ISO 8601 stamp: most lines of a log differ in their seconds and decimals alone.

use crate::time::{SECOND, Time, stamp};

/// How long the zone of a remembered stamp may be.
const ZONE: usize = 8;

/// The last minute that was read.
#[derive(Debug, Default)]
pub(super) struct Minute {
    known: Option<Known>,
}

#[derive(Debug)]
struct Known {
    /// `2026-03-10T17:00:`
    minute: [u8; 17],
    /// `Z`, `+01:00` or nothing, and how long it is.
    zone: ([u8; ZONE], usize),
    start: i64,
}

impl Minute {
    /// The same as [`stamp::any`], mostly without reading more than the seconds and their decimals.
    pub(super) fn any(&mut self, stamp: &[u8]) -> Option<(Time, u8)> {
        if let Some(known) = &self.known
            && let Some((minute, clock)) = stamp.split_first_chunk()
            && *minute == known.minute
            && let Some((micros, digits, zone)) = clock_of(clock)
            && zone == &known.zone.0[..known.zone.1]
        {
            return Some((Time(known.start + micros), digits));
        }
        let read = stamp::any(stamp)?;
        self.known = remembered(stamp, read.0).or(self.known.take());
        Some(read)
    }
}

/// What there is to remember of a stamp that was read as `time`.
fn remembered(stamp: &[u8], time: Time) -> Option<Known> {
    let (minute, clock) = stamp.split_first_chunk::<17>()?;
    let is_iso = minute[4] == b'-' && minute[7] == b'-' && minute[13] == b':' && minute[16] == b':';
    let (micros, _, zone) = clock_of(clock).filter(|_| is_iso)?;
    let mut kept = [0; ZONE];
    kept.get_mut(..zone.len())?.copy_from_slice(zone);
    Some(Known { minute: *minute, zone: (kept, zone.len()), start: time.0 - micros })
}

/// The microseconds of `03`, `03.120` and what stands behind them: how many decimals there are, and the zone.
fn clock_of(clock: &[u8]) -> Option<(i64, u8, &[u8])> {
    let digit = |byte: &u8| i64::from(byte.wrapping_sub(b'0'));
    let [tens, ones, rest @ ..] = clock else { return None };
    let second = digit(tens) * 10 + digit(ones);
    let (millis, digits, zone) = match rest {
        [b'.', a, b, c, zone @ ..] if [a, b, c].iter().all(|byte| byte.is_ascii_digit()) => {
            (digit(a) * 100 + digit(b) * 10 + digit(c), 3, zone)
        }
        zone => (0, 0, zone),
    };
    let ends = !matches!(zone, [b'0'..=b'9' | b'.' | b',', ..]);
    let in_range = tens.is_ascii_digit() && ones.is_ascii_digit() && second <= 60 && ends;
    in_range.then_some((second * SECOND + millis * 1000, digits, zone))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_beyond_the_third_are_no_zone() {
        let mut minute = Minute::default();
        for stamp in ["2026-03-10T00:00:01.1234Z", "2026-03-10T00:00:02.5674Z", "2026-03-10T00:00:02Z"] {
            assert_eq!(minute.any(stamp.as_bytes()), stamp::any(stamp.as_bytes()), "{stamp}");
        }
    }

    proptest! {
        #[test]
        fn the_remembered_minute_changes_nothing(stamps in prop::collection::vec(
            "2026-0[12]-1[01][T :]0[01]:00:[056][0-9x]([.,][0-9]{0,7})?(Z|\\+00:00|\\+01:00| UTC|-0130| \\+01|z|)?|\
             \\[?1[01]/Mar/2026:00:0[01]:[0-9]{2}(\\.[0-9]{3})? \\+0000\\]?|17731008[0-9]{2}(\\.[0-9]{3})?",
            1..12))
        {
            let mut minute = Minute::default();
            for stamp in stamps {
                prop_assert_eq!(minute.any(stamp.as_bytes()), stamp::any(stamp.as_bytes()), "{}", stamp);
            }
        }
    }
}
