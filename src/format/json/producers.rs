//! Who writes JSON with which keys: a producer is told by the paths that all of its access lines have. What its keys mean is
//! mostly what they say; where they do not, it says so here. To add one: a [`Producer`], and its name in [`PRODUCERS`].

use super::{JsonLines, Slot};
use crate::format::fields::Unit;
use crate::format::slot::Meaning;
use crate::format::{Decoder, Format, Opening};

/// One producer.
pub(in crate::format) struct Producer {
    name: &'static str,
    about: &'static str,
    /// Of each group at least one path must be there; paths are spelt as [`Path`](super::path::Path) spells them.
    signature: &'static [&'static [&'static [u8]]],
    /// Paths that mean something else than they say; ascending.
    given: &'static [(&'static [u8], Option<Meaning>)],
}

impl Producer {
    /// Which groups of the signature a path stands for, a bit each.
    pub(super) fn groups(&self, path: &[u8]) -> u32 {
        let has = |group: &&[&[u8]]| group.contains(&path);
        self.signature.iter().zip(0..).filter(|(group, _)| has(group)).map(|(_, nth)| 1 << nth).sum()
    }

    /// All groups.
    pub(super) fn whole(&self) -> u32 {
        (1 << self.signature.len()) - 1
    }
}

impl Format for Producer {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn told_by(&self) -> String {
        let group = |names: &&[&[u8]]| {
            let names: Vec<String> = names.iter().map(|name| format!("`{}`", name.escape_ascii())).collect();
            names.join(" or ")
        };
        let groups: Vec<String> = self.signature.iter().map(group).collect();
        format!(
            "a JSON object with {}: keys of objects in objects joined, in lower case and without punctuation",
            groups.join(", and ")
        )
    }

    fn open(&self, opening: &Opening<'_>) -> Option<Box<dyn Decoder>> {
        let given = self.given.iter().map(|&(path, meaning)| (path.to_vec(), meaning)).collect();
        let producer = PRODUCERS.iter().find(|one| one.name == self.name)?;
        Some(Box::new(JsonLines::learn(opening.head, given, Some(producer))))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the lists have it, in which others mean nothing")]
const fn says(slot: Slot) -> Option<Meaning> {
    Some(Meaning { slot, unit: Unit::Guess, rank: 0 })
}

#[expect(clippy::unnecessary_wraps, reason = "as above")]
const fn takes(slot: Slot, unit: Unit) -> Option<Meaning> {
    Some(Meaning { slot, unit, rank: 0 })
}

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

pub(in crate::format) static CADDY: Producer = Producer {
    name: "caddy",
    about: "Caddy's access log",
    signature: &[&[b"logger"], &[b"requesturi"], &[b"requestremoteip", b"requestremoteaddr"]],
    given: &[],
};

pub(in crate::format) static TRAEFIK: Producer = Producer {
    name: "traefik-json",
    about: "Traefik's access log in JSON",
    signature: &[&[b"requestpath"], &[b"downstreamstatus", b"originstatus"]],
    given: &[],
};

pub(in crate::format) static ENVOY: Producer = Producer {
    name: "envoy-json",
    about: "Envoy, Envoy Gateway, Istio and Gloo in JSON",
    signature: &[&[b"responsecode"], &[b"responseflags", b"starttime"]],
    given: &[],
};

pub(in crate::format) static LINKERD: Producer = Producer {
    name: "linkerd-json",
    about: "Linkerd's proxy with `accessLog: json`",
    signature: &[&[b"clientaddr"], &[b"totalns"]],
    given: &[(b"clientid", says(Slot::TlsClient))],
};

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

pub(in crate::format) static AWS_WAF: Producer = Producer {
    name: "aws-waf",
    about: "AWS WAF",
    signature: &[&[b"webaclid"], &[b"httprequestclientip"]],
    given: &[(b"httprequestrequestid", says(Slot::RequestId))],
};

pub(in crate::format) static AWS_API_GATEWAY: Producer = Producer {
    name: "aws-api-gateway",
    about: "AWS API Gateway access logs in JSON",
    signature: &[&[b"requestid"], &[b"httpmethod"], &[b"resourcepath", b"routekey"]],
    given: &[(b"requesttime", says(Slot::Time)), (b"responselatency", takes(Slot::Duration, Unit::Millis))],
};

pub(in crate::format) static CLOUDFRONT: Producer = Producer {
    name: "cloudfront-json",
    about: "AWS CloudFront standard logs v2 in JSON",
    signature: &[&[b"xedgelocation", b"xedgerequestid"], &[b"csuristem"]],
    given: &[
        (b"cip", says(Slot::Client)),
        (b"cport", says(Slot::ClientPort)),
        (b"csprotocol", says(Slot::Scheme)),
        (b"date", None),
        (b"time", None),
        (b"timetaken", takes(Slot::Duration, Unit::Seconds)),
        (b"timetofirstbyte", takes(Slot::UpstreamDuration, Unit::Seconds)),
        (b"xedgedetailedresulttype", says(Slot::Flags)),
        (b"xedgerequestid", says(Slot::RequestId)),
        (b"xedgeresulttype", says(Slot::Cache)),
    ],
};

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
        (b"propertiesroutingrulename", says(Slot::Route)),
        (b"propertiesserverresponselatency", takes(Slot::UpstreamDuration, Unit::Seconds)),
        (b"propertiesserverrouted", says(Slot::Upstream)),
        (b"propertiesserverstatus", says(Slot::UpstreamStatus)),
    ],
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

pub(in crate::format) static F5: Producer = Producer {
    name: "f5",
    about: "F5 BIG-IP through Telemetry Streaming",
    signature: &[
        &[b"telemetryeventcategory", b"virtualserver", b"virtualname"],
        &[b"httpmethod"],
        &[b"httpuri"],
    ],
    given: &[
        (b"httpuri", says(Slot::Target)),
        (b"httpversion", says(Slot::Protocol)),
        (b"reqelapsedtime", takes(Slot::Duration, Unit::Millis)),
        (b"reqstarttime", says(Slot::Time)),
        (b"virtualname", says(Slot::Api)),
        (b"virtualserver", says(Slot::Api)),
    ],
};

pub(in crate::format) static OCSF: Producer = Producer {
    name: "ocsf",
    about: "OCSF HTTP Activity (4002) as JSON",
    signature: &[&[b"classuid"], &[b"httprequesthttpmethod"]],
    given: &[
        (b"actorusername", says(Slot::User)),
        (b"dispositionid", None),
        (b"dstendpointip", says(Slot::Upstream)),
        (b"httprequesthttpmethod", says(Slot::Method)),
        (b"httprequestlength", says(Slot::BytesIn)),
        (b"httprequestuid", says(Slot::RequestId)),
        (b"httprequesturlhostname", says(Slot::Host)),
        (b"httprequesturlpath", says(Slot::Target)),
        (b"httprequesturlquerystring", says(Slot::Query)),
        (b"httpresponsecode", says(Slot::Status)),
        (b"httpresponselength", says(Slot::BytesOut)),
        (b"srcendpointip", says(Slot::Client)),
        (b"srcendpointlocationcountry", says(Slot::Country)),
        (b"srcendpointport", says(Slot::ClientPort)),
    ],
};

pub(in crate::format) static ECS: Producer = Producer {
    name: "ecs",
    about: "Elastic Common Schema, as Beats and ECS loggers write it",
    signature: &[
        &[b"ecsversion", b"httpresponsestatuscode"],
        &[b"urlpath", b"urloriginal", b"httprequestmethod"],
    ],
    given: &[],
};

pub(in crate::format) static ZEEK: Producer = Producer {
    name: "zeek-json",
    about: "Zeek's http.log in JSON",
    signature: &[&[b"idorigh"], &[b"statuscode", b"uri"]],
    given: &[
        (b"idorigh", says(Slot::Client)),
        (b"idorigp", says(Slot::ClientPort)),
        (b"idresph", says(Slot::Upstream)),
        (b"requestbodylen", says(Slot::BytesIn)),
        (b"responsebodylen", says(Slot::BytesOut)),
    ],
};

/// Every producer, in the order in which they are tried.
pub(in crate::format) static PRODUCERS: &[&Producer] = &[
    &KONG,
    &APISIX,
    &CADDY,
    &TRAEFIK,
    &CLOUDFLARE,
    &AKAMAI,
    &FASTLY,
    &AWS_WAF,
    &AWS_API_GATEWAY,
    &CLOUDFRONT,
    &GCP,
    &AZURE,
    &GRAVITEE,
    &F5,
    &OCSF,
    &ZEEK,
    &ECS,
    &LINKERD,
    &ENVOY,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_with_a_meaning_of_their_own_ascend_so_that_they_are_found() {
        for producer in PRODUCERS {
            assert!(producer.given.is_sorted_by(|a, b| a.0 < b.0), "{}", producer.name);
        }
    }
}
