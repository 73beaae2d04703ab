//! Edge networks: Cloudflare, Akamai, Fastly.

use super::mended::decoded;
use super::{Producer, says, says_else, takes};
use crate::event::Event;
use crate::format::Around;
use crate::format::fields::Unit;
use crate::format::slot::Slot;
use crate::text::Plus;

pub(in crate::format) static CLOUDFLARE: Producer = Producer {
    name: "cloudflare",
    about: "Cloudflare Logpush, http_requests",
    signature: &[
        &[b"edgestarttimestamp", b"rayid"],
        &[b"clientrequesthost", b"clientrequesturi", b"clientip"],
    ],
    given: &[
        (b"edgeendtimestamp", says(Slot::End)),
        // Where the stamps are of whole seconds.
        (b"edgetimetofirstbytems", takes(Slot::Duration, Unit::Millis)),
        (b"wafaction", says_else(Slot::Flags)),
        (b"zonename", says(Slot::Api)),
    ],
    mend: None,
};

pub(in crate::format) static AKAMAI: Producer = Producer {
    name: "akamai",
    about: "Akamai DataStream 2 in JSON",
    signature: &[&[b"reqtimesec"], &[b"cliip"]],
    given: &[
        (b"errorcode", says(Slot::Flags)),
        (b"transfertimemsec", takes(Slot::Duration, Unit::Millis)),
        (b"turnaroundtimemsec", takes(Slot::UpstreamDuration, Unit::Millis)),
    ],
    mend: Some(akamai),
};

pub(in crate::format) static FASTLY: Producer = Producer {
    name: "fastly",
    about: "Fastly's JSON template",
    signature: &[&[b"fastlyserver", b"fastlyisedge"]],
    given: &[(b"responsestate", says(Slot::Cache))],
    mend: None,
};

/// Blanks and all that is not ASCII are percent-encoded; some streams encode slashes, too, and write a plus for a blank.
/// What is called the protocol is the scheme in many. The whole time is that to the first byte and that from there on.
fn akamai<'a>(event: &mut Event<'a>, around: Around<'a>) {
    let escapes = event.escapes;
    let plain = |text: &'a [u8]| {
        let slashes = memchr::memmem::find(text, b"%2F").is_some();
        let plus = if slashes { Plus::IsBlank } else { Plus::IsPlus };
        decoded(text, plus, escapes, around.scratch)
    };
    event.user_agent = event.user_agent.map(plain);
    event.referer = event.referer.map(plain);
    event.forwarded = event.forwarded.map(plain);
    if let Some(path) = event.path.filter(|path| !path.starts_with(b"/")) {
        event.path = Some(around.scratch.keep(&[b"/", path].concat()));
    }
    if let (Some(turn), Some(transfer)) = (event.upstream_duration, event.duration) {
        event.duration = Some(turn.saturating_add(transfer));
    }
    event.cache = match event.cache {
        Some(b"1") => Some(b"HIT"),
        Some(b"0") => Some(b"MISS"),
        cache => cache,
    };
    let scheme: Option<&[u8]> = match event.protocol {
        Some(b"HTTPS") => Some(b"https"),
        Some(b"HTTP") => Some(b"http"),
        _ => None,
    };
    if scheme.is_some() {
        (event.scheme, event.protocol) = (event.scheme.or(scheme), None);
    }
}
