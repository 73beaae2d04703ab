//! AWS: WAF, API Gateway, CloudFront, S3.

use super::mended::decoded;
use super::{Producer, says, says_else, takes};
use crate::event::Event;
use crate::format::Around;
use crate::format::fields::Unit;
use crate::format::slot::Slot;
use crate::text::Plus;

pub(in crate::format) static AWS_WAF: Producer = Producer {
    name: "aws-waf",
    about: "AWS WAF",
    signature: &[&[b"webaclid"], &[b"httprequestclientip"]],
    given: &[
        (b"httprequestrequestid", says(Slot::RequestId)),
        (b"httpsourceid", says(Slot::Api)),
        (b"responsecodesent", says(Slot::Status)),
    ],
    mend: None,
};

pub(in crate::format) static AWS_API_GATEWAY: Producer = Producer {
    name: "aws-api-gateway",
    about: "AWS API Gateway access logs in JSON",
    signature: &[&[b"requestid"], &[b"httpmethod"], &[b"resourcepath", b"routekey"]],
    given: &[(b"requesttime", says(Slot::Time)), (b"responselatency", takes(Slot::Duration, Unit::Millis))],
    mend: Some(path_of_route),
};

pub(in crate::format) static CLOUDFRONT: Producer = Producer {
    name: "cloudfront-json",
    about: "AWS CloudFront standard logs v2 in JSON",
    signature: &[&[b"xedgelocation", b"xedgerequestid"], &[b"csuristem"]],
    given: &[
        (b"ccountry", says(Slot::Country)),
        (b"cip", says(Slot::Client)),
        (b"cport", says(Slot::ClientPort)),
        (b"cscookie", says(Slot::Session)),
        (b"csprotocol", says(Slot::Scheme)),
        (b"timetaken", takes(Slot::Duration, Unit::Seconds)),
        (b"timetofirstbyte", takes(Slot::UpstreamDuration, Unit::Seconds)),
        (b"xedgedetailedresulttype", says(Slot::Flags)),
        (b"xedgerequestid", says(Slot::RequestId)),
        (b"xedgeresulttype", says(Slot::Cache)),
    ],
    mend: Some(cloudfront),
};

/// Server access logs as `CloudWatch` gets them (Amazon S3 user guide, "Log format in `CloudWatch` Logs").
pub(in crate::format) static AWS_S3: Producer = Producer {
    name: "aws-s3-json",
    about: "AWS S3 server access logs in JSON",
    signature: &[&[b"bucket", b"bucketarn", b"bucketname"], &[b"requesturi"], &[b"operation"]],
    given: &[
        (b"bucket", says_else(Slot::Api)),
        (b"bucketname", says(Slot::Api)),
        (b"ciphersuite", says(Slot::TlsCipher)),
        (b"errorcode", says(Slot::Flags)),
        (b"hostheader", says(Slot::Host)),
        (b"operation", says(Slot::Route)),
        (b"requester", says(Slot::User)),
        (b"requesttime", says(Slot::Time)),
        (b"totaltime", takes(Slot::Duration, Unit::Millis)),
        (b"turnaroundtime", takes(Slot::UpstreamDuration, Unit::Millis)),
    ],
    mend: Some(operation_alone),
};

/// What came in a batch has no request line of its own, as in S3's text.
fn operation_alone<'a>(event: &mut Event<'a>, _: Around<'a>) {
    if event.path.is_none() {
        event.raw_request = event.gateway_route;
    }
}

/// Where the format does not ask for the path, the route says it as far as it is known: `GET /pets/{id}`.
fn path_of_route<'a>(event: &mut Event<'a>, _: Around<'a>) {
    let route = event.gateway_route.filter(|_| event.path.is_none()).unwrap_or_default();
    let from = memchr::memchr(b' ', route).map_or(0, |at| at + 1);
    event.path = event.path.or_else(|| route.get(from..).filter(|path| path.starts_with(b"/")));
}

/// Blanks in headers are percent-encoded.
fn cloudfront<'a>(event: &mut Event<'a>, around: Around<'a>) {
    let escapes = event.escapes;
    let plain = |text| decoded(text, Plus::IsPlus, escapes, around.scratch);
    event.user_agent = event.user_agent.map(plain);
    event.referer = event.referer.map(plain);
    event.forwarded = event.forwarded.map(plain);
}
