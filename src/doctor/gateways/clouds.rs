//! Load balancers, gateways and delivery networks of clouds.

use crate::doctor::Gateway;

/// In the order in which they are shown where several write the same format.
pub(in crate::doctor) static CLOUDS: &[Gateway] =
    &[ALB, NLB, API_GATEWAY, CLOUDFRONT, S3, WAF, GCP, GCS, AZURE, CLOUDFLARE, AKAMAI, FASTLY];

const ALB: Gateway = Gateway {
    name: "AWS ALB",
    formats: &["aws-alb", "aws-clb"],
    place: "",
    config: "",
    adds: &[],
    note: "Its columns are fixed, and none names users or tokens: log them behind it. With OIDC at the load balancer that is \
           `$http_x_amzn_oidc_identity` in the nginx behind it; `X-Amzn-Trace-Id` is in both logs.",
};

const NLB: Gateway = Gateway {
    name: "AWS NLB",
    formats: &["aws-connections"],
    place: "",
    config: "",
    adds: &[],
    note: "A log of connections holds no requests: read the access logs of the application load balancer or of the targets.",
};

const API_GATEWAY: Gateway = Gateway {
    name: "AWS API Gateway",
    formats: &["aws-api-gateway", "aws-api-gateway-clf", "aws-api-gateway-text"],
    place: "the access log format of the stage",
    config: r#"{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","httpMethod":"$context.httpMethod","routeKey":"$context.routeKey","resourcePath":"$context.resourcePath","path":"$context.path","protocol":"$context.protocol","status":"$context.status","responseLength":"$context.responseLength","responseLatency":"$context.responseLatency","user":"$context.authorizer.claims.sub","apiKeyId":"$context.identity.apiKeyId","userAgent":"$context.identity.userAgent"}"#,
    adds: &[
        ("user", "$context.authorizer.claims.sub"),
        ("consumer", "$context.identity.apiKeyId"),
        ("status", "$context.status"),
        ("bytes_out", "$context.responseLength"),
        ("duration_ms", "$context.responseLatency"),
        ("user_agent", "$context.identity.userAgent"),
    ],
    note: "",
};

const CLOUDFRONT: Gateway = Gateway {
    name: "AWS CloudFront",
    formats: &["cloudfront", "cloudfront-json"],
    place: "the configuration of the distribution",
    config: r#""Logging": {"Enabled": true, "IncludeCookies": true, "Bucket": "BUCKET.s3.amazonaws.com", "Prefix": "cloudfront/"}"#,
    adds: &[("session", "\"IncludeCookies\": true")],
    note: "Cookies are logged as they are: guard the bucket. Users are known only to the origin.",
};

const S3: Gateway = Gateway {
    name: "AWS S3",
    formats: &["aws-s3", "aws-s3-json"],
    place: "",
    config: "",
    adds: &[],
    note: "Its columns are fixed; the requester is its user.",
};

const WAF: Gateway = Gateway {
    name: "AWS WAF",
    formats: &["aws-waf"],
    place: "",
    config: "",
    adds: &[],
    note: "It decides before there is an answer, so it logs no status, size or time: read the log of the load balancer, gateway or \
           distribution that it guards as well.",
};

const GCP: Gateway = Gateway {
    name: "Google Cloud load balancing",
    formats: &["gcp-lb"],
    place: "a shell, for each backend service",
    config: "gcloud compute backend-services update BACKEND --global --enable-logging --logging-sample-rate=1.0",
    adds: &[],
    note: "A smaller rate hides most of an attack. Users and tokens are known only to the backend.",
};

const GCS: Gateway = Gateway {
    name: "Google Cloud Storage",
    formats: &["gcs-usage"],
    place: "",
    config: "",
    adds: &[],
    note: "The columns of usage logs are fixed and name nobody; the audit logs of data access do.",
};

const AZURE: Gateway = Gateway {
    name: "Azure",
    formats: &["azure", "azure-apim"],
    place: "",
    config: "",
    adds: &[],
    note: "Categories are chosen in the diagnostic settings, their fields are fixed. API Management names users and \
           subscriptions; Application Gateway and Front Door name nobody.",
};

const CLOUDFLARE: Gateway = Gateway {
    name: "Cloudflare",
    formats: &["cloudflare"],
    place: "the `output_options` of the Logpush job",
    config: r#""field_names":["EdgeStartTimestamp","RayID","ClientIP","ClientSrcPort","ClientCountry","ClientASN","ClientRequestHost","ClientRequestMethod","ClientRequestURI","ClientRequestProtocol","ClientRequestUserAgent","ClientRequestReferer","ClientRequestBytes","EdgeResponseStatus","EdgeResponseBytes","OriginResponseStatus","OriginIP","CacheCacheStatus","ClientSSLProtocol","ClientSSLCipher","JA3Hash","JA4","SecurityAction"]"#,
    adds: &[
        ("client_port", "ClientSrcPort"),
        ("country", "ClientCountry"),
        ("asn", "ClientASN"),
        ("host", "ClientRequestHost"),
        ("status", "EdgeResponseStatus"),
        ("bytes_out", "EdgeResponseBytes"),
        ("bytes_in", "ClientRequestBytes"),
        ("referer", "ClientRequestReferer"),
        ("user_agent", "ClientRequestUserAgent"),
        ("ja3", "JA3Hash"),
        ("ja4", "JA4"),
    ],
    note: "JA3 and JA4 come with bot management. Users are known only to the origin.",
};

const AKAMAI: Gateway = Gateway {
    name: "Akamai",
    formats: &["akamai"],
    place: "",
    config: "",
    adds: &[],
    note: "Choose JSON and all fields of the groups \"log information\", \"message exchange\" and \"request header\" in the stream. \
           Users are known only to the origin.",
};

const FASTLY: Gateway = Gateway {
    name: "Fastly",
    formats: &["fastly"],
    place: "the format of the logging endpoint",
    config: r#"{"timestamp":"%{begin:%Y-%m-%dT%H:%M:%S%z}t","client_ip":"%{req.http.Fastly-Client-IP}V","token_hash":"%{if(req.http.Authorization, digest.hash_sha256(req.http.Authorization), "")}V","host":"%{json.escape(req.http.Host)}V","request_method":"%{json.escape(req.method)}V","url":"%{json.escape(req.url)}V","request_protocol":"%{json.escape(req.proto)}V","response_status":"%{resp.status}V","response_body_size":"%{resp.body_bytes_written}V","duration_us":"%{time.elapsed.usec}V","referer":"%{json.escape(req.http.Referer)}V","user_agent":"%{json.escape(req.http.User-Agent)}V","fastly_server":"%{json.escape(server.identity)}V"}"#,
    adds: &[
        ("token", "%{if(req.http.Authorization, digest.hash_sha256(req.http.Authorization), \"\")}V"),
        ("host", "%{json.escape(req.http.Host)}V"),
        ("status", "%{resp.status}V"),
        ("bytes_out", "%{resp.body_bytes_written}V"),
        ("duration_ms", "%{time.elapsed.usec}V"),
        ("referer", "%{json.escape(req.http.Referer)}V"),
        ("user_agent", "%{json.escape(req.http.User-Agent)}V"),
    ],
    note: "",
};
