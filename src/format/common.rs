//! Common, the oldest: CLF and nothing behind the size.

use super::clf::{Clf, Left, Right, nothing};

pub(super) static COMMON: Clf = Clf {
    name: "common",
    about: "Apache common, Tomcat, Jetty: CLF without referer and user agent",
    left: Left::Client,
    right: Right::Size,
    tail: nothing,
};
