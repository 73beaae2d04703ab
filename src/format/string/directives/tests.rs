//! Configuration files as their users write them.

use super::*;

fn told(config: &str) -> Vec<String> {
    directives(config)
        .into_iter()
        .map(|one| {
            let fields = one.fields.map_or_else(|why| why, |fields| fields.join(" "));
            format!("{} {} {}: {fields}", one.line, one.dialect, one.name)
        })
        .collect()
}

#[test]
fn log_formats_of_nginx_are_read_over_lines_and_comments() {
    let config = "http {\n  # log_format old '$a';\n  log_format main '$remote_addr [$time_local] \"$request\" ' # who; what\n    \
                  '$status';\n  log_format j escape=json '{\"t\":\"$time_iso8601\",\"c\":\"$remote_addr\",\"u\":\"$request_uri\"}';\n\
                  log_format broken '$remote_addr$status';\n}\n";
    assert_eq!(
        told(config),
        [
            "3 nginx main: time client method path query protocol status",
            "5 nginx j: time client path query",
            "6 nginx broken: format string, column 32: nothing stands between `$remote_addr` and `$status`, so nobody \
             can tell where one ends",
        ]
    );
}

#[test]
fn strings_of_apache_are_read_with_their_nicknames() {
    let config = "<IfModule log_config_module>\nLogFormat \"%h %t \\\"%r\\\" %>s\" short\n\
                  CustomLog \"logs/access_log\" short\ncustomlog logs/b.log \\\n  \"%a %t %U%q\"\n</IfModule>\n";
    assert_eq!(
        told(config),
        [
            "2 Apache short: time client method path query protocol status",
            "4 Apache logs/b.log: time client path query",
        ]
    );
}

#[test]
fn sections_name_the_strings_of_haproxy() {
    let config = "defaults\n  option httplog # as always\nfrontend www\n  log-format \"%ci:%cp [%tr] %ST %{+Q}r\"\n\
                  frontend api\n  log-format %ci\\ [%trg]\\ %ST\\ %{+Q}r\n";
    let told = told(config);
    assert!(told[0].starts_with("2 HAProxy defaults: time client client_port session method"), "{told:?}");
    assert_eq!(told[1], "4 HAProxy www: time client client_port method path query protocol status");
    assert_eq!(told[2], "6 HAProxy api: time client method path query protocol status");
}

#[test]
fn formats_of_envoy_are_found_in_yaml_and_json() {
    let yaml = "access_log:\n- name: x\n  typed_config:\n    log_format:\n      json_format:\n        \
                when: \"%START_TIME%\"\n        from:\n          ip: '%DOWNSTREAM_REMOTE_ADDRESS%'\n        \
                how: \"%RESPONSE_CODE%\"\n    format: |\n      [%START_TIME%] %RESPONSE_CODE% %DOWNSTREAM_REMOTE_ADDRESS%\n\
                other:\n  format: json\n";
    assert_eq!(
        told(yaml),
        ["5 Envoy json_format: time client status", "10 Envoy format: time client status"]
    );
    assert_eq!(
        directives(yaml)[0].text,
        r#"{"when":"%START_TIME%","from":{"ip":"%DOWNSTREAM_REMOTE_ADDRESS%"},"how":"%RESPONSE_CODE%"}"#
    );
    let json = r#"{"a":[{"inline_string":"[%START_TIME%] %RESPONSE_CODE% %DOWNSTREAM_REMOTE_ADDRESS%\n"},{"format":"x"}]}"#;
    assert_eq!(told(json), ["1 Envoy inline_string: time client status"]);
}

#[test]
fn a_string_of_goaccess_takes_its_dates_along() {
    let config = "time-format %H:%M:%S\ndate-format %d/%b/%Y\nlog-format %h %^[%d:%t %^] \"%r\" %s %b\n";
    assert_eq!(
        told(config),
        ["3 GoAccess log-format: time client method path query protocol status bytes_out"]
    );
}
