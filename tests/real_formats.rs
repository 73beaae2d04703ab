//! Third-party logs that lie beside the project: recognised, read, and read as other parsers read them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use gatehound::event::Event;
use gatehound::format::{Around, Clock, Decoder, FORMATS, Opening, Reader, from_string_for, recognise};
use gatehound::time::Time;
use serde_json::Value;

/// Nothing around a record; the little that a decoder writes anew is never freed.
fn alone() -> Around<'static> {
    Around::nothing(Box::leak(Box::default()))
}

/// The folder of third-party logs, if it is there.
fn third_party() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let there = folder.is_dir();
    if !there {
        eprintln!("SKIPPED: no third-party logs at {}", folder.display());
    }
    there.then_some(folder)
}

/// The format of a log, and how many of its lines are read, skipped and rejected.
fn counts(log: &[u8]) -> (String, [usize; 3]) {
    // Some lines do not say in which year they are, or not even when.
    let clock = Clock { written: Some(Time::from_seconds(1_773_187_200)), ..Clock::default() };
    let opening = Opening { head: log, clock: &clock };
    let Some(choice) = recognise(&opening) else { return ("none".to_owned(), [0; 3]) };
    let reader = Reader::of(choice, &opening);
    let mut counts = [0; 3];
    reader.decode_block(log, alone(), &mut |decoded| match decoded.event {
        Ok(_) => counts[0] += 1,
        Err(malformed) if malformed.is_skip() => counts[1] += 1,
        Err(_) => counts[2] += 1,
    });
    (reader.format().to_owned(), counts)
}

#[test]
fn real_lines_are_recognised_and_read() {
    let Some(folder) = third_party() else { return };
    for line in REAL.trim().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let log = fs::read(folder.join(words[0])).unwrap();
        let (format, counts) = counts(&log);
        let told = [words[0].to_owned(), format].into_iter().chain(counts.map(|count| count.to_string()));
        assert_eq!(told.collect::<Vec<_>>(), words);
    }
}

/// What a record says of the fields that most strings have.
fn told(decoder: &dyn Decoder, log: &[u8]) -> Vec<Option<String>> {
    let mut told = Vec::new();
    decoder.decode_block(log, alone(), &mut |decoded| {
        told.push(decoded.event.ok().map(|event| {
            let text = |field: Option<&[u8]>| {
                field.map_or(String::new(), |field| event.plain(field).escape_ascii().to_string())
            };
            let who = event.client.map_or_else(|| text(event.client_name), |client| client.to_string());
            format!(
                "{} {who} {:?} {:?} {} {} {} {}",
                event.time.rfc3339(0),
                event.status,
                event.bytes_out.unwrap_or(0),
                text(event.method),
                text(event.path),
                text(event.query),
                text(event.user_agent),
            )
        }));
    });
    told
}

#[test]
fn strings_read_real_lines_as_the_formats_that_are_recognised_do() {
    let Some(folder) = third_party() else { return };
    for (file, string, lines) in WRITTEN {
        let log = fs::read(folder.join("format_samples").join(file)).unwrap();
        let opening = Opening::of(&log);
        let recognised = told(&Reader::of(recognise(&opening).unwrap(), &opening), &log);
        let decoder = from_string_for(string, &opening).unwrap_or_else(|error| panic!("{file}: {error}"));
        let written = told(&*decoder, &log);
        let mut same = 0;
        for (nth, (written, recognised)) in written.iter().zip(&recognised).enumerate() {
            if let (Some(written), Some(recognised)) = (written, recognised) {
                assert_eq!(written, recognised, "{file}:{}", nth + 1);
                same += 1;
            }
        }
        assert_eq!(same, *lines, "{file}: lines that are read by {string}");
    }
}

/// File, the string that its producer or a user of `GoAccess` would write, and how many lines it reads.
const WRITTEN: &[(&str, &str, usize)] = &[
    ("envoy_default.log", ENVOY, 4),
    ("envoy_default_cri.log", ENVOY, 4),
    ("haproxy_http_bare.log", "option httplog", 2),
    ("haproxy_http_syslog.log", "option httplog", 5),
    ("apache_combined.log", r#"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""#, 7),
    ("apache_combined.log", "COMBINED", 7),
    (
        "nginx_combined.log",
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#,
        4,
    ),
    ("nginx_combined.log", "COMBINED", 5),
    ("apache_common.log", "COMMON", 5),
    ("apache_vhost_combined.log", "VCOMBINED", 1),
    ("aws_cloudfront_tsv.log", "CLOUDFRONT", 2),
    ("aws_alb_2016_short.log", "AWSALB", 5),
    ("aws_s3.log", "AWSS3", 2),
    ("traefik_clf.log", "TRAEFIKCLF", 7),
    ("caddy_json.log", "CADDY", 8),
];

/// Envoy's default.
const ENVOY: &str = r#"[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n"#;

/// File, format, how many lines are read, skipped and rejected.
const REAL: &str = "
format_samples/akamai_datastream2_json.log        akamai               1    0 0
format_samples/apache_combined.log                combined             7    0 0
format_samples/apache_common.log                  common               5    0 0
format_samples/apache_common_edge.log             common               5    0 0
format_samples/apache_missing_field.log           combined             3    0 0
format_samples/apache_vhost_combined.log          vhost-combined       3    0 0
format_samples/apisix_file_logger.log             apisix-json          3    0 0
format_samples/apisix_nginx_access.log            apisix               6    0 0
format_samples/aws_alb.log                        aws-alb              9    0 0
format_samples/aws_alb_2016_short.log             aws-alb              5    0 0
format_samples/aws_alb_vrl.log                    aws-alb              8    0 0
format_samples/aws_clb.log                        aws-clb              3    2 0
format_samples/aws_cloudfront_tsv.log             cloudfront           2    0 0
format_samples/aws_s3.log                         aws-s3               2    0 0
format_samples/aws_waf.log                        aws-waf              1    0 0
format_samples/azure_apim_gatewaylogs.log         azure                1    0 0
format_samples/bunkerweb.log                      bunkerweb            5    0 0
format_samples/caddy_docker_compose_prefix.log    caddy                3    3 0
format_samples/caddy_json.log                     caddy                8    2 0
format_samples/cloudflare_logpush.log             cloudflare           7    0 0
format_samples/envoy_default.log                  envoy                4    0 0
format_samples/envoy_default_cri.log              envoy                4    0 0
format_samples/envoy_gateway_json_cri.log         envoy-json           5    0 0
format_samples/fastly_json_syslog.log             fastly               4    0 0
format_samples/haproxy_doc_examples.log           haproxy              12   4 0
format_samples/haproxy_http_bare.log              haproxy              2    3 0
format_samples/haproxy_http_syslog.log            haproxy              5    1 0
format_samples/iis_eventlog_xml.log               iis-event            1    0 0
format_samples/iis_w3c_changing_fields.log        iis-w3c              4    12 0
format_samples/istio_text.log                     istio                2    0 0
format_samples/linkerd_apache.log                 linkerd              3    0 0
format_samples/linkerd_json.log                   linkerd-json         3    0 0
format_samples/litespeed.log                      combined             1    2 0
format_samples/malformed_apache.log               combined             6    0 0
format_samples/malformed_nginx.log                combined             8    0 0
format_samples/nginx_combined.log                 combined             5    0 0
format_samples/nginx_combined_xff.log             nginx-main           4    0 0
format_samples/nginx_empty_and_binary_request.log combined             3    0 0
format_samples/nginx_ingress.log                  ingress-nginx        4    0 0
format_samples/nginx_main_xff.log                 nginx-main           4    0 0
format_samples/nginx_proxy_manager.log            nginx-proxy-manager  8    0 0
format_samples/nginx_vhost_combined.log           vhost-combined       3    0 0
format_samples/nginx_xff_first_column.log         forwarded-first      4    0 0
format_samples/npmplus.log                        npmplus              8    0 0
format_samples/ocsf_http_activity.log             ocsf                 1    0 0
format_samples/proxy_requests_connect.log         combined             2    0 0
format_samples/syslog_wrapped.log                 common-untimed       2    3 0
format_samples/traefik_clf.log                    traefik-clf          7    0 0
format_samples/traefik_clf_unit.log               traefik-clf          7    0 0
format_samples/traefik_json.log                   traefik-json         6    1 0
format_samples/upsun_journald_json_wrapped.log    combined             1    0 0
format_samples/uvicorn.log                        uvicorn              6    0 0
format_samples/uwsgi.log                          uwsgi                5    0 0
format_samples/w3c_iis.log                        iis-w3c              3    9 0
format_samples/w3c_iis_advanced_logging.log       iis-w3c              3    7 0
format_samples/w3c_imperva_incapsula.log          w3c                  2    4 0
format_samples/w3c_oracle_webcache.log            w3c                  1    6 0
format_samples/zeek_http.log                      zeek-http            4    8 0
format_samples/zoraxy.log                         zoraxy               6    0 0
data/parse_lnav/logfile_access_log.0              combined             3    0 0
data/parse_lnav/logfile_access_log.1              combined             1    0 0
data/parse_lnav/logfile_bad_access_log.0          combined             3    0 0
data/parse_lnav/logfile_bro_http.log.0            zeek-http            197  9 0
data/parse_lnav/logfile_caddy_log.0               caddy                4    35 0
data/parse_lnav/logfile_caddy_log.1               caddy                4    0 0
data/parse_lnav/logfile_cloudflare.1              cloudflare           15   0 0
data/parse_lnav/logfile_cloudflare.json           cloudflare           1    0 0
data/parse_lnav/logfile_haproxy.0                 haproxy              13   4 0
data/parse_lnav/logfile_regexp_access_log.0       vhost-combined-time  2    0 0
data/parse_lnav/logfile_syslog_with_access_log.0  common-untimed       2    3 0
data/parse_lnav/logfile_uwsgi.0                   uwsgi                19   0 0
data/parse_lnav/logfile_w3c.0                     iis-w3c              1    4 0
data/parse_lnav/logfile_w3c.2                     iis-w3c              14   8 0
data/parse_lnav/logfile_w3c.3                     iis-w3c              3    7 0
data/parse_lnav/logfile_w3c.4                     w3c                  2    4 0
data/parse_lnav/logfile_w3c_big.0                 iis-w3c              210  44 0
data/traffic/shop_2019.log                        nginx-main           1000 0 0
";

#[test]
fn a_whole_day_is_read_to_the_last_line() {
    let Some(folder) = third_party() else { return };
    for (name, format) in [("day1.nginx.log.zst", "combined"), ("day1.json.log.zst", "json")] {
        let packed = fs::read(folder.join("data/days").join(name)).unwrap();
        let log = zstd::decode_all(packed.as_slice()).unwrap();
        assert_eq!(counts(&log), (format.to_owned(), [101_339, 0, 0]), "{name}");
    }
}

/// Every example of the VRL parsers but those of error logs, field by field.
#[test]
fn lines_say_what_other_parsers_read_from_them() {
    let Some(folder) = third_party() else { return };
    let mut compared = 0;
    for file in ["parse_apache_log", "parse_common_log", "parse_nginx_log", "parse_aws_alb_log"] {
        let text = fs::read(folder.join("data/parse_vrl").join(file).with_extension("json")).unwrap();
        let page: Value = serde_json::from_slice(&text).unwrap();
        for example in page["examples"].as_array().unwrap() {
            let source = example["source"].as_str().unwrap();
            if source.contains("\"error\"") {
                continue;
            }
            let line = line_of(source);
            let decoders = FORMATS.iter().filter_map(|format| format.open(&Opening::of(line.as_bytes())));
            let events: Vec<_> = decoders.map(|decoder| event_row(&*decoder, &line)).collect();
            let row = events.iter().flatten().next().unwrap_or_else(|| panic!("nobody reads {line}"));
            for (key, expected) in example["return"].as_object().unwrap() {
                let Some(ours) = ours(key) else {
                    assert!(NOT_HELD.contains(&key.as_str()), "nobody compares {key}");
                    continue;
                };
                // A load balancer's line tells when the request began, too; that is our time.
                if key == "timestamp" && example["return"].get("request_creation_time").is_some() {
                    continue;
                }
                let expected = match expected {
                    Value::Null => String::new(),
                    Value::String(text) => text.trim_end_matches('Z').to_owned(),
                    number => number.to_string(),
                };
                assert_eq!(row[ours], expected, "{key} of {line}");
                compared += 1;
            }
        }
    }
    assert!(compared > 70, "only {compared} fields were compared");
}

/// The line in a call of a VRL function: `s'…'`, or `"…"` with escaped quotes.
fn line_of(source: &str) -> String {
    if let Some((_, rest)) = source.split_once("s'") {
        return rest.rsplit_once('\'').unwrap().0.to_owned();
    }
    let (_, rest) = source.split_once('"').unwrap();
    let end = rest.match_indices('"').find(|&(at, _)| !rest[..at].ends_with('\\')).unwrap().0;
    rest[..end].replace("\\\"", "\"")
}

/// Keys of VRL's for what an event does not hold.
const NOT_HELD: [&str; 18] = [
    "chosen_cert_arn",
    "classification",
    "classification_reason",
    "compression",
    "domain_name",
    "error_reason",
    "identity",
    "matched_rule_priority",
    "proxy_alternative_upstream_name",
    "redirect_url",
    "request_processing_time",
    "request_url",
    "response_processing_time",
    "target_port_list",
    "target_status_code_list",
    "traceability_id",
    "type",
    "upstream_response_length",
];

/// Our column for a key of VRL's; `None` for what an event does not hold.
fn ours(key: &str) -> Option<usize> {
    Some(match key {
        "timestamp" | "request_creation_time" => 0,
        "host" | "client" | "remote_addr" | "client_host" => 1,
        "user" | "remote_user" => 2,
        "method" | "request_method" => 3,
        "path" => 4,
        "protocol" | "request_protocol" => 5,
        "status" | "elb_status_code" => 6,
        "size" | "body_bytes_size" | "sent_bytes" => 7,
        "referer" | "referrer" | "http_referer" => 8,
        "agent" | "http_user_agent" | "user_agent" => 9,
        "http_x_forwarded_for" => 10,
        "request_length" | "received_bytes" => 11,
        "request_time" => 12,
        "proxy_upstream_name" | "target_group_arn" => 13,
        "upstream_addr" | "target_host" => 14,
        "upstream_response_time" | "target_processing_time" => 15,
        "upstream_status" | "target_status_code" => 16,
        "req_id" | "trace_id" => 17,
        "elb" => 18,
        "ssl_cipher" => 19,
        "ssl_protocol" => 20,
        "actions_executed" => 21,
        "request" | "message" => 22,
        _ => return None,
    })
}

/// An event as VRL would write its fields.
fn event_row(decoder: &dyn Decoder, line: &str) -> Option<[String; 23]> {
    let event: Event<'_> = decoder.decode(line.as_bytes(), alone()).ok()?;
    let text = |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or(b"")).into_owned();
    let number = |field: Option<u64>| field.map_or(String::new(), |number| number.to_string());
    let port = event.client_port.map_or(String::new(), |port| format!(":{port}"));
    #[expect(clippy::cast_precision_loss, reason = "these are small numbers of microseconds")]
    let seconds = |field: Option<u64>| field.map_or(String::new(), |us| format!("{:?}", us as f64 / 1e6));
    let query = event.query.map_or(String::new(), |query| format!("?{}", String::from_utf8_lossy(query)));
    let line = format!("{} {}{query} {}", text(event.method), text(event.path), text(event.protocol));
    Some([
        event.time.rfc3339(event.time_digits).trim_end_matches('Z').to_owned(),
        event.client.map_or(String::new(), |client| format!("{client}{port}")),
        text(event.user),
        text(event.method),
        text(event.path),
        text(event.protocol),
        number(event.status.map(u64::from)),
        number(event.bytes_out),
        text(event.referer),
        text(event.user_agent),
        text(event.forwarded),
        number(event.bytes_in),
        seconds(event.duration),
        text(event.gateway_route),
        text(event.upstream),
        seconds(event.upstream_duration),
        number(event.upstream_status.map(u64::from)),
        text(event.request_id),
        text(event.api),
        text(event.tls_cipher),
        text(event.tls_version),
        text(event.flags),
        line,
    ])
}
