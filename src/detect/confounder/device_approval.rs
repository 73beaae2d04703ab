//! A device that waits until its owner approves it (RFC 8628): it asks for a code, then asks for its token every five
//! seconds, is told to wait, and is let in once.

use crate::detect::World;
use crate::detect::doors::Verdict;
use crate::detect::siege::Siege;
use crate::detect::visits::Visit;
use crate::incident::ConfounderNote;
use crate::request::Client;

/// What a template of the endpoint for codes holds; RFC 8628 calls it the device authorization endpoint.
const CODES: &[u8] = b"device";

/// "The client MUST use 5 as the default" distance of two questions, in microseconds (RFC 8628, section 3.2).
const WAITS: i64 = 5_000_000;

/// The status of `authorization_pending` (RFC 8628, section 3.5; RFC 6749, section 5.2).
const PENDING: u16 = 400;

/// A clock that is read to the second and an answer on its way make it a little less, in percent.
const ABOUT: i64 = 90;

/// From this share of the sources on (in percent), a siege is made of devices.
const MOST: usize = 90;

/// Whether the sources of a siege are devices that wait.
pub(super) fn of_siege(world: &World<'_>, siege: &Siege) -> Option<ConfounderNote> {
    let devices = siege.clients.iter().filter(|count| waits(world, siege, count.of)).count();
    (devices > 0 && devices * 100 >= siege.clients.len() * MOST).then(|| {
        let reason =
            format!("{devices} of the sources asked for a code and then, every 5 s, whether it was approved");
        super::note("device-approval", 90, reason)
    })
}

/// Whether one source asked for codes, is refused with 400 alone, and is let in no more often than it asked for codes.
fn waits(world: &World<'_>, siege: &Siege, client: Client) -> bool {
    let is_for_codes = |number| {
        let text = world.route(number).and_then(|route| world.template_text(route.0)).unwrap_or(b"");
        memchr::memmem::find(&text.to_ascii_lowercase(), CODES).is_some()
    };
    let codes = world.profile(client, |profile| {
        let codes = profile.routes.iter().filter(|&(number, _)| is_for_codes(number));
        codes.map(|(_, visit)| visit.ok).sum::<u64>()
    });
    let codes = codes.unwrap_or(0);
    let mut visits = world.visits_of(client).filter(|visit| visit.door == siege.door).peekable();
    codes > 0 && visits.peek().is_some() && visits.all(|visit| waits_at(world, visit, codes))
}

/// Whether a client that asked for so many codes waits at a door.
fn waits_at(world: &World<'_>, visit: &Visit, codes: u64) -> bool {
    let verdict = |answer| world.doors().verdict_for(visit.client, visit.door, answer);
    let mut answers = visit.answers.iter().map(|&(answer, _)| answer);
    let told_to_wait = answers.all(|answer| verdict(answer) != Verdict::Refused || answer.status == PENDING);
    let asks = i64::try_from(visit.tries).unwrap_or(i64::MAX);
    let shortest = asks.saturating_sub(1).saturating_mul(WAITS / 100 * ABOUT);
    world.doors().of_visit(visit).accepted <= codes && told_to_wait && visit.span.micros() >= shortest
}
