//! What keys mean: the names that producers give to each field, in the order in which they are believed.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::path::Path;
use crate::format::fields::Unit;
use crate::format::slot::{Meaning, Slot};

/// Each field with its names as [`Path`] spells them; the first that says something wins.
const NAMES: &[(Slot, &str)] = &[
    (
        Slot::Time,
        "edgestarttimestamp startutc startlocal starttime startedat requeststarttime reqstarttime reqtimesec \
         requesttimeepoch msec timeiso8601 requesttimestamp eventtime timestamp timestampms timestampns timems timens \
         ts time timelocal datetime date unixtime created",
    ),
    (
        Slot::Client,
        "clientip requestclientip clientaddr clientaddress clientipaddress requestremoteip requestremoteaddr remoteip \
         remoteaddr remoteaddress reqremoteaddress reqip downstreamdirectremoteaddress downstreamremoteaddress sourceip \
         sourceaddress srcip srcaddr srcendpointip identitysourceip callerip calleripaddress cliip cip realip \
         realipremoteaddr proxyprotocoladdr ip peerip peeraddr remotehost",
    ),
    (Slot::ClientPort, "clientport requestremoteport remoteport sourceport clientsrcport srcport"),
    (
        Slot::Forwarded,
        "xforwardedfor httpxforwardedfor requestxforwardedfor forwardedfor proxyaddxforwardedfor xff networkforwardedip clienthost",
    ),
    (
        Slot::User,
        "remoteuser username user userid useremail clientusername principalid authorizerprincipalid sub jwtsub \
         jwtclaimsub jwtclaimssub claimssub authorizerclaimssub subject authuser enduser cognitoidentityid \
         jwtclaimspreferredusername jwtclaimsusername jwtclaimsemail",
    ),
    (
        Slot::Consumer,
        "consumer consumername consumerusername consumercustomid consumerid authenticatedentityconsumerid \
         authenticatedentityid caller appname application applicationid app developerapp developerappname clientappid \
         subscriptionid apimsubscriptionid clientid azp clientidentifier apikeyid keyid identityapikeyid jwtclaimsclientid \
         jwtclaimsazp jwtclaimsappid jwtclaimscid",
    ),
    (
        Slot::Token,
        "tokenhash token accesstoken authtoken bearertoken authorization httpauthorization requestauthorization apikey \
         xapikey httpxapikey requestxapikey httpapikey apikeyhash jwt jwtclaimsjti",
    ),
    (
        Slot::Session,
        "sessionid session sid jsessionid cookie httpcookie requestcookie sessionhash jwtclaimssid",
    ),
    (Slot::Method, "requestmethod method httpmethod clientrequestmethod reqmethod verb csmethod"),
    (Slot::Scheme, "requestscheme scheme urlscheme clientrequestscheme upstreamscheme"),
    (
        Slot::Host,
        "host httphost requesthost authority clientrequesthost reqhost originalhost urldomain domainname vhost \
         virtualhost xhostheader cshost servername",
    ),
    (
        Slot::Target,
        "requesturi clientrequesturi requestedurl requesteduri uri urloriginal xenvoyoriginalpath xenvoyoriginpath requesturl url requrl \
         requestpath proxypath path urlpath reqpath rawpath clientrequestpath csuristem pathinfo documenturi",
    ),
    (Slot::Query, "querystring query args querystr urlquery requestquery requestquerystring csuriquery"),
    (
        Slot::Protocol,
        "serverprotocol requestprotocol protocol proto requestproto clientrequestprotocol httpversion \
         requesthttpversion reqhttpversion csprotocolversion version",
    ),
    (Slot::Request, "request requestline httprequest"),
    (
        Slot::Status,
        "status statuscode responsestatus responsestatuscode responsecode httpstatus httpstatuscode httpresponsecode \
         downstreamstatus edgeresponsestatus resstatuscode resstatus scstatus responsehttpcode httpcode code",
    ),
    (
        Slot::BytesOut,
        "bodybytessent responsebodybytes bytessent bytesout responsesize responselength responsebytes \
         downstreamcontentsize edgeresponsebytes sentbytes scbytes responsebodysize responsecontentlength \
         rescontentlength responsebytesize contentlength bytes size length byteswritten \
         writtenbytes bodysentbytes",
    ),
    (
        Slot::BytesIn,
        "requestlength bytesreceived bytesin requestsize requestbytes requestbodybytes requestcontentsize \
         clientrequestbytes receivedbytes csbytes bytesread requestcontentlength",
    ),
    (
        Slot::Duration,
        "latencyhuman requesttime duration latenciesrequest latencytotal latency elapsed elapsedtime responsetime totaltime total timetaken took \
         requestduration processingtime responselatency",
    ),
    (
        Slot::Upstream,
        "upstreamaddr upstreamaddress upstreamhost upstream serviceaddr serviceurl originip backend backendaddr",
    ),
    (
        Slot::UpstreamStatus,
        "upstreamstatus originstatus originresponsestatus backendstatus integrationstatus backendresponsecode",
    ),
    (
        Slot::UpstreamDuration,
        "upstreamresponsetime upstreamservicetime xenvoyupstreamservicetime latenciesproxy upstreamlatency \
         integrationlatency originresponseduration backendtime",
    ),
    (
        Slot::Referer,
        "httpreferer httpreferrer referer referrer requestreferer requestreferrer clientrequestreferer csreferer",
    ),
    (
        Slot::UserAgent,
        "httpuseragent useragent requestuseragent useragentoriginal clientrequestuseragent csuseragent ua",
    ),
    (
        Slot::RequestId,
        "requestid reqid uniqueid xrequestid httpxrequestid requestxrequestid correlationid rayid trackingreference insertid \
         transactionid traceid",
    ),
    (
        Slot::Route,
        "routename route routeid matchedroute router routername proxyupstreamname resourcepath routekey operationid \
         operationname",
    ),
    (Slot::Api, "apiname api apiid servicename service serviceid apiproxyname proxyname"),
    (
        Slot::TlsVersion,
        "sslprotocol tlsversion requesttlsversion clientsslprotocol tlsprotocol downstreamtlsversion",
    ),
    (Slot::TlsCipher, "sslcipher tlscipher requesttlscipher clientsslcipher downstreamtlscipher"),
    (Slot::TlsClient, "sslclientsdn tlsclientsubject downstreampeersubject requesttlsclientcommonname"),
    (Slot::Ja3, "ja3 ja3hash tlsja3 tlsclientja3 httpsslja3hash ja3fingerprint"),
    (Slot::Ja4, "ja4 sslja4 tlsja4 tlsclientja4 ja4fingerprint"),
    (Slot::Cache, "upstreamcachestatus cachestatus xcache cachecachestatus cache"),
    (
        Slot::Country,
        "country geoipcountrycode geoip2countrycode clientcountry geocountry cfipcountry countrycode \
         sourcegeocountryisocode",
    ),
    (Slot::Asn, "asn clientasn geoipasn sourceasnumber"),
    (Slot::Flags, "responseflags securityaction securityactions action"),
    (Slot::Logger, "logger"),
];

/// Headers by name; they may stand below `request.headers` and its kin.
const HEADERS: &[(Slot, &str)] = &[
    (Slot::UserAgent, "useragent"),
    (Slot::Referer, "referer referrer"),
    (Slot::Forwarded, "xforwardedfor"),
    (Slot::Host, "host authority"),
    (Slot::Token, "authorization xapikey apikey"),
    (Slot::Session, "cookie"),
    (Slot::RequestId, "xrequestid xcorrelationid"),
];

/// Where headers of the request stand.
const HEADER_MAPS: [&[u8]; 6] =
    [b"requestheaders", b"reqheaders", b"headers", b"requestheader", b"httpheaders", b"httprequestheaders"];

/// Where cookies of the request stand, each under its name.
const COOKIE_MAPS: [&[u8]; 2] = [b"requestcookies", b"cookies"];

/// How the names of session cookies end.
const SESSION_ENDINGS: [&[u8]; 3] = [b"sid", b"sessionid", b"session"];

/// Objects that only hold others together.
const WRAPPERS: [&[u8]; 18] = [
    b"nginx",
    b"http",
    b"httprequest",
    b"httpresponse",
    b"properties",
    b"log",
    b"access",
    b"accesslog",
    b"record",
    b"fields",
    b"payload",
    b"json",
    b"jsonpayload",
    b"data",
    b"context",
    b"requestcontext",
    b"transaction",
    b"proxy",
];

/// Endings of keys that tell the unit.
const UNITS: [(&[u8], Unit); 10] = [
    (b"milliseconds", Unit::Millis),
    (b"microseconds", Unit::Micros),
    (b"seconds", Unit::Seconds),
    (b"millis", Unit::Millis),
    (b"micros", Unit::Micros),
    (b"nanos", Unit::Nanos),
    (b"ms", Unit::Millis),
    (b"us", Unit::Micros),
    (b"ns", Unit::Nanos),
    (b"s", Unit::Seconds),
];

/// Lengths of time whose unit only their producer's way of writing tells.
const EXACT: [(&[u8], Slot, Unit); 4] = [
    // Traefik.
    (b"Duration", Slot::Duration, Unit::Nanos),
    (b"OriginDuration", Slot::UpstreamDuration, Unit::Nanos),
    // Kong; ECS follows below, because its key has two parts.
    (b"latenciesrequest", Slot::Duration, Unit::Millis),
    (b"OriginResponseTime", Slot::UpstreamDuration, Unit::Nanos),
];

type Table = HashMap<&'static [u8], Meaning, foldhash::quality::RandomState>;

static KNOWN: LazyLock<Table> = LazyLock::new(|| table(NAMES));
static KNOWN_HEADERS: LazyLock<Table> = LazyLock::new(|| table(HEADERS));

/// The meaning of every name of `names`.
fn table(names: &'static [(Slot, &'static str)]) -> Table {
    let ranked = names.iter().flat_map(|&(slot, names)| {
        names.split_ascii_whitespace().zip(0..).map(move |(name, rank)| {
            // APISIX writes latencies as milliseconds with decimals.
            let unit = if name.contains("latency") { Unit::Millis } else { Unit::Guess };
            (name.as_bytes(), Meaning { slot, unit, rank })
        })
    });
    ranked.collect()
}

/// What the value at `path` says about a request, if anything.
pub(super) fn meaning(path: &Path<'_>) -> Option<Meaning> {
    if let Some(&(_, slot, unit)) = EXACT.iter().find(|(key, ..)| *key == path.key()) {
        return Some(Meaning::in_unit(slot, unit));
    }
    let text = path.text();
    if text == b"eventduration" {
        return Some(Meaning::in_unit(Slot::Duration, Unit::Nanos));
    }
    of_text(text).or_else(|| {
        let (first, below) = path.below_first()?;
        WRAPPERS.contains(&first).then(|| of_text(below))?
    })
}

/// What a variable or directive called `name` says; a header is `headers.` and its name.
pub(crate) fn of_name(name: &[u8]) -> Option<Meaning> {
    let mut path = Path::default();
    path.push(name);
    of_text(path.text())
}

/// What a name says, with a unit behind it or without.
fn of_text(text: &[u8]) -> Option<Meaning> {
    KNOWN.get(text).copied().or_else(|| header(text)).or_else(|| cookie(text)).or_else(|| {
        UNITS.iter().find_map(|&(ending, unit)| {
            let meaning = *KNOWN.get(text.strip_suffix(ending)?)?;
            let is_time = matches!(meaning.slot, Slot::Duration | Slot::UpstreamDuration);
            is_time.then_some(Meaning { unit, ..meaning })
        })
    })
}

/// What a header of the request says. A field of its own is believed before the header.
fn header(text: &[u8]) -> Option<Meaning> {
    let name = HEADER_MAPS.iter().find_map(|map| text.strip_prefix(*map))?;
    KNOWN_HEADERS.get(name).map(|meaning| Meaning { rank: meaning.rank + 64, ..*meaning })
}

/// What one cookie says, where cookies stand each under its name, as those that Cloudflare's Logpush is told to log: a session
/// where its name ends as those of frameworks do (`PHPSESSID`, `connect.sid`, `ASP.NET_SessionId`, `laravel_session`).
fn cookie(text: &[u8]) -> Option<Meaning> {
    let name = COOKIE_MAPS.iter().find_map(|map| text.strip_prefix(*map))?;
    let is_session = SESSION_ENDINGS.iter().any(|ending| name.ends_with(ending));
    is_session.then_some(Meaning { slot: Slot::Session, unit: Unit::Guess, rank: 64 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(keys: &[&'static str]) -> Option<(Slot, Unit)> {
        let mut path = Path::default();
        for key in keys {
            path.push(key.as_bytes());
        }
        meaning(&path).map(|meaning| (meaning.slot, meaning.unit))
    }

    #[test]
    fn no_name_means_two_things() {
        let count = |names: &[(Slot, &str)]| {
            names.iter().map(|(_, names)| names.split_ascii_whitespace().count()).sum::<usize>()
        };
        assert_eq!(KNOWN.len(), count(NAMES));
        assert_eq!(KNOWN_HEADERS.len(), count(HEADERS));
        assert!(NAMES.iter().all(|(_, names)| names.split_ascii_whitespace().count() < 64));
    }

    #[test]
    fn keys_of_every_producer_are_understood() {
        let guess = |slot| Some((slot, Unit::Guess));
        assert_eq!(slot(&["http", "request", "method"]), guess(Slot::Method));
        assert_eq!(slot(&["ClientRequestURI"]), guess(Slot::Target));
        assert_eq!(slot(&["request", "headers", "User-Agent"]), guess(Slot::UserAgent));
        assert_eq!(slot(&["resp_headers", "Host"]), None);
        assert_eq!(slot(&["request_User-Agent"]), guess(Slot::UserAgent));
        assert_eq!(slot(&["duration_ms"]), Some((Slot::Duration, Unit::Millis)));
        assert_eq!(slot(&["request_time_us"]), Some((Slot::Duration, Unit::Micros)));
        assert_eq!(slot(&["total_ns"]), Some((Slot::Duration, Unit::Nanos)));
        assert_eq!(slot(&["Duration"]), Some((Slot::Duration, Unit::Nanos)));
        assert_eq!(slot(&["duration"]), guess(Slot::Duration));
        assert_eq!(slot(&["latencies", "request"]), guess(Slot::Duration));
        assert_eq!(slot(&["properties", "httpStatusCode"]), guess(Slot::Status));
        assert_eq!(slot(&["level"]), None);
        let cookie = |name: &'static str| slot(&["Cookies", name]);
        assert_eq!(cookie("connect.sid"), guess(Slot::Session));
        assert_eq!(cookie("ASP.NET_SessionId"), guess(Slot::Session));
        assert_eq!(cookie("theme"), None);
        assert_eq!(slot(&["inside"]), None);
    }
}
