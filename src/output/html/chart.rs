//! Bars over time, as SVG that needs neither script nor style of its own.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::incident::Activity;
use crate::incident::Incident;
use crate::output::html::marks::{clock, percent_of};
use crate::output::html::table::{column, table};
use crate::output::words::{count, duration, number, stamp};
use crate::time::{DAY, SECOND, Time};

/// The height of an incident's chart in pixels.
const TALL: u64 = 72;
/// The most steps that are drawn; our own activities have at most sixty or so.
const STEPS: usize = 200;

/// An incident's requests over time, with a table of the same numbers.
pub(super) fn figure(incident: &Incident, nth: usize) -> Markup {
    let activity = &incident.activity;
    if activity.requests.len() < 2 {
        return html! {};
    }
    let steps = activity.requests.get(..STEPS).unwrap_or(&activity.requests);
    let step = duration(i64::from(activity.step_s) * SECOND);
    let (busiest, most) = peak(steps);
    let words = format!(
        "{} in steps of {step}; the most, {}, from {}",
        count(incident.requests, "request"),
        number(most),
        stamp(begin(activity, busiest))
    );
    let id = format!("chart-{nth}");
    html! {
        figure.chart {
            svg role="img" aria-labelledby=(id) width="100%" height=(TALL + 16) {
                title id=(id) { (words) }
                line.grid x1="0" x2="100%" y1="15.5" y2="15.5" {}
                text.peak x="0" y="10" { (number(most)) }
                (bars(activity, steps, most))
                line.base x1="0" x2="100%" y1=(TALL + 15) y2=(TALL + 15) {}
            }
            (scale(activity, steps.len()))
            figcaption { (words) " (UTC)" }
            (numbers(activity, steps))
        }
    }
}

/// The first of the busiest steps, and its requests.
fn peak(steps: &[u64]) -> (usize, u64) {
    steps.iter().enumerate().fold((0, 0), |most, (nth, &step)| if step > most.1 { (nth, step) } else { most })
}

/// When the `nth` step begins.
fn begin(activity: &Activity, nth: usize) -> Time {
    let seconds = i64::from(activity.step_s).saturating_mul(i64::try_from(nth).unwrap_or(i64::MAX));
    Time(activity.start.0.0.saturating_add(seconds.saturating_mul(SECOND)))
}

fn bars(activity: &Activity, steps: &[u64], most: u64) -> Markup {
    let all = steps.len() as u64;
    html! {
        g.bars {
            @for (nth, &requests) in steps.iter().enumerate().filter(|&(_, &requests)| requests > 0) {
                @let tall = scaled(requests, most, TALL);
                rect x=(percent_of(nth as u64 * 10_000 / all)) y=(15 + TALL - tall)
                    width=(percent_of(8_600 / all)) height=(tall) {
                    title { (clock(begin(activity, nth))) ": " (number(requests)) }
                }
            }
        }
    }
}

/// When the first step begins, and when the last one ends.
fn scale(activity: &Activity, steps: usize) -> Markup {
    let (from, to) = (begin(activity, 0), begin(activity, steps));
    let is_one_day = from.0.div_euclid(DAY) == to.0.div_euclid(DAY);
    html! {
        p.scale aria-hidden="true" {
            span { (clock(from)) }
            span { @if is_one_day { (clock(to)) } @else { (stamp(to)) } }
        }
    }
}

/// The numbers behind the bars.
fn numbers(activity: &Activity, steps: &[u64]) -> Markup {
    let rows = html! {
        @for (nth, &requests) in steps.iter().enumerate().filter(|&(_, &requests)| requests > 0) {
            tr { td { (stamp(begin(activity, nth))) } td.n { (number(requests)) } }
        }
    };
    html! {
        details {
            summary { "Numbers" }
            (table("numbers", "Requests by step", &[column("", "From"), column("n", "Requests")], &rows))
        }
    }
}

/// `value` of `most` as a height of at most `tall`, at least 1.
fn scaled(value: u64, most: u64, tall: u64) -> u64 {
    let height = u128::from(value) * u128::from(tall) / u128::from(most.max(1));
    u64::try_from(height).unwrap_or(tall).max(1)
}

/// The outline of `columns` in a box of ten units a column and `tall` high.
pub(super) fn outline(columns: &[u64], tall: u64) -> String {
    let most = columns.iter().copied().max().unwrap_or(0);
    let mut path = String::new();
    for (nth, &column) in columns.iter().enumerate().filter(|&(_, &column)| column > 0) {
        let high = scaled(column, most, tall);
        let _ = write!(path, "M{} {tall}v-{high}h10v{high}z", nth * 10);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_happened_is_seen() {
        assert_eq!(outline(&[0, 1, 1_000_000], 24), "M10 24v-1h10v1zM20 24v-24h10v24z");
        assert_eq!(outline(&[0, 0], 24), "");
        assert_eq!(scaled(u64::MAX, u64::MAX, TALL), TALL);
    }

    #[test]
    fn the_first_of_equal_peaks_is_told() {
        assert_eq!(peak(&[1, 7, 7, 0]), (1, 7));
        assert_eq!(peak(&[]), (0, 0));
    }
}
