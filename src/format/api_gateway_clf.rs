//! AWS API Gateway's CLF: the caller where the identity stands, the request's id behind the size.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use crate::event::{Event, Malformed};

pub(super) static API_GATEWAY_CLF: Clf = Clf {
    name: "aws-api-gateway-clf",
    about: "AWS API Gateway access logs in its CLF form",
    left: Left::Client,
    right: Right::Size,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    let id = columns.word()?;
    let is_uuid = id.len() == 36 && memchr::memchr_iter(b'-', id).count() == 4;
    let is_extended = id.len() >= 10 && id.ends_with(b"=");
    if !is_uuid && !is_extended {
        return Err(Malformed::Trailing);
    }
    event.request_id = Some(id);
    columns.end()
}
