//! Vhost combined, then how long it took, as Jira and Bitbucket set Tomcat up behind Apache.

use super::clf::{Clf, Left, Right};
use super::combined_time;

pub(super) static VHOST_COMBINED_TIME: Clf = Clf {
    name: "vhost-combined-time",
    about: "vhost combined with the time taken behind it",
    left: Left::Vhost,
    right: Right::Agent,
    tail: combined_time::tail,
};
