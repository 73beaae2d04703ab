//! Google Cloud.

use super::{Producer, says, says_else};
use crate::event::Event;
use crate::format::Around;
use crate::format::slot::Slot;

pub(in crate::format) static GCP: Producer = Producer {
    name: "gcp-lb",
    about: "Google Cloud load balancers, Cloud Run and whatever else logs an `httpRequest`",
    signature: &[&[b"httprequestrequesturl", b"httprequestrequestmethod"], &[b"insertid", b"logname"]],
    given: &[
        (b"httprequestcachehit", says(Slot::Cache)),
        (b"httprequestserverip", says(Slot::Upstream)),
        (b"jsonpayloadenforcedsecuritypolicyoutcome", says_else(Slot::Flags)),
        (b"jsonpayloadsecuritypolicyrequestdataremoteipinfoasn", says(Slot::Asn)),
        (b"jsonpayloadsecuritypolicyrequestdataremoteipinforegioncode", says(Slot::Country)),
        (b"jsonpayloadsecuritypolicyrequestdatatlsja3fingerprint", says(Slot::Ja3)),
        (b"jsonpayloadsecuritypolicyrequestdatatlsja4fingerprint", says(Slot::Ja4)),
        (b"jsonpayloadstatusdetails", says(Slot::Flags)),
        (b"resourcelabelsurlmapname", says(Slot::Route)),
    ],
    mend: Some(mend),
};

/// The cache is a word and not yes or no.
fn mend<'a>(event: &mut Event<'a>, _: Around<'a>) {
    event.cache = match event.cache {
        Some(b"true") => Some(b"HIT"),
        Some(b"false") => Some(b"MISS"),
        cache => cache,
    };
}
