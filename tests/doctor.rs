//! What `gatehound doctor` says is true: detectors that it calls blind find nothing, those that it calls half-blind still find
//! something, and the configurations that it prints give lines that are read without a flag and have what was missing.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use gatehound::detect;
use gatehound::doctor::{Examined, GATEWAYS, Gateway};
use gatehound::format::{Opening, Reader, directives, recognise};
use gatehound::request::Meaning;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What `gatehound` prints with these words.
fn gatehound(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_gatehound"))
        .args(words)
        .current_dir(root())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A line without its status, in any of the formats that our samples have.
fn without_status(line: &str) -> String {
    if let Some((before, behind)) = line.split_once("\"status\":") {
        let behind = behind.split_once(',').unwrap().1;
        return format!("{before}{behind}");
    }
    let mut words: Vec<&str> = line.split(' ').collect();
    if line.starts_with("h2 ") || line.starts_with("http") {
        words[8] = "-";
        words[9] = "-";
        return words.join(" ");
    }
    let end = words.iter().position(|word| word.starts_with("HTTP/") && word.ends_with('"')).unwrap();
    words[end + 1] = "-";
    words.join(" ")
}

#[test]
fn a_detector_that_is_called_blind_finds_nothing_and_one_that_is_called_half_blind_still_finds_something() {
    let folder = tempfile::tempdir().unwrap();
    let mut blind = 0;
    for detector in detect::all() {
        let id = detector.about().id;
        let sample = root().join("samples").join(id).with_extension("log.zst");
        let Ok(packed) = std::fs::read(&sample) else { continue };
        let log = String::from_utf8(zstd::decode_all(&packed[..]).unwrap()).unwrap();
        let path = folder.path().join(format!("{id}.log"));
        let lines: Vec<String> = log.lines().map(without_status).collect();
        std::fs::write(&path, lines.join("\n")).unwrap();
        let path = path.to_str().unwrap();

        let told: Value = serde_json::from_str(&gatehound(&["doctor", path, "--format", "json"])).unwrap();
        let seen = told["detectors"].as_array().unwrap().iter().find(|seen| seen["detector"] == id).unwrap();
        let report = gatehound(&["scan", path, "-q", "--format", "ndjson", "--show-suppressed"]);
        let found = report.contains(&format!("\"detector\":\"{id}\""));
        match seen["sees"].as_str().unwrap() {
            "nothing" => assert!(!found, "{id} finds something although it is called blind"),
            "less" => assert!(found, "{id} finds nothing although it is called half-blind"),
            sees => panic!("{id} sees {sees} without answers"),
        }
        blind += u32::from(seen["sees"] == "nothing");
    }
    assert!(blind >= 5, "{blind}");
}

/// A line of JSON as a gateway would write it: its configuration with every variable filled in.
fn line_of(template: &str, value: impl Fn(&str) -> Option<&'static str>) -> String {
    let mut line = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['$', '%']) {
        line.push_str(&rest[..at]);
        let name =
            rest[at + 1..].split(|c: char| !c.is_ascii_alphanumeric() && !"_.".contains(c)).next().unwrap();
        line.push_str(value(name).unwrap_or("x"));
        rest = &rest[at + 1 + name.len()..];
    }
    line + rest
}

/// What a variable of nginx, APISIX or AWS API Gateway may say.
fn value(name: &str) -> Option<&'static str> {
    Some(match name {
        "time_iso8601" => "2026-03-10T17:00:03+00:00",
        "context.requestTime" => "10/Mar/2026:17:00:03 +0000",
        "remote_addr" | "context.identity.sourceIp" => "192.0.2.7",
        "http_x_forwarded_for" => "198.51.100.1, 192.0.2.9",
        "request" => "GET /a?b=c HTTP/1.1",
        "context.httpMethod" => "GET",
        "context.path" | "context.resourcePath" => "/a",
        "context.protocol" => "HTTP/1.1",
        "status" | "context.status" => "200",
        "body_bytes_sent" | "request_length" | "context.responseLength" | "context.responseLatency" => "512",
        "request_time" => "0.120",
        "host" => "api.example.com",
        "token_tail" => "0123456789ab",
        _ => return None,
    })
}

/// What is read in some lines that are all alike, and as which format.
fn read(line: &str) -> (Examined, &'static str) {
    let log = format!("{line}\n").repeat(20);
    let opening = Opening::of(log.as_bytes());
    let choice = recognise(&opening).unwrap_or_else(|| panic!("not recognised: {line}"));
    let format = choice.format;
    let mut examined = Examined::default();
    examined.add(&Reader::of(choice, &opening), &Meaning::default(), log.as_bytes(), b"");
    assert_eq!(examined.events(), 20, "{line}");
    (examined, format)
}

fn gateway(name: &str) -> &'static Gateway {
    GATEWAYS.iter().copied().flatten().find(|gateway| gateway.name == name).unwrap()
}

#[test]
fn what_is_added_as_json_is_read_without_a_flag_and_fills_what_was_promised() {
    for (name, begin, end) in [
        ("nginx", "escape=json '", "';\naccess_log"),
        ("APISIX", "\"log_format\":", "}}}'"),
        ("AWS API Gateway", "", ""),
    ] {
        let gateway = gateway(name);
        let template = match begin {
            "" => gateway.config,
            begin => gateway.config.split_once(begin).unwrap().1.split_once(end).unwrap().0,
        };
        let line = line_of(&template.replace("'\n    '", ""), value);
        let (examined, _) = read(&line);
        for (field, part) in gateway.adds {
            assert!(examined.fills(field), "{name}: {field} by {part} in {line}");
        }
    }
}

#[test]
fn what_haproxy_envoy_and_fastly_are_told_to_write_is_read_without_a_flag() {
    for (name, line) in [
        (
            "HAProxy",
            r#"{"time":"10/Mar/2026:17:00:03 +0000","client_ip":"192.0.2.7","client_port":"4711","x_forwarded_for":"198.51.100.1","user":"amy","token_hash":"E3B0C442","host":"api.example.com","request":"GET /a?b=c HTTP/1.1","status":"200","bytes_sent":"512","request_bytes":"300","request_time_ms":"18","upstream":"api/s1","referer":"https://www.example.com/","user_agent":"curl/8","response_flags":"--"}"#,
        ),
        (
            "Envoy",
            r#"{"start_time":"2026-03-10T17:00:03.120Z","client_ip":"192.0.2.7","x_forwarded_for":"198.51.100.1","user":"amy","authority":"api.example.com","method":"GET","path":"/a?b=c","protocol":"HTTP/2","response_code":200,"response_flags":"-","bytes_sent":512,"bytes_received":300,"duration":18,"upstream_host":"192.0.2.80:80","referer":"https://www.example.com/","user_agent":"curl/8","request_id":"7"}"#,
        ),
        (
            "Fastly",
            r#"{"timestamp":"2026-03-10T17:00:03+0000","client_ip":"192.0.2.7","token_hash":"e3b0c442","host":"api.example.com","request_method":"GET","url":"/a?b=c","request_protocol":"HTTP/2","response_status":"200","response_body_size":"512","duration_us":"18000","referer":"https://www.example.com/","user_agent":"curl/8","fastly_server":"cache-1"}"#,
        ),
    ] {
        let gateway = gateway(name);
        let keys: Value = serde_json::from_str(line).unwrap();
        for key in keys.as_object().unwrap().keys() {
            let named =
                [format!("\"{key}\":"), format!("{key}: ")].iter().any(|key| gateway.config.contains(key));
            assert!(named, "{name} is not told to write {key}");
        }
        let (examined, _) = read(line);
        for (field, part) in gateway.adds {
            assert!(examined.fills(field), "{name}: {field} by {part}");
        }
    }
}

#[test]
fn what_is_added_to_a_text_log_is_read_without_a_flag() {
    for (name, format, line) in [
        (
            "Apache",
            "combined-time",
            r#"192.0.2.7 - amy [10/Mar/2026:17:00:03 +0000] "GET /a HTTP/1.1" 200 512 "https://www.example.com/" "curl/8" 1500"#,
        ),
        (
            "Tomcat",
            "combined",
            r#"192.0.2.7 - amy [10/Mar/2026:17:00:03 +0000] "GET /a HTTP/1.1" 200 512 "https://www.example.com/" "curl/8""#,
        ),
        (
            "uWSGI",
            "combined-time",
            r#"192.0.2.7 - amy [10/Mar/2026:17:00:03 +0000] "GET /a HTTP/1.1" 200 512 "https://www.example.com/" "curl/8" 1500"#,
        ),
        (
            "Squid",
            "combined",
            r#"192.0.2.7 - amy [10/Mar/2026:17:00:03 +0000] "GET http://h.example/a HTTP/1.1" 200 512 "https://www.example.com/" "curl/8""#,
        ),
    ] {
        let (examined, read_as) = read(line);
        assert_eq!(read_as, format, "{name}");
        for (field, part) in gateway(name).adds {
            assert!(examined.fills(field), "{name}: {field} by {part}");
        }
    }
}

#[test]
fn configurations_are_read_as_format_strings_that_fill_what_was_promised() {
    for name in ["nginx", "Apache", "HAProxy", "Envoy", "Istio"] {
        let gateway = gateway(name);
        let found = directives(gateway.config);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        let fields = found[0].fields.as_ref().unwrap_or_else(|why| panic!("{name}: {why}"));
        for (field, part) in gateway.adds {
            // What tells users is known to nobody but to whoever wrote the configuration.
            let is_filled = fields.contains(field) || matches!(*field, "user" | "token");
            assert!(is_filled, "{name}: {field} by {part}, of {fields:?}");
        }
    }
}

#[test]
fn a_page_tells_the_fields_the_blind_and_the_line_to_add() {
    let sample = Path::new("samples/formats/nginx-main.log");
    let page = gatehound(&["doctor", sample.to_str().unwrap()]);
    assert!(page.starts_with("samples/formats/nginx-main.log: nginx-main\n"), "{page}");
    for part in [
        "half-blind: no request time",
        "What to add in nginx",
        "\"request_time\":\"$request_time\"",
        "  never ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let both =
        gatehound(&["doctor", "samples/formats/kong.log", "samples/formats/caddy.log", "--format", "json"]);
    let formats: Vec<Value> =
        both.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["format"].take()).collect();
    assert_eq!(formats, ["caddy", "kong"]);
    let output = Command::new(env!("CARGO_BIN_EXE_gatehound"))
        .args(["doctor", "Cargo.toml"])
        .current_dir(root())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no known format"));
}
