//! The commands beside `scan`.

use super::{Place, calm, name, said};

fn json(line: &str) -> serde_json::Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

#[test]
fn events_are_the_lines_in_their_order_with_what_they_mean() {
    let place = Place::new();
    let log = "10.0.0.7 - amy [10/Mar/2026:10:00:00 +0100] \"GET /api/v1/orders/700123?page=2&access_token=s3cret HTTP/1.1\" 200 1800 \"-\" \"curl/8\"\n\
               no access line\n\
               198.51.100.7 - - [10/Mar/2026:10:00:01 +0100] \"POST /x HTTP/2.0\" 404 - \"https://h.example/\" \"-\"\n";
    place.file("a.log", log);
    let said = place.run(&["events", "a.log", "-q"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let events: Vec<_> = said.out.lines().map(json).collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["schema"], "gatehound.event.v1");
    assert_eq!((&events[0]["line"], &events[0]["offset"]), (&1.into(), &0.into()));
    assert_eq!(events[0]["time"], "2026-03-10T09:00:00Z");
    assert_eq!(events[0]["client"], "10.0.0.7");
    assert_eq!(events[0]["user"], "amy");
    assert_eq!(events[0]["path"], "/api/v1/orders/700123");
    assert_eq!(events[0]["query"], "page=2&access_token=***");
    assert_eq!(events[0]["template"], "/api/v1/orders/{id}");
    assert_eq!(events[0]["bytes_out"], 1800);
    assert!(events[0].get("referer").is_none(), "a silent field is absent");
    assert_eq!(events[1]["line"], 3);
    assert_eq!(events[1]["bytes_out"], 0);
    assert!(events[1].get("user_agent").is_none() && events[1].get("user").is_none());
    let rejects = place.run(&["events", "a.log", "-q", "--rejects"]).out;
    let reject = json(rejects.trim_end());
    assert_eq!(reject["schema"], "gatehound.reject.v1");
    assert_eq!((&reject["line"], &reject["raw"]), (&2.into(), &"no access line".into()));
    assert_eq!(reject["skipped"], false);
}

#[test]
fn signals_are_written_where_asked_for_and_as_strong_as_asked_for() {
    let place = Place::new();
    let line = |target: &str| {
        format!("198.51.100.7 - - [10/Mar/2026:10:00:00 +0100] \"GET {target} HTTP/1.1\" 200 5 \"-\" \"-\"\n")
    };
    let targets = ["/a?q=union+jack", "/a?q=7%2527%20or%20%27k%27=%27k", "/phpmyadmin/", "/xmlrpc.php"];
    place.file("a.log", targets.map(line).concat());
    let signals = |words: &[&str]| -> Vec<serde_json::Value> {
        let said = place.run(&[&["events", "a.log", "-q"], words].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        said.out.lines().map(|line| json(line)["signals"].clone()).collect()
    };
    assert!(signals(&[]).iter().all(serde_json::Value::is_null));
    let normal = signals(&["--signals"]);
    assert!(normal[0].is_null() && normal[3].is_null());
    assert_eq!(normal[1][0]["class"], "sqli");
    assert_eq!(normal[1][0]["field"], "query");
    assert_eq!(normal[1][0]["decoded"], serde_json::json!(["percent", "double-percent"]));
    assert_eq!(normal[2][0]["rule"], "gh-sensitive-name");
    let count = |words: &[&str]| signals(words).iter().filter(|signals| !signals.is_null()).count();
    let by = ["low", "normal", "high"].map(|word| count(&["--signals", "--sensitivity", word]));
    assert_eq!(by, [1, 2, 3]);
    assert_eq!(place.run(&["events", "a.log", "--sensitivity", "low"]).code, 2);
}

#[test]
fn events_do_not_depend_on_threads_or_archives() {
    let place = Place::new();
    let log = place.file("a.log", calm(5000));
    let whole = place.run(&["events", name(&log), "-q"]).out;
    let numbers: Vec<u64> = whole.lines().map(|line| json(line)["line"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=5000).collect::<Vec<_>>());
    let cut = place.run(&["events", name(&log), "-q", "--threads", "3", "--block-size", "777"]).out;
    assert_eq!(cut, whole);
    let piped = place.pipe(&["events", "-q"], calm(5000).as_bytes()).out;
    assert_eq!(piped.replace("\"source\":\"-\"", &format!("\"source\":\"{}\"", name(&log))), whole);
}

#[test]
fn the_users_key_changes_hashes_and_is_checked() {
    let place = Place::new();
    place.file("key", "correct horse");
    place.file("empty", "\n");
    let line = r#"{"time_iso8601":"2026-03-10T10:00:00Z","remote_addr":"198.51.100.7","request":"GET /x HTTP/1.1","status":200,"token_hash":"abc"}"#;
    place.file("a.log", format!("{line}\n").repeat(3));
    let token = |key: &str| {
        let mut command = place.command(&["events", "a.log", "-q"]);
        let out = said(command.env("GATEHOUND_HASH_KEY_FILE", key)).out;
        out.lines().next().map(|line| json(line)["token"].clone())
    };
    let (ours, published) = (token("key"), token(""));
    assert!(ours.as_ref().unwrap().as_str().unwrap().starts_with("h:"), "{ours:?}");
    assert_ne!(ours, published);
    let mut command = place.command(&["a.log"]);
    let told = said(command.env("GATEHOUND_HASH_KEY_FILE", "empty"));
    assert_eq!(told.code, 2);
    assert!(told.err.contains("hash key file is empty"), "{}", told.err);
}

#[test]
fn a_format_is_explained() {
    let place = Place::new();
    place.file("a.log", calm(20) + "198.51.100.1 broken\n");
    let said = place.run(&["formats", "detect", "a.log"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.starts_with("a.log: combined\n"), "{}", said.out);
    assert!(
        said.out.contains("20 of   21 lines") && said.out.contains("198.51.100.1 broken"),
        "{}",
        said.out
    );
    place.file("b.log", "nothing\nof\nthe kind\n");
    assert_eq!(place.run(&["formats", "detect", "b.log"]).code, 2);
    assert!(place.run(&["formats"]).out.contains("combined"));
}

#[test]
fn format_strings_are_read_out_of_a_configuration_and_used() {
    let place = Place::new();
    let conf = "http {\n  log_format main '$remote_addr [$time_local] \"$request\" $status \"$http_x_note\"';\n  \
                log_format bad '$remote_addr$status';\n}\n";
    place.file("nginx.conf", conf);
    let told = place.run(&["formats", "from", "nginx.conf"]);
    assert_eq!(told.code, 0, "{}", told.err);
    for part in [
        "nginx.conf:2: nginx main\n  log_format main '$remote_addr [$time_local] \"$request\" $status \"$http_x_note\"';\n",
        "  fills time, client, method, path, query, protocol, status\n  --log-format @nginx.conf:main\n",
        "nginx.conf:3: nginx bad\n",
        "cannot be read: format string, column 29: nothing stands between",
    ] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }
    place.file("a.log", "192.0.2.7 [10/Mar/2026:17:00:03 +0000] \"GET /a HTTP/1.1\" 200 \"x\"\n");
    let event =
        json(place.run(&["events", "a.log", "-q", "--log-format", "@nginx.conf:main"]).out.trim_end());
    assert_eq!((&event["client"], &event["status"]), (&"192.0.2.7".into(), &200.into()));
    for (words, says) in [
        ("@nginx.conf", "several format strings; say which: @nginx.conf:main @nginx.conf:bad"),
        ("@nginx.conf:mian", "unknown format string `mian`; did you mean `main`?"),
        ("@nginx.conf:bad", "column 29: nothing stands between"),
        ("@none.conf", "none.conf"),
        ("%ci:%cp [%tr] %foo", "format string, column 16: unknown alias `foo`"),
        (
            "[%START_TIME%] %RESPONSE_CDE%",
            "column 17: unknown operator `RESPONSE_CDE`; did you mean `RESPONSE_CODE`?",
        ),
        ("%h %^[%d:%t %^] \"%r\" %s %!", "column 26: unknown specifier `%!`"),
    ] {
        let said = place.run(&["events", "a.log", "-q", "--log-format", words]);
        assert_eq!(said.code, 2, "{words}: {}", said.out);
        assert!(said.err.contains(says), "{words}: {}", said.err);
    }
    assert_eq!(place.run(&["formats", "from", "a.log"]).code, 2);
}

#[test]
fn a_simulated_day_is_scanned_and_scored() {
    let place = Place::new();
    let words = [
        "simulate",
        "--hours",
        "2",
        "--rate",
        "3",
        "--scenario",
        "brute-fast",
        "-o",
        "d.log",
        "--truth",
        "t.json",
    ];
    assert_eq!(place.run(&words).code, 0);
    let report = place.run(&["d.log", "-q", "--format", "ndjson"]).out;
    let scored = place.pipe(&["evaluate", "--truth", "t.json", "-"], report.as_bytes());
    assert_eq!(scored.code, 0, "{}", scored.err);
    assert!(scored.out.contains("recall"), "{}", scored.out);
    place.file("r.ndjson", &report);
    let scored = place.run(&["evaluate", "--truth", "t.json", "r.ndjson", "--format", "json"]);
    assert!(json(scored.out.trim_end()).get("strict").is_some());
    let twice = place.run(&["simulate", "--hours", "2", "--rate", "3", "--scenario", "brute-fast"]).out;
    assert_eq!(twice, place.read("d.log"), "the same options write the same bytes");
}

#[test]
fn the_reference_is_complete() {
    let place = Place::new();
    for (words, part) in [
        (&["explain"][..], "credential-stuffing"),
        (&["explain", "--list"], "brute-force"),
        (&["explain", "scraping"], "What looks alike and is harmless"),
        (&["schema", "incident"], "gatehound.incident.v1"),
        (&["schema", "event"], "gatehound.event.v1"),
        (&["schema", "summary"], "gatehound.run.v1"),
        (&["completions", "bash"], "gatehound"),
        (&["man"], ".TH gatehound 1"),
        (&["simulate", "--list"], "brute-fast"),
        (&["config", "path"], "gatehound.toml"),
        (&["--help"], "Exit codes:"),
        (&["scan", "--help"], "Exit codes:"),
        (&["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let said = place.run(words);
        assert_eq!(said.code, 0, "{words:?}: {}", said.err);
        assert!(said.out.contains(part), "{words:?}: {}", said.out);
    }
}
