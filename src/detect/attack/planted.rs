//! A script where only files belong, that only one address ever posts to, and that answers as a program does: a web shell of
//! which the log shows no command.

use std::collections::BTreeMap;

use crate::collect::{
    Attacked, Attacks, ClientProfiles, PROFILE_TICK, Profile, Target, VolumeByClient, route_number,
};
use crate::detect::World;
use crate::detect::story::{self, Over};
use crate::evidence::Span;
use crate::incident::{Count, Finding, Join, Kind, Outcome, Tenths};
use crate::request::{Client, RouteKey};
use crate::route::Method;
use crate::signal::is_script_among_files;
use crate::tally::RouteNorm;
use crate::time::{Seconds, Time};

/// So many answers tell how they scatter.
const ANSWERS: u64 = 8;
/// By so many classes of size, a doubling: a fixed answer scatters by none.
const SCATTER: u64 = 16;

/// What one client did with such a script.
struct Use {
    route: RouteKey,
    requests: u64,
    span: Span,
    agents: BTreeMap<u64, u64>,
    activity: (Seconds, Vec<(Time, u64)>),
}

impl Use {
    /// What the client with this profile did with the script at `route`, if it was told something and mostly by this client.
    fn of(profile: &Profile, attacked: Option<&Attacked>, route: RouteKey) -> Option<Self> {
        let visit = profile.routes.get(route_number(route.0.0, route.1))?;
        let is_told = Method::from_number(route.1) == Method::Post
            || attacked.is_some_and(|attacked| has_attacked(attacked, route));
        // Who comes from a page uses the site.
        let is_bare = profile.referred * 10 <= profile.requests && visit.requests * 2 >= profile.requests;
        (visit.ok >= ANSWERS && is_told && is_bare).then(|| Self {
            route,
            requests: visit.requests,
            span: profile.span,
            agents: profile.agents.iter().map(|(agent, tries)| (agent, tries.0)).collect(),
            activity: Over::of(PROFILE_TICK, &profile.activity, |tries| tries.0).activity(),
        })
    }
}

/// Every such script and who uses it, as findings of the detector with this id.
pub(super) fn findings(world: &World<'_>, detector: &'static str) -> Vec<Finding> {
    let routes = world.tally().routes.iter();
    let scripts: Vec<RouteKey> =
        routes.filter(|(_, norm)| is_planted(norm)).map(|(route, _)| route).collect();
    if scripts.is_empty() {
        return Vec::new();
    }
    let users = world.population::<ClientProfiles>().collect(|subject, profile| {
        let attacked = subject.read::<Attacks, _>(Clone::clone);
        let used: Vec<Use> =
            scripts.iter().filter_map(|&route| Use::of(profile, attacked.as_ref(), route)).collect();
        (!used.is_empty()).then_some(used)
    });
    let mut found: Vec<Finding> = Vec::new();
    for (key, some) in users {
        found.extend(some.into_iter().map(|one| finding(world, detector, Client(key), one)));
    }
    found.sort_by_key(Finding::order);
    found
}

/// Whether requests to a route showed an attack.
fn has_attacked(attacked: &Attacked, route: RouteKey) -> bool {
    let is_of = |target: &Target| {
        target.what.is_some_and(|(template, method, _)| RouteKey(template, method as u8) == route)
    };
    attacked.targets.all().any(is_of)
}

/// Whether a route is a script where only files belong, that hardly anybody asks for and that answers as a program does.
fn is_planted(norm: &RouteNorm) -> bool {
    norm.answers.ok >= ANSWERS
        && norm.clients.count() <= super::answered::ALONE
        && norm.answers.scatter() >= SCATTER
        && is_script_among_files(&norm.text)
}

/// The finding against one client.
fn finding(world: &World<'_>, detector: &'static str, client: Client, one: Use) -> Finding {
    let mut finding = Finding::new(detector, "planted-script", Kind::Injection);
    finding.outcome = Outcome::Probed;
    (finding.first, finding.last) = (one.span.first, one.span.last);
    finding.requests = one.requests;
    finding.activity = one.activity;
    finding.clients = vec![Count { of: client, requests: one.requests }];
    finding.joins = vec![Join::Client(client)];
    let samples = world.population::<VolumeByClient>().with(client.0, |volume| volume.samples.all());
    finding.samples = story::choose(story::ends(&samples.unwrap_or_default()));
    let example = finding.samples.first().map(|sample| sample.place).unwrap_or_default();
    finding.agents = story::agents(&one.agents, example);
    finding.endpoints = story::endpoint(one.route, one.requests);
    finding.test("answers", one.requests * 10, ANSWERS * 10, "requests");
    finding.confidence = 75;
    finding.score = Tenths(750);
    finding.reason = format!(
        "a script in a folder of files, that nobody else asks for, answered {} of one address as a program does: \
         each with another size",
        story::requests(one.requests),
    );
    finding.recommendations = vec![
        "Look at the script on the server: if you did not put it there, somebody else did.".to_owned(),
        "Find out how it came there: whoever can write files can write others.".to_owned(),
    ];
    finding
}
