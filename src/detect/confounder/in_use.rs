//! A file of settings or of state that a program works with: whoever logs in asks for it again and again. Who finds one that lies
//! about takes it once.

use super::from_inside::is_private;
use crate::collect::Attacked;
use crate::detect::{Actor, World};
use crate::incident::ConfounderNote;
use crate::request::Client;
use crate::signal::Class;

/// From so many requests for each of the files on, somebody works with them.
const USES: u64 = 20;

/// Whether all that a client shows are files that it works with, as somebody who is known, or from inside.
pub(in crate::detect) fn of_files(
    world: &World<'_>,
    client: Client,
    attacked: &Attacked,
) -> Option<ConfounderNote> {
    let mut files = 0;
    for target in attacked.targets.all() {
        if target.class() != Some(Class::SensitiveFile) || target.requests < USES {
            return None;
        }
        files += 1;
    }
    let is_known = || {
        let names = Actor::Client(client).profile(world, |profile| profile.others.count());
        is_private(client) || names.is_some_and(|names| names > 0)
    };
    (files > 0 && is_known()).then(|| {
        let reason = format!(
            "{} requests for {files} files, by somebody who is known or from inside: they are worked with",
            attacked.requests
        );
        super::note("in-use", 85, reason)
    })
}
