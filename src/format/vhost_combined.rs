//! Combined behind a virtual host, `vhost[:port]`.

use super::clf::{Clf, Left, Right, nothing};

pub(super) static VHOST_COMBINED: Clf = Clf {
    name: "vhost-combined",
    about: "Apache vhost_combined (Debian's other_vhosts_access.log) and nginx set up alike",
    left: Left::Vhost,
    right: Right::Agent,
    tail: nothing,
};
