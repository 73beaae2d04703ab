//! The ingress controller of Kubernetes: combined, then nine columns about the upstream.

use super::clf::{Clf, Left, Right};
use super::columns::Columns;
use super::fields::{Unit, duration, duration_list, last_of_list, number, present, status};
use crate::event::{Event, Malformed};

pub(super) static INGRESS_NGINX: Clf = Clf {
    name: "ingress-nginx",
    about: "ingress-nginx `upstreaminfo`: combined with length, time, upstream and request id",
    left: Left::Client,
    right: Right::Agent,
    tail,
};

fn tail<'a>(mut columns: Columns<'a>, event: &mut Event<'a>) -> Result<(), Malformed> {
    event.bytes_in = Some(number(columns.word()?).ok_or(Malformed::Trailing)?);
    event.duration = duration(columns.word()?, Unit::Seconds);
    event.gateway_route = Some(present(columns.bracketed()?));
    let _alternative = columns.bracketed()?;
    event.upstream = Some(present(columns.list()?));
    let _length = columns.list()?;
    event.upstream_duration = duration_list(columns.list()?, Unit::Seconds);
    event.upstream_status = status(last_of_list(columns.list()?));
    event.request_id = Some(present(columns.word()?));
    columns.end()
}
