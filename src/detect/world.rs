//! What every judge may read, built once: learned templates, then norms, doors, campaigns.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use hashbrown::HashMap;

use crate::collect::{ClientProfiles, Collector, KeyKind, Profile};
use crate::detect::campaign::{self, Campaign};
use crate::detect::doors::Doors;
use crate::detect::sample::Sample;
use crate::detect::siege::{self, Siege};
use crate::detect::visits::{self, Visit};
use crate::hash::{Keys, TemplateHash};
use crate::incident::Fidelity;
use crate::request::{Client, Flags, RouteKey};
use crate::route::{Learned, Methods, Seen, learn};
use crate::tally::{FLEET_TICK, Population, RouteNorm, Tally};
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
    sieges: OnceLock<Vec<Siege>>,
    /// Minutes in which the service failed for many at once, ascending: start and end.
    outages: Vec<(Time, Time)>,
}

/// A minute in which this share of all answers (in percent) is 5xx is an outage.
const OUTAGE_SHARE: u64 = 20;

/// Fewer requests than this in a minute tell nothing about the service.
const OUTAGE_REQUESTS: u64 = 10;

impl<'t> World<'t> {
    /// Builds the world of `tally`.
    pub fn new(tally: &'t Tally, keys: &Keys) -> Self {
        let routes: Vec<_> = tally.routes.iter().collect();
        let seen: Vec<Seen<'_>> = routes
            .iter()
            .map(|(_, norm)| Seen {
                text: &norm.text,
                methods: norm.kind.map_or_else(Methods::default, |(method, _)| Methods::of(method)),
                clients: norm.clients.count(),
            })
            .collect();
        let clients = tally.keys(KeyKind::Client);
        let (learned, mut visits) = rayon::join(|| learn(&seen, clients, keys), || visits::all(tally));
        visits::fold(&mut visits, &learned);
        let mut norms: BTreeMap<RouteKey, RouteNorm> = BTreeMap::new();
        let mut numbers = HashMap::default();
        for (key, norm) in routes {
            let folded = RouteKey(learned.fold(key.0), key.1);
            numbers.insert(RouteNorm::number(key), folded);
            let known = norms.entry(folded).or_default();
            if folded.0 == key.0 {
                known.absorb(norm);
            } else {
                known.absorb_object(norm, key.0);
            }
        }
        for (&(parent, method), norm) in tally.routes.rest() {
            let child = TemplateHash(u64::from(parent) << 32);
            let folded = RouteKey(learned.fold(child), method);
            norms.entry(folded).or_default().absorb(norm);
        }
        let doors = Doors::learn(&visits);
        let outages = outages(tally);
        let mut world = Self {
            tally,
            learned,
            norms,
            numbers,
            visits,
            doors,
            campaigns: Vec::new(),
            sieges: OnceLock::new(),
            outages,
        };
        world.campaigns = campaign::find(&world);
        world
    }

    /// What one collector gathered.
    pub fn population<C: Collector>(&self) -> Population<'t, C> {
        self.tally.population::<C>()
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

    /// What is ordinary on a learned route.
    pub fn norm(&self, route: RouteKey) -> Option<&RouteNorm> {
        self.norms.get(&route)
    }

    /// Every learned route and what is ordinary on it.
    pub fn norms(&self) -> impl Iterator<Item = (RouteKey, &RouteNorm)> {
        self.norms.iter().map(|(&route, norm)| (route, norm))
    }

    /// The learned route of a route as profiles know it.
    pub fn route(&self, number: u64) -> Option<RouteKey> {
        self.numbers.get(&number).copied()
    }

    /// Whether the site has anything at a template: somebody got an answer other than "not there".
    pub fn is_known(&self, template: TemplateHash) -> bool {
        let folded = self.fold(template);
        let range = RouteKey(folded, 0)..=RouteKey(folded, u8::MAX);
        self.norms.range(range).next().is_some()
    }

    /// Who came to which door, by client.
    pub(crate) fn visits(&self) -> &[Visit] {
        &self.visits
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
        self.sieges.get_or_init(|| siege::all(self))
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
