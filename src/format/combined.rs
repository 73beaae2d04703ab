//! Combined: the default of nginx, and what nearly every Apache writes.

use super::clf::{Clf, Left, Right, nothing};

pub(super) static COMBINED: Clf = Clf {
    name: "combined",
    about: "nginx default, Apache combined, LiteSpeed, varnishncsa, gunicorn, Jetty: CLF with referer and user agent",
    left: Left::Client,
    right: Right::Agent,
    tail: nothing,
};
