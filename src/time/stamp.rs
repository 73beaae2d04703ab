//! The stamps that logs write, read without allocation: CLF, ISO 8601, and epochs in whatever unit.

use super::{Civil, MINUTE, MONTHS, SECOND, Time};

/// How long a CLF stamp is: `10/Oct/2000:13:55:36 -0700`.
pub const CLF_LENGTH: usize = 26;

/// A CLF stamp, `10/Oct/2000:13:55:36 -0700`.
#[must_use]
pub fn clf(stamp: &[u8; CLF_LENGTH]) -> Option<Time> {
    let shape = stamp[2] == b'/'
        && stamp[6] == b'/'
        && stamp[11] == b':'
        && stamp[14] == b':'
        && stamp[17] == b':'
        && stamp[20] == b' ';
    if !shape {
        return None;
    }
    let local = Civil {
        year: i32::from(two(stamp[7], stamp[8])?) * 100 + i32::from(two(stamp[9], stamp[10])?),
        month: month(&stamp[3..6])?,
        day: two(stamp[0], stamp[1])?,
        hour: two(stamp[12], stamp[13])?,
        minute: two(stamp[15], stamp[16])?,
        second: two(stamp[18], stamp[19])?,
        micro: 0,
    };
    Some(Time(local.time()?.0 - zone(&stamp[21..])?))
}

/// A CLF stamp that may carry decimals behind its seconds, `10/Oct/2000:13:55:36.123 -0700`, or an ISO 8601 stamp;
/// with the number of decimals.
#[must_use]
pub fn bracketed(stamp: &[u8]) -> Option<(Time, u8)> {
    if let Some(time) = stamp.try_into().ok().and_then(clf) {
        return Some((time, 0));
    }
    if stamp.get(20) == Some(&b'.') {
        let (micro, digits, taken) = decimals(&stamp[21..]);
        let mut plain = [0; CLF_LENGTH];
        plain[..20].copy_from_slice(&stamp[..20]);
        plain[20..].copy_from_slice(stamp.get(21 + taken..).filter(|zone| zone.len() == 6)?);
        return Some((Time(clf(&plain)?.0 + i64::from(micro)), digits));
    }
    iso8601(stamp)
}

/// `2026-03-10T17:00:03.120Z` and its kin: a blank for the `T`, any number of decimals, `Z`, `±hh`, `±hhmm` or `±hh:mm`.
/// Without a zone it is UTC. Decimals beyond the sixth are cut. F5 writes a colon for the `T`; then the zone must be there.
#[must_use]
pub fn iso8601(stamp: &[u8]) -> Option<(Time, u8)> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, mark @ (b'T' | b't' | b' ' | b':'), clock @ ..] = stamp
    else {
        return None;
    };
    let [h0, h1, b':', n0, n1, b':', s0, s1, rest @ ..] = clock else { return None };
    let (micro, digits, taken) = match rest {
        [b'.' | b',', rest @ ..] => {
            let (micro, digits, taken) = decimals(rest);
            (micro, digits, taken + 1)
        }
        _ => (0, 0, 0),
    };
    let local = Civil {
        year: i32::from(two(*y0, *y1)?) * 100 + i32::from(two(*y2, *y3)?),
        month: two(*m0, *m1)?,
        day: two(*d0, *d1)?,
        hour: two(*h0, *h1)?,
        minute: two(*n0, *n1)?,
        second: two(*s0, *s1)?,
        micro,
    };
    let east = match &rest[taken..] {
        b"" if *mark == b':' => return None,
        b"" | b"Z" | b"z" | b" UTC" | b" GMT" => 0,
        [b' ', east @ ..] | east => zone(east)?,
    };
    Some((Time(local.time()?.0 - east), digits))
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by magnitude; decimals and an exponent may follow.
#[must_use]
pub fn epoch(text: &[u8]) -> Option<(Time, u8)> {
    let number = Decimal::read(text)?;
    let whole = number.scaled(0)?;
    let (power, digits) = match whole {
        0..100_000_000_000 => (6, u8::try_from(number.decimals().min(6)).unwrap_or(6)),
        100_000_000_000..100_000_000_000_000 => (3, 3),
        100_000_000_000_000..100_000_000_000_000_000 => (0, 6),
        _ => (-3, 6),
    };
    Some((Time(i64::try_from(number.scaled(power)?).ok()?), digits))
}

/// Any of the above, in or out of brackets.
#[must_use]
pub fn any(stamp: &[u8]) -> Option<(Time, u8)> {
    let stamp = stamp.strip_prefix(b"[").and_then(|s| s.strip_suffix(b"]")).unwrap_or(stamp);
    bracketed(stamp).or_else(|| epoch(stamp))
}

/// Remembers the minute of the last CLF stamp: most lines of a log differ in their seconds alone.
#[derive(Debug, Default)]
pub struct Minute {
    /// `10/Oct/2000:13:55:` and ` -0700`, and when that minute began.
    known: Option<([u8; 18], [u8; 6], i64)>,
}

impl Minute {
    /// The same as [`clf`], mostly without reading more than two digits.
    pub fn clf(&mut self, stamp: &[u8; CLF_LENGTH]) -> Option<Time> {
        if let Some((minute, zone, start)) = &self.known
            && stamp[..18] == *minute
            && stamp[20..] == *zone
        {
            let second = two(stamp[18], stamp[19])?;
            return (second <= 60).then_some(Time(start + i64::from(second) * SECOND));
        }
        let time = clf(stamp)?;
        let (minute, zone) = (stamp[..18].try_into().ok()?, stamp[20..].try_into().ok()?);
        self.known = Some((minute, zone, time.0 - i64::from(two(stamp[18], stamp[19])?) * SECOND));
        Some(time)
    }
}

/// A decimal number as text has it, without going through floating point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    mantissa: u128,
    exponent: i32,
}

impl Decimal {
    /// Reads `12`, `12.5` or `1.25e+09`; no sign. At most thirty digits.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        let (mut mantissa, mut exponent, mut point, mut digits) = (0_u128, 0_i32, false, 0);
        let mut bytes = text.iter();
        for &byte in bytes.by_ref() {
            match byte {
                b'0'..=b'9' if digits < 30 => {
                    mantissa = mantissa * 10 + u128::from(byte - b'0');
                    digits += 1;
                    exponent -= i32::from(point);
                }
                b'.' if !point => point = true,
                b'e' | b'E' if digits > 0 => {
                    let power = std::str::from_utf8(bytes.as_slice()).ok()?.parse::<i16>().ok()?;
                    return Some(Self { mantissa, exponent: exponent + i32::from(power) });
                }
                _ => return None,
            }
        }
        (digits > 0).then_some(Self { mantissa, exponent })
    }

    /// The number times ten to the `power`, rounded down.
    #[must_use]
    pub fn scaled(self, power: i32) -> Option<u64> {
        let exponent = self.exponent + power;
        let factor = 10_u128.checked_pow(exponent.unsigned_abs());
        let value = match (exponent >= 0, factor) {
            _ if self.mantissa == 0 => 0,
            (true, factor) => self.mantissa.checked_mul(factor?)?,
            (false, Some(factor)) => self.mantissa / factor,
            (false, None) => 0,
        };
        u64::try_from(value).ok()
    }

    /// How many decimals were written.
    #[must_use]
    pub fn decimals(self) -> u32 {
        if self.exponent < 0 { self.exponent.unsigned_abs() } else { 0 }
    }
}

/// Two digits as a number.
pub(super) fn two(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}

/// The number of an English month of three letters.
pub(super) fn month(name: &[u8]) -> Option<u8> {
    let at = MONTHS.iter().position(|month| month.as_bytes() == name)?;
    u8::try_from(at + 1).ok()
}

/// How many microseconds a zone lies east of UTC: `+0130`, `+01:30` or `+01`.
fn zone(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        [sign, h0, h1] => (sign, two(*h0, *h1)?, 0),
        [sign, h0, h1, m0, m1] | [sign, h0, h1, b':', m0, m1] => (sign, two(*h0, *h1)?, two(*m0, *m1)?),
        _ => return None,
    };
    let east = (i64::from(hours) * 60 + i64::from(minutes)) * MINUTE;
    match sign {
        b'+' => Some(east),
        b'-' => Some(-east),
        _ => None,
    }
}

/// Leading digits as decimals of a second: microseconds, how many digits count, how many bytes they took.
pub(super) fn decimals(text: &[u8]) -> (u32, u8, usize) {
    let taken = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let digits = taken.min(6);
    let micro = text[..digits].iter().fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    let missing = u32::try_from(6 - digits).unwrap_or(0);
    (micro * 10_u32.pow(missing), u8::try_from(digits).unwrap_or(6), taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(read: Option<(Time, u8)>) -> String {
        read.map_or("none".to_owned(), |(time, digits)| time.rfc3339(digits))
    }

    #[test]
    fn every_spelling_of_a_stamp_is_read() {
        for (stamp, time) in [
            ("10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36Z"),
            ("[10/Oct/2000:13:55:36 -0700]", "2000-10-10T20:55:36Z"),
            ("10/Oct/2000:13:55:36.125 +0130", "2000-10-10T12:25:36.125Z"),
            ("2026-03-10T17:00:03.120Z", "2026-03-10T17:00:03.120Z"),
            ("2021-11-12T16:59:45+0000", "2021-11-12T16:59:45Z"),
            ("2020-09-23T19:05:05-04:00", "2020-09-23T23:05:05Z"),
            ("2022-08-23T20:28:20.071809491Z", "2022-08-23T20:28:20.071809Z"),
            ("2018-12-20 02:59:40", "2018-12-20T02:59:40Z"),
            ("2019-01-01:06:54:30.000Z", "2019-01-01T06:54:30.000Z"),
            ("2019-01-01:06:54:30.000", "none"),
            ("1693840791.7564995", "2023-09-04T15:19:51.756499Z"),
            ("1.6938407917564995e+09", "2023-09-04T15:19:51.756499Z"),
            ("1703907485819", "2023-12-30T03:38:05.819Z"),
            ("1703907485819000", "2023-12-30T03:38:05.819000Z"),
            ("1703907485819000000", "2023-12-30T03:38:05.819000Z"),
            ("31/Feb/2000:13:55:36 -0700", "none"),
            ("10/oct/2000:13:55:36 -0700", "none"),
            ("10/Oct/2000:24:55:36 -0700", "none"),
            ("2026-13-10T17:00:03Z", "none"),
            ("", "none"),
            ("-", "none"),
        ] {
            assert_eq!(shown(any(stamp.as_bytes())), time, "{stamp}");
        }
    }

    #[test]
    fn the_remembered_minute_changes_nothing() {
        let mut minute = Minute::default();
        for stamp in [
            b"10/Oct/2000:13:55:36 -0700",
            b"10/Oct/2000:13:55:37 -0700",
            b"10/Oct/2000:13:55:37 +0700",
            b"10/Oct/2000:13:55:60 +0700",
            b"10/Oct/2000:13:55:61 +0700",
            b"10/Oct/2000:13:55:xx +0700",
            b"10/Oct/2000:13:56:00 +0700",
        ] {
            assert_eq!(minute.clf(stamp), clf(stamp), "{}", stamp.escape_ascii());
        }
    }
}
