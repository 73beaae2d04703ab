//! Sources that are refused again and again where nothing says that credentials are taken, nor whose: keys, tokens and
//! passwords in headers and bodies are tried anywhere. What tells it from a program with an old key is that it never got
//! anything, wants one thing only, and waits by no clock.

use std::collections::BTreeMap;

use super::Siege;
use crate::collect::{LoginRoute, Logins, ObjectsByClient, Profile};
use crate::detect::least::Least;
use crate::detect::statistics::scatter;
use crate::detect::visits::folded;
use crate::detect::{World, confounder, walks};
use crate::request::{Client, RouteKey};
use crate::time::MINUTE;

/// What such a siege is called.
const VARIANT: &str = "no-door";

/// So many times as often as at a login one must be refused: elsewhere there are more reasons for it.
pub(super) const TIMES: u64 = 4;

/// Of what somebody asks that guesses, nearly all is refused and for one thing, in percent.
const NEARLY_ALL: u64 = 95;

/// A program in a loop waits for nothing but the answer: its tries scatter from tick to tick by less than this share, in
/// percent, of what those of chance would.
const LOOP: u64 = 4;

/// Over hours, programs with an old key keep a beat, or run while somebody works: what lies between is neither.
const SLOWLY: (u64, u64) = (30, 300);

/// From so long on it is slow, in microseconds.
const HOURS: i64 = 90 * MINUTE;

/// Where more sources than this are refused like that at one route, it is closed, and nobody guesses.
const SOURCES: usize = 3;

/// One siege a source.
pub(super) fn all(world: &World<'_>) -> Vec<Siege> {
    let least = Least::of(world).refused * TIMES;
    let found = world.population::<Logins>().collect_from(least, |subject, tries| {
        let route = tries.nowhere.all().max_by_key(|route| (route.outcomes.total(), route.door))?;
        let client = Client(subject.key());
        (route.outcomes.total() >= least && wants_nothing_else(world, client, route))
            .then(|| (client, route.clone()))
    });
    let mut by_route: BTreeMap<RouteKey, Vec<(Client, LoginRoute)>> = BTreeMap::new();
    for (_, (client, route)) in found {
        let Some(at) = route.door else { continue };
        by_route.entry(folded(&at, world.learned())).or_default().push((client, route));
    }
    by_route.retain(|_, sources| sources.len() <= SOURCES);
    let sieges = by_route.into_iter().flat_map(|(door, sources)| {
        sources.into_iter().map(move |(client, route)| {
            let siege = Siege::of_source(world, client, door, &route);
            Siege { variant: VARIANT, ..siege }
        })
    });
    sieges.filter(Siege::has_no_clock).collect()
}

/// Whether somebody got nothing, asked for nothing but this, and was sent there by no page.
fn wants_nothing_else(world: &World<'_>, client: Client, route: &LoginRoute) -> bool {
    let tries = route.outcomes.total();
    let single_minded = |profile: &Profile| {
        let nearly_all = |part: u64, whole: u64| part * 100 >= whole * NEARLY_ALL;
        nearly_all(tries, profile.requests)
            && profile.ok * 100 <= tries
            && profile.referred * 2 <= tries
            && confounder::crowd(profile) == 0
    };
    // Whoever asks for one object after the other is judged for that.
    let paths = world.population::<ObjectsByClient>().with(client.0, |objects| objects.paths.count());
    paths.unwrap_or(0) < walks::LEAST && world.profile(client, single_minded) == Some(true)
}

impl Siege {
    /// The one source, where nothing says that credentials are taken.
    pub(in crate::detect) fn at_no_door(&self) -> Option<Client> {
        self.clients.first().filter(|_| self.variant == VARIANT).map(|count| count.of)
    }

    /// Whether its tries come neither by a clock, nor in a loop, nor in the hours in which somebody works.
    fn has_no_clock(&self) -> bool {
        let (width, ticks) = self.over.activity();
        let (_, scatter) = scatter(width, &ticks);
        if self.span.micros() < HOURS { scatter >= LOOP } else { (SLOWLY.0..=SLOWLY.1).contains(&scatter) }
    }
}
