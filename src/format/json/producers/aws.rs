//! AWS: WAF, API Gateway, CloudFront.

use super::{Producer, says, takes};
use crate::format::fields::Unit;
use crate::format::slot::Slot;

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
