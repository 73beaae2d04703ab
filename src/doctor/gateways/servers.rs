//! Servers and proxies that people run themselves.

use crate::doctor::Gateway;

/// In the order in which they are shown where several write the same format.
pub(in crate::doctor) static SERVERS: &[Gateway] =
    &[NGINX, APACHE, HAPROXY, ENVOY, ISTIO, LINKERD, TRAEFIK, CADDY, IIS];

const NGINX: Gateway = Gateway {
    name: "nginx",
    formats: &[
        "combined",
        "nginx-main",
        "combined-time",
        "combined-more",
        "vhost-combined",
        "vhost-combined-time",
        "forwarded-first",
        "ingress-nginx",
        "json",
    ],
    place: "the `http` block of nginx.conf",
    config: r#"map $http_authorization $token_tail {
    default "";
    "~.{20}(?<tail>[^ ]{12})$" $tail;
}
log_format gatehound escape=json '{"time":"$time_iso8601","remote_addr":"$remote_addr",'
    '"x_forwarded_for":"$http_x_forwarded_for","user":"$remote_user","token_hash":"$token_tail",'
    '"host":"$host","request":"$request","status":"$status","body_bytes_sent":"$body_bytes_sent",'
    '"request_length":"$request_length","request_time":"$request_time",'
    '"referer":"$http_referer","user_agent":"$http_user_agent","request_id":"$request_id"}';
access_log /var/log/nginx/access.log gatehound;"#,
    adds: &[
        ("forwarded", "$http_x_forwarded_for"),
        ("user", "$remote_user"),
        ("token", "$token_tail"),
        ("host", "$host"),
        ("status", "$status"),
        ("bytes_out", "$body_bytes_sent"),
        ("bytes_in", "$request_length"),
        ("duration_ms", "$request_time"),
        ("referer", "$http_referer"),
        ("user_agent", "$http_user_agent"),
        ("request_id", "$request_id"),
    ],
    note: "`$token_tail` is the end of a token: it tells tokens apart and opens nothing. `$remote_user` is whom nginx itself let \
           in; where the service behind it knows better, let it answer with `X-User`, write `$upstream_http_x_user` instead and \
           `proxy_hide_header X-User;`. In ingress-nginx the string goes into `log-format-upstream` of the ConfigMap, with \
           `log-format-escape-json: \"true\"`.",
};

const APACHE: Gateway = Gateway {
    name: "Apache",
    formats: &[
        "combined",
        "common",
        "combined-time",
        "combinedio",
        "vhost-combined",
        "vhost-combined-time",
        "vhost-common",
        "forwarded-first",
        "apache-ssl-request",
    ],
    place: "httpd.conf or the virtual host",
    config: r#"LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D" gatehound
CustomLog "logs/access_log" gatehound"#,
    adds: &[
        ("user", "%u"),
        ("status", "%>s"),
        ("bytes_out", "%b"),
        ("referer", "%{Referer}i"),
        ("user_agent", "%{User-Agent}i"),
        ("duration_ms", "%D"),
    ],
    note: "`%u` is whom Apache itself let in. Where the application knows better, let it answer with `X-User`, take that away \
           again with `Header note X-User user` and `Header unset X-User`, and write `%{user}n` in place of `%u`.",
};

const HAPROXY: Gateway = Gateway {
    name: "HAProxy",
    formats: &["haproxy", "haproxy-clf", "haproxy-json"],
    place: "the `frontend`, in place of `option httplog`",
    config: r#"http-request set-var(txn.token) req.hdr(Authorization),sha2(256),hex if { req.hdr(Authorization) -m found }
http-request set-var(txn.user) http_auth_bearer,jwt_payload_query('$.sub')
http-request capture req.hdr(Host) len 128
http-request capture req.hdr(User-Agent) len 256
http-request capture req.hdr(Referer) len 256
http-request capture req.hdr(X-Forwarded-For) len 128
log-format '{"time":"%trg","client_ip":"%ci","client_port":"%cp","x_forwarded_for":%{+Q,+E}[capture.req.hdr(3)],"user":%{+Q,+E}[var(txn.user)],"token_hash":"%[var(txn.token)]","host":%{+Q,+E}[capture.req.hdr(0)],"request":%{+Q,+E}r,"status":"%ST","bytes_sent":"%B","request_bytes":"%U","request_time_ms":"%Ta","upstream":"%b/%s","referer":%{+Q,+E}[capture.req.hdr(2)],"user_agent":%{+Q,+E}[capture.req.hdr(1)],"response_flags":"%ts"}'"#,
    adds: &[
        ("forwarded", "%{+Q,+E}[capture.req.hdr(3)]"),
        ("user", "%{+Q,+E}[var(txn.user)]"),
        ("token", "%[var(txn.token)]"),
        ("host", "%{+Q,+E}[capture.req.hdr(0)]"),
        ("status", "%ST"),
        ("bytes_out", "%B"),
        ("bytes_in", "%U"),
        ("duration_ms", "%Ta"),
        ("referer", "%{+Q,+E}[capture.req.hdr(2)]"),
        ("user_agent", "%{+Q,+E}[capture.req.hdr(1)]"),
    ],
    note: "Reading the claims of a bearer token takes HAProxy 2.5; leave its line and `user` out where there are none.",
};

const ENVOY: Gateway = Gateway {
    name: "Envoy",
    formats: &["envoy", "envoy-json"],
    place: "`log_format` of the access log",
    config: r#"json_format:
  start_time: "%START_TIME%"
  client_ip: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"
  x_forwarded_for: "%REQ(X-FORWARDED-FOR)%"
  user: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:jwt:sub)%"
  authority: "%REQ(:AUTHORITY)%"
  method: "%REQ(:METHOD)%"
  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"
  protocol: "%PROTOCOL%"
  response_code: "%RESPONSE_CODE%"
  response_flags: "%RESPONSE_FLAGS%"
  bytes_sent: "%BYTES_SENT%"
  bytes_received: "%BYTES_RECEIVED%"
  duration: "%DURATION%"
  upstream_host: "%UPSTREAM_HOST%"
  referer: "%REQ(REFERER)%"
  user_agent: "%REQ(USER-AGENT)%"
  request_id: "%REQ(X-REQUEST-ID)%""#,
    adds: &[
        ("forwarded", "%REQ(X-FORWARDED-FOR)%"),
        ("user", "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:jwt:sub)%"),
        ("host", "%REQ(:AUTHORITY)%"),
        ("status", "%RESPONSE_CODE%"),
        ("bytes_out", "%BYTES_SENT%"),
        ("bytes_in", "%BYTES_RECEIVED%"),
        ("duration_ms", "%DURATION%"),
        ("referer", "%REQ(REFERER)%"),
        ("user_agent", "%REQ(USER-AGENT)%"),
        ("request_id", "%REQ(X-REQUEST-ID)%"),
    ],
    note: "`user` takes `payload_in_metadata: jwt` at the provider of the JWT filter.",
};

const ISTIO: Gateway = Gateway {
    name: "Istio",
    formats: &["istio", "envoy-json"],
    place: "`meshConfig`",
    config: r#"accessLogFile: /dev/stdout
accessLogEncoding: JSON
accessLogFormat: |
  {"start_time":"%START_TIME%","client_ip":"%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%","x_forwarded_for":"%REQ(X-FORWARDED-FOR)%","user":"%REQ(X-JWT-SUB)%","authority":"%REQ(:AUTHORITY)%","method":"%REQ(:METHOD)%","path":"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%","protocol":"%PROTOCOL%","response_code":"%RESPONSE_CODE%","response_flags":"%RESPONSE_FLAGS%","bytes_sent":"%BYTES_SENT%","bytes_received":"%BYTES_RECEIVED%","duration":"%DURATION%","upstream_host":"%UPSTREAM_HOST%","referer":"%REQ(REFERER)%","user_agent":"%REQ(USER-AGENT)%","request_id":"%REQ(X-REQUEST-ID)%"}"#,
    adds: &[
        ("user", "%REQ(X-JWT-SUB)%"),
        ("referer", "%REQ(REFERER)%"),
        ("forwarded", "%REQ(X-FORWARDED-FOR)%"),
        ("user_agent", "%REQ(USER-AGENT)%"),
    ],
    note: "`X-JWT-SUB` comes from `outputClaimToHeaders: [{header: x-jwt-sub, claim: sub}]` of the RequestAuthentication.",
};

const LINKERD: Gateway = Gateway {
    name: "Linkerd",
    formats: &["linkerd", "linkerd-json"],
    place: "the annotations of the workload",
    config: "config.linkerd.io/access-log: json",
    adds: &[("host", "json"), ("user_agent", "json"), ("bytes_in", "json")],
    note: "It names no users and no tokens: the gateway before the mesh has to.",
};

const TRAEFIK: Gateway = Gateway {
    name: "Traefik",
    formats: &["traefik-clf", "traefik-json"],
    place: "the static configuration",
    config: "accessLog:
  filePath: /var/log/traefik/access.log
  format: json
  fields:
    headers:
      names:
        User-Agent: keep
        Referer: keep
        X-Forwarded-For: keep",
    adds: &[
        ("forwarded", "X-Forwarded-For: keep"),
        ("host", "format: json"),
        ("bytes_in", "format: json"),
        ("referer", "Referer: keep"),
        ("user_agent", "User-Agent: keep"),
    ],
    note: "Users stand in the log as soon as one of Traefik's own authenticating middlewares lets them in. It hashes no tokens: \
           do not keep `Authorization`, let the service behind log users.",
};

const CADDY: Gateway = Gateway {
    name: "Caddy",
    formats: &["caddy"],
    place: "the Caddyfile",
    config: "{
	servers {
		log_credentials
	}
}
example.com {
	log {
		output file /var/log/caddy/access.log
		format filter {
			wrap json
			request>headers>Authorization hash
			request>headers>Cookie hash
		}
	}
}",
    adds: &[("token", "request>headers>Authorization hash"), ("session", "request>headers>Cookie hash")],
    note: "Without `log_credentials` both headers are left out; the filter hashes them before they are written.",
};

const IIS: Gateway = Gateway {
    name: "IIS",
    formats: &["iis-w3c", "iis-event", "iis-native", "w3c"],
    place: "a command line of an administrator",
    config: r#"%windir%\system32\inetsrv\appcmd.exe set config -section:system.applicationHost/sites /siteDefaults.logFile.logFormat:W3C /siteDefaults.logFile.logExtFileFlags:"Date,Time,ClientIP,UserName,ServerIP,ServerPort,Method,UriStem,UriQuery,HttpStatus,HttpSubStatus,Win32Status,BytesSent,BytesRecv,TimeTaken,ProtocolVersion,Host,UserAgent,Cookie,Referer" /commit:apphost"#,
    adds: &[
        ("user", "UserName"),
        ("session", "Cookie"),
        ("status", "HttpStatus"),
        ("query", "UriQuery"),
        ("host", "Host"),
        ("bytes_out", "BytesSent"),
        ("bytes_in", "BytesRecv"),
        ("duration_ms", "TimeTaken"),
        ("referer", "Referer"),
        ("user_agent", "UserAgent"),
    ],
    note: "",
};
