//! `HAProxy` with a log format of the user's in JSON, by hand or by `%{+json}o`: the keys are the user's, mostly named as the
//! manual names the fields (`HAProxy` configuration manual §8.2.6).

use super::{Producer, says, says_else, takes};
use crate::event::Event;
use crate::format::Around;
use crate::format::fields::Unit;
use crate::format::slot::Slot;

pub(in crate::format) static HAPROXY: Producer = Producer {
    name: "haproxy-json",
    about: "HAProxy with a log format in JSON",
    signature: &[
        &[b"frontend", b"frontendname", b"haproxyfrontendname"],
        &[b"backend", b"backendname", b"haproxybackendname"],
        &[
            b"haproxyservername",
            b"requestterminationstate",
            b"server",
            b"servername",
            b"terminationstate",
            b"tsc",
        ],
    ],
    given: &[
        (b"activetime", takes(Slot::Duration, Unit::Millis)),
        (b"backend", says(Slot::Api)),
        (b"backendname", says(Slot::Api)),
        // The manual's name for what was sent to the client.
        (b"bytesread", says(Slot::BytesOut)),
        (b"bytesuploaded", says(Slot::BytesIn)),
        (b"frontend", says(Slot::Route)),
        (b"frontendname", says(Slot::Route)),
        (b"haproxybackendname", says(Slot::Api)),
        (b"haproxyfrontendname", says(Slot::Route)),
        (b"haproxyservername", says(Slot::Upstream)),
        (b"requestterminationstate", says(Slot::Flags)),
        (b"responsetime", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"server", says_else(Slot::Upstream)),
        (b"serverip", says(Slot::Upstream)),
        (b"servername", says_else(Slot::Upstream)),
        (b"ta", takes(Slot::Duration, Unit::Millis)),
        (b"terminationstate", says(Slot::Flags)),
        (b"timeactive", takes(Slot::Duration, Unit::Millis)),
        (b"timeresponse", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"tr", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"tsc", says(Slot::Flags)),
    ],
    mend: Some(mend),
};

/// A tilde behind a frontend says that the client spoke TLS to it; `<NOSRV>` is no server.
fn mend<'a>(event: &mut Event<'a>, _: Around<'a>) {
    if let Some(frontend) = event.gateway_route.and_then(|route| route.strip_suffix(b"~")) {
        event.gateway_route = Some(frontend);
        event.scheme = event.scheme.or(Some(b"https"));
    }
    event.upstream = event.upstream.filter(|server| !server.ends_with(b">"));
}
