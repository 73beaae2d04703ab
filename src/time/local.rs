//! Stamps that do not say where their clock hangs, and some not even in which year: a date and a time of day, no instant.

use super::Civil;
use super::stamp::{decimals, month, two};

/// A date and a time of day, and how many decimals of a second were written.
pub type Local = (Civil, u8);

/// `06/Feb/2009:12:14:14.655` of `HAProxy`, `29/Aug/2023 22:02:58` of Python; decimals are optional.
#[must_use]
pub fn clf(stamp: &[u8]) -> Option<Local> {
    let (day, rest) = digits(stamp)?;
    let [b'/', m0, m1, m2, b'/', y0, y1, y2, y3, b':' | b' ', clock @ ..] = rest else { return None };
    let date = (year(*y0, *y1, *y2, *y3)?, month(&[*m0, *m1, *m2])?, day);
    at(date, clock)
}

/// `2021/11/12 - 15:04:05` of gin, `2025/05/01 07:57:03`, `2019-01-01:06:54:30.000`.
#[must_use]
pub fn year_first(stamp: &[u8]) -> Option<Local> {
    let [y0, y1, y2, y3, b'/' | b'-', m0, m1, b'/' | b'-', d0, d1, rest @ ..] = stamp else { return None };
    let clock = rest.strip_prefix(b" - ").or_else(|| rest.get(1..))?;
    at((year(*y0, *y1, *y2, *y3)?, two(*m0, *m1)?, two(*d0, *d1)?), clock)
}

/// `Sun Mar 13 22:49:12 2016`, as C writes it (ISO C `asctime`).
#[must_use]
pub fn ctime(stamp: &[u8]) -> Option<Local> {
    let [_, _, _, b' ', rest @ .., b' ', y0, y1, y2, y3] = stamp else { return None };
    let (civil, digits) = syslog(rest)?;
    Some((Civil { year: year(*y0, *y1, *y2, *y3)?, ..civil }, digits))
}

/// `Jan  3 09:47:02`, without a year (RFC 3164 §4.1.2): the year is 0.
#[must_use]
pub fn syslog(stamp: &[u8]) -> Option<Local> {
    let [m0, m1, m2, b' ', d0, d1, b' ', clock @ ..] = stamp else { return None };
    let day = if *d0 == b' ' { two(b'0', *d1)? } else { two(*d0, *d1)? };
    at((0, month(&[*m0, *m1, *m2])?, day), clock)
}

/// `15:04:05`, with or without decimals, on a date.
#[must_use]
pub fn at((year, month, day): (i32, u8, u8), clock: &[u8]) -> Option<Local> {
    let [h0, h1, b':', n0, n1, b':', s0, s1, rest @ ..] = clock else { return None };
    let (micro, digits, taken) = match rest {
        [b'.' | b',', rest @ ..] => {
            let (micro, digits, taken) = decimals(rest);
            (micro, digits, taken + 1)
        }
        _ => (0, 0, 0),
    };
    let (hour, minute, second) = (two(*h0, *h1)?, two(*n0, *n1)?, two(*s0, *s1)?);
    (taken == rest.len()).then_some((Civil { year, month, day, hour, minute, second, micro }, digits))
}

/// One or two digits at the start of `text`, and what stands behind them.
fn digits(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [tens, ones, rest @ ..] if ones.is_ascii_digit() => Some((two(*tens, *ones)?, rest)),
        [ones, rest @ ..] => Some((two(b'0', *ones)?, rest)),
        [] => None,
    }
}

/// A year of four digits.
fn year(a: u8, b: u8, c: u8, d: u8) -> Option<i32> {
    Some(i32::from(two(a, b)?) * 100 + i32::from(two(c, d)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_local_stamp_is_read() {
        let shown = |read: Option<Local>| {
            let time = read.and_then(|(civil, digits)| Some((civil.time()?, digits)));
            time.map_or("none".to_owned(), |(time, digits)| time.rfc3339(digits))
        };
        assert_eq!(shown(clf(b"06/Feb/2009:12:14:14.655")), "2009-02-06T12:14:14.655Z");
        assert_eq!(shown(clf(b"9/Aug/2004:20:26:09")), "2004-08-09T20:26:09Z");
        assert_eq!(shown(clf(b"29/Aug/2023 22:02:58")), "2023-08-29T22:02:58Z");
        assert_eq!(shown(clf(b"29/Aug/2023 22:02:58 +0200")), "none");
        assert_eq!(shown(year_first(b"2021/11/12 - 15:04:05")), "2021-11-12T15:04:05Z");
        assert_eq!(shown(year_first(b"2019-01-01:06:54:30.000")), "2019-01-01T06:54:30.000Z");
        assert_eq!(shown(ctime(b"Tue Jan  3 05:01:31 2012")), "2012-01-03T05:01:31Z");
        assert_eq!(shown(syslog(b"Feb 29 05:01:31")), "0000-02-29T05:01:31Z");
        assert_eq!(shown(syslog(b"Feb 31 05:01:31")), "none");
        assert_eq!(shown(syslog(b"Feb  1 05:01")), "none");
    }
}
