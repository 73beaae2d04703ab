//! The dialects of Envoy, HAProxy, gunicorn and GoAccess, and stamps in layouts of their own.

use super::*;
use crate::time::Time;
use jiff::tz::TimeZone;

fn read(string: &str, line: &'static str) -> Event<'static> {
    let decoder = Box::leak(decoder(string));
    decoder
        .decode(line.as_bytes(), Around::alone())
        .unwrap_or_else(|malformed| panic!("{string}: {}: {line}", malformed.reason()))
}

#[test]
fn operators_of_envoy_are_read_with_arguments_alternates_and_lengths() {
    let text = r#"[%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH):256% %PROTOCOL%" %RESPONSE_CODE% %BYTES_SENT% %DURATION% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" %DOWNSTREAM_REMOTE_ADDRESS% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%\n"#;
    let line = r#"[2026-03-10T17:00:03.120Z] "GET /a b?c=d HTTP/2" 200 5 17 "198.51.100.1, 192.0.2.9" "it "says" so" 192.0.2.7:4711 9"#;
    let event = read(text, line);
    assert_eq!(row(&event), r#"2026-03-10T17:00:03.120Z 192.0.2.7 200 5 GET /a b c=d it "says" so"#);
    assert_eq!(
        (event.client_port, event.duration, event.upstream_duration),
        (Some(4711), Some(17_000), Some(9000))
    );
    assert_eq!(super::text(event.forwarded), "198.51.100.1, 192.0.2.9");
}

#[test]
fn objects_of_envoy_are_read_by_their_keys_and_values_that_are_strings_of_operators() {
    let object = r#"{"when":"%START_TIME(%s)%","what":"%REQ(:METHOD)% %REQ(:PATH)%","how":"%RESPONSE_CODE%",
        "who":{"from":"%DOWNSTREAM_REMOTE_ADDRESS%","agent":"%REQ(USER-AGENT)%"},"much":"%BYTES_SENT%"}"#;
    let line = r#"{"when":"1773162003","what":"GET /a?b","how":200,"who":{"from":"192.0.2.7:4711","agent":"x"},"much":5}"#;
    assert_eq!(row(&read(object, line)), "2026-03-10T17:00:03Z 192.0.2.7 200 5 GET /a b x");
    let plain = r#"{"when":"%START_TIME%","path":"%REQ(:PATH)%","how":"%RESPONSE_CODE%","from":"%DOWNSTREAM_REMOTE_ADDRESS%"}"#;
    let line = r#"{"when":"2026-03-10T17:00:03.120Z","path":"/a","how":404,"from":"[2001:db8::7]:80"}"#;
    assert_eq!(row(&read(plain, line)), "2026-03-10T17:00:03.120Z 2001:db8::7 404 ∅ ∅ /a ∅ ∅");
}

#[test]
fn aliases_of_haproxy_are_read_in_the_zone_of_the_clock() {
    let line = br#"2001:db8::7:4711 [10/Mar/2026:17:00:03.120] www~ api/s1 0/0/1/17/18 200 +512 - - ---- 1/1/0/0/0 0/0 {h.example|curl/8} {} "GET /a?b HTTP/1.1""#;
    for string in [
        "option httplog",
        "${HAPROXY_HTTP_LOG_FMT}",
        r"log-format %ci:%cp\ [%tr]\ %ft\ %b/%s\ %TR/%Tw/%Tc/%Tr/%Ta\ %ST\ %B\ %CC\ %CS\ %tsc\ %ac/%fc/%bc/%sc/%rc\ %sq/%bq\ %hr\ %hs\ %{+Q}r",
    ] {
        let clock = Clock { zone: TimeZone::get("Europe/Berlin").unwrap(), ..Clock::default() };
        let decoder = from_string_for(string, &Opening { head: line, clock: &clock }).unwrap();
        let event = decoder.decode(line, Around::alone()).unwrap();
        assert_eq!(row(&event), "2026-03-10T16:00:03.120Z 2001:db8::7 200 512 GET /a b curl/8", "{string}");
        assert_eq!(
            [event.host, event.gateway_route, event.upstream, event.scheme].map(text),
            ["h.example", "www", "api/s1", "https"]
        );
        assert_eq!(
            (event.client_port, event.duration, event.upstream_duration),
            (Some(4711), Some(18_000), Some(17_000))
        );
    }
    let bare = br#"192.0.2.7:4711 [10/Mar/2026:17:00:03.120] www www/<NOSRV> -1/-1/-1/-1/0 408 0 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>""#;
    let event_of = decoder("option httplog");
    let event = event_of.decode(bare, Around::alone()).unwrap();
    assert_eq!(
        (text(event.raw_request), event.duration, event.upstream.unwrap()),
        ("<BADREQ>", Some(0), &b""[..])
    );
}

#[test]
fn haproxy_puts_quotes_where_it_is_told_to() {
    let clf = r#"192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] "GET /a HTTP/1.1" 200 5 "" "" 4711 120 "www~" "api" "s1" 0 0 1 17 18 "----" 1 1 0 0 0 0 0 "" "" "" """#;
    assert_eq!(row(&read("option httplog clf", clf)), "2026-03-10T17:00:03.120Z 192.0.2.7 200 5 GET /a ∅ ∅");
    let json = r#"{"at":"%trg","ip":"%ci","code":%ST,"req":%{+Q}r,"ua":%{+Q}[capture.req.hdr(1)],"agent":%{+Q}[req.hdr(User-Agent)]}"#;
    let line = r#"{"at":"10/Mar/2026:17:00:03 +0000","ip":"192.0.2.7","code":200,"req":"GET /a HTTP/1.1","ua":"","agent":"x"}"#;
    assert_eq!(row(&read(json, line)), "2026-03-10T17:00:03Z 192.0.2.7 200 ∅ GET /a ∅ x");
    let named = "%{+json}o %(ip)ci %(at)trg %(code:sint)ST %(what)r %B %(agent)[req.hdr(User-Agent)]";
    let line = r#"{"ip":"192.0.2.7","at":"10/Mar/2026:17:00:03 +0000","code":200,"what":"GET /a HTTP/1.1","agent":"x"}"#;
    assert_eq!(row(&read(named, line)), "2026-03-10T17:00:03Z 192.0.2.7 200 ∅ GET /a ∅ x");
}

#[test]
fn atoms_of_gunicorn_are_read() {
    let string =
        r#"%({x-forwarded-for}i)s %(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" %(D)s"#;
    let line =
        r#"198.51.100.1 192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] "GET /a HTTP/1.1" 200 5 "-" "x" 1500"#;
    let event = read(string, line);
    assert_eq!(row(&event), "2026-03-10T17:00:03Z 192.0.2.7 200 5 GET /a ∅ x");
    assert_eq!((event.duration, text(event.forwarded)), (Some(1500), "198.51.100.1"));
}

#[test]
fn specifiers_of_goaccess_are_read_with_their_dates() {
    let line = r#"192.0.2.7 - - [10/Mar/2026:18:00:03 +0100] "GET /a HTTP/1.1" 200 5 "-" "x""#;
    for string in [
        "COMBINED",
        r#"%h %^[%d:%t %^] "%r" %s %b "%R" "%u""#,
        "log-format %h %^[%d:%t %^] \"%r\" %s %b \"%R\" \"%u\"\ndate-format %d/%b/%Y\ntime-format %H:%M:%S",
        "--log-format='%h %^[%d:%t %^] \"%r\" %s %b \"%R\" \"%u\"' --date-format=%d/%b/%Y --time-format=%T",
        "%h %^[%d:%t %^] \\\"%r\\\" %s %b \\\"%R\\\" \\\"%u\\\" --date-format=%d/%b/%Y",
    ] {
        assert_eq!(row(&read(string, line)), "2026-03-10T17:00:03Z 192.0.2.7 200 5 GET /a ∅ x", "{string}");
    }
    let caddy = r#"{"ts":1773162003.12,"request":{"client_ip":"192.0.2.7","proto":"HTTP/2.0","method":"GET","host":"h.example","uri":"/a?b","headers":{"User-Agent":["x"]}},"duration":0.5,"size":5,"status":200}"#;
    assert_eq!(row(&read("CADDY", caddy)), "2026-03-10T17:00:03.12Z 192.0.2.7 200 5 GET /a b x");
    let squid = "1773162003.120    17 192.0.2.7 TCP_MISS/200 512 GET http://h.example/a";
    assert_eq!(
        row(&read("%x.%^ %~%L %h %^/%s %b %m %U", squid)),
        "2026-03-10T17:00:03Z 192.0.2.7 200 512 GET /a ∅ ∅"
    );
    let first = r#"[2001:db8::7] 198.51.100.1, 198.51.100.2 2026-03-10 17:00:03 "GET /a HTTP/1.1" 200"#;
    let event = read(r#"%h ~h{, } %d %t "%r" %s"#, first);
    assert_eq!(row(&event), "2026-03-10T17:00:03Z 2001:db8::7 200 ∅ GET /a ∅ ∅");
}

#[test]
fn every_name_of_goaccess_is_a_string_that_can_be_read() {
    for (name, _) in goaccess::NAMED {
        decoder(name);
    }
}

#[test]
fn stamps_in_parts_are_one_stamp() {
    let string = r"%h [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] %m %U%q %H %>s";
    let line = "192.0.2.7 [10/Mar/2026 18:00:03.120 +0100] GET /a b?c HTTP/1.1 200";
    assert_eq!(row(&read(string, line)), "2026-03-10T17:00:03.120Z 192.0.2.7 200 ∅ GET /a b c ∅");
    let decoder = decoder("%h %{%b %e %T}t %U");
    let event = decoder.decode(b"192.0.2.7 Mar 10 17:00:03 /a", Around::alone());
    assert_eq!(event.unwrap_err(), Malformed::Time, "nobody knows the year");
    let written = Some(Time::from_seconds(1_773_187_200));
    let clock = Clock { written, ..Clock::default() };
    let decoder = from_string_for("%h %{%b %e %T}t %U", &Opening { head: b"", clock: &clock }).unwrap();
    let event = decoder.decode(b"192.0.2.7 Mar  9 17:00:03 /a", Around::alone()).unwrap();
    assert_eq!(event.time.rfc3339(0), "2026-03-09T17:00:03Z");
}

#[test]
fn what_stands_around_lines_of_a_string_is_peeled_off() {
    let head = b"Mar 10 17:00:03 lb1 haproxy[7]: 192.0.2.7 [10/Mar/2026:17:00:03] 200 \"GET /a HTTP/1.1\"\n";
    let clock = Clock::default();
    let decoder = from_string_for("%ci [%tr] %ST %{+Q}r", &Opening { head, clock: &clock }).unwrap();
    let event = decoder.decode(head.trim_ascii(), Around::alone()).unwrap();
    assert_eq!(row(&event), "2026-03-10T17:00:03Z 192.0.2.7 200 ∅ GET /a ∅ ∅");
}
