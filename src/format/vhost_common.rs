//! Common behind a virtual host, `vhost[:port]`.

use super::clf::{Clf, Left, Right, nothing};

pub(super) static VHOST_COMMON: Clf = Clf {
    name: "vhost-common",
    about: "Apache vhost_common: a virtual host, then CLF without referer and user agent",
    left: Left::Vhost,
    right: Right::Size,
    tail: nothing,
};
