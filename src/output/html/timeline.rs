//! The whole log on one axis: the requests of all incidents together, and a lane for each of the worst.

use maud::{Markup, html};

use crate::incident::Incident;
use crate::output::html::Told;
use crate::output::html::axis::{Axis, COLUMNS};
use crate::output::html::chart::outline;
use crate::output::html::marks::{anchor, kind, percent_of};
use crate::output::words::{count, number, span};

/// The most lanes.
const LANES: usize = 24;
/// The height of a lane's bars.
const TALL: u64 = 24;

pub(super) fn section(told: &Told) -> Markup {
    let (Some(axis), false) = (&told.axis, told.full.is_empty()) else { return html! {} };
    let beyond = told.ranked_total.saturating_sub(LANES.min(told.full.len()) as u64);
    html! {
        section #time-line aria-labelledby="time-line-title" {
            h2 #time-line-title { "Time line" }
            p.note {
                "When the incidents' requests were made, over the whole log (UTC). Each lane is drawn to the scale of its own peak."
            }
            div.lanes {
                (scale(axis))
                div.lane.together {
                    p.of { "All " (count(told.ranked_total, "incident")) }
                    (strip(axis, &told.together, None))
                }
                ol {
                    @for incident in told.full.iter().take(LANES) { (lane(axis, incident)) }
                }
            }
            @if beyond > 0 {
                p.beyond { (number(beyond)) " more incidents of lower rank have no lane of their own." }
            }
        }
    }
}

/// The names of round instants.
fn scale(axis: &Axis) -> Markup {
    html! {
        div.lane.scale {
            p.of {}
            svg aria-hidden="true" width="100%" height="16" {
                @for (nth, (place, name)) in axis.names().iter().enumerate() {
                    @let (at, anchor) = match *place {
                        0..=300 => (*place, "start"),
                        9_700.. => (*place, "end"),
                        _ => (*place, "middle"),
                    };
                    text.odd[nth % 2 == 1] x=(percent_of(at)) y="12" text-anchor=(anchor) { (name) }
                }
            }
        }
    }
}

fn lane(axis: &Axis, incident: &Incident) -> Markup {
    let mut columns = vec![0; COLUMNS];
    axis.pour(&incident.activity, &mut columns);
    let when = span(incident.first_seen.0, incident.last_seen.0);
    html! {
        li.lane.(incident.severity.name()) {
            p.of {
                a href={ "#" (anchor(incident)) } { span.rank { (incident.rank) } " " (kind(incident.kind)) }
                span.unseen { ", " (incident.severity.name()) ", " (when) ", " (count(incident.requests, "request")) }
            }
            (strip(axis, &columns, Some(incident)))
        }
    }
}

/// Bars on the axis, over lines at its named instants; a line below runs from an incident's first request to its last.
fn strip(axis: &Axis, columns: &[u64], incident: Option<&Incident>) -> Markup {
    let width = COLUMNS as u64 * 10;
    let at = |place: u64| place * width / 10_000;
    let grid: Vec<String> =
        axis.names().iter().map(|(place, _)| format!("M{} 0v{}", at(*place), TALL + 4)).collect();
    let run = incident.map(|incident| {
        let from = at(axis.place(incident.first_seen.0));
        format!("M{from} {}H{}", TALL + 2, at(axis.place(incident.last_seen.0)).max(from + 10))
    });
    html! {
        svg.strip aria-hidden="true" viewBox={ "0 0 " (width) " " (TALL + 4) } preserveAspectRatio="none" {
            path.grid d=(grid.concat()) {}
            @if let Some(run) = run { path.run d=(run) {} }
            path.bars d=(outline(columns, TALL)) {}
        }
    }
}
