//! Schemas that many producers write: OCSF, ECS, Zeek's.

use super::{Producer, says};
use crate::format::slot::Slot;

pub(in crate::format) static OCSF: Producer = Producer {
    name: "ocsf",
    about: "OCSF HTTP Activity (4002) as JSON",
    signature: &[&[b"classuid"], &[b"httprequesthttpmethod"]],
    given: &[
        (b"actorusername", says(Slot::User)),
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
    ],
};

pub(in crate::format) static ECS: Producer = Producer {
    name: "ecs",
    about: "Elastic Common Schema, as Beats and ECS loggers write it",
    signature: &[
        &[b"ecsversion", b"httpresponsestatuscode"],
        &[b"urlpath", b"urloriginal", b"httprequestmethod"],
    ],
    given: &[],
};

pub(in crate::format) static ZEEK: Producer = Producer {
    name: "zeek-json",
    about: "Zeek's http.log in JSON",
    signature: &[&[b"idorigh"], &[b"statuscode", b"uri"]],
    given: &[
        (b"idorigh", says(Slot::Client)),
        (b"idorigp", says(Slot::ClientPort)),
        (b"idresph", says(Slot::Upstream)),
        (b"requestbodylen", says(Slot::BytesIn)),
        (b"responsebodylen", says(Slot::BytesOut)),
    ],
};
