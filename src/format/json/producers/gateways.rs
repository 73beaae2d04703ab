//! API gateways: Kong, APISIX, Gravitee, Tyk, `KrakenD`.

use super::mended::upstream_alone;
use super::{Producer, says, takes};
use crate::format::fields::Unit;
use crate::format::slot::Slot;

pub(in crate::format) static KONG: Producer = Producer {
    name: "kong",
    about: "Kong http-log, file-log and its kin",
    signature: &[&[b"latenciesrequest"], &[b"requestmethod"], &[b"responsestatus"]],
    given: &[
        (b"latenciesproxy", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"triesip", says(Slot::Upstream)),
    ],
    mend: None,
};

pub(in crate::format) static APISIX: Producer = Producer {
    name: "apisix-json",
    about: "APISIX file-logger, http-logger and its kin",
    signature: &[
        &[b"requesturl", b"requesturi"],
        &[b"responsestatus"],
        &[b"routeid", b"apisixlatency", b"upstreamlatency"],
    ],
    given: &[],
    mend: None,
};

pub(in crate::format) static GRAVITEE: Producer = Producer {
    name: "gravitee",
    about: "Gravitee's file reporter, metrics",
    signature: &[&[b"gatewayresponsetimems", b"proxyresponsetimems"], &[b"httpmethod", b"method"]],
    given: &[
        (b"apiresponsetimems", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"endpoint", says(Slot::Upstream)),
        (b"endpointresponsetimems", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"gatewayresponsetimems", takes(Slot::Duration, Unit::Millis)),
        (b"proxyresponsetimems", takes(Slot::Duration, Unit::Millis)),
    ],
    mend: Some(upstream_alone),
};

pub(in crate::format) static TYK: Producer = Producer {
    name: "tyk",
    about: "Tyk's access log in JSON",
    signature: &[
        &[b"latencytotal", b"totallatency"],
        &[b"apiid", b"apikey", b"orgid", b"upstreamaddr", b"upstreamlatency"],
        &[b"method"],
    ],
    // Its first version wrote the words the other way round.
    given: &[(b"totallatency", takes(Slot::Duration, Unit::Millis))],
    mend: Some(upstream_alone),
};

/// The keys are the variables of `access_log_custom_format`.
pub(in crate::format) static KRAKEND: Producer = Producer {
    name: "krakend",
    about: "KrakenD Enterprise with an access log in JSON",
    signature: &[&[b"module", b"prefix"], &[b"latencyms"], &[b"clientip"], &[b"statuscode"]],
    given: &[],
    mend: None,
};
