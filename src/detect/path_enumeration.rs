//! Asking which paths exist: wordlists, fast with a tool or slow with a browser's name.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::collect::{Collector, MISS_TICK, Missed, Misses};
use crate::detect::about::ANSWERS;
use crate::detect::confounder;
use crate::detect::dead_paths;
use crate::detect::nearness::test;
use crate::detect::statistics::{permille, quantile};
use crate::detect::story::{self, Over};
use crate::detect::{About, Actor, Detector, Threshold, World};
use crate::hash::TemplateHash;
use crate::incident::{Count, Finding, Join, Kind, Outcome, Scale, Tenths, Test};
use crate::request::Client;
use crate::series::Evidence;

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
            |subject, missed| {
                let strange = strange_paths(world, Client(subject.key()), missed);
                (strange > 0).then_some(strange)
            },
        );
        let found = world.population::<Misses>().collect_from(probes, |subject, missed| {
            let client = Client(subject.key());
            let strange = strange_paths(world, client, missed);
            (strange >= probes).then(|| (client, missed.clone(), strange))
        });
        let found = living(world, found.into_iter().map(|(_, found)| found).collect(), probes);
        let found = by_hand(world, found);
        // Who takes part in what several do is no peer.
        let several = found.iter().filter(|(clients, ..)| clients.len() > 1);
        let several: BTreeSet<u128> =
            several.flat_map(|(clients, ..)| clients).map(|count| count.of.0).collect();
        let is_peer = |&&(key, strange): &&(u128, u64)| strange < least && !several.contains(&key);
        let mut ordinary: Vec<u64> = strangers.iter().filter(is_peer).map(|&(_, strange)| strange).collect();
        ordinary.sort_unstable();
        let needed = least.max(quantile(&ordinary, 99).min(least) * beyond_peers).min(least * 3);
        found
            .into_iter()
            .map(|(clients, missed, strange)| finding(world, &clients, &missed, strange, needed))
            .collect()
    }

    fn measure(&self, world: &World<'_>, actor: Actor) -> Vec<Vec<Test>> {
        let Actor::Client(client) = actor else { return Vec::new() };
        let strange =
            world.population::<Misses>().with(client.0, |missed| strange_paths(world, client, missed));
        let least = world.threshold(&ABOUT, "strange paths");
        strange.map(|strange| vec![test("strange paths", strange, least, "templates")]).into_iter().collect()
    }
}

/// Whoever asks for so many names right below the root that are not there, and for hardly anything else, guesses: pages that
/// are gone are asked for by whoever also asks for those that are not.
const GUESSES: u64 = 100;
const NOTHING_ELSE: u64 = 900;

/// An account with more addresses than this that miss something is a key that everybody has.
const ADDRESSES: usize = 16;

/// Those who miss enough that is not just gone; and what.
fn living(world: &World<'_>, found: Vec<(Client, Missed, u64)>, probes: u64) -> Vec<(Client, Missed, u64)> {
    let dead = dead_paths::among(world, &found);
    let without = |(client, missed, strange): (Client, Missed, u64)| {
        let gone = missed.templates.iter().filter(|(template, _)| dead.contains(template)).count() as u64;
        let strange = strange - (strange * gone).div_ceil(missed.templates.len().max(1) as u64).min(strange);
        (strange >= probes).then_some((client, missed, strange))
    };
    found.into_iter().filter_map(without).collect()
}

/// How many different templates a client missed that the site does not have.
fn strange_paths(world: &World<'_>, client: Client, missed: &Missed) -> u64 {
    let (mut strange, mut at_root) = (0, 0);
    for template in missed.templates.iter().map(|(template, _)| TemplateHash(template)) {
        if !world.is_known(template) {
            strange += 1;
        } else if world.is_name_at_root(template) {
            at_root += 1;
        }
    }
    // Where not all were kept, the kept ones are a fair sample.
    let kept = missed.templates.len() as u64;
    let scaled =
        |some: u64| (missed.templates.count() * some).checked_div(kept).unwrap_or(0).min(missed.requests);
    if scaled(at_root) >= GUESSES && guesses(world, client, missed) {
        strange += at_root;
    }
    scaled(strange)
}

/// Whether a client asks for hardly anything that is there, and is no crawler with an old list.
fn guesses(world: &World<'_>, client: Client, missed: &Missed) -> bool {
    let requests = world.profile(client, |profile| profile.requests).unwrap_or(0);
    permille(missed.requests, requests) >= NOTHING_ELSE && confounder::of_crawl(world, client).is_none()
}

/// Those who come with one account are one: its addresses, the busiest first, what they missed together, and how much of it is
/// strange.
fn by_hand(world: &World<'_>, found: Vec<(Client, Missed, u64)>) -> Vec<(Vec<Count<Client>>, Missed, u64)> {
    let mut hands: BTreeMap<u128, Vec<(Client, Missed, u64)>> = BTreeMap::new();
    let mut alone = Vec::new();
    for one in found {
        match world.profile(one.0, confounder::only_account).flatten() {
            Some(account) if world.tells_clusters() => hands.entry(account).or_default().push(one),
            _ => alone.push(one),
        }
    }
    let count = |(of, missed, _): &(Client, Missed, u64)| Count { of: *of, requests: missed.requests };
    let mut all = Vec::new();
    for members in hands.into_values() {
        if !(2..=ADDRESSES).contains(&members.len()) {
            alone.extend(members);
            continue;
        }
        let mut clients: Vec<Count<Client>> = members.iter().map(count).collect();
        clients.sort_unstable_by_key(|count| (Reverse(count.requests), count.of));
        let most = members.iter().map(|&(.., strange)| strange).max().unwrap_or(0);
        let mut missed = Missed::default();
        for (_, one, _) in members {
            missed.merge(one);
        }
        let strange = strange_paths(world, clients[0].of, &missed).max(most);
        all.push((clients, missed, strange));
    }
    all.extend(alone.into_iter().map(|one| (vec![count(&one)], one.1, one.2)));
    all.sort_by_key(|(clients, ..)| clients.first().map(|count| count.of));
    all
}

/// The finding against one client, or one account at several addresses.
fn finding(
    world: &World<'_>,
    clients: &[Count<Client>],
    missed: &Missed,
    strange: u64,
    needed: u64,
) -> Finding {
    let mut finding = Finding::new(ABOUT.id, "wordlist", Kind::PathEnumeration);
    let (mut requests, mut answered, mut agents) = (0, 0, BTreeMap::new());
    for count in clients {
        world.profile(count.of, |profile| {
            (requests, answered) = (requests + profile.requests, answered + profile.ok);
            profile.agents.iter().for_each(|(agent, count)| *agents.entry(agent).or_insert(0) += count.0);
        });
    }
    finding.scale = if strange >= needed { Scale::Sustained } else { Scale::Single };
    finding.outcome = match (missed.forbidden, answered) {
        (all, _) if all == missed.requests => Outcome::Blocked,
        // A few probes beside something else do not tell what there is.
        _ if strange < needed => Outcome::Attempted,
        (0, 0) => Outcome::Attempted,
        _ => Outcome::Probed,
    };
    finding.test("strange paths", strange * 10, needed * 10, "templates");
    (finding.first, finding.last) = (missed.span.first, missed.span.last);
    finding.requests = missed.requests;
    finding.bytes_out = missed.bytes;
    finding.activity = Over::of(MISS_TICK, &missed.activity, |tries| tries.0).activity();
    finding.clients = clients.to_vec();
    finding.joins = clients.iter().map(|count| Join::Client(count.of)).collect();
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
        "{} that do not exist, {} % of the {} of {}; {}",
        if strange == 1 {
            "one path".to_owned()
        } else {
            format!("{} different paths", story::count(strange))
        },
        share / 10,
        story::requests(requests),
        match clients.len() {
            1 => "this address".to_owned(),
            addresses => format!("one account at {addresses} addresses"),
        },
        match answered {
            0 => "none was answered".to_owned(),
            1 => "one was answered".to_owned(),
            _ => format!("{} were answered", story::count(answered)),
        },
    );
    let lead = clients.first().map(|count| count.of).unwrap_or_default();
    finding.confounders = confounder::of_misses(world, lead, missed, strange);
    finding.recommendations = vec![
        "Look at what this address did get: the answered requests among its misses.".to_owned(),
        "Block the source.".to_owned(),
    ];
    story::suppress(&mut finding);
    finding
}
