//! The time axis of the whole log: where an instant stands on it, round instants to name, and requests by column.

use crate::incident::Activity;
use crate::run::Run;
use crate::time::{DAY, HOUR, MINUTE, SECOND, Time};

/// The columns into which the log's time is cut.
pub(super) const COLUMNS: usize = 240;
/// Requests are counted in thousandths, since a step may lie in several columns.
const PARTS: i128 = 1_000;
/// The most steps of an activity that are read; our own have at most sixty or so.
const STEPS: usize = 1_000;
/// The most instants that are named.
const NAMED: i64 = 7;

/// From the first to the last request of the log.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    first: i64,
    /// Microseconds, at least a second.
    length: i64,
}

impl Axis {
    /// The axis of a run, unless its log gave no time.
    pub(super) fn of(run: &Run) -> Option<Self> {
        let (first, last) = (run.first_time?.0.0, run.last_time?.0.0);
        Some(Self { first, length: last.saturating_sub(first).clamp(SECOND, i64::MAX / 2) })
    }

    /// Where `time` stands, in ten-thousandths of the whole.
    pub(super) fn place(&self, time: Time) -> u64 {
        let since = i128::from(time.0) - i128::from(self.first);
        let place = (since * 10_000 / i128::from(self.length)).clamp(0, 10_000);
        u64::try_from(place).unwrap_or(0)
    }

    /// The column that holds `micros`.
    fn column(&self, micros: i128) -> usize {
        let since = (micros - i128::from(self.first)).max(0);
        let column = since * COLUMNS as i128 / i128::from(self.length);
        usize::try_from(column).unwrap_or(COLUMNS).min(COLUMNS - 1)
    }

    /// Adds the requests of `activity` to `columns`, in thousandths: each column gets the part of a step that lies in it.
    pub(super) fn pour(&self, activity: &Activity, columns: &mut [u64]) {
        let step = i128::from(activity.step_s.max(1)) * i128::from(SECOND);
        let mut from = i128::from(activity.start.0.0);
        for &requests in activity.requests.iter().take(STEPS) {
            let (first, last) = (self.column(from), self.column(from + step - 1));
            for (nth, column) in columns.iter_mut().enumerate().take(last + 1).skip(first) {
                // What lies outside the log counts for its ends.
                let begin = if nth == first { from } else { self.edge(nth) };
                let end = if nth == last { from + step } else { self.edge(nth + 1) };
                let part = i128::from(requests) * PARTS * (end - begin).max(0) / step;
                *column = column.saturating_add(u64::try_from(part).unwrap_or(u64::MAX));
            }
            from += step;
        }
    }

    /// Where the `nth` column begins, in microseconds.
    fn edge(&self, nth: usize) -> i128 {
        i128::from(self.first) + i128::from(self.length) * nth as i128 / COLUMNS as i128
    }

    /// Round instants on the axis: where each stands, and its name.
    pub(super) fn names(&self) -> Vec<(u64, String)> {
        const ROUND: [i64; 18] = [
            SECOND,
            5 * SECOND,
            15 * SECOND,
            MINUTE,
            5 * MINUTE,
            10 * MINUTE,
            30 * MINUTE,
            HOUR,
            2 * HOUR,
            4 * HOUR,
            6 * HOUR,
            12 * HOUR,
            DAY,
            2 * DAY,
            7 * DAY,
            14 * DAY,
            30 * DAY,
            90 * DAY,
        ];
        let step = ROUND.into_iter().find(|step| self.length / step <= NAMED);
        let step = step.unwrap_or_else(|| self.length / NAMED / DAY * DAY + DAY);
        let last = self.first.saturating_add(self.length);
        let mut at = self.first.div_euclid(step) * step;
        let mut names = Vec::new();
        while at <= last {
            if at >= self.first {
                names.push((self.place(Time(at)), name(Time(at), step)));
            }
            at = at.saturating_add(step);
        }
        names
    }
}

/// `18:30`, `18:30:05` where seconds matter, and the day at midnight.
fn name(time: Time, step: i64) -> String {
    let stamp = time.rfc3339(0);
    let part = match step {
        _ if time.0.rem_euclid(DAY) == 0 => 5..10,
        _ if step < MINUTE => 11..19,
        _ => 11..16,
    };
    stamp.get(part).unwrap_or(&stamp).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::Stamp;

    /// 2026-03-10, midnight.
    const MIDNIGHT: i64 = 1_773_100_800 * SECOND;

    fn axis(from: i64, length: i64) -> Axis {
        Axis { first: MIDNIGHT + from, length }
    }

    #[test]
    fn few_round_instants_are_named_whatever_the_length() {
        let names = |from, length| -> Vec<String> {
            axis(from, length).names().into_iter().map(|(_, name)| name).collect()
        };
        assert_eq!(names(0, DAY), ["03-10", "04:00", "08:00", "12:00", "16:00", "20:00", "03-11"]);
        assert_eq!(names(7 * HOUR + MINUTE, HOUR), ["07:10", "07:20", "07:30", "07:40", "07:50", "08:00"]);
        assert_eq!(names(HOUR, 3 * SECOND), ["01:00:00", "01:00:01", "01:00:02", "01:00:03"]);
        for length in [SECOND, 59 * MINUTE, 40 * DAY, 4_000 * DAY, i64::MAX / 2] {
            assert!((1..=9).contains(&names(3, length).len()), "{length}");
        }
    }

    #[test]
    fn requests_stay_the_same_number_when_they_are_spread() {
        let mut columns = vec![0; COLUMNS];
        let start = Stamp(Time(MIDNIGHT + 12 * HOUR));
        axis(0, DAY).pour(&Activity { start, step_s: 3_600, requests: vec![10, 30] }, &mut columns);
        assert_eq!(columns.iter().sum::<u64>(), 40_000);
        assert_eq!(columns[119..141].iter().filter(|&&column| column > 0).count(), 20);
        assert_eq!((columns[120], columns[130]), (1_000, 3_000));
    }

    #[test]
    fn what_lies_outside_the_log_stands_at_its_ends() {
        let axis = axis(0, DAY);
        assert_eq!((axis.place(Time(i64::MIN)), axis.place(Time(i64::MAX))), (0, 10_000));
        let mut columns = vec![0; COLUMNS];
        let start = Stamp(Time(MIDNIGHT - HOUR + 5));
        axis.pour(&Activity { start, step_s: 3_600 + 400, requests: vec![10] }, &mut columns);
        assert!(columns[0] > columns[1] && columns[1] > 0 && columns[2] == 0);
        let start = Stamp(Time(i64::MAX));
        axis.pour(&Activity { start, step_s: u32::MAX, requests: vec![u64::MAX, 1] }, &mut columns);
        assert_eq!(columns[COLUMNS - 1], u64::MAX);
    }
}
