//! Kong's proxy: combined, then the id of the request.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::present;
use crate::event::{Event, Malformed};

pub(super) static KONG_NGINX: Clf = Clf {
    name: "kong-nginx",
    about: "Kong proxy access log: combined with `kong_request_id`",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    if columns.word()? != b"kong_request_id:" {
        return Err(Malformed::Trailing);
    }
    event.request_id = Some(present(columns.quoted()?));
    columns.end()
}
