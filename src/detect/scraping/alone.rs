//! One client that takes a catalogue of which the ids tell no order: words, numbers with gaps, pages of several kinds. It reads
//! many times what others read, each once, and loads nothing of what belongs to pages.

use std::collections::BTreeSet;

use super::{Judge, Reader, crawlers, is_catalogue, tell};
use crate::collect::{ClientProfiles, IdSet, KeyKind};
use crate::detect::World;
use crate::detect::robots::Robots;
use crate::detect::statistics::permille;
use crate::detect::story;
use crate::detect::walks::Walker;
use crate::incident::{Finding, Kind, Outcome, Scale, Tenths};
use crate::request::{Client, RouteKey};
use crate::series::Evidence;

/// Share of its requests (in tenths of a percent) that go to objects of public routes: between them are lists of what there is.
const MOSTLY: u64 = 700;

/// Share of its requests (in tenths of a percent) that are refused or missing, from which on it guesses.
pub(super) const GUESSES: u64 = 300;

/// So many others, and one in so many of all clients, may read a quarter as much: where more do, it is how the site is read.
const OTHERS: u64 = 2;
const ONE_IN: u64 = 200;

/// What one client read of public routes.
struct Whole {
    reader: Reader,
    /// The route of which it read most.
    route: RouteKey,
    objects: u64,
}

impl Judge {
    /// The findings against clients that each take a catalogue alone, and are not `told` of yet.
    pub(super) fn alone(&self, world: &World<'_>, told: &BTreeSet<Client>) -> Vec<Finding> {
        let all: Vec<Whole> =
            world.walks(KeyKind::Client).iter().filter_map(|one| whole(world, one)).collect();
        let few = OTHERS + world.population::<ClientProfiles>().count() / ONE_IN;
        let stands_out = |one: &&Whole| {
            let much = |other: &&Whole| other.objects * 4 >= one.objects;
            // It is one of them itself.
            one.objects >= self.alone && all.iter().filter(much).count() as u64 <= few + 1
        };
        let found: Vec<&Whole> = all
            .iter()
            .filter(stands_out)
            .filter(|one| !told.contains(&one.reader.client) && self.takes(world, one))
            .collect();
        if found.is_empty() {
            return Vec::new();
        }
        let robots = Robots::of(world);
        let agents = robots.agents(world);
        let is_robot = |one: &&Whole| robots.is_one(world, one.reader.client, &agents);
        found.into_iter().filter(|one| !is_robot(one)).map(|one| self.tell_alone(world, one)).collect()
    }

    /// Whether a client takes things and does nothing else, each once, without what belongs to pages.
    fn takes(&self, world: &World<'_>, one: &Whole) -> bool {
        let ids = &one.reader.ids;
        let is_program = world.profile(one.reader.client, |profile| {
            profile.companions == 0
                && profile.agents.count() <= 2
                && permille(ids.requests, profile.requests) >= MOSTLY
        });
        is_program == Some(true)
            && permille(one.objects, ids.requests) >= self.disjoint * 10
            && permille(ids.refused + ids.missing, ids.requests) < GUESSES
    }

    /// The finding against one client.
    fn tell_alone(&self, world: &World<'_>, one: &Whole) -> Finding {
        let (ids, readers) = (&one.reader.ids, std::slice::from_ref(&one.reader));
        let mut finding = Finding::new(super::ABOUT.id, "alone", Kind::Scraping);
        finding.outcome = Outcome::Succeeded;
        finding.scale = Scale::Sustained;
        finding.test("objects alone", one.objects * 10, self.alone * 10, "objects");
        finding.test(
            "no object twice",
            permille(one.objects, ids.requests).min(1000),
            self.disjoint * 10,
            "%",
        );
        tell(&mut finding, one.route, ids, readers);
        finding.metrics.insert("objects", one.objects);
        finding.metrics.insert("addresses", 1);
        finding.confidence = u8::try_from((60 + one.objects / self.alone.max(1) * 4).min(85)).unwrap_or(85);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.reason = format!(
            "{} objects of public routes, each once, in no order, by one address that reads nothing else; hardly anybody reads a \
             quarter as many",
            story::about(one.objects, false)
        );
        finding.confounders = crawlers(world, readers);
        story::suppress(&mut finding);
        finding
    }
}

/// What a walker read of catalogues, if anything.
fn whole(world: &World<'_>, walker: &Walker) -> Option<Whole> {
    let public = || walker.routes.iter().filter(|&(&route, _)| is_catalogue(world, route));
    let (&route, _) = public().max_by_key(|&(&route, ids)| (ids.requests, route))?;
    let (mut all, mut objects) = (IdSet::default(), 0);
    for (_, ids) in public() {
        objects += ids.asked();
        all.merge(ids.clone());
    }
    let reader = Reader { client: Client(walker.key), ids: all, paths: walker.paths.clone() };
    Some(Whole { reader, route, objects })
}
