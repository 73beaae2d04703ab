//! Azure: Application Gateway, Front Door, API Management.

use super::mended::upstream_alone;
use super::{Producer, says, says_else, takes};
use crate::event::Event;
use crate::format::Around;
use crate::format::fields::{Unit, address, is_host_name, status};
use crate::format::slot::Slot;

pub(in crate::format) static AZURE: Producer = Producer {
    name: "azure",
    about: "Azure Application Gateway, Front Door and API Management",
    signature: &[
        &[b"category"],
        &[b"propertieshttpmethod", b"propertiesmethod"],
        &[b"propertiesrequesturi", b"propertiesurl"],
    ],
    given: &[
        (b"correlationid", says(Slot::RequestId)),
        (b"operationname", None),
        (b"propertiesbackendhostname", says_else(Slot::Upstream)),
        (b"propertiesbackendurl", says(Slot::Upstream)),
        (b"propertiesclientcountry", says(Slot::Country)),
        // Front Door believes a header here; who held the socket is another.
        (b"propertiesclientip", says(Slot::Forwarded)),
        (b"propertiesclientja4fingerprint", says(Slot::Ja4)),
        (b"propertiesclientprotocol", says(Slot::Protocol)),
        (b"propertiesclienttlsversion", says(Slot::TlsVersion)),
        (b"propertieserrorinfo", says(Slot::Flags)),
        (b"propertiesoriginip", says(Slot::Upstream)),
        (b"propertiesoriginname", says_else(Slot::Upstream)),
        (b"propertiesrequestprotocol", None),
        (b"propertiesroutingrulename", says(Slot::Route)),
        (b"propertiessecuritycipher", says(Slot::TlsCipher)),
        (b"propertiessecurityprotocol", says(Slot::TlsVersion)),
        (b"propertiesserverresponselatency", takes(Slot::UpstreamDuration, Unit::Seconds)),
        (b"propertiesserverrouted", says(Slot::Upstream)),
        (b"propertiesserverstatus", says(Slot::UpstreamStatus)),
        (b"propertiessocketip", says(Slot::Client)),
        (b"propertiestimetofirstbyte", takes(Slot::UpstreamDuration, Unit::Seconds)),
    ],
    mend: Some(mend),
};

/// The table `ApiManagementGatewayLogs` of Azure Monitor.
pub(in crate::format) static AZURE_APIM: Producer = Producer {
    name: "azure-apim",
    about: "Azure API Management as Azure Monitor exports it, without nesting",
    signature: &[
        &[b"calleripaddress"],
        &[b"url"],
        &[b"timegenerated", b"totaltime"],
        &[b"apiid", b"responsecode"],
    ],
    given: &[
        (b"backendtime", takes(Slot::UpstreamDuration, Unit::Millis)),
        (b"backendurl", says(Slot::Upstream)),
        (b"clientprotocol", says(Slot::Protocol)),
        (b"clienttlsversion", says(Slot::TlsVersion)),
        (b"operationname", None),
        (b"timegenerated", says(Slot::Time)),
        (b"totaltime", takes(Slot::Duration, Unit::Millis)),
    ],
    mend: Some(upstream_alone),
};

fn mend<'a>(event: &mut Event<'a>, around: Around<'a>) {
    let named = event.forwarded.and_then(address).map(|(address, _)| address);
    event.forwarded = event.forwarded.filter(|_| named.is_none() || named != event.client);
    event.protocol = match event.protocol {
        Some(b"1.0.0.0") => Some(b"HTTP/1.0"),
        Some(b"1.1.0.0") => Some(b"HTTP/1.1"),
        Some(b"2.0.0.0") => Some(b"HTTP/2.0"),
        Some(b"3.0.0.0") => Some(b"HTTP/3.0"),
        protocol => protocol,
    };
    event.flags = event.flags.filter(|flags| *flags != b"NoError");
    upstream_alone(event, around);
    split_query(event);
}

/// Application Gateway writes behind the query who answered and how: `&SERVER-STATUS=200&SERVER-ROUTED=10.0.0.66` and more.
/// A client can write that, too: only what can be no attack is taken from the query.
fn split_query(event: &mut Event<'_>) {
    const BEGIN: &[u8] = b"SERVER-STATUS=";
    let Some(query) = event.query else { return };
    let Some(at) = memchr::memmem::rfind(query, BEGIN) else { return };
    let (before, behind) = query.split_at(at);
    if !(before.is_empty() || before.ends_with(b"&")) || !behind.split(|&byte| byte == b'&').all(is_harmless)
    {
        return;
    }
    event.query = before.strip_suffix(b"&").filter(|query| !query.is_empty());
    for pair in behind.split(|&byte| byte == b'&') {
        let Some(equals) = memchr::memchr(b'=', pair) else { continue };
        let value = Some(&pair[equals + 1..]).filter(|value| !value.is_empty());
        match &pair[..equals] {
            b"SERVER-STATUS" => event.upstream_status = event.upstream_status.or(value.and_then(status)),
            b"SERVER-ROUTED" => event.upstream = event.upstream.or(value),
            b"X-AzureApplicationGateway-LOG-ID" => event.request_id = event.request_id.or(value),
            b"X-AzureApplicationGateway-CACHE-HIT" => {
                event.cache = event.cache.or(Some(if value == Some(b"1") { b"HIT" } else { b"MISS" }));
            }
            _ => {}
        }
    }
}

/// Whether a pair is of the gateway's names, with a value of letters, digits, dots, dashes and colons.
fn is_harmless(pair: &[u8]) -> bool {
    let Some(equals) = memchr::memchr(b'=', pair) else { return false };
    let (name, value) = pair.split_at(equals);
    let known = name.starts_with(b"SERVER-") || name.starts_with(b"X-AzureApplicationGateway-");
    known && (value == b"=" || is_host_name(&value[1..]))
}
