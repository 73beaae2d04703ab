//! A public catalogue taken whole: its ids one after another, by one client or by a pool that takes turns.

use std::collections::BTreeMap;

use crate::collect::{ClientProfiles, IdSet, OBJECT_TICK, ObjectsByClient};
use crate::detect::confounder;
use crate::detect::object_enumeration::is_public;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{About, Detector, Threshold, World};
use crate::hash::mix;
use crate::incident::{Count, Finding, Join, Kind, Outcome, Scale, Tenths};
use crate::request::{Client, RouteKey};
use crate::series::Evidence;

/// The detector.
pub(super) struct Scraping {
    /// Different objects of one public route, over the whole log.
    objects: u64,
    /// Share of a client's requests that go to the one route, in tenths of a percent, from which on it does nothing else.
    single_minded: u64,
    /// Share of the ids between the smallest and the largest that a pool covers, in percent.
    coverage: u64,
}

impl Default for Scraping {
    fn default() -> Self {
        Self { objects: 100, single_minded: 950, coverage: 50 }
    }
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "scraping",
    kinds: &[Kind::Scraping],
    summary: "A public catalogue taken whole, by one client or by a pool of addresses that take turns.",
    why: "Prices and texts end up elsewhere, and the catalogue's readers pay for the load.",
    looks_like: "Clients that do nothing but read the objects of one route, without pages or files between, and together read \
                 id after id.",
    look_alikes: "A search engine's crawler: all day at an even, low pace, ids in no order. Readers who follow links.",
    blind_spots: "A pool of which each address reads only a few objects. Catalogues whose ids are words.",
    thresholds: &[
        Threshold {
            name: "objects",
            value: 100,
            unit: "objects",
            meaning: "different ones of one public route, over the whole log",
        },
        Threshold {
            name: "single-minded",
            value: 95,
            unit: "%",
            meaning: "of a client's requests go to the one route",
        },
        Threshold {
            name: "coverage",
            value: 50,
            unit: "%",
            meaning: "of the ids between the smallest and the largest",
        },
    ],
    needs: &[],
    attack: &["T1594"],
    owasp_api: &["API6:2023"],
    oat: &["OAT-011"],
    cwe: &["CWE-799"],
};

/// One client that does nothing but read one route.
struct Reader {
    client: Client,
    ids: IdSet,
    agents: Vec<u64>,
}

impl Detector for Scraping {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let mut groups: BTreeMap<RouteKey, Vec<Reader>> = BTreeMap::new();
        for (route, reader) in self.readers(world) {
            groups.entry(route).or_default().push(reader);
        }
        let pools = groups.into_iter().flat_map(|(route, readers)| pools(route, readers));
        pools.filter_map(|(route, readers)| self.finding(world, route, &readers)).collect()
    }
}

impl Scraping {
    /// Clients that do nothing but read one public route.
    fn readers(&self, world: &World<'_>) -> Vec<(RouteKey, Reader)> {
        let profiles = world.population::<ClientProfiles>();
        let found = world.population::<ObjectsByClient>().collect(|client, objects| {
            let (_, ids) = objects.routes.iter().max_by_key(|(number, ids)| (ids.requests, *number))?;
            let (template, method) = ids.route?;
            let route = RouteKey(world.fold(template), method as u8);
            let norm = world.norm(route)?;
            let of_profile = profiles.with(client, |profile| {
                let agents: Vec<u64> = profile.agents.iter().map(|(agent, _)| agent).collect();
                (permille(ids.requests, profile.requests), agents)
            });
            let (share, agents) = of_profile?;
            let single_minded = share >= self.single_minded && ids.requests >= 10;
            (single_minded && is_public(norm))
                .then(|| (route, Reader { client: Client(client), ids: ids.clone(), agents }))
        });
        found.into_iter().map(|(_, reader)| reader).collect()
    }

    /// The finding against one pool.
    fn finding(&self, world: &World<'_>, route: RouteKey, readers: &[Reader]) -> Option<Finding> {
        let mut ids = IdSet::default();
        readers.iter().for_each(|reader| ids.merge(reader.ids.clone()));
        let coverage = ids.coverage()?;
        // Readers that pick at random meet the same objects again; those that take turns never do.
        let repeats = permille(ids.requests.saturating_sub(ids.asked.count()), ids.requests);
        let takes_turns = ids.asked.is_exact() || repeats <= 250;
        if ids.asked.count() < self.objects || coverage < self.coverage || !takes_turns {
            return None;
        }
        let variant = if readers.len() > 1 { "pool" } else { "single-source" };
        let mut finding = Finding::new(ABOUT.id, variant, Kind::Scraping);
        finding.outcome = Outcome::Succeeded;
        finding.scale = if readers.len() > 1 { Scale::Large } else { Scale::Sustained };
        finding.test("objects", ids.asked.count() * 10, self.objects * 10, "objects");
        finding.test("coverage", coverage * 10, self.coverage * 10, "%");
        (finding.first, finding.last) = (ids.span.first, ids.span.last);
        finding.requests = ids.requests;
        finding.bytes_out = ids.bytes;
        finding.bytes_read = ids.bytes;
        finding.objects_read = ids.read.count();
        finding.activity = Over::of(OBJECT_TICK, &ids.activity, |tries| tries.0).activity();
        finding.endpoints = story::endpoint(route, ids.requests);
        finding.samples = story::choose(story::ends(&ids.samples.all()));
        finding.clients =
            readers.iter().map(|reader| Count { of: reader.client, requests: reader.ids.requests }).collect();
        finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
        finding.joins = match readers {
            [only] => vec![Join::Client(only.client)],
            _ => vec![Join::Campaign(mix(route.0.0, mix(u64::from(route.1), 0x7363_7261)))],
        };
        finding.metrics.insert("objects", ids.asked.count());
        finding.metrics.insert("addresses", readers.len() as u64);
        finding.metrics.insert("coverage", coverage);
        finding.confidence = u8::try_from((60 + coverage / 4).min(90)).unwrap_or(90);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.reason = format!(
            "{} objects of a public route, {coverage} % of all ids in their range, by {} that read nothing else",
            story::count(ids.asked.count()),
            if readers.len() == 1 {
                "one address".to_owned()
            } else {
                format!("{} addresses", readers.len())
            },
        );
        if let [only] = readers {
            finding.confounders = confounder::of_objects(world, Some(only.client), route, &ids);
        }
        finding.recommendations = vec![
            "Limit how many objects of this route one session reads in an hour; ask the rest to prove a browser.".to_owned(),
        ];
        story::suppress(&mut finding);
        Some(finding)
    }
}

/// Readers of one route in pools: those with an agent in common and about the same number of requests stand together.
fn pools(route: RouteKey, readers: Vec<Reader>) -> Vec<(RouteKey, Vec<Reader>)> {
    let mut sizes: Vec<u64> = readers.iter().map(|reader| reader.ids.requests).collect();
    sizes.sort_unstable();
    let median = quantile(&sizes, 50);
    let (pool, apart): (Vec<Reader>, Vec<Reader>) = readers.into_iter().partition(|reader| {
        reader.ids.requests <= median * 4 && reader.ids.requests * 4 >= median && !reader.agents.is_empty()
    });
    let apart = apart.into_iter().map(|reader| (route, vec![reader]));
    std::iter::once((route, pool)).filter(|(_, pool)| !pool.is_empty()).chain(apart).collect()
}
