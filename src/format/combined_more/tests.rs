use super::*;
use crate::format::recognise;

const WHO: &str = "192.0.2.7 - amy [10/Mar/2026:17:00:03 +0000]";
const PAGES: &str = r#""https://shop.example/" "curl/8.5.0""#;

/// What the last of the lines says beside its combined columns.
fn told(lines: &[String]) -> String {
    let log = lines.join("\n") + "\n";
    let opening = Opening::of(log.as_bytes());
    let choice = recognise(&opening).unwrap_or_else(|| panic!("not recognised: {log}"));
    assert_eq!(choice.format, "combined-more", "{log}");
    let event = choice.decoder.decode(lines.last().unwrap().as_bytes(), Around::alone()).unwrap();
    assert_eq!((event.path, event.status), (Some(&b"/a"[..]), Some(200)));
    let text = |field: Option<&[u8]>| String::from_utf8_lossy(field.unwrap_or(b"")).into_owned();
    let number = |field: Option<u64>| field.map(|number| number.to_string()).unwrap_or_default();
    [
        ("forwarded", text(event.forwarded)),
        ("host", text(event.host)),
        ("out", number(event.bytes_out)),
        ("in", number(event.bytes_in)),
        ("us", number(event.duration)),
        ("upstream", text(event.upstream)),
        ("upstream_status", number(event.upstream_status.map(u64::from))),
        ("upstream_us", number(event.upstream_duration)),
        ("id", text(event.request_id)),
        ("session", event.session.map(|_| "…".to_owned()).unwrap_or_default()),
        ("tls", text(event.tls_version)),
        ("cipher", text(event.tls_cipher)),
        ("cache", text(event.cache)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format!("{name}={value}"))
    .collect::<Vec<_>>()
    .join(" ")
}

/// Combined lines with these tails.
fn combined(tails: &[&str]) -> Vec<String> {
    tails.iter().map(|tail| format!("{WHO} \"GET /a HTTP/1.1\" 200 900 {PAGES} {tail}")).collect()
}

#[test]
fn columns_say_what_their_keys_or_their_values_look_like() {
    for (tails, expected) in [
        // nginx Amplify.
        (
            [
                r#""-" "api.example.com" sn="_" rt=0.010 ua="-" us="-" ut="-" ul="-" cs=-"#,
                r#""198.51.100.7" "api.example.com" sn="_" rt=0.250 ua="192.0.2.80:80, 192.0.2.81:80" us="502, 200" ut="0.100, 0.125" ul="0, 9" cs=MISS"#,
            ],
            "forwarded=198.51.100.7 host=api.example.com out=900 us=250000 upstream=192.0.2.80:80, 192.0.2.81:80 \
             upstream_status=200 upstream_us=225000 cache=MISS",
        ),
        // The upstream's time before the whole.
        (
            ["192.0.2.80:80 200 0.100 0.101", "192.0.2.80:80 200 0.200 0.250"],
            "out=900 us=250000 upstream=192.0.2.80:80 upstream_status=200 upstream_us=200000",
        ),
        (
            [
                r#""api.example.com" 0.100 "-" 7f3a9c2b1d4e5f60718293a4b5c6d7e8"#,
                r#""192.0.2.9" 0.250 "0.200" 7f3a9c2b1d4e5f60718293a4b5c6d7e9"#,
            ],
            "host=192.0.2.9 out=900 us=250000 upstream_us=200000 id=7f3a9c2b1d4e5f60718293a4b5c6d7e9",
        ),
        // Apache's `%I %O %D`, and `%D %I %O`.
        (["300 1200 90000", "310 1250 250000"], "out=1250 in=310 us=250000"),
        (["90000 300 1200", "250000 310 1250"], "out=1250 in=310 us=250000"),
        (
            ["TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.3 TLS_AES_256_GCM_SHA384"],
            "out=900 tls=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384",
        ),
        (["miss 0.125", "hit 0.000012"], "out=900 us=12 cache=hit"),
        // Tomcat's milliseconds, with the thread.
        (["9 http-nio-8080-exec-1", "250 http-nio-8080-exec-2"], "out=900 us=250000"),
        // What nobody knows is no reason to lose the line.
        ([r#""x y" z"#, r#""\"" -"#], "out=900"),
    ] {
        assert_eq!(told(&combined(&tails)), expected, "{}", tails[1]);
    }
}

#[test]
fn what_stands_before_the_client_and_a_size_without_pages_are_learned_as_well() {
    let line = |before: &str, behind: &str| format!("{before}{WHO} \"GET /a HTTP/1.1\" 200 900{behind}");
    let pages = format!(" {PAGES}");
    for (lines, expected) in [
        (
            [
                line("api.example.com:443 ", &format!("{pages} 300 1200 9")),
                line("api.example.com:443 ", &format!("{pages} 310 1250 7")),
            ],
            "host=api.example.com out=1250 in=310 us=7",
        ),
        ([line("- ", &pages), line("198.51.100.7 ", &pages)], "forwarded=198.51.100.7 out=900"),
        (
            [line("", " - 9"), line("", " A1B2C3D4E5F60718293A4B5C6D7E8F90 250")],
            "out=900 us=250000 session=…",
        ),
    ] {
        assert_eq!(told(&lines), expected, "{}", lines[1]);
    }
}

#[test]
fn a_stranger_who_writes_columns_is_told_apart() {
    let mut lines = combined(&["0.100 192.0.2.80:80"; 9]);
    lines.push(format!("{WHO} \"GET /b\" 200 900 \"x\" \"y\" 0.001 192.0.2.80:80 HTTP/1.1\" 404 9 {PAGES} 0.100 192.0.2.80:80"));
    let log = lines.join("\n") + "\n";
    let opening = Opening::of(log.as_bytes());
    let reader = crate::format::Reader::of(recognise(&opening).unwrap(), &opening);
    let event = reader.decode(lines.last().unwrap().as_bytes(), Around::alone()).unwrap();
    assert!(event.is_forged());
    assert_eq!((event.status, event.duration), (None, None));
}

#[test]
fn a_log_without_columns_of_its_own_has_no_layout() {
    let lines: Vec<String> = (0..9).map(|_| format!("{WHO} \"GET /a HTTP/1.1\" 200 900 {PAGES}")).collect();
    let mut one = lines.clone();
    one.extend(combined(&["200 5"]));
    for lines in [lines, one] {
        assert!(Layout::of((lines.join("\n") + "\n").as_bytes()).is_none());
    }
}

#[test]
fn where_every_line_has_other_columns_the_first_length_of_time_is_the_whole() {
    let tails = [
        (r#""-" 0.012"#, None, 12_000),
        (r#""198.51.100.77" "0.001""#, Some("198.51.100.77"), 1000),
        (r#""198.51.100.77, 192.0.2.9" rt=0.087"#, Some("198.51.100.77, 192.0.2.9"), 87_000),
        (r#""-" 0.123 0.122"#, None, 123_000),
        (r#"uct="0.000, 0.001" rt=1.503 urt="1.002, 0.500""#, None, 1_503_000),
        ("60.001 -", None, 60_001_000),
        (r#""3.14" 0.250 0.125, 0.124"#, None, 250_000),
        (r#""-" request_time=0.210 upstream="192.0.2.80:8080""#, None, 210_000),
        ("- 0.006", None, 6000),
    ];
    let lines = combined(&tails.map(|(tail, ..)| tail));
    let log = lines.join("\n") + "\n";
    let choice = recognise(&Opening::of(log.as_bytes())).unwrap();
    assert_eq!(choice.format, "combined-more");
    for (line, (_, forwarded, duration)) in lines.iter().zip(tails) {
        let event = choice.decoder.decode(line.as_bytes(), Around::alone()).unwrap();
        let told = event.forwarded.filter(|hops| !hops.is_empty());
        assert_eq!((told, event.duration), (forwarded.map(str::as_bytes), Some(duration)), "{line}");
    }
}
