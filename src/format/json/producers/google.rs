//! Google Cloud.

use super::{Producer, says};
use crate::format::slot::Slot;

pub(in crate::format) static GCP: Producer = Producer {
    name: "gcp-lb",
    about: "Google Cloud load balancers, Cloud Run and whatever else logs an `httpRequest`",
    signature: &[&[b"httprequestrequesturl", b"httprequestrequestmethod"], &[b"insertid", b"logname"]],
    given: &[
        (b"httprequestserverip", says(Slot::Upstream)),
        (b"jsonpayloadstatusdetails", says(Slot::Flags)),
        (b"resourcelabelsurlmapname", says(Slot::Route)),
    ],
};
