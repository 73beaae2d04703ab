//! API gateways, platforms, and schemas that shippers write.

use crate::doctor::Gateway;

/// In the order in which they are shown where several write the same format.
pub(in crate::doctor) static SERVICES: &[Gateway] = &[KONG, APISIX, GRAVITEE, F5, LOGFMT, ECS, OCSF];

const KONG: Gateway = Gateway {
    name: "Kong",
    formats: &["kong-nginx", "kong"],
    place: "the declarative configuration",
    config: r#"plugins:
- name: file-log
  config:
    path: /var/log/kong/requests.json
    custom_fields_by_lua:
      token_hash: local t = kong.request.get_header("authorization") return t and ngx.md5(t)"#,
    adds: &[
        ("consumer", "file-log"),
        ("token", "token_hash"),
        ("host", "file-log"),
        ("bytes_in", "file-log"),
        ("duration_ms", "file-log"),
    ],
    note: "The plugin names the consumer, the route and the service unasked, wherever a plugin of Kong's let them in.",
};

const APISIX: Gateway = Gateway {
    name: "APISIX",
    formats: &["apisix", "apisix-json"],
    place: "a shell, for all routes",
    config: r#"curl -X PUT http://127.0.0.1:9180/apisix/admin/global_rules/gatehound -H "X-API-KEY: $ADMIN_KEY" -d '{"plugins":{"file-logger":{"path":"/usr/local/apisix/logs/requests.json","log_format":{"time":"$time_iso8601","remote_addr":"$remote_addr","x_forwarded_for":"$http_x_forwarded_for","consumer":"$consumer_name","host":"$host","request":"$request","status":"$status","body_bytes_sent":"$body_bytes_sent","request_length":"$request_length","request_time":"$request_time","route_id":"$route_id","referer":"$http_referer","user_agent":"$http_user_agent","request_id":"$request_id"}}}}'"#,
    adds: &[
        ("forwarded", "$http_x_forwarded_for"),
        ("consumer", "$consumer_name"),
        ("host", "$host"),
        ("status", "$status"),
        ("bytes_out", "$body_bytes_sent"),
        ("bytes_in", "$request_length"),
        ("duration_ms", "$request_time"),
        ("gateway_route", "$route_id"),
        ("referer", "$http_referer"),
        ("user_agent", "$http_user_agent"),
        ("request_id", "$request_id"),
    ],
    note: "`$consumer_name` is whom a plugin of APISIX let in.",
};

const GRAVITEE: Gateway = Gateway {
    name: "Gravitee",
    formats: &["gravitee"],
    place: "",
    config: "",
    adds: &[],
    note: "Its metrics are fixed. Applications are named where the plan of an API asks for a key, OAuth 2 or a JWT.",
};

const F5: Gateway = Gateway {
    name: "F5 BIG-IP",
    formats: &["f5"],
    place: "the template of the request logging profile",
    config: r#"event_source="request_logging",hostname="$BIGIP_HOSTNAME",client_ip="$CLIENT_IP",server_ip="$SERVER_IP",http_method="$HTTP_METHOD",http_uri="$HTTP_URI",virtual_name="$VIRTUAL_NAME",event_timestamp="$DATE_HTTP",http_status="$HTTP_STATCODE",response_size="$RESPONSE_SIZE",response_ms="$RESPONSE_MSECS",http_user_agent="${User-agent}",http_referrer="${Referer}""#,
    adds: &[
        ("status", "$HTTP_STATCODE"),
        ("bytes_out", "$RESPONSE_SIZE"),
        ("referer", "${Referer}"),
        ("user_agent", "${User-agent}"),
    ],
    note: "",
};

const LOGFMT: Gateway = Gateway {
    name: "Heroku, Tyk, the Docker registry",
    formats: &["logfmt", "tyk"],
    place: "",
    config: "",
    adds: &[],
    note: "Their routers' lines are fixed. Have the application write a line of its own for each request: \
           time=… remote_addr=… user=… method=… path=… status=… bytes_sent=… duration_ms=… user_agent=…",
};

const ECS: Gateway = Gateway {
    name: "a shipper (ECS)",
    formats: &["ecs"],
    place: "",
    config: "",
    adds: &[],
    note: "It passes on what the server logged: user.name, http.response.body.bytes, event.duration and user_agent.original are \
           read where the server's own log and the pipeline fill them.",
};

const OCSF: Gateway = Gateway {
    name: "a security lake (OCSF)",
    formats: &["ocsf"],
    place: "",
    config: "",
    adds: &[],
    note: "It passes on what its source logged: actor.user.name, http_response.length, duration and http_request.user_agent are \
           read where the mapping fills them.",
};
