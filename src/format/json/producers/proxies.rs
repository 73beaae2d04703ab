//! Proxies: Caddy, Traefik, Envoy, Linkerd, F5.

use super::{Producer, says, takes};
use crate::format::fields::Unit;
use crate::format::slot::Slot;

pub(in crate::format) static CADDY: Producer = Producer {
    name: "caddy",
    about: "Caddy's access log",
    signature: &[&[b"logger"], &[b"requesturi"], &[b"requestremoteip", b"requestremoteaddr"]],
    given: &[],
    mend: None,
};

pub(in crate::format) static TRAEFIK: Producer = Producer {
    name: "traefik-json",
    about: "Traefik's access log in JSON",
    signature: &[&[b"requestpath"], &[b"downstreamstatus", b"originstatus"]],
    // Whatever a shipper makes of the capitals.
    given: &[
        (b"duration", takes(Slot::Duration, Unit::Nanos)),
        (b"originduration", takes(Slot::UpstreamDuration, Unit::Nanos)),
    ],
    mend: None,
};

pub(in crate::format) static ENVOY: Producer = Producer {
    name: "envoy-json",
    about: "Envoy, Envoy Gateway, Istio and Gloo in JSON",
    signature: &[&[b"responsecode"], &[b"responseflags", b"starttime"]],
    given: &[],
    mend: None,
};

pub(in crate::format) static LINKERD: Producer = Producer {
    name: "linkerd-json",
    about: "Linkerd's proxy with `accessLog: json`",
    signature: &[&[b"clientaddr"], &[b"totalns"]],
    given: &[(b"clientid", says(Slot::TlsClient))],
    mend: None,
};

pub(in crate::format) static F5: Producer = Producer {
    name: "f5",
    about: "F5 BIG-IP through Telemetry Streaming",
    signature: &[
        &[b"telemetryeventcategory", b"virtualserver", b"virtualname"],
        &[b"httpmethod"],
        &[b"httpuri"],
    ],
    given: &[
        (b"eventtimestamp", says(Slot::Time)),
        (b"httpuri", says(Slot::Target)),
        (b"httpversion", says(Slot::Protocol)),
        (b"reqelapsedtime", takes(Slot::Duration, Unit::Millis)),
        (b"reqstarttime", says(Slot::Time)),
        (b"virtualname", says(Slot::Api)),
        (b"virtualserver", says(Slot::Api)),
    ],
    mend: None,
};
