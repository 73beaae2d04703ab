//! How a theft is told: the finding against one taker or a pool.

use super::elsewhere::are_emptied;
use super::peers::Peers;
use super::{ABOUT, Judge, Theft};
use crate::collect::{Bytes, VOLUME_TICK, Volume};
use crate::detect::confounder;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{Actor, World};
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Scale, Tenths};
use crate::request::Client;
use crate::series::Evidence;
use crate::time::HOUR;

impl Judge {
    /// The finding against one taker or a pool.
    pub(super) fn finding(&self, world: &World<'_>, thefts: &[Theft], peers: &Peers) -> Finding {
        let mut volume = Volume::default();
        let mut own = Bytes::default();
        for theft in thefts {
            volume.merge(theft.volume.clone());
            own.merge(theft.own);
        }
        let hours = u64::try_from(volume.span.micros() / HOUR).unwrap_or(0);
        let variant = match (thefts.len(), hours) {
            (2.., _) => "pool",
            (_, 6..) => "slow",
            _ => "burst",
        };
        let deviations = thefts.iter().map(|theft| theft.deviations).max().unwrap_or(0);
        let mut finding = Finding::new(ABOUT.id, variant, Kind::DataExfiltration);
        finding.outcome = Outcome::Exfiltrated;
        finding.scale = if thefts.len() > 1 { Scale::Large } else { Scale::Sustained };
        finding.test("volume", own.bytes / 100_000, self.least / 100_000, "MB");
        let needed = if deviations < self.deviations { self.deviations - 10 } else { self.deviations };
        let tenths = |value: i64| u64::try_from(value).unwrap_or(0);
        match thefts.iter().filter_map(|theft| theft.exported).max() {
            Some(times) => {
                finding.test("beyond other users", times * 10, super::exports::BEYOND * 10, "times");
            }
            None => finding.test("deviations", tenths(deviations), tenths(needed), "robust z"),
        }
        (finding.first, finding.last) = (volume.span.first, volume.span.last);
        finding.requests = own.requests;
        finding.bytes_out = own.bytes;
        finding.bytes_read = own.bytes;
        finding.activity = Over::of(VOLUME_TICK, &volume.activity, |taken| taken.requests).activity();
        finding.samples = story::choose(story::ends(&volume.samples.all()));
        let routes = &thefts[0].routes;
        finding.endpoints = routes
            .iter()
            .take(5)
            .flat_map(|&(taken, route, _)| story::endpoint(route, taken.requests))
            .collect();
        self.name_takers(world, thefts, &mut finding);
        finding.metrics.insert("bytes", own.bytes);
        finding.metrics.insert("bytes of a median taker", quantile(&peers.volumes, 50));
        finding.metrics.insert("takers", peers.takers);
        let top = permille(routes[0].0.bytes, thefts[0].own.bytes).min(1000);
        let sure = 65 + top / 50 + u64::from(deviations >= 80) * 10;
        finding.confidence = u8::try_from(sure.min(95)).unwrap_or(95);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.reason = reason(thefts, own, peers);
        if let [theft] = thefts {
            finding.confounders = confounder::of_volume(world, theft.taker, own, self.least, &theft.volume);
        }
        if !are_emptied(thefts) {
            finding.confounders.extend(confounder::of_takers(world, thefts[0].routes[0].1));
        }
        story::suppress(&mut finding);
        finding
    }

    /// Whom a finding is held against, and what to do about them.
    fn name_takers(&self, world: &World<'_>, thefts: &[Theft], finding: &mut Finding) {
        let place = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
        for theft in thefts {
            match theft.taker {
                Actor::Client(client) => {
                    finding.clients.push(Count { of: client, requests: theft.own.requests });
                    finding.joins.push(Join::Client(client));
                }
                Actor::Principal(principal) => {
                    let place = theft.volume.samples.first().map_or(place, |(_, place)| place);
                    let named = Named { hash: principal, place };
                    finding.users.push(Count { of: named, requests: theft.own.requests });
                    finding.users_total += 1;
                    finding.joins.push(Join::Principal(principal));
                    story::come_from(world, principal, finding);
                }
            }
        }
        let clients: Vec<Client> = finding.clients.iter().map(|count| count.of).collect();
        finding.joins.extend(story::common_principal(world, &clients).map(Join::Principal));
        finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        finding.recommendations = vec![
            format!(
                "Revoke the tokens and sessions of {} and keep the logs: this may have to be notified.",
                if thefts.len() == 1 { "this source" } else { "these sources" }
            ),
            "List what was taken: the endpoints and pages above.".to_owned(),
            format!(
                "Cap page sizes and exports per principal and day (this took more than {}).",
                story::bytes(self.least)
            ),
        ];
    }
}

/// What happened, in one sentence with numbers.
fn reason(thefts: &[Theft], own: Bytes, peers: &Peers) -> String {
    let who = match thefts {
        [Theft { taker: Actor::Client(_), .. }] => "One address".to_owned(),
        [_] => "One user".to_owned(),
        many => format!("{} addresses that take turns", many.len()),
    };
    let pages = thefts.iter().filter_map(|theft| theft.routes[0].2);
    let pages =
        pages.reduce(|(a, b), (c, d)| (a.min(c), b.max(d))).filter(|(least, most)| most - least >= 20);
    let pages = pages.map_or(String::new(), |(least, most)| format!(", pages {least} to {most}"));
    let elsewhere = if are_emptied(thefts) {
        ", most of it from an address where nobody else is, while it works elsewhere"
    } else {
        ""
    };
    format!(
        "{who} took {} in {} requests{pages}{elsewhere}; a median one of {} takes {}",
        story::bytes(own.bytes),
        story::count(own.requests),
        story::count(peers.takers),
        story::bytes(quantile(&peers.volumes, 50)),
    )
}
