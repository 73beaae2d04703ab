//! Programs that ask for a new token with one that they were given: once that is revoked they are refused until somebody logs in
//! again, and there is nothing to guess. Whoever guesses at a token endpoint was never let in before.

use crate::detect::World;
use crate::detect::visits::Visit;
use crate::route::EndpointClass;

/// Fewer refused tries than this are nobody's business.
const REFUSED: u64 = 4;

/// Whoever goes on after so many is looked at all the same: a phone that does keeps a beat.
const MANY: u64 = 150;

/// Whether a client at a token endpoint, which names no account, was let in there or at a login before it was refused.
pub(super) fn is_renewal(world: &World<'_>, visit: &Visit) -> bool {
    let is_token = visit.at.class == EndpointClass::Token && world.doors().refuses_by_status(visit.door);
    if !is_token || !(REFUSED..=MANY).contains(&world.doors().of_visit(visit).refused) {
        return false;
    }
    let began = visit.with(world, |route| {
        let let_in = route.answered.first().is_some() && route.answered.first() == route.samples.first();
        route.accounts.is_empty().then_some(let_in)
    });
    match began.flatten() {
        None => false,
        Some(true) => true,
        Some(false) => logged_in_before(world, visit),
    }
}

/// Whether the client got in at a login or with a second factor before, and was hardly ever refused there.
fn logged_in_before(world: &World<'_>, visit: &Visit) -> bool {
    let mut logins = world
        .visits_of(visit.client)
        .filter(|other| matches!(other.at.class, EndpointClass::Login | EndpointClass::Mfa));
    logins.any(|login| {
        let verdicts = world.doors().of_visit(login);
        login.span.first < visit.span.first && verdicts.accepted > verdicts.refused
    })
}
