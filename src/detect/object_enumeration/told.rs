//! How a walk is told: the finding against one walker, or against those that take turns.

use super::peers::Readers;
use super::{ABOUT, Judge, Walk, Way};
use crate::collect::{IdSet, OBJECT_TICK};
use crate::detect::confounder;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{Actor, World};
use crate::incident::{Count, Finding, Join, Kind, Named, Outcome, Scale, Tenths};
use crate::request::{Client, RouteKey};

impl Judge {
    /// What the walker was measured by.
    pub(super) fn tell_tests(&self, finding: &mut Finding, ids: &IdSet, way: Way, peers: &Readers<'_>) {
        let objects = ids.asked() * 10;
        finding.test("objects", objects, self.objects * 10, "objects");
        match way {
            Way::Walk => {
                let needed = self.coverage_of_walk(ids);
                finding.test("coverage", ids.coverage().unwrap_or(0) * 10, needed * 10, "%");
            }
            Way::Probing => {
                let share = permille(ids.refused + ids.missing, ids.requests);
                finding.test("refused share", share, self.refused, "%");
            }
            Way::Refused => {
                let share = permille(ids.refused, ids.requests);
                finding.test("refused alone", share, self.refused_alone, "%");
            }
            Way::Scatter => {
                let needed = self.beyond_peers * peers.busiest();
                finding.test("beyond peers", objects, needed * 10, "objects");
            }
        }
    }

    /// The finding against one walker.
    pub(super) fn finding(
        &self,
        world: &World<'_>,
        walker: Actor,
        route: RouteKey,
        ids: &IdSet,
        way: Way,
        peers: &Readers<'_>,
    ) -> Finding {
        let variant = match way {
            Way::Walk => "sequential",
            Way::Probing | Way::Refused => "probing",
            Way::Scatter => "scattered",
        };
        let objects = ids.asked();
        let read = ids.read();
        let mut finding = Finding::new(ABOUT.id, variant, Kind::ObjectEnumeration);
        finding.outcome = match (ids.ok, ids.missing) {
            (0, 0) => Outcome::Blocked,
            (0, _) if ids.refused == 0 => Outcome::Attempted,
            // Refused or missing: it learned which there are.
            (0, _) => Outcome::Probed,
            _ if read * 20 < objects => Outcome::Probed,
            _ => Outcome::Succeeded,
        };
        self.tell_tests(&mut finding, ids, way, peers);
        (finding.first, finding.last) = (ids.span.first, ids.span.last);
        finding.requests = ids.requests;
        finding.bytes_out = ids.bytes;
        finding.bytes_read = ids.given;
        finding.objects_read = read;
        finding.activity = Over::of(OBJECT_TICK, &ids.activity, |tries| tries.0).activity();
        finding.endpoints = story::endpoint(route, ids.requests);
        finding.samples = story::choose(story::ends(&ids.samples.all()));
        let place = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
        let (who, actor) = match walker {
            Actor::Client(client) => {
                finding.clients = vec![Count { of: client, requests: ids.requests }];
                finding.joins.push(Join::Client(client));
                ("one address", Actor::Client(client))
            }
            Actor::Principal(principal) => {
                finding.users = vec![Count { of: Named { hash: principal, place }, requests: ids.requests }];
                finding.users_total = 1;
                finding.joins.push(Join::Principal(principal));
                story::come_from(world, principal, &mut finding);
                ("one user", Actor::Principal(principal))
            }
        };
        finding.metrics.insert("objects", objects);
        finding.metrics.insert("read", read);
        finding.metrics.insert("refused", ids.refused);
        finding.metrics.insert("missing", ids.missing);
        finding.metrics.insert("readers of the route", peers.count);
        finding.metrics.insert("objects of a median reader", quantile(peers.objects, 50));
        finding.confidence = confidence(way, objects, self.objects);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.reason = reason(ids, way, who, peers);
        finding.confounders = confounder::of_objects(world, actor, route, ids);
        finding.recommendations = vec![
            "Check on this route that the object belongs to whoever asks.".to_owned(),
            match read {
                0 => format!("End the sessions of {who}."),
                _ => format!(
                    "End the sessions of {who} and list the objects that were read: {}.",
                    story::about(read, ids.is_exact())
                ),
            },
        ];
        story::suppress(&mut finding);
        finding
    }
}

/// One finding against walkers that take turns; that of the first, where it walks alone.
pub(super) fn together(world: &World<'_>, pool: Vec<Walk>) -> Finding {
    let walkers = pool.len();
    let way = pool[0].way;
    let exact = pool.iter().all(|walk| walk.is_exact);
    let mut walks = pool.into_iter();
    let mut all = walks.next().expect("a pool has members").finding;
    for Walk { finding, .. } in walks {
        all.first = all.first.min(finding.first);
        all.last = all.last.max(finding.last);
        all.outcome = all.outcome.max(finding.outcome);
        all.requests += finding.requests;
        all.bytes_out += finding.bytes_out;
        all.bytes_read += finding.bytes_read;
        all.objects_read += finding.objects_read;
        all.clients.extend(finding.clients);
        all.clients_total += finding.clients_total;
        all.users.extend(finding.users);
        all.users_total += finding.users_total;
        all.joins.extend(finding.joins);
        all.samples.extend(finding.samples);
        for (name, value) in finding.metrics {
            *all.metrics.entry(name).or_default() += value;
        }
        all.activity = Over::sum(&all.activity, &finding.activity);
    }
    if walkers > 1 {
        all.variant = "pool";
        all.scale = Scale::Large;
        all.samples = story::choose(all.samples);
        all.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        all.clients.dedup_by_key(|count| count.of);
        let clients: Vec<Client> = all.clients.iter().map(|count| count.of).collect();
        all.joins.extend(story::common_principal(world, &clients).map(Join::Principal));
        all.endpoints =
            story::endpoint(RouteKey(all.endpoints[0].of.1, all.endpoints[0].of.0 as u8), all.requests);
        let how = match way {
            Way::Walk => "neighbouring ids",
            Way::Probing | Way::Refused => "many of them refused or missing",
            Way::Scatter => "scattered over the id space",
        };
        all.reason = format!(
            "{walkers} sources that take turns asked for {} different objects, {how}; {} were read",
            story::about(all.metrics.get("objects").copied().unwrap_or(0), exact),
            story::about(all.objects_read, exact),
        );
    }
    all
}

/// How surely it is one, in hundredths.
fn confidence(way: Way, objects: u64, needed: u64) -> u8 {
    let base = match way {
        Way::Walk => 75,
        Way::Probing | Way::Refused => 70,
        Way::Scatter => 60,
    };
    u8::try_from((base + (objects / needed.max(1)).min(20)).min(97)).unwrap_or(97)
}

/// What happened, in one sentence with numbers.
fn reason(ids: &IdSet, way: Way, who: &str, peers: &Readers<'_>) -> String {
    let objects = story::about(ids.asked(), ids.is_exact());
    let how = match way {
        Way::Walk => {
            format!("{} % of all ids between the smallest and the largest", ids.coverage().unwrap_or(0))
        }
        Way::Probing => {
            let refused = permille(ids.refused + ids.missing, ids.requests) / 10;
            format!("{refused} % of them refused or missing")
        }
        Way::Refused => {
            format!(
                "{} % of them refused, where others are hardly ever",
                permille(ids.refused, ids.requests) / 10
            )
        }
        Way::Scatter => "scattered over the id space".to_owned(),
    };
    let who = if who == "one user" { "One user" } else { "One address" };
    let others = match peers.objects {
        [] | [_] => "nobody else reads this route; ".to_owned(),
        objects => format!("a median reader asks for {}, and ", quantile(objects, 50)),
    };
    format!(
        "{who} asked for {objects} different objects, {how}; {others}{} were read",
        story::about(ids.read(), ids.is_exact())
    )
}
