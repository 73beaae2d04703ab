//! Sources that are refused again and again where nothing says that credentials are taken, nor whose: keys, tokens and
//! passwords in headers and bodies are tried anywhere. What tells it from a program with an old key is that it never got
//! anything, wants one thing only, and waits by no clock.

use std::collections::BTreeMap;

use super::Siege;
use crate::collect::{LoginRoute, LoginTries, Logins, ObjectsByClient, Profile};
use crate::detect::least::Least;
use crate::detect::statistics::scatter;
use crate::detect::visits::folded;
use crate::detect::{World, confounder, walks};
use crate::request::{Client, RouteKey};
use crate::route::Method;
use crate::series::Evidence;
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

/// Nobody guesses a key no faster than so many times a minute.
const PACE: u64 = 6;

/// From so long on it is slow, in microseconds.
const HOURS: i64 = 90 * MINUTE;

/// Where more sources than this are refused like that at one route, it is closed, and nobody guesses.
const SOURCES: usize = 3;

/// Different keys, all of them refused, from which on nobody has just forgotten one: as many as refused tries at a login.
const KEYS: u64 = super::REFUSED;

/// A key that is guessed is tried on no more than a few routes; one that is out of date, again and again.
const TRIES_OF_ONE: u64 = 4;

/// One siege a source.
pub(super) fn all(world: &World<'_>) -> Vec<Siege> {
    let least = Least::of(world).refused * TIMES;
    let found = world.population::<Logins>().collect_from(least, |subject, tries| {
        let client = Client(subject.key());
        if let Some(route) = guessed(tries).filter(|route| gets_nothing(world, client, route)) {
            return Some((client, route, true));
        }
        let route = tries.nowhere.all().max_by_key(|route| (route.outcomes.total(), route.door))?;
        (route.outcomes.total() >= least && wants_nothing_else(world, client, route))
            .then(|| (client, route.clone(), false))
    });
    let mut by_route: BTreeMap<(bool, RouteKey), Vec<(Client, LoginRoute)>> = BTreeMap::new();
    for (_, (client, route, guesses)) in found {
        let Some(at) = route.door else { continue };
        by_route.entry((guesses, folded(&at, world.learned()))).or_default().push((client, route));
    }
    by_route.retain(|&(guesses, _), sources| guesses || sources.len() <= SOURCES);
    let sieges = by_route.into_iter().flat_map(|((guesses, door), sources)| {
        sources.into_iter().filter_map(move |(client, route)| {
            let siege = Siege::of_source(world, client, door, &route);
            (guesses || siege.has_no_clock() && siege.hurries(door))
                .then_some(Siege { variant: VARIANT, ..siege })
        })
    });
    sieges.collect()
}

/// All that was refused at no door, as one, of whoever tried one key after the other.
fn guessed(tries: &LoginTries) -> Option<LoginRoute> {
    let refused: u64 = tries.nowhere.all().map(|route| route.outcomes.total()).sum();
    if tries.keys.count() < KEYS || tries.keys.count() * TRIES_OF_ONE < refused {
        return None;
    }
    let most = tries.nowhere.all().max_by_key(|route| (route.outcomes.total(), route.door))?;
    let mut all = LoginRoute::default();
    tries.nowhere.all().for_each(|route| all.merge(route.clone()));
    all.door = most.door;
    Some(all)
}

/// Whether somebody got nothing, and was sent there by no page.
fn gets_nothing(world: &World<'_>, client: Client, route: &LoginRoute) -> bool {
    let tries = route.outcomes.total();
    let in_vain = |profile: &Profile| {
        // Who is told to wait was not judged; and of a crowd somebody gets something.
        tries * 100 >= profile.requests.saturating_sub(profile.troubled) * NEARLY_ALL
            && profile.ok * 100 <= tries
            && profile.referred * 2 <= tries
            && (profile.ok == 0 || confounder::crowd(profile) == 0)
    };
    world.profile(client, in_vain) == Some(true)
}

/// Whether somebody got nothing and asked for nothing but this.
fn wants_nothing_else(world: &World<'_>, client: Client, route: &LoginRoute) -> bool {
    // Whoever asks for one object after the other is judged for that.
    let paths = world.population::<ObjectsByClient>().with(client.0, |objects| objects.paths.count());
    paths.unwrap_or(0) < walks::LEAST && gets_nothing(world, client, route)
}

impl Siege {
    /// The one source, where nothing says that credentials are taken.
    pub(in crate::detect) fn at_no_door(&self) -> Option<Client> {
        self.clients.first().filter(|_| self.variant == VARIANT).map(|count| count.of)
    }

    /// Whether its tries at a route are more than a program makes that was logged out and goes on asking.
    fn hurries(&self, RouteKey(_, method): RouteKey) -> bool {
        let minutes = u64::try_from(self.span.micros() / MINUTE).unwrap_or(0).max(1);
        method != Method::Get as u8 || self.verdicts.tries() > PACE * minutes
    }

    /// Whether its tries come neither by a clock, nor in a loop, nor in the hours in which somebody works.
    fn has_no_clock(&self) -> bool {
        let (width, ticks) = self.over.activity();
        let (_, scatter) = scatter(width, &ticks);
        if self.span.micros() < HOURS { scatter >= LOOP } else { (SLOWLY.0..=SLOWLY.1).contains(&scatter) }
    }
}
