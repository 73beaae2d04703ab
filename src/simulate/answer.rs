//! What a site answers, as far as a log shows it.

use super::random::Rng;
use super::site::Site;

/// What an answer looks like in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status.
    pub status: u16,
    /// The size of the body.
    pub bytes: u64,
}

/// What a refused and an accepted login look like.
pub(super) fn login_answers(rng: &mut Rng) -> (Answer, Answer) {
    let token = rng.between(420, 1400);
    let page = rng.between(1800, 9000);
    let (refused, accepted) = match rng.below(7) {
        0 | 1 => ((401, rng.between(40, 160)), (200, token)),
        2 => ((403, rng.between(40, 160)), (200, token)),
        3 => ((400, rng.between(40, 220)), (200, token)),
        4 => ((422, rng.between(60, 300)), (201, token)),
        5 => ((302, 154), (302, 138)),
        _ => ((200, page), (302, 0)),
    };
    (Answer { status: refused.0, bytes: refused.1 }, Answer { status: accepted.0, bytes: accepted.1 })
}

/// The answer to a forgotten password: on most sites it tells whether the account exists, if only by its size.
pub(super) fn reset_answer(site: &Site, exists: bool) -> Answer {
    let bytes = 60 + site.missing.bytes % 40;
    if exists { Answer { status: 200, bytes } } else { Answer { status: 200, bytes: bytes + 31 } }
}

/// The answer to whether a name is taken.
pub(super) fn name_answer(taken: bool) -> Answer {
    Answer { status: 200, bytes: if taken { 19 } else { 18 } }
}
