//! Attacks as findings: of one client, of many that act as one, and what the internet does all day.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::vulnerability_scan::is_file;
use super::{Assault, Family, injection};
use crate::collect::ATTACK_TICK;
use crate::detect::World;
use crate::detect::story::{self, Over};
use crate::incident::{Count, Finding, Join, Kind, Lead, Outcome, Sample, Scale, Tenths};
use crate::request::RouteKey;
use crate::signal::Class;
use crate::text;

/// Of so many clients the agents are named.
const ASKED: usize = 100;
/// Endpoints that a finding names.
const ENDPOINTS: usize = 12;

impl Family {
    /// One client's attack.
    pub(super) fn alone(&self, world: &World<'_>, one: &Assault<'_>) -> Finding {
        let variant = match (one.clients.len(), one.attacked.tools) {
            (2.., _) => "distributed",
            (_, 0) => "single-source",
            _ => "tool",
        };
        let mut finding = self.of(world, std::slice::from_ref(one), variant);
        finding.scale = one.scale;
        finding.test("requests", one.requests * 10, self.sustained(world) * 10, "requests");
        let because = one.targets.iter().find_map(|(_, worked)| worked.because.as_deref());
        // What was taken is told first.
        finding.reason = match because {
            Some(because) if one.outcome >= Outcome::Succeeded => format!("{because}; {}", sentence(one)),
            Some(because) => format!("{}; {because}", sentence(one)),
            None => sentence(one),
        };
        finding.joins = one.clients.iter().map(|&(client, _)| Join::Client(client)).collect();
        finding.confounders.clone_from(&one.notes);
        story::suppress(&mut finding);
        finding
    }

    /// Many clients that probe one route in one way.
    pub(super) fn together(&self, world: &World<'_>, some: &[Assault<'_>]) -> Finding {
        let mut finding = self.of(world, some, "distributed");
        let most = classes(some).into_iter().max_by_key(|&(class, requests)| (requests, Reverse(class)));
        let clients = world.threshold(&injection::ABOUT, "campaign");
        finding.test("clients", number(some) * 10, clients * 10, "clients");
        finding.reason = format!(
            "{} try {} on one route, {} in all, few each",
            addresses(number(some)),
            most.map_or("attacks", |(class, _)| class.title()),
            story::requests(finding.requests),
        );
        finding.joins =
            some.iter().flat_map(|one| &one.clients).map(|&(client, _)| Join::Client(client)).collect();
        finding
    }

    /// Probes such as come from everywhere all day.
    pub(super) fn background(&self, world: &World<'_>, some: &[Assault<'_>]) -> Finding {
        let mut finding = self.of(world, some, "background");
        finding.scale = Scale::Single;
        finding.confidence = 40;
        finding.score = Tenths(400);
        finding.reason = format!(
            "single probes of {}, {} in all; {}",
            addresses(number(some)),
            story::requests(finding.requests),
            answered(some),
        );
        finding.recommendations = vec!["Nothing: this is what the internet does all day.".to_owned()];
        finding
    }

    /// What findings of all sizes have in common.
    pub(super) fn of(&self, world: &World<'_>, some: &[Assault<'_>], variant: &'static str) -> Finding {
        let outcome = some.iter().map(|one| one.outcome).max().unwrap_or(Outcome::Attempted);
        let reached =
            some.iter().flat_map(|one| &one.targets).find(|(_, worked)| worked.outcome >= Outcome::Succeeded);
        let kind = match reached.and_then(|(target, _)| target.class()) {
            // What it was told, it ran.
            Some(Class::Webshell) => Kind::Injection,
            Some(class) if is_file(class) => Kind::Exposure,
            _ => self.kind,
        };
        let mut finding = Finding::new(self.about.id, variant, kind);
        finding.outcome = outcome;
        let lead = lead(some);
        finding.lead = lead.map(|(lead, _)| lead);
        let (mut over, mut samples) = (Over::default(), Vec::new());
        let (mut routes, mut classes, mut agents) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for one in some {
            finding.first = finding.first.min(one.attacked.span.first);
            finding.last = finding.last.max(one.attacked.span.last);
            finding.requests += one.requests;
            finding.bytes_out += one.attacked.bytes;
            over.join(&Over::of(ATTACK_TICK, &one.attacked.activity, |tries| tries.0));
            samples.extend(story::ends(&one.attacked.samples.all()));
            for &(of, requests) in &one.clients {
                if finding.clients.len() < ASKED {
                    world.profile(of, |profile| {
                        let named = profile.agents.iter();
                        named.for_each(|(agent, tries)| *agents.entry(agent).or_default() += tries.0);
                    });
                }
                finding.clients.push(Count { of, requests });
            }
            for (target, worked) in &one.targets {
                samples.extend(worked.sample);
                finding.bytes_read += worked.bytes;
                if let Some((template, method, class)) = target.what {
                    *routes.entry(RouteKey(template, method as u8)).or_default() += target.requests;
                    *classes.entry(class).or_insert(0_u64) += target.requests;
                }
            }
        }
        finding.clients.sort_unstable_by_key(|count| (Reverse(count.requests), count.of));
        finding.activity = over.activity();
        finding.samples = story::choose(samples);
        // However many others came earlier, the request that the title is about is shown.
        let shown = lead.and_then(|(_, sample)| sample).filter(|sample| !finding.samples.contains(sample));
        finding.samples.extend(shown);
        let example = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
        finding.agents = story::agents(&agents, example);
        let mut endpoints: Vec<_> =
            routes.into_iter().flat_map(|(route, requests)| story::endpoint(route, requests)).collect();
        endpoints.sort_unstable_by_key(|count| (Reverse(count.requests), count.of));
        endpoints.truncate(ENDPOINTS);
        finding.endpoints = endpoints;
        for (class, requests) in classes {
            let name = Class::ALL.get(usize::from(class)).map_or("", |class| class.name());
            finding.metrics.insert(name, requests);
        }
        finding.metrics.insert("hidden", some.iter().map(|one| one.attacked.hidden).sum());
        finding.confidence = confidence(some, outcome);
        finding.score = Tenths(u32::from(finding.confidence) * 10);
        finding.recommendations = recommendations(kind, outcome);
        finding
    }
}

/// The route that was got at, where something was: that of the most serious target, the largest before others.
fn lead(some: &[Assault<'_>]) -> Option<(Lead, Option<Sample>)> {
    let reached = some.iter().filter_map(|one| one.targets.first());
    let best = reached.filter(|(_, worked)| worked.outcome >= Outcome::Probed);
    let (target, worked) = best.max_by_key(|(target, worked)| (worked.outcome, worked.bytes, target.what))?;
    let place = worked.sample.map(|sample| sample.place);
    target.what.map(|(template, method, _)| (Lead { method, template, place }, worked.sample))
}

/// How sure it is.
fn confidence(some: &[Assault<'_>], outcome: Outcome) -> u8 {
    let requests: u64 = some.iter().map(|one| one.requests).sum();
    let best = some.iter().flat_map(|one| &one.targets).map(|(target, _)| target.score).max().unwrap_or(0);
    let much = requests.max(1).ilog2().min(8) * 2;
    let far = match outcome {
        Outcome::Blocked | Outcome::Attempted => 0,
        Outcome::Probed => 5,
        Outcome::Succeeded | Outcome::Exfiltrated => 10,
    };
    u8::try_from((u32::from(best) * 3 / 4 + much + far).min(98)).unwrap_or(98)
}

/// How many requests of each class there were.
fn classes(some: &[Assault<'_>]) -> BTreeMap<Class, u64> {
    let mut classes = BTreeMap::new();
    for (target, _) in some.iter().flat_map(|one| &one.targets) {
        if let Some(class) = target.class() {
            *classes.entry(class).or_default() += target.requests;
        }
    }
    classes
}

/// What one attacker did, with numbers.
fn sentence(one: &Assault<'_>) -> String {
    let what = payloads(one);
    match one.clients.len() as u64 {
        0 | 1 => what,
        several => format!("{} act as one; {what}", addresses(several)),
    }
}

/// What an attacker sent, with numbers.
fn payloads(one: &Assault<'_>) -> String {
    let mut classes: Vec<_> = classes(std::slice::from_ref(one)).into_iter().collect();
    classes.sort_by_key(|&(class, requests)| (Reverse(requests), class));
    let names: Vec<&str> = classes.iter().take(3).map(|(class, _)| class.title()).collect();
    let more = classes.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let ok: u64 = one.targets.iter().map(|(target, _)| target.ok).sum();
    let hidden = if one.attacked.hidden > 0 {
        format!(", {} written to slip past filters", story::count(one.attacked.hidden))
    } else {
        String::new()
    };
    format!(
        "{}{more}: {} against {}{hidden}, {} got 2xx",
        names.join(", "),
        text::count(one.requests, "request"),
        text::count(one.targets.len() as u64, "target"),
        story::count(ok),
    )
}

/// How many addresses they have.
fn number(some: &[Assault<'_>]) -> u64 {
    some.iter().map(|one| one.clients.len() as u64).sum()
}

/// So many addresses, in words.
fn addresses(number: u64) -> String {
    format!("{} address{}", story::count(number), if number == 1 { "" } else { "es" })
}

/// How probes were answered that nothing shows to have worked.
fn answered(some: &[Assault<'_>]) -> String {
    let ok: u64 = some.iter().flat_map(|one| &one.targets).map(|(target, _)| target.ok).sum();
    match ok {
        0 => "none was answered with 2xx".to_owned(),
        _ => format!("{} got 2xx, and no answer tells that it worked", story::count(ok)),
    }
}

/// What to do, first things first.
fn recommendations(kind: Kind, outcome: Outcome) -> Vec<String> {
    let list: &[&str] = match (kind, outcome) {
        (Kind::Exposure, _) => &[
            "Take the file off the server, and change every secret that it holds.",
            "Look for whoever else asked for it before.",
        ],
        (_, Outcome::Succeeded | Outcome::Exfiltrated) => &[
            "Treat the service behind this route as read: look at its own logs and the database's around these times.",
            "Repair the route: bind parameters, allow only known values.",
            "Block the source.",
        ],
        (_, Outcome::Probed) => &[
            "Look at what the service wrote when it failed over these requests: input reaches code there.",
            "Block the source.",
        ],
        _ => &["Block the source.", "Check that the route binds its parameters."],
    };
    list.iter().map(|&text| text.to_owned()).collect()
}
