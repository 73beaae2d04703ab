//! Stamps that are no instant by themselves: without a zone, without a year, or with digits that somebody has masked.

use crate::format::Clock;
use crate::time::local::{self, Local};
use crate::time::{Civil, Time, stamp};

/// `06/Feb/2009:12:14:14.655` of `HAProxy`, `2021/10/04 03:36:00` of F5, `Jan 29 08:27:09` of Tyk and their kin.
pub(super) fn local(value: &[u8]) -> Option<Local> {
    local::clf(value)
        .or_else(|| local::year_first(value))
        .or_else(|| local::syslog(value))
        .or_else(|| local::ctime(value))
}

/// The instant of such a stamp; one without a year has the year 0.
pub(super) fn instant(civil: Civil, clock: &Clock) -> Option<Time> {
    if civil.year == 0 { clock.time_of_some_year(civil) } else { clock.time(civil) }
}

/// `2026-03-10T17:xx:xx.xx`, as logs look that were made safe to show: the earliest instant that it can be.
pub(super) fn masked(value: &[u8]) -> Option<(Time, u8)> {
    let mut plain = [0; 32];
    let place = plain.get_mut(..value.len())?;
    let first = memchr::memchr(b'x', value).filter(|&at| at > "2026-03-10".len())?;
    place.copy_from_slice(value);
    for byte in place.iter_mut().skip(first).filter(|byte| **byte == b'x') {
        *byte = b'0';
    }
    stamp::iso8601(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_clock_of_a_stamp_may_be_masked() {
        let read = |stamp: &str| masked(stamp.as_bytes()).map(|(time, digits)| time.rfc3339(digits));
        assert_eq!(read("2026-03-10T17:xx:xx.xx").as_deref(), Some("2026-03-10T17:00:00.00Z"));
        assert_eq!(read("2026-xx-10T17:xx:xx"), None);
        assert_eq!(read("2026-03-10T17:00:00Z"), None);
        assert_eq!(read(&"x".repeat(99)), None);
    }

    #[test]
    fn a_stamp_without_a_zone_is_read_by_the_clock_of_its_source() {
        let berlin = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
        let clock = Clock { zone: berlin, written: Some(Time::from_seconds(1_773_187_200)) };
        for stamp in ["10/Mar/2026:18:00:03.120", "2026/03/10 18:00:03", "Mar 10 18:00:03"] {
            let (civil, _) = local(stamp.as_bytes()).unwrap();
            let read = instant(civil, &clock).unwrap().rfc3339(0);
            assert_eq!(read, "2026-03-10T17:00:03Z", "{stamp}");
        }
    }
}
