//! `BunkerWeb`: vhost combined with the request's id where the user's name would stand.

use super::clf::{Clf, Left, Right, nothing};

pub(super) static BUNKERWEB: Clf = Clf {
    name: "bunkerweb",
    about: "BunkerWeb: vhost combined with a request id",
    left: Left::VhostAndId,
    right: Right::Agent,
    tail: nothing,
};
