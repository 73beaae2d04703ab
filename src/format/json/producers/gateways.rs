//! API gateways: Kong, APISIX, Gravitee.

use super::{Producer, takes};
use crate::format::fields::Unit;
use crate::format::slot::Slot;

pub(in crate::format) static KONG: Producer = Producer {
    name: "kong",
    about: "Kong http-log, file-log and its kin",
    signature: &[&[b"latenciesrequest"], &[b"requestmethod"], &[b"responsestatus"]],
    given: &[(b"latenciesproxy", takes(Slot::UpstreamDuration, Unit::Millis))],
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
};

pub(in crate::format) static GRAVITEE: Producer = Producer {
    name: "gravitee",
    about: "Gravitee's file reporter, metrics",
    signature: &[&[b"gatewayresponsetimems", b"proxyresponsetimems"], &[b"httpmethod", b"method"]],
    given: &[
        (b"apiresponsetimems", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"endpointresponsetimems", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"gatewayresponsetimems", takes(Slot::Duration, Unit::Millis)),
        (b"proxyresponsetimems", takes(Slot::Duration, Unit::Millis)),
    ],
};
