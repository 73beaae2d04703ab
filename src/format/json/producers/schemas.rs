//! Schemas that many producers write: OCSF, ECS, Zeek's.

use super::{Producer, says, says_else};
use crate::event::Event;
use crate::format::Around;
use crate::format::slot::Slot;

pub(in crate::format) static OCSF: Producer = Producer {
    name: "ocsf",
    about: "OCSF HTTP Activity (4002) as JSON",
    signature: &[&[b"classuid"], &[b"httprequesthttpmethod"]],
    given: &[
        (b"actorusername", says(Slot::User)),
        (b"disposition", says(Slot::Flags)),
        (b"dispositionid", None),
        (b"dstendpointip", says(Slot::Upstream)),
        (b"httprequesthttpmethod", says(Slot::Method)),
        (b"httprequestlength", says(Slot::BytesIn)),
        (b"httprequestuid", says(Slot::RequestId)),
        (b"httprequesturlhostname", says(Slot::Host)),
        (b"httprequesturlpath", says(Slot::Target)),
        (b"httprequesturlquerystring", says(Slot::Query)),
        (b"httpresponsecode", says(Slot::Status)),
        (b"httpresponselength", says(Slot::BytesOut)),
        (b"srcendpointip", says(Slot::Client)),
        (b"srcendpointlocationcountry", says(Slot::Country)),
        (b"srcendpointport", says(Slot::ClientPort)),
        (b"tlsja3hashvalue", says(Slot::Ja3)),
        (b"trafficbytesin", says_else(Slot::BytesIn)),
        (b"trafficbytesout", says_else(Slot::BytesOut)),
    ],
    mend: None,
};

pub(in crate::format) static ECS: Producer = Producer {
    name: "ecs",
    about: "Elastic Common Schema, as Beats and ECS loggers write it",
    signature: &[
        &[b"ecsversion", b"httpresponsestatuscode"],
        &[b"urlpath", b"urloriginal", b"httprequestmethod"],
    ],
    given: &[],
    mend: None,
};

pub(in crate::format) static ZEEK: Producer = Producer {
    name: "zeek-json",
    about: "Zeek's http.log in JSON",
    signature: &[&[b"idorigh"], &[b"statuscode", b"uri"]],
    given: &[
        (b"idorigh", says(Slot::Client)),
        (b"idorigp", says(Slot::ClientPort)),
        (b"idresph", says(Slot::Upstream)),
        (b"proxied", says(Slot::Forwarded)),
        (b"requestbodylen", says(Slot::BytesIn)),
        (b"responsebodylen", says(Slot::BytesOut)),
    ],
    mend: Some(zeek),
};

/// `proxied` holds headers of every proxy, `X-FORWARDED-FOR -> 203.0.113.5` and others.
fn zeek<'a>(event: &mut Event<'a>, _: Around<'a>) {
    const NAME: &[u8] = b"X-FORWARDED-FOR -> ";
    event.forwarded = event.forwarded.and_then(|headers| {
        let list = &headers[memchr::memmem::find(headers, NAME)? + NAME.len()..];
        let next = memchr::memmem::find(list, b" -> ").map_or(list, |at| &list[..at]);
        // The name of the next header stands behind a comma.
        let end = if next.len() < list.len() { memchr::memmem::rfind(next, b", ") } else { None };
        Some(&list[..end.unwrap_or(next.len())])
    });
}
