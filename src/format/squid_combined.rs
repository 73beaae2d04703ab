//! Squid's `combined` (its `logformat` manual): combined, then what the cache did and who answered.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use crate::event::{Event, Malformed};

pub(super) static SQUID_COMBINED: Clf = Clf {
    name: "squid-combined",
    about: "Squid's `logformat combined`: combined with cache result and hierarchy",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

/// How a server was chosen stands there as well, but not which.
fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let word = columns.word()?;
    let colon = memchr::memchr(b':', word).ok_or(Malformed::Trailing)?;
    let (cache, peer) = (&word[..colon], &word[colon + 1..]);
    let is_code = |code: &[u8]| code.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    if cache.is_empty() || peer.is_empty() || !is_code(cache) || !is_code(peer) {
        return Err(Malformed::Trailing);
    }
    event.cache = Some(cache);
    columns.end()
}
