//! Asking which paths exist: wordlists, fast with a tool or slow with a browser's name.

use crate::collect::{Collector, MISS_TICK, Missed, Misses};
use crate::detect::about::ANSWERS;
use crate::detect::confounder;
use crate::detect::nearness::test;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{About, Actor, Detector, Threshold, World};
use crate::hash::TemplateHash;
use crate::incident::{Count, Finding, Join, Kind, Outcome, Scale, Tenths, Test};
use crate::request::Client;

/// The detector.
pub(super) struct PathEnumeration;

/// What a user reads about it.
static ABOUT: About = About {
    id: "path-enumeration",
    kinds: &[Kind::PathEnumeration],
    summary: "One client that asks for many paths which the site does not have.",
    why: "Forgotten endpoints, backups and consoles are found this way; the one hit among thousands of misses matters.",
    looks_like: "Dozens to thousands of different paths answered 404 (or 403, 400, 405) that nobody else asks for, whatever \
                 the pace and whatever the agent.",
    look_alikes: "Dead links (few paths, many times, from a page); a broken deploy (everybody misses the same files); a \
                  crawler that follows old links to known routes; a crowd behind one address.",
    blind_spots: "A site that answers 200 to everything. A wordlist spread over many addresses, few paths each.",
    thresholds: &[
        Threshold {
            name: "strange paths",
            value: 30,
            unit: "templates",
            meaning: "different ones that the site does not have, by one client over the whole log",
        },
        Threshold {
            name: "beyond peers",
            value: 3,
            unit: "times",
            meaning: "the 99th percentile of clients that miss anything",
        },
        Threshold {
            name: "single probes",
            value: 5,
            unit: "templates",
            meaning: "from here on it is listed as low",
        },
    ],
    needs: &[ANSWERS],
    attack: &["T1595.003"],
    owasp_api: &["API9:2023"],
    oat: &["OAT-018"],
    cwe: &["CWE-425"],
};

impl Detector for PathEnumeration {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let [least, beyond_peers, probes] =
            ["strange paths", "beyond peers", "single probes"].map(|name| world.threshold(&ABOUT, name));
        let sample = world.sample(Misses::KEY);
        let strangers = world.population::<Misses>().collect_where(
            |key, _, _| sample.has(key),
            |_, missed| {
                let strange = strange_paths(world, missed);
                (strange > 0).then_some(strange)
            },
        );
        let mut ordinary: Vec<u64> =
            strangers.iter().map(|&(_, strange)| strange).filter(|&strange| strange < least).collect();
        ordinary.sort_unstable();
        let needed = least.max(quantile(&ordinary, 99).min(least) * beyond_peers).min(least * 3);
        let found = world.population::<Misses>().collect_from(probes, |subject, missed| {
            let strange = strange_paths(world, missed);
            let enough = strange >= probes;
            enough.then(|| finding(world, Client(subject.key()), missed, strange, needed))
        });
        found.into_iter().map(|(_, finding)| finding).collect()
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let Actor::Client(client) = actor else { return Vec::new() };
        let strange = world.population::<Misses>().with(client.0, |missed| strange_paths(world, missed));
        let least = world.threshold(&ABOUT, "strange paths");
        strange.map(|strange| vec![test("strange paths", strange, least, "templates")]).into_iter().collect()
    }
}

/// How many different templates a client missed that the site does not have.
fn strange_paths(world: &World<'_>, missed: &Missed) -> u64 {
    let kept = missed.templates.len() as u64;
    let strange =
        missed.templates.iter().filter(|(template, _)| !world.is_known(TemplateHash(*template))).count()
            as u64;
    // Where not all were kept, the kept ones are a fair sample.
    (missed.templates.count() * strange).checked_div(kept).unwrap_or(0).min(missed.requests)
}

/// The finding against one client.
fn finding(world: &World<'_>, client: Client, missed: &Missed, strange: u64, needed: u64) -> Finding {
    let mut finding = Finding::new(ABOUT.id, "wordlist", Kind::PathEnumeration);
    let (requests, answered, agents) = world
        .profile(client, |profile| {
            let agents = profile.agents.iter().map(|(agent, count)| (agent, count.0)).collect();
            (profile.requests, profile.ok, agents)
        })
        .unwrap_or_default();
    finding.scale = if strange >= needed { Scale::Sustained } else { Scale::Single };
    finding.outcome = match (missed.forbidden, answered) {
        (all, _) if all == missed.requests => Outcome::Blocked,
        (0, 0) => Outcome::Attempted,
        _ => Outcome::Probed,
    };
    finding.test("strange paths", strange * 10, needed * 10, "templates");
    (finding.first, finding.last) = (missed.span.first, missed.span.last);
    finding.requests = missed.requests;
    finding.bytes_out = missed.bytes;
    finding.activity = Over::of(MISS_TICK, &missed.activity, |tries| tries.0).activity();
    finding.clients = vec![Count { of: client, requests: missed.requests }];
    finding.joins = vec![Join::Client(client)];
    finding.samples = story::choose(story::ends(&missed.samples.all()));
    let example = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
    finding.agents = story::agents(&agents, example);
    finding.metrics.insert("misses", missed.requests);
    finding.metrics.insert("strange paths", strange);
    finding.metrics.insert("forbidden", missed.forbidden);
    finding.metrics.insert("answered", answered);
    let share = permille(missed.requests, requests);
    finding.confidence =
        u8::try_from((55 + (strange * 10 / needed.max(1)).min(25) + share / 60).min(98)).unwrap_or(98);
    finding.score = Tenths(u32::from(finding.confidence) * 10);
    finding.reason = format!(
        "{} that do not exist, {} % of the {} of this address; {}",
        if strange == 1 {
            "one path".to_owned()
        } else {
            format!("{} different paths", story::count(strange))
        },
        share / 10,
        story::requests(requests),
        match answered {
            0 => "none was answered".to_owned(),
            1 => "one was answered".to_owned(),
            _ => format!("{} were answered", story::count(answered)),
        },
    );
    finding.confounders = confounder::of_misses(world, client, missed, strange);
    finding.recommendations = vec![
        "Look at what this address did get: the answered requests among its misses.".to_owned(),
        "Block the source.".to_owned(),
    ];
    story::suppress(&mut finding);
    finding
}
