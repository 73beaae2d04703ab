//! Edge networks: Cloudflare, Akamai, Fastly.

use super::{Producer, takes};
use crate::format::fields::Unit;
use crate::format::slot::Slot;

pub(in crate::format) static CLOUDFLARE: Producer = Producer {
    name: "cloudflare",
    about: "Cloudflare Logpush, http_requests",
    signature: &[
        &[b"edgestarttimestamp", b"rayid"],
        &[b"clientrequesthost", b"clientrequesturi", b"clientip"],
    ],
    given: &[],
};

pub(in crate::format) static AKAMAI: Producer = Producer {
    name: "akamai",
    about: "Akamai DataStream 2 in JSON",
    signature: &[&[b"reqtimesec"], &[b"cliip"]],
    given: &[
        (b"transfertimemsec", takes(Slot::Duration, Unit::Millis)),
        (b"turnaroundtimemsec", takes(Slot::UpstreamDuration, Unit::Millis)),
    ],
};

pub(in crate::format) static FASTLY: Producer = Producer {
    name: "fastly",
    about: "Fastly's JSON template",
    signature: &[&[b"fastlyserver", b"fastlyisedge"]],
    given: &[],
};
