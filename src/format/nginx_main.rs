//! nginx as its packages set it up: combined, then the forwarded-for list in quotes.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::present;
use crate::event::{Event, Malformed};
use crate::time::stamp::Decimal;

pub(super) static NGINX_MAIN: Clf = Clf {
    name: "nginx-main",
    about: "nginx `main` of its packages and images: combined with forwarded-for (or the gzip ratio)",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let last = columns.rest();
    if !last.trim_ascii_start().starts_with(b"\"") {
        return Err(if last.is_empty() { Malformed::Short } else { Malformed::Trailing });
    }
    let forwarded = columns.quoted()?;
    // The ratio of gzip stands at the same place in nginx's documentation.
    event.forwarded = Decimal::read(forwarded).is_none().then_some(present(forwarded));
    columns.end()
}
