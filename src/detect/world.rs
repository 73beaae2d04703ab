//! What every judge may read, built once: learned templates, then norms, doors, campaigns.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use rayon::prelude::*;

use crate::collect::{ClientProfiles, Collector, KeyKind, ObjectsByClient, ObjectsByPrincipal, Profile};
use crate::detect::ablation::Ablation;
use crate::detect::campaign::{self, Campaign};
use crate::detect::doors::Doors;
use crate::detect::owned;
use crate::detect::sample::Sample;
use crate::detect::siege::{self, Siege};
use crate::detect::visits::{self, Visit};
use crate::detect::walks::{self, Walker};
use crate::detect::{About, Thresholds};
use crate::hash::{Keys, TemplateHash};
use crate::incident::Fidelity;
use crate::request::{Client, Flags, RouteKey};
use crate::route::{Learned, Methods, Seen, learn};
use crate::tally::{Correlated, FLEET_TICK, Population, RouteNorm, Tally};
use crate::time::{MINUTE, Time};

/// What every judge may read.
pub struct World<'t> {
    tally: &'t Tally,
    learned: Learned,
    norms: BTreeMap<RouteKey, RouteNorm>,
    /// From a route as evidence knows it to the route as learned.
    numbers: HashMap<u64, RouteKey, foldhash::fast::FixedState>,
    visits: Vec<Visit>,
    doors: Doors,
    campaigns: Vec<Campaign>,
    sieges: Vec<Siege>,
    client_walks: Vec<Walker>,
    principal_walks: Vec<Walker>,
    /// Routes whose objects have owners, though several read each.
    owned: BTreeSet<RouteKey>,
    thresholds: Thresholds,
    /// Minutes in which the service failed for many at once, ascending: start and end.
    outages: Vec<(Time, Time)>,
    left_out: Ablation,
}

/// A minute in which this share of all answers (in percent) is 5xx is an outage.
const OUTAGE_SHARE: u64 = 20;

/// So many answers as asked make a route one that is used.
const USED: u64 = 30;

/// Fewer requests than this in a minute tell nothing about the service.
const OUTAGE_REQUESTS: u64 = 10;

impl<'t> World<'t> {
    /// Builds the world of `tally`, judged by the thresholds that the detectors' pages name.
    pub fn new(tally: &'t Tally, keys: &Keys) -> Self {
        Self::with(tally, keys, Thresholds::default(), Ablation::default())
    }

    /// Builds the world of `tally`, judged by these thresholds; what is left out is left out to measure what it is worth.
    pub fn with(tally: &'t Tally, keys: &Keys, thresholds: Thresholds, left_out: Ablation) -> Self {
        let mut routes: Vec<_> = tally.routes.iter().collect();
        // Beside its siblings, a route finds at hand most of what is looked up for it.
        routes.par_sort_unstable_by_key(|&(key, _)| key);
        let seen = seen(&routes);
        let clients = tally.keys(KeyKind::Client);
        let (learned, mut visits) = rayon::join(|| learn(&seen, clients, keys), || visits::all(tally));
        let become_what = |&(key, _): &(RouteKey, _)| RouteKey(learned.fold(key.0), key.1);
        let folded: Vec<RouteKey> = routes.par_iter().map(become_what).collect();
        let (doors, (norms, numbers)) = rayon::join(
            || {
                visits::fold(&mut visits, &learned);
                Doors::learn(&visits, tally)
            },
            || rayon::join(|| norms(tally, &routes, &folded, &learned), || numbers(&routes, &folded)),
        );
        let outages = outages(tally);
        let mut world = Self {
            tally,
            learned,
            norms,
            numbers,
            visits,
            doors,
            campaigns: Vec::new(),
            sieges: Vec::new(),
            client_walks: Vec::new(),
            principal_walks: Vec::new(),
            owned: BTreeSet::new(),
            thresholds,
            outages,
            left_out,
        };
        world.campaigns = campaign::find(&world);
        let walks = || {
            rayon::join(|| walks::all::<ObjectsByClient>(&world), || walks::all::<ObjectsByPrincipal>(&world))
        };
        let (sieges, walks) = rayon::join(|| siege::all(&world), walks);
        (world.sieges, (world.client_walks, world.principal_walks)) = (sieges, walks);
        world.owned = owned::routes(&world);
        world
    }

    /// What one collector gathered.
    pub fn population<C: Collector>(&self) -> Population<'t, C> {
        self.tally.population::<C>()
    }

    /// What correlation rules count.
    pub fn correlated(&self) -> &'t Correlated {
        &self.tally.correlated
    }

    /// What a client did altogether.
    pub fn profile<T>(&self, client: Client, read: impl FnOnce(&Profile) -> T) -> Option<T> {
        self.population::<ClientProfiles>().with(client.0, read)
    }

    /// The learned template of a stateless one.
    pub fn fold(&self, template: TemplateHash) -> TemplateHash {
        self.learned.fold(template)
    }

    /// A template as text, where it is known.
    pub fn template_text(&self, template: TemplateHash) -> Option<&[u8]> {
        self.learned.text(template).or_else(|| {
            let range = RouteKey(template, 0)..=RouteKey(template, u8::MAX);
            self.norms.range(range).map(|(_, norm)| &*norm.text).find(|text| !text.is_empty())
        })
    }

    /// The threshold `name` of the detector with this page, in the unit that the page names.
    pub(crate) fn threshold(&self, about: &About, name: &str) -> u64 {
        self.thresholds.of(about, name)
    }

    /// What is ordinary on a learned route.
    pub fn norm(&self, route: RouteKey) -> Option<&RouteNorm> {
        self.norms.get(&route)
    }

    /// Whether a route is one that people use, and no front page, which the whole internet asks for.
    pub fn is_used(&self, route: RouteKey) -> bool {
        self.norm(route).is_some_and(|norm| norm.answers.ok >= USED && &*norm.text != b"/")
    }

    /// Every learned route and what is ordinary on it.
    pub fn norms(&self) -> impl Iterator<Item = (RouteKey, &RouteNorm)> {
        self.norms.iter().map(|(&route, norm)| (route, norm))
    }

    /// The learned route of a route as profiles know it.
    pub fn route(&self, number: u64) -> Option<RouteKey> {
        self.numbers.get(&number).copied()
    }

    /// Whether the site has anything at a template: somebody was given something, or more than one got an answer other than "not
    /// there". Some say "forbidden" to whatever they do not have, and one who guesses is told so alone.
    pub fn is_known(&self, template: TemplateHash) -> bool {
        let folded = self.fold(template);
        let range = RouteKey(folded, 0)..=RouteKey(folded, u8::MAX);
        let is_there = |norm: &RouteNorm| {
            norm.ok || norm.answers.failed + norm.answers.turned > 0 || norm.clients.count() > 1
        };
        self.norms.range(range).any(|(_, norm)| is_there(norm))
    }

    /// Whether a template became a variable right below the root.
    pub(super) fn is_name_at_root(&self, template: TemplateHash) -> bool {
        let folded = self.fold(template);
        let text = self.template_text(folded).unwrap_or_default();
        text.starts_with(b"/{name}") && !text[1..].contains(&b'/')
    }

    /// Who came to which door, by client.
    pub(crate) fn visits(&self) -> &[Visit] {
        &self.visits
    }

    /// Which doors one client came to.
    pub(crate) fn visits_of(&self, client: Client) -> impl Iterator<Item = &Visit> {
        let from = self.visits.partition_point(|visit| visit.client < client);
        self.visits[from..].iter().take_while(move |visit| visit.client == client)
    }

    /// How many requests of a visitor are for something else than the door and the page with its form.
    pub(super) fn elsewhere(&self, visit: &Visit) -> u64 {
        self.doors.elsewhere(visit, &self.visits, self.tally)
    }

    /// A fair sample of the keys of one kind.
    pub(super) fn sample(&self, kind: KeyKind) -> Sample {
        Sample::of(self.tally.keys(kind))
    }

    /// What failure looks like at each door.
    pub(crate) fn doors(&self) -> &Doors {
        &self.doors
    }

    /// Clients that act as one.
    pub(crate) fn campaigns(&self) -> &[Campaign] {
        &self.campaigns
    }

    /// Attackers at doors.
    pub(crate) fn sieges(&self) -> &[Siege] {
        &self.sieges
    }

    /// Who asked for many objects of one route, by key; clients, or principals.
    pub(super) fn walks(&self, kind: KeyKind) -> &[Walker] {
        match kind {
            KeyKind::Client => &self.client_walks,
            KeyKind::Principal => &self.principal_walks,
            KeyKind::Account => &[],
        }
    }

    /// Whether the objects of a route have owners, though several read each.
    pub(super) fn is_owned(&self, route: RouteKey) -> bool {
        self.owned.contains(&route)
    }

    /// Learned templates.
    pub(crate) fn learned(&self) -> &Learned {
        &self.learned
    }

    /// All evidence.
    pub fn tally(&self) -> &'t Tally {
        self.tally
    }

    /// Whether `time` lies in or just after an outage of the whole service.
    pub(crate) fn in_outage(&self, time: Time) -> bool {
        let after = self.outages.partition_point(|&(_, end)| end.0 + 2 * MINUTE <= time.0);
        self.outages.get(after).is_some_and(|&(start, _)| start <= time)
    }

    /// Whether the service refused many others as well within two minutes of `time`, with 429 or else with 5xx, where of the
    /// requests from one time to another, and of those that were refused so, `mine` are not others'.
    pub(crate) fn refuses_others(
        &self,
        time: i64,
        with_429: bool,
        mine: impl Fn(i64, i64) -> (u64, u64),
    ) -> bool {
        let minutes = &self.tally.fleet.minutes;
        let width = minutes.width(FLEET_TICK).micros();
        let (mut all, mut failed) = (0, 0);
        for (start, minute) in minutes.ticks(FLEET_TICK) {
            if start.0 <= time + 2 * MINUTE && time - 2 * MINUTE < start.0 + width {
                let (mine, refused) = mine(start.0, start.0 + width);
                all += minute.requests.saturating_sub(mine);
                failed += if with_429 { minute.throttled } else { minute.failed }.saturating_sub(refused);
            }
        }
        all >= OUTAGE_REQUESTS && failed * 100 >= all * OUTAGE_SHARE
    }

    /// Whether sources that act as one are told as one.
    pub(super) fn tells_clusters(&self) -> bool {
        self.left_out.clusters()
    }

    /// What is left out of judging.
    pub(super) fn left_out(&self) -> &Ablation {
        &self.left_out
    }

    /// What identities the log tells.
    pub fn fidelity(&self) -> Fidelity {
        let filled = &self.tally.reading.filled;
        let requests = self.tally.reading.requests;
        // A stray basic-auth user does not make a log that names its users.
        let names = |flag| filled.count(flag) * 100 >= requests.max(1);
        match (names(Flags::TOKEN) || names(Flags::SESSION), names(Flags::USER)) {
            (true, true) => Fidelity::A,
            (_, true) => Fidelity::B,
            _ => Fidelity::C,
        }
    }

    /// How many different principals the log names.
    pub fn principals(&self) -> u64 {
        self.tally.keys(KeyKind::Principal)
    }
}

/// Routes as learning needs them.
fn seen<'t>(routes: &[(RouteKey, &'t RouteNorm)]) -> Vec<Seen<'t>> {
    let one = |(_, norm): &(RouteKey, &'t RouteNorm)| Seen {
        text: &norm.text,
        methods: norm.kind.map_or_else(Methods::default, |(method, _)| Methods::of(method)),
        clients: norm.clients.count(),
    };
    routes.par_iter().map(one).collect()
}

/// Routes that one thread takes at a time, and those of which it looks at the norms together.
const SOME: usize = 4096;
const TOGETHER: usize = 32;

/// What is ordinary on each learned route, from what is known of `routes`, which `folded` says what they have become.
fn norms(
    tally: &Tally,
    routes: &[(RouteKey, &RouteNorm)],
    folded: &[RouteKey],
    learned: &Learned,
) -> BTreeMap<RouteKey, RouteNorm> {
    let absorb =
        |norms: &mut Vec<(RouteKey, RouteNorm)>, &(key, norm): &(RouteKey, &RouteNorm), route: RouteKey| {
            if norms.last().is_none_or(|&(last, _)| last != route) {
                norms.push((route, RouteNorm::default()));
            }
            let Some((_, known)) = norms.last_mut() else { return };
            if route.0 == key.0 {
                known.absorb(norm);
            } else {
                known.absorb_object(norm, key.0);
            }
        };
    let some = routes.par_chunks(SOME).zip(folded.par_chunks(SOME)).map(|(routes, folded)| {
        let mut norms = Vec::new();
        for (routes, folded) in routes.chunks(TOGETHER).zip(folded.chunks(TOGETHER)) {
            // The processor waits for many far norms at once.
            let far = routes.iter().map(|(_, norm)| (norm.text.first(), norm.readers.counts().next()));
            std::hint::black_box(far.fold(0, |all, (text, readers)| {
                all ^ text.map_or(0, |&text| usize::from(text)) ^ readers.unwrap_or(0)
            }));
            routes.iter().zip(folded).for_each(|(one, &route)| absorb(&mut norms, one, route));
        }
        norms
    });
    let some: Vec<Vec<(RouteKey, RouteNorm)>> = some.collect();
    let mut norms: BTreeMap<RouteKey, RouteNorm> = BTreeMap::new();
    for (route, norm) in some.into_iter().flatten() {
        match norms.entry(route) {
            Entry::Vacant(free) => drop(free.insert(norm)),
            Entry::Occupied(mut known) => known.get_mut().absorb(&norm),
        }
    }
    for (&(parent, method), norm) in tally.routes.rest() {
        let child = TemplateHash(u64::from(parent) << 32);
        let folded = RouteKey(learned.fold(child), method);
        norms.entry(folded).or_default().absorb(norm);
    }
    norms
}

/// From routes as evidence knows them to what they have become.
fn numbers(
    routes: &[(RouteKey, &RouteNorm)],
    folded: &[RouteKey],
) -> HashMap<u64, RouteKey, foldhash::fast::FixedState> {
    let mut numbers = HashMap::with_capacity_and_hasher(routes.len(), foldhash::fast::FixedState::default());
    numbers.extend(routes.iter().zip(folded).map(|(&(key, _), &route)| (RouteNorm::number(key), route)));
    numbers
}

/// Stretches in which the service failed for many at once.
fn outages(tally: &Tally) -> Vec<(Time, Time)> {
    let width = tally.fleet.minutes.width(FLEET_TICK).micros();
    tally
        .fleet
        .minutes
        .ticks(FLEET_TICK)
        .filter(|(_, minute)| {
            minute.requests >= OUTAGE_REQUESTS
                && (minute.failed + minute.throttled) * 100 >= minute.requests * OUTAGE_SHARE
        })
        .map(|(start, _)| (start, Time(start.0 + width)))
        .collect()
}
