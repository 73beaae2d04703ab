//! Traefik's text log: combined, then how many requests so far, router, server and time.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::{Unit, duration, number, present};
use crate::event::{Event, Malformed};

pub(super) static TRAEFIK_CLF: Clf = Clf {
    name: "traefik-clf",
    about: "Traefik access log in its text form: combined with request count, router, server and time",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let count = columns.word()?;
    if count != b"-" && number(count).is_none() {
        return Err(Malformed::Trailing);
    }
    event.gateway_route = Some(present(columns.quoted()?));
    event.upstream = Some(present(columns.quoted()?));
    event.duration = Some(duration(columns.word()?, Unit::Millis).ok_or(Malformed::Trailing)?);
    columns.end()
}
