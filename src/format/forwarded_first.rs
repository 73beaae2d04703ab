//! Combined with the forwarded-for list before everything else, with quotes or without.

use super::clf::{Clf, Left, Right, nothing};

pub(super) static FORWARDED_FIRST: Clf = Clf {
    name: "forwarded-first",
    about: "combined with the forwarded-for list before it, as nginx and Apache behind a proxy are often set up",
    left: Left::Forwarded,
    right: Right::Agent,
    tail: nothing,
};
