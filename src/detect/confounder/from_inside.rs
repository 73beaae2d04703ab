//! A machine of the house itself: a private address among public ones, such as a search index that reads the catalogue.

use std::net::IpAddr;

use crate::collect::ClientProfiles;
use crate::detect::World;
use crate::detect::statistics::permille;
use crate::incident::ConfounderNote;
use crate::request::Client;

/// Where more than this share of all addresses are private (in tenths of a percent), strangers come from them, too: through
/// a proxy that hides them.
const FEW_PRIVATE: u64 = 50;

/// Whether whoever takes a public catalogue whole is the house itself.
pub(super) fn of_client(world: &World<'_>, client: Client) -> Option<ConfounderNote> {
    if !is_private(client) {
        return None;
    }
    let add = |(private, all): &mut (u64, u64), key: u128, _| {
        *private += u64::from(is_private(Client(key)));
        *all += 1;
    };
    let join = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
    let (private, all) = world.population::<ClientProfiles>().count_keys(|| (0, 0), add, join);
    let share = permille(private, all);
    (share <= FEW_PRIVATE).then(|| {
        let reason = format!("a private address, as are {private} of {all}");
        super::note("from-inside", 85, reason)
    })
}

/// Whether an address is one that no network outside leads to (RFC 1918, RFC 4193, RFC 6598).
fn is_private(client: Client) -> bool {
    match client.address() {
        Some(IpAddr::V4(v4)) => {
            let [a, b, ..] = v4.octets();
            v4.is_private() || v4.is_loopback() || (a == 100 && b & 0xc0 == 64)
        }
        Some(IpAddr::V6(v6)) => v6.is_unique_local() || v6.is_loopback(),
        None => false,
    }
}
