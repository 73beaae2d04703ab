//! `gatehound why`: why an address or a user was not reported.

use std::net::IpAddr;
use std::sync::atomic::AtomicU64;

use gatehound::cli::WhyArgs;
use gatehound::collect::{Accounts, ClientProfiles, PrincipalProfiles, Profile};
use gatehound::config::Settings;
use gatehound::detect::{self, Ablation, Actor, World, nearness};
use gatehound::engine;
use gatehound::error::Error;
use gatehound::explain::{Did, Somebody, why_page};
use gatehound::hash::{Keys, NameHash};
use gatehound::incident::Group;
use gatehound::plan::{Reading, Rules, Surroundings, Talk};
use gatehound::report::Teller;
use gatehound::request::Client;
use gatehound::source::{Feed, Milestones};
use gatehound::tally::Tally;
use gatehound::tuning::Tuning;

use super::signals::Signals;
use super::{Done, check_sources, print, progress, usage, warn};

/// Names and lines that are read again for the titles of incidents.
const TOLD: usize = 20;

/// Reads the logs, judges, and tells what is known about one entity.
pub(crate) fn run(
    args: &WhyArgs,
    settings: impl FnOnce() -> Result<Settings, Error>,
    around: &Surroundings,
) -> Result<Done, Error> {
    if args.read.paths.is_empty() && around.is_stdin_terminal {
        return Ok(usage("why"));
    }
    let settings = settings()?;
    let talk = Talk::of(&settings, around)?;
    let rules = Rules::new(&settings, around)?;
    let tuning = rules.tuning(&settings)?;
    let reading = Reading::open(&args.read.paths, rules);
    check_sources(&reading)?;
    warn(talk, &reading.warnings());
    let signals = Signals::listen()?;
    let feed = Feed::new(&reading.sources, reading.limits, reading.block_size)?;
    let lines = AtomicU64::new(0);
    let scan = reading.scan(signals.stop(), &lines);
    let work = || engine::scan(&scan, &feed);
    let tally = progress::watching(&feed, &lines, signals.stop(), talk.progress, work)?;
    if let Some(signal) = signals.came() {
        return Ok(Done::Stopped(signal));
    }
    let milestones = feed.milestones();
    let page = engine::on(reading.threads, || page(&args.entity, &reading, &tally, &milestones, &tuning))??;
    tally.failure().map_or(Ok(()), Err)?;
    let done = print(&page)?;
    reading.shortfall().map_or(Ok(done), Err)
}

/// What is known about `entity`.
fn page(
    entity: &str,
    reading: &Reading,
    tally: &Tally,
    milestones: &Milestones,
    tuning: &Tuning,
) -> Result<String, Error> {
    let actors = actors(entity, &reading.meaning.keys);
    let world = World::with(tally, &reading.meaning.keys, tuning.thresholds.clone(), Ablation::default());
    let did = did(&world, &actors);
    let is_tried = actors.iter().any(|actor| match actor {
        Actor::Principal(name) => world.population::<Accounts>().wanted(name.0.into()) > 0,
        Actor::Client(_) => false,
    });
    if did.requests == 0 && !is_tried {
        return Err(Error::usage(format!(
            "`{entity}` is nobody in these logs: neither an address nor a user"
        )));
    }
    let detectors = detect::with_rules(&reading.meaning.rules);
    let groups = tuning.rank(&world, detect::judge(&detectors, &world));
    let groups: Vec<Group> = groups.into_iter().filter(|group| names(group, &actors)).collect();
    let teller = Teller {
        world: &world,
        detectors: &detectors,
        sources: &reading.sources,
        decoders: &reading.decoders,
        meaning: &reading.meaning,
        limits: &reading.limits,
        milestones,
        max_entities: TOLD,
        evidence: 0,
    };
    let known: Vec<&str> = detectors.iter().map(|detector| detector.about().id).collect();
    let incidents = teller.tell(&groups);
    Ok(why_page(&Somebody {
        name: entity,
        did,
        incidents: &incidents,
        nearness: &nearness(&detectors, &world, &actors),
        detectors: &known,
    }))
}

/// Whom `entity` may stand for: an address; else a hash as reports show it; else a host, a user or a token.
fn actors(entity: &str, keys: &Keys) -> Vec<Actor> {
    if let Ok(address) = entity.parse::<IpAddr>() {
        return vec![Actor::Client(Client::at(address))];
    }
    if let Some(hash) = entity.strip_prefix("h:").and_then(|hash| u64::from_str_radix(hash, 16).ok()) {
        return vec![Actor::Principal(NameHash(hash))];
    }
    let bytes = entity.as_bytes();
    vec![
        Actor::Client(Client::named(keys.bytes(bytes))),
        Actor::Principal(keys.name(bytes)),
        Actor::Principal(keys.secret(bytes)),
    ]
}

/// What they did altogether; of several the one who did most.
fn did(world: &World<'_>, actors: &[Actor]) -> Did {
    let of = |profile: &Profile| Did {
        requests: profile.requests,
        ok: profile.ok,
        others: profile.others.count(),
        span: (profile.span.first, profile.span.last),
    };
    let all = actors.iter().filter_map(|actor| match actor {
        Actor::Client(client) => world.population::<ClientProfiles>().with(client.0, of),
        Actor::Principal(name) => world.population::<PrincipalProfiles>().with(name.0.into(), of),
    });
    all.max_by_key(|did| did.requests).unwrap_or_default()
}

/// Whether a group is about one of them.
fn names(group: &Group, actors: &[Actor]) -> bool {
    let is = |actor| actors.contains(&actor);
    group.findings.iter().any(|finding| {
        finding.clients.iter().any(|count| is(Actor::Client(count.of)))
            || finding.users.iter().any(|count| is(Actor::Principal(count.of.hash)))
            || finding.tokens.iter().any(|count| is(Actor::Principal(count.of)))
    })
}
