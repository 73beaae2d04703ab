//! Format strings as their producers' manuals have them.

mod others;

use super::*;
use crate::event::{Event, Malformed};
use crate::format::Around;

fn decoder(text: &str) -> Box<dyn Decoder> {
    from_string(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(text: &str) -> String {
    from_string(text).err().unwrap_or_else(|| panic!("{text} is fine")).to_string()
}

fn text(field: Option<&[u8]>) -> &str {
    field.map_or("∅", |field| std::str::from_utf8(field).unwrap())
}

fn row(event: &Event<'_>) -> String {
    let client = event.client.map_or("∅".to_owned(), |client| client.to_string());
    let status = event.status.map_or("∅".to_owned(), |status| status.to_string());
    let bytes = event.bytes_out.map_or("∅".to_owned(), |bytes| bytes.to_string());
    let target = [event.method, event.path, event.query, event.user_agent].map(text).join(" ");
    format!("{} {client} {status} {bytes} {target}", event.time.rfc3339(event.time_digits))
}

#[test]
fn a_directive_of_nginx_is_taken_as_it_stands() {
    let main = decoder(
        r#"log_format main escape=default
             '$remote_addr - $remote_user [$time_local] "$request" '
             '$status $body_bytes_sent "${http_referer}" "$http_user_agent" '
             '$request_time $upstream_addr $upstream_response_time "$http_x_forwarded_for"';"#,
    );
    let line = br#"192.0.2.7 - amy lee [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.1" 200 5 "-" "x \x22y\x22" 0.250 10.0.0.1:80, 10.0.0.2:80 0.100, 0.125 "198.51.100.1, 192.0.2.9""#;
    let event = main.decode(line, Around::alone()).unwrap();
    assert_eq!(row(&event), r"2000-10-10T20:55:36Z 192.0.2.7 200 5 GET /a b=c x \x22y\x22");
    assert_eq!(&*event.plain(event.user_agent.unwrap()), br#"x "y""#);
    assert_eq!(text(event.user), "amy lee");
    assert_eq!(text(event.upstream), "10.0.0.1:80, 10.0.0.2:80");
    assert_eq!((event.duration, event.upstream_duration), (Some(250_000), Some(225_000)));
    assert_eq!(text(event.forwarded), "198.51.100.1, 192.0.2.9");
    assert_eq!(main.decode(&line[..60], Around::alone()).unwrap_err(), Malformed::Short);
    let longer = [&line[..], b" more"].concat();
    assert_eq!(main.decode(&longer, Around::alone()).unwrap_err(), Malformed::Trailing);
}

#[test]
fn a_directive_of_apache_is_taken_as_it_stands() {
    let line = br#"192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 - "-" "say \"hi\"" 1500"#;
    for string in [
        r#"LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\" %D" timed"#,
        r#"CustomLog "logs/access.log" "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\" %D""#,
        r#"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\" %D"#,
        r#"%h %l %u %t "%r" %!200,304>s %b "%{Referer}i" "%{User-agent}i" %{us}T"#,
    ] {
        let event_of = decoder(string);
        let event = event_of
            .decode(line, Around::alone())
            .unwrap_or_else(|malformed| panic!("{string}: {malformed:?}"));
        assert_eq!(row(&event), r#"2000-10-10T20:55:36Z 192.0.2.7 200 0 GET /a ∅ say \"hi\""#, "{string}");
        assert_eq!(event.duration, Some(1500));
    }
    let ssl = decoder("%t %a %{SSL_PROTOCOL}x %{SSL_CIPHER}x %m %U%q %H %>s %O %v");
    let event = ssl
        .decode(
            b"[10/Oct/2000:13:55:36 -0700] ::1 TLSv1.3 AES GET /a?b HTTP/2.0 404 12 h.example",
            Around::alone(),
        )
        .unwrap();
    assert_eq!(row(&event), "2000-10-10T20:55:36Z ::1 404 12 GET /a b ∅");
    assert_eq!([event.tls_version, event.tls_cipher, event.host].map(text), ["TLSv1.3", "AES", "h.example"]);
}

#[test]
fn a_string_in_the_shape_of_json_tells_what_its_keys_mean() {
    let json = decoder(
        r#"log_format j escape=json '{"when":"$time_iso8601","who":"$remote_addr","what":"$request",'
           '"how":$status,"much":${body_bytes_sent},"with":"$http_user_agent","path":"$arg_p"}';"#,
    );
    let line = br#"{"when":"2026-03-10T00:00:00+00:00","who":"192.0.2.7","what":"GET /a?b HTTP/1.1","how":200,"much":5,"with":"x","path":"/etc"}"#;
    assert_eq!(
        row(&json.decode(line, Around::alone()).unwrap()),
        "2026-03-10T00:00:00Z 192.0.2.7 200 5 GET /a b x"
    );
    let broken = br#"{"when":"2026-03-10T00:00:00+00:00","who":"192.0.2.7","what":"GET /"a" HTTP/1.1","how":200,"much":5,"with":"x","path":"/etc"}"#;
    assert_eq!(
        row(&json.decode(broken, Around::alone()).unwrap()),
        r#"2026-03-10T00:00:00Z 192.0.2.7 200 5 GET /"a" ∅ x"#
    );
}

#[test]
fn a_time_without_a_zone_in_an_object_is_read_by_the_clock_of_its_source() {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(1));
    let clock = Clock { zone, ..Clock::default() };
    let fields = r#""who":"$remote_addr","what":"$request","how":$status"#;
    let values = r#""who":"192.0.2.7","what":"GET /a HTTP/1.1","how":200"#;
    for (when, stamp) in
        [("$time_iso8601", "2026/03/10 18:00:03"), ("at $time_iso8601", "at 2026-03-10T18:00:03+01:00")]
    {
        let string = format!("log_format j escape=json '{{\"when\":\"{when}\",{fields}}}';");
        let json = from_string_for(&string, &Opening { head: b"", clock: &clock }).unwrap();
        let line = format!("{{\"when\":\"{stamp}\",{values}}}").leak().as_bytes();
        let event = json.decode(line, Around::alone()).unwrap();
        assert_eq!(row(&event), "2026-03-10T17:00:03Z 192.0.2.7 200 ∅ GET /a ∅ ∅", "{stamp}");
    }
}

#[test]
fn neighbours_that_belong_together_are_one_field() {
    let joined = decoder("$remote_addr $time_iso8601 $request_method $host$request_uri $status");
    let event =
        joined.decode(b"192.0.2.7 2026-03-10T00:00:00Z GET h.example/a?b 200", Around::alone()).unwrap();
    assert_eq!(row(&event), "2026-03-10T00:00:00Z 192.0.2.7 200 ∅ GET /a b ∅");
    assert_eq!(text(event.host), "h.example");
    let joined = decoder("$remote_addr $msec $request_method $uri$is_args$args $status");
    let event = joined.decode(b"192.0.2.7 1773162003.120 GET /a?b 200", Around::alone()).unwrap();
    assert_eq!(row(&event), "2026-03-10T17:00:03.120Z 192.0.2.7 200 ∅ GET /a b ∅");
}

#[test]
fn a_bad_string_is_told_where_it_is_bad() {
    for (string, says) in [
        (
            "$remote_addr$time_local",
            "format string, column 13: nothing stands between `$remote_addr` and `$time_local`, so nobody can tell where one ends",
        ),
        ("log_format x '$remote_addr'\n  '$status';", "format string, column 32: nothing stands between"),
        ("$remote_addr $ $status", "format string, column 14: no name behind `$`"),
        ("%h %y", "format string, column 5: unknown directive `%y`"),
        (r#"LogFormat "%h \"%r\" %y" x"#, "format string, column 23: unknown directive `%y`"),
        ("%h %{User-agent", "format string, column 5: the brace is never closed"),
        ("%h %", "format string, column 4: no letter behind `%`"),
        ("%h %{%A}t", "format string, column 6: unknown part `%A` of a time; did you mean `%a`?"),
        ("log_format x escape=jsn '$status';", "unknown escape `jsn`; did you mean `json`?"),
        ("log_format x '$status", "format string: the quote at column 14 is never closed"),
        ("log_format x '$status' foo;", "log_format, column 24: expected a quote or `;`, found `f`"),
        ("$remote_addr $status", "format string: no time in it"),
        ("$time_local $status", "format string: no client in it"),
        (
            "$remote_addr [$time_locl] $status",
            "format string, column 15: no time in it; `$time_locl` says none, did you mean `$time_local`?",
        ),
        ("combined", "`combined` is no format string"),
    ] {
        assert!(error(string).starts_with(says), "{string}: {}", error(string));
    }
}
