//! A machine's account and the routes that were made for it: nobody else uses them, and it uses nothing else. A thief takes
//! what others use with the account of somebody who does other things, too.

use super::from_inside;
use crate::collect::{PROFILE_TICK, PrincipalProfiles, Profile};
use crate::detect::statistics::{permille, scatter};
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::Client;
use crate::time::HOUR;

/// An account that asks for what others use more often than this has a life besides, and may be somebody's whom a thief robbed.
const STRAY: u64 = 2;

/// A route that no more addresses than this ask for is used by nobody else: a machine and its stand-in.
const NOBODY_ELSE: u64 = 2;

/// From this share of its requests on (in tenths of a percent), hardly anything is refused or missing.
const ALLOWED: u64 = 980;

/// From this share of an address's requests on (in tenths of a percent), it is one account's.
const ONE_ACCOUNT: u64 = 950;

/// Who keeps on for this long, in microseconds, works around the clock, as machines do and people do not.
const KEEPS_ON: i64 = 14 * HOUR;

/// So many routes that nobody else uses are an interface that was made for a machine.
const INTERFACE: u64 = 3;

/// Fewer ticks than this show no pace; a pace that scatters half as much as chance, or less, is a machine's: of twenty ticks
/// of a Poisson process one in thirty is as even.
const TICKS: u64 = 8;
const EVEN: u64 = 50;

/// Whether an account, or the one behind an address, has its routes to itself and does nothing else, as machines do it.
pub(super) fn of_actor(world: &World<'_>, actor: Actor) -> Option<ConfounderNote> {
    let account = match actor {
        Actor::Principal(principal) => u128::from(principal.0),
        Actor::Client(client) => match actor.profile(world, only_account)? {
            Some(account) => account,
            None => return of_nameless(world, client),
        },
    };
    let profiles = world.population::<PrincipalProfiles>();
    let hours = profiles.with(account, |profile| {
        let is_machine = profile.others.count() <= NOBODY_ELSE
            && profile.agents.count() <= 1
            && permille(profile.ok + profile.troubled, profile.requests) >= ALLOWED
            && (profile.span.micros() >= KEEPS_ON || is_even(profile));
        (is_machine && shared(world, profile) <= STRAY).then(|| profile.span.micros() / HOUR)
    })??;
    let reason = format!(
        "this account uses nothing but routes that nobody else uses, as machines do, over {hours} h, and hardly anything is refused"
    );
    Some(super::note("own-route", 85, reason))
}

/// Whether a machine that gives no name has its routes to itself and does nothing else: one of the house, or one that works
/// around the clock on several of them, an interface that was made for it.
fn of_nameless(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    let (hours, routes) = world.profile(client, |profile| {
        let is_machine = profile.others.is_empty()
            && profile.agents.count() <= 1
            && profile.companions == 0
            && permille(profile.ok + profile.troubled, profile.requests) >= ALLOWED
            && shared(world, profile) <= STRAY;
        let all_day = profile.span.micros() >= KEEPS_ON;
        is_machine.then(|| (if all_day { profile.span.micros() / HOUR } else { 0 }, profile.routes.count()))
    })??;
    if let Some(note) = from_inside::of_client(world, client) {
        let reason = format!("{}, that uses nothing but routes that nobody else uses", note.reason);
        return Some(super::note("own-route", 80, reason));
    }
    if hours > 0 && routes >= INTERFACE {
        let reason =
            format!("a program that uses nothing but {routes} routes that nobody else uses, over {hours} h");
        return Some(super::note("own-route", 80, reason));
    }
    let named = world.profile(client, |profile| for_machines(world, profile))?;
    (named >= ALLOWED).then(|| {
        let reason =
            "a program that uses nothing but routes which say that they are for programs, and nobody else";
        super::note("own-route", 80, reason.to_owned())
    })
}

/// Names of interfaces that are made for programs of the house and of its partners.
const FOR_MACHINES: [&[u8]; 16] = [
    b"internal",
    b"partner",
    b"partners",
    b"b2b",
    b"edi",
    b"erp",
    b"feed",
    b"feeds",
    b"sync",
    b"export",
    b"exports",
    b"integration",
    b"integrations",
    b"s2s",
    b"m2m",
    b"backup",
];

/// The share of requests (in tenths of a percent) for routes with such a name.
fn for_machines(world: &World<'_>, profile: &Profile) -> u64 {
    let says_so = |number: u64| {
        let text = world.route(number).and_then(|route| world.template_text(route.0));
        text.is_some_and(|text| text.split(|&byte| byte == b'/').any(|part| FOR_MACHINES.contains(&part)))
    };
    let kept = || profile.routes.iter();
    let named = kept().filter(|&(number, _)| says_so(number)).map(|(_, visit)| visit.requests).sum();
    permille(named, kept().map(|(_, visit)| visit.requests).sum())
}

/// The one account behind an address.
pub(in crate::detect) fn only_account(profile: &Profile) -> Option<u128> {
    let most = profile.others.iter().map(|(_, other)| (other.requests, other.key)).max()?;
    (permille(most.0, profile.requests) >= ONE_ACCOUNT).then_some(most.1)
}

/// How many of an account's requests went to routes that others use as well.
fn shared(world: &World<'_>, profile: &Profile) -> u64 {
    let is_own = |number| {
        let norm = world.route(number).and_then(|route| world.norm(route));
        norm.is_some_and(|norm| norm.clients.count() <= NOBODY_ELSE)
    };
    let kept = profile.routes.len() as u64;
    let foreign = profile.routes.iter().filter(|&(number, _)| !is_own(number));
    if profile.routes.count() > kept {
        // Objects whose ids nobody knew for ids yet: those kept are a fair sample of them.
        return (foreign.count() as u64 * profile.requests).checked_div(kept).unwrap_or(0);
    }
    let kept: u64 = profile.routes.iter().map(|(_, one)| one.requests).sum();
    profile.requests.saturating_sub(kept) + foreign.map(|(_, one)| one.requests).sum::<u64>()
}

/// Whether an account's pace is a machine's.
fn is_even(profile: &Profile) -> bool {
    let width = profile.activity.width(PROFILE_TICK);
    let ticks = profile.activity.ticks(PROFILE_TICK).map(|(start, tries)| (start, tries.0));
    let (slots, percent) = scatter(width, &ticks.collect::<Vec<_>>());
    slots >= TICKS && percent <= EVEN
}
