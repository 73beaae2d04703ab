//! Which incident went where: routes against incidents, the requests as circles.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::incident::Incident;
use crate::output::html::Told;
use crate::output::html::marks::{anchor, name};
use crate::output::html::table::{column, scrolling};
use crate::output::words::{count, number};

/// The most incidents, which are columns.
const COLUMNS: usize = 16;
/// The most routes, which are rows.
const ROWS: usize = 24;

/// A method and a template.
type Route = (String, String);

/// Whether there is anything to map.
pub(super) fn has_any(told: &Told) -> bool {
    told.full.iter().any(|incident| !incident.entities.endpoints.is_empty())
}

pub(super) fn section(told: &Told) -> Markup {
    if !has_any(told) {
        return html! {};
    }
    let mut by: BTreeMap<Route, BTreeMap<usize, u64>> = BTreeMap::new();
    for (nth, incident) in told.full.iter().enumerate() {
        for endpoint in &incident.entities.endpoints {
            let route = (name(&*endpoint.method), name(&endpoint.template.0));
            let requests = by.entry(route).or_default().entry(nth).or_default();
            *requests = requests.saturating_add(endpoint.requests);
        }
    }
    let mut rows: Vec<(Route, BTreeMap<usize, u64>)> = by.into_iter().collect();
    // Those that the worst incidents went to stand first.
    rows.sort_by_key(|(_, cells)| {
        (cells.keys().next().copied(), std::cmp::Reverse(cells.values().copied().max()))
    });
    let goers =
        || told.full.iter().enumerate().filter(|(_, incident)| !incident.entities.endpoints.is_empty());
    let columns: Vec<(usize, &Incident)> = goers().take(COLUMNS).collect();
    let left_out = (rows.len().saturating_sub(ROWS) as u64, (goers().count() - columns.len()) as u64);
    rows.truncate(ROWS);
    html! {
        section #endpoints aria-labelledby="endpoints-title" {
            h2 #endpoints-title { "Endpoints" }
            p.note { "Which incident went to which route; the area of a circle grows with the requests." }
            (scrolling("Endpoints and incidents", &table(&rows, &columns)))
            @if left_out != (0, 0) {
                p.beyond {
                    "Left out: " (count(left_out.0, "route")) " and " (count(left_out.1, "incident")) "."
                }
            }
        }
    }
}

fn table(rows: &[(Route, BTreeMap<usize, u64>)], columns: &[(usize, &Incident)]) -> Markup {
    let most = rows.iter().flat_map(|(_, cells)| cells.values()).copied().max().unwrap_or(1);
    html! {
        table.map {
            caption.unseen { "Requests of each incident to each route" }
            thead {
                tr {
                    (column("", "Route"))
                    @for (_, incident) in columns {
                        th.(incident.severity.name()) scope="col" {
                            a.rank href={ "#" (anchor(incident)) } title=(name(&incident.title)) {
                                span.unseen { "Incident " } (incident.rank)
                            }
                        }
                    }
                    (column("n", "Requests"))
                }
            }
            tbody {
                @for ((method, template), cells) in rows {
                    tr {
                        th scope="row" { code { b { (method) } " " (template) } }
                        @for (nth, incident) in columns {
                            td.(incident.severity.name()) {
                                @if let Some(&requests) = cells.get(nth) { (circle(requests, most)) }
                            }
                        }
                        td.n { (number(cells.values().fold(0, |sum: u64, one| sum.saturating_add(*one)))) }
                    }
                }
            }
        }
    }
}

/// A circle whose area is that of `requests` beside `most`.
fn circle(requests: u64, most: u64) -> Markup {
    let words = count(requests, "request");
    let radius = radius(requests, most);
    html! {
        svg role="img" aria-label=(words) width="24" height="24" viewBox="0 0 240 240" {
            title { (words) }
            circle cx="120" cy="120" r=(radius) {}
        }
    }
}

/// From 24 to 110, as the square root of the share.
fn radius(requests: u64, most: u64) -> u64 {
    let share = u128::from(requests) * 10_000 / u128::from(most.max(1));
    let root = u64::try_from(share.isqrt()).unwrap_or(100).min(100);
    24 + root * 86 / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_requests_has_half_the_growth() {
        assert_eq!((radius(0, 400), radius(100, 400), radius(400, 400)), (24, 67, 110));
        assert_eq!(radius(u64::MAX, u64::MAX), 110);
    }
}
