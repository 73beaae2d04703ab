//! Numbers, sizes, times and counts as people read them.

use crate::incident::{Incident, Kind, Outcome};
pub(crate) use crate::text::{count, number};
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// A size in decimal units with three digits: `512 bytes`, `65.6 MB`.
pub(super) fn bytes(value: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if value < 1_000 {
        return count(value, "byte");
    }
    let mut unit = 0;
    let mut one = 1_000;
    while unit + 1 < UNITS.len() && value / one >= 1_000 {
        one *= 1_000;
        unit += 1;
    }
    let tenths = u128::from(value) * 10 / u128::from(one);
    match tenths {
        1_000.. => format!("{} {}", tenths / 10, UNITS[unit]),
        _ => format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]),
    }
}

/// A length of time in its two largest units, rounded down: `2 h 34 min`.
pub(super) fn duration(micros: i64) -> String {
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")];
    let Some(first) = units.iter().position(|&(unit, _)| micros >= unit) else {
        return "under 1 s".into();
    };
    let (large, name) = units[first];
    match units.get(first + 1) {
        Some(&(small, small_name)) if micros % large >= small => {
            format!("{} {name} {} {small_name}", micros / large, micros % large / small)
        }
        _ => format!("{} {name}", micros / large),
    }
}

/// From when to when in UTC and for how long; the date stands once if it is one.
pub(crate) fn span(first: Time, last: Time) -> String {
    let (from, to) = (stamp(first), stamp(last));
    if from == to {
        return format!("{from} UTC");
    }
    let to = if from[..10] == to[..10] { &to[11..] } else { &to[..] };
    format!("{from} – {to} UTC, {}", duration(last.0.saturating_sub(first.0)))
}

/// `2026-03-10 17:00:03`.
pub(super) fn stamp(time: Time) -> String {
    time.rfc3339(0).trim_end_matches('Z').replace('T', " ")
}

/// `part` of `whole` in percent with one decimal; nothing is called 0 or 100 that is not.
pub(super) fn percent(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1_000 / u128::from(whole.max(1));
    match tenths {
        0 if part > 0 => "under 0.1 %".into(),
        1_000.. => "100 %".into(),
        _ => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}

/// How far an incident got, where nothing can be counted.
pub(super) fn outcome(incident: &Incident) -> &'static str {
    match (incident.outcome, incident.kind) {
        (Outcome::Blocked, _) => "every try was blocked",
        (Outcome::Attempted, _) => "tried; the log does not show that it worked",
        (Outcome::Probed, Kind::AccountEnumeration) => "it learned which accounts exist",
        (Outcome::Probed, Kind::ObjectEnumeration) => "it learned which objects exist",
        (Outcome::Probed, Kind::PathEnumeration | Kind::VulnerabilityScan) => "it learned which paths exist",
        (Outcome::Probed, _) => "it learned something from the answers",
        (Outcome::Succeeded, _) => "it worked",
        (Outcome::Exfiltrated, _) => "data left",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal() {
        let cases = [
            (1, "1 byte"),
            (999, "999 bytes"),
            (1_000, "1.0 kB"),
            (65_602_300, "65.6 MB"),
            (348_211, "348 kB"),
            (999_999, "999 kB"),
            (u64::MAX, "18.4 EB"),
        ];
        for (value, wanted) in cases {
            assert_eq!(bytes(value), wanted);
        }
    }

    #[test]
    fn lengths_of_time_have_two_units_at_most() {
        let cases = [
            (999_999, "under 1 s"),
            (42 * SECOND, "42 s"),
            (10 * MINUTE, "10 min"),
            (2 * HOUR + 34 * MINUTE + 52 * SECOND, "2 h 34 min"),
            (3 * DAY + 59 * MINUTE, "3 d"),
        ];
        for (micros, wanted) in cases {
            assert_eq!(duration(micros), wanted);
        }
    }

    #[test]
    fn the_date_stands_once() {
        let first = Time(1_773_162_003_120_000);
        let cases = [
            (first, "2026-03-10 17:00:03 UTC"),
            (Time(first.0 + 9_292 * SECOND), "2026-03-10 17:00:03 – 19:34:55 UTC, 2 h 34 min"),
            (Time(first.0 + DAY), "2026-03-10 17:00:03 – 2026-03-11 17:00:03 UTC, 1 d"),
        ];
        for (last, wanted) in cases {
            assert_eq!(span(first, last), wanted);
        }
    }

    #[test]
    fn a_share_is_never_rounded_to_nothing() {
        assert_eq!(percent(10, 349_582), "under 0.1 %");
        assert_eq!(percent(349_581, 349_582), "99.9 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(5, 5), "100 %");
    }
}
