//! Requests that match a rule of the user's: who made them, against what, and how they were answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::collect::{ClientProfiles, MATCH_TICK, Match, Matches};
use crate::detect::story::{self, Over};
use crate::detect::{About, Detector, Threshold, World};
use crate::incident::{
    ByRule, Confidence, ConfounderNote, Count, Finding, Join, Kind, Outcome, RuleName, Scale, Severity,
    Tenths,
};
use crate::request::{Client, RouteKey};
use crate::sigma::{Level, Rule, Rules};

/// A rule that fewer clients match does not describe ordinary traffic, whatever their share.
const ORDINARY: u64 = 50;
/// A route that so many clients ask for is everybody's.
const SHARED: u64 = 20;
/// Where more clients than these match one rule, they are told together.
const MANY: usize = 20;
/// Endpoints that a finding names.
const ENDPOINTS: usize = 12;

/// The detector.
pub(super) struct RuleMatch {
    rules: Arc<Rules>,
}

/// What a user reads about it.
static ABOUT: About = About {
    id: "rule-match",
    kinds: &[Kind::Sigma],
    summary: "Requests that match a Sigma rule, by rule and client.",
    why: "What is known about one product, one campaign or one's own service is written in rules: they find the first try.",
    looks_like: "Whatever the rules say (`--rules DIR`; `gatehound rules list` shows them).",
    look_alikes: "A rule that a tenth of all clients match describes ordinary traffic here, and is held back. More than twenty clients that match one rule are one incident. A few requests \
                  that were not answered, or got what everybody gets there, are told as `low`, many as `medium` at most, unless the rule asks for the status.",
    blind_spots: "What a log does not hold: bodies, headers, cookies. Of the rules that one request matches the four weightiest \
                  are told.",
    thresholds: &[
        Threshold {
            name: "sustained",
            value: 10,
            unit: "requests",
            meaning: "by one client and answered, from here on the rule's own level counts",
        },
        Threshold {
            name: "ordinary",
            value: 10,
            unit: "%",
            meaning: "of all clients, at least 50: from here on a rule matches ordinary traffic",
        },
    ],
    needs: &[],
    attack: &[],
    owasp_api: &["API8:2023"],
    oat: &[],
    cwe: &[],
};

/// What one client did that one rule matches.
struct One {
    client: Client,
    what: Match,
}

impl RuleMatch {
    /// The detector of these rules.
    pub(super) fn new(rules: Arc<Rules>) -> Self {
        Self { rules }
    }
}

impl Detector for RuleMatch {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn judge(&self, world: &World<'_>) -> Vec<Finding> {
        let sustained = world.threshold(&ABOUT, "sustained");
        let share = world.threshold(&ABOUT, "ordinary");
        let clients = world.population::<ClientProfiles>().count();
        let matching = world.population::<Matches>().collect(|_, matching| Some(matching.clone()));
        let mut by_rule: BTreeMap<u16, Vec<One>> = BTreeMap::new();
        for (key, matching) in matching {
            for what in matching.rules.all() {
                if let Some(rule) = what.rule {
                    by_rule.entry(rule).or_default().push(One { client: Client(key), what: what.clone() });
                }
            }
        }
        let mut findings = Vec::new();
        for (number, mut all) in by_rule {
            let Some(rule) = self.rules.get(number) else { continue };
            all.sort_unstable_by_key(|one| one.client);
            let note = ordinary(all.len() as u64, clients, share);
            if note.is_some() {
                findings.extend(background(world, rule, &all, note));
                continue;
            }
            let (told, single): (Vec<One>, Vec<One>) =
                all.into_iter().partition(|one| severity(world, rule, one, sustained) > Severity::Low);
            if told.len() > MANY {
                findings.push(together(world, rule, &told));
            } else {
                findings.extend(told.iter().map(|one| alone(world, rule, one)));
            }
            findings.extend(background(world, rule, &single, None));
        }
        findings
    }
}

/// How much a person should care about what one client did: the rule's word, but a single try that got nowhere is none, nor one
/// that got what everybody gets there.
fn severity(world: &World<'_>, rule: &Rule, one: &One, sustained: u64) -> Severity {
    let own = match rule.level {
        Level::Informational => Severity::Info,
        Level::Low => Severity::Low,
        Level::Medium => Severity::Medium,
        Level::High => Severity::High,
        Level::Critical => Severity::Critical,
    };
    let is_sustained = one.what.requests >= sustained;
    match one.what {
        _ if rule.is_telling() => own,
        Match { ok: 1.., .. } if is_sustained => own,
        Match { requests, refused, .. } if requests == refused && !is_sustained => own.min(Severity::Info),
        Match { ok: 0, .. } if !is_sustained => own.min(Severity::Low),
        _ if !is_sustained && !got_its_own(world, one) => own.min(Severity::Low),
        _ => own.min(Severity::Medium),
    }
}

/// Whether one of the routes that a client asked for answers somebody, and only few: what many get there says nothing of a match.
fn got_its_own(world: &World<'_>, one: &One) -> bool {
    one.what.routes.iter().any(|(_, route)| {
        let key = route.what.map(|(template, method)| RouteKey(world.fold(template), method as u8));
        // Paths that do not exist are known of no route.
        key.and_then(|key| world.norm(key)).is_some_and(|norm| norm.ok && norm.clients.count() < SHARED)
    })
}

/// Says so where a rule matches ordinary traffic.
fn ordinary(clients: u64, of: u64, share: u64) -> Option<ConfounderNote> {
    let is = clients >= ORDINARY && clients * 100 >= of * share;
    is.then(|| ConfounderNote {
        name: "ordinary-traffic".into(),
        score: Confidence(90),
        reason: format!("{} of all {} clients match it", story::count(clients), story::count(of)),
    })
}

/// One client that does it.
fn alone(world: &World<'_>, rule: &Rule, one: &One) -> Finding {
    let mut finding = of(world, rule, std::slice::from_ref(one), "single-source");
    let sustained = world.threshold(&ABOUT, "sustained");
    finding.scale = if one.what.requests >= sustained { Scale::Sustained } else { Scale::Single };
    finding.reason = format!(
        "the rule `{}` matches {}; {} got 2xx",
        rule.title,
        story::requests(one.what.requests),
        story::count(one.what.ok),
    );
    finding.joins = vec![Join::Client(one.client)];
    finding.recommendations = vec![
        "Look at the lines: whether the answer is what the request hoped for.".to_owned(),
        "Block the source if it is nobody you know; else write a Sigma filter for it.".to_owned(),
    ];
    finding
}

/// Many clients that do it: one thing to look at, and not as many.
fn together(world: &World<'_>, rule: &Rule, told: &[One]) -> Finding {
    let mut finding = of(world, rule, told, "many-sources");
    finding.scale = Scale::Sustained;
    finding.reason = format!(
        "the rule `{}` matches {} of {} addresses; {} got 2xx",
        rule.title,
        story::requests(finding.requests),
        story::count(told.len() as u64),
        story::count(told.iter().map(|one| one.what.ok).sum()),
    );
    finding.recommendations = vec![
        "Look at the lines: whether the rule means what these clients do, or an application of yours does it.".to_owned(),
        "Write a Sigma filter for those that you know; then block whoever is left.".to_owned(),
    ];
    finding
}

/// Many clients that each do it a little.
fn background(world: &World<'_>, rule: &Rule, some: &[One], note: Option<ConfounderNote>) -> Option<Finding> {
    if some.is_empty() {
        return None;
    }
    let mut finding = of(world, rule, some, "background");
    finding.scale = Scale::Single;
    finding.confidence = finding.confidence.min(40);
    finding.reason = format!(
        "the rule `{}` matches single requests of {} addresses, {} in all",
        rule.title,
        story::count(some.len() as u64),
        story::count(finding.requests),
    );
    finding.recommendations = vec!["Nothing, unless the rule is about something that you run.".to_owned()];
    finding.confounders.extend(note);
    story::suppress(&mut finding);
    Some(finding)
}

/// What findings of all sizes have in common.
fn of(world: &World<'_>, rule: &Rule, some: &[One], variant: &'static str) -> Finding {
    let mut finding = Finding::new(ABOUT.id, variant, Kind::Sigma);
    let refused: u64 = some.iter().map(|one| one.what.refused).sum();
    let (mut over, mut samples, mut routes) = (Over::default(), Vec::new(), BTreeMap::new());
    let mut agents = BTreeMap::new();
    for (nth, one) in some.iter().enumerate() {
        finding.first = finding.first.min(one.what.span.first);
        finding.last = finding.last.max(one.what.span.last);
        finding.requests += one.what.requests;
        finding.bytes_out += one.what.bytes;
        finding.clients.push(Count { of: one.client, requests: one.what.requests });
        over.join(&Over::of(MATCH_TICK, &one.what.activity, |tries| tries.0));
        samples.extend(story::ends(&one.what.samples.all()));
        for (_, route) in one.what.routes.iter() {
            if let Some((template, method)) = route.what {
                *routes.entry(RouteKey(template, method as u8)).or_insert(0) += route.requests;
            }
        }
        if nth < ENDPOINTS {
            world.profile(one.client, |profile| {
                profile.agents.iter().for_each(|(agent, tries)| *agents.entry(agent).or_default() += tries.0);
            });
        }
    }
    finding.clients.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    finding.activity = over.activity();
    finding.samples = story::choose(samples);
    let example = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
    finding.agents = story::agents(&agents, example);
    finding.endpoints =
        routes.into_iter().flat_map(|(route, requests)| story::endpoint(route, requests)).collect();
    finding.endpoints.sort_unstable_by_key(|count| (std::cmp::Reverse(count.requests), count.of));
    finding.endpoints.truncate(ENDPOINTS);
    finding.outcome = if refused == finding.requests { Outcome::Blocked } else { Outcome::Attempted };
    finding.metrics =
        BTreeMap::from([("ok", some.iter().map(|one| one.what.ok).sum()), ("refused", refused)]);
    finding.confidence = 50 + 10 * rule.level as u8;
    finding.score = Tenths(u32::from(finding.confidence) * 10);
    let sustained = world.threshold(&ABOUT, "sustained");
    finding.rule = Some(ByRule {
        named: RuleName { id: rule.id.clone(), title: rule.title.clone(), level: rule.level.name().into() },
        attack: rule.techniques(),
        severity: some
            .iter()
            .map(|one| severity(world, rule, one, sustained))
            .max()
            .unwrap_or(Severity::Info),
    });
    finding.test("requests", finding.requests * 10, 10, "requests");
    finding
}
