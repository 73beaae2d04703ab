//! However a record reaches a decoder, it says the same: alone or in a block, with a plan or key by key; and no bytes
//! of strangers make a decoder panic.

#![allow(
    clippy::format_push_string,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on fails, and one that skips says so"
)]

use std::fs;
use std::path::Path;

use gatehound::format::{
    Around, Decoder, FORMATS, Opening, Reader, by_name, directives, from_string, from_string_for, recognise,
};
use proptest::prelude::*;

/// Nothing around a record; the little that a decoder writes anew is never freed.
fn alone() -> Around<'static> {
    Around::nothing(Box::leak(Box::default()))
}

/// The sample of a format.
fn sample(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/formats");
    fs::read(folder.join(name).with_extension("log")).unwrap()
}

/// What a decoder makes of all lines of a block, one way and the other.
fn assert_same(decoder: &dyn Decoder, block: &[u8]) {
    let (mut start, mut directives) = (0, Vec::new());
    decoder.decode_block(block, alone(), &mut |decoded| {
        assert_eq!(decoded.offset, start);
        // A source brings the directives along that stand before a line.
        let in_force: &'static [u8] = Vec::leak(directives.clone());
        let alone = decoder.decode(decoded.record, Around { directives: in_force, ..alone() });
        if decoded.record.starts_with(b"#") {
            directives.extend_from_slice(decoded.record);
            directives.push(b'\n');
        }
        assert_eq!(
            format!("{:?}", decoded.event),
            format!("{:?}", alone.as_ref()),
            "{}: {}",
            decoder.format(),
            decoded.record.escape_ascii()
        );
        start += decoded.record.len() + 1;
    });
    assert!(start == block.len() || start == block.len() + 1, "every byte belongs to a record");
}

/// A few small injuries: what, where, and with which bytes.
fn injuries() -> impl Strategy<Value = Vec<(usize, usize, Vec<u8>)>> {
    let bytes = prop_oneof![
        Just(b"\"".to_vec()),
        Just(b"\\".to_vec()),
        Just(b"\\\"".to_vec()),
        Just(b" ".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"-".to_vec()),
        Just(b"[".to_vec()),
        Just(b"] \"".to_vec()),
        Just(b"{".to_vec()),
        Just(b",".to_vec()),
        Just(b"null".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just(b"9".to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec((any::<usize>(), 0..4_usize, bytes), 0..12)
}

/// `log` with some bytes cut out or put in, half of them before a quote, where most depends on them.
fn injured(mut log: Vec<u8>, injuries: &[(usize, usize, Vec<u8>)]) -> Vec<u8> {
    for (at, cut, put) in injuries {
        let quotes: Vec<usize> = (0..log.len()).filter(|&at| log[at] == b'"').collect();
        let at = match at % 2 {
            0 if !quotes.is_empty() => quotes[at / 2 % quotes.len()],
            _ => at % (log.len() + 1),
        };
        let end = log.len().min(at + cut);
        log.splice(at..end, put.iter().copied());
    }
    log
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_line_in_a_block_says_what_it_says_alone(which in 0..FORMATS.len(), injuries in injuries()) {
        let format = FORMATS[which];
        let head = sample(format.name());
        let block = injured(head.clone(), &injuries);
        assert_same(&*format.open(&Opening::of(&head)).unwrap(), &block);
        if let Some(decoder) = format.open(&Opening::of(&block)) {
            assert_same(&*decoder, &head);
        }
    }

    #[test]
    fn a_plan_changes_nothing(injuries in injuries()) {
        let head = sample("json");
        let json = by_name("json").unwrap();
        let block = injured(head.clone(), &injuries);
        let (planned, plain) = (json.open(&Opening::of(&head)).unwrap(), json.open(&Opening::of(b"")).unwrap());
        for line in block.split(|&byte| byte == b'\n') {
            let same = format!("{:?}", plain.decode(line, alone()));
            prop_assert_eq!(format!("{:?}", planned.decode(line, alone())), same, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn a_reader_says_the_same_in_a_block_and_alone(which in 0..FORMATS.len(), injuries in injuries()) {
        let head = sample(FORMATS[which].name());
        let mixed = [&head[..], &sample("json"), &sample("common")].concat();
        let reader = Reader::new(FORMATS[which].open(&Opening::of(&head)).unwrap(), &Opening::of(&head));
        assert_same(&reader, &injured(mixed, &injuries));
    }

    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), string in ".{0,60}") {
        let _ = recognise(&Opening::of(&bytes));
        for decoder in FORMATS.iter().filter_map(|format| format.open(&Opening::of(&bytes))) {
            assert_same(&*decoder, &bytes);
        }
        if let Ok(decoder) = from_string(&string) {
            assert_same(&*decoder, &bytes);
        }
    }

    #[test]
    fn no_string_makes_the_compiler_of_strings_panic(
        string in "(log_format|LogFormat|)( x | escape=json |)['\"]?([$%][a-z_>{}A-Z]{0,9}[ \"\\\\']?){0,6}['\"]?;?",
        line in "[0-9a-z \\[\\]\"/:-]{0,60}",
    ) {
        if let Ok(decoder) = from_string(&string) {
            let _ = decoder.decode(line.as_bytes(), alone());
        }
    }
}

/// Pieces of format strings of every dialect, and of what stands around them in configurations.
const PIECES: &[&str] = &[
    "%START_TIME%",
    "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
    "%START_TIME(",
    "%REQ(X?:PATH):9%",
    "%DOWNSTREAM_REMOTE_ADDRESS%",
    "%RESPONSE_CODE%",
    "%%",
    "%ci:%cp",
    "[%tr]",
    "%{+Q}r",
    "%b/%s",
    "%hr",
    "%[capture.req.hdr(0)]",
    "%[var(",
    "%{+json}o",
    "%(a:sint)ST",
    "%h",
    "%^[%d:%t %^]",
    "~h{, }",
    "%~",
    "%x",
    "\"%r\"",
    "%U%q",
    "%{%d/%b/%Y %T}t",
    "%{msec_frac}t",
    "%>s",
    "%(t)s",
    "%({x}i)s",
    "$remote_addr",
    "$time_iso8601",
    "$request_method $uri$is_args$args",
    "{\"a\":\"",
    "\"}",
    "log-format ",
    "option httplog",
    " --date-format=%d/%b/%Y",
    "log_format x escape=none '",
    "LogFormat \"",
    "';\n",
    "json_format:\n  a: ",
    "\\ ",
    "é",
    " ",
    "\"",
];

proptest! {
    #[test]
    fn no_string_of_any_dialect_makes_anything_panic(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..9),
        line in "[0-9a-z \\[\\]\"{}|/:.%#\\\\-]{0,80}",
    ) {
        let string = pieces.concat();
        for one in directives(&string) {
            let _ = from_string(&one.text);
        }
        let opening = Opening::of(line.as_bytes());
        if let Ok(decoder) = from_string_for(&string, &opening) {
            assert_same(&*decoder, line.as_bytes());
        }
    }

    #[test]
    fn an_injured_line_of_a_format_string_is_read_alike_in_a_block_and_alone(
        which in 0..STRINGS.len(),
        injuries in injuries(),
    ) {
        let (string, line) = STRINGS[which];
        let decoder = from_string(string).unwrap();
        prop_assert!(decoder.decode(line.as_bytes(), alone()).is_ok(), "{}", line);
        assert_same(&*decoder, &injured(format!("{line}\n").repeat(3).into_bytes(), &injuries));
    }
}

/// A string of each dialect, and a line of it.
const STRINGS: &[(&str, &str)] = &[
    (
        r#"[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% "%REQ(USER-AGENT)%" %DOWNSTREAM_REMOTE_ADDRESS%"#,
        r#"[2026-03-10T17:00:03.120Z] "GET /a b?c HTTP/2" 200 "c "d" e" 192.0.2.7:4711"#,
    ),
    (
        "option httplog",
        r#"192.0.2.7:4711 [10/Mar/2026:17:00:03.120] www~ api/s1 0/0/1/17/18 200 +512 - - ---- 1/1/0/0/0 0/0 {h.example|curl 8} {} "GET /a HTTP/1.1""#,
    ),
    (
        r#"%h %^[%d:%t %^] "%r" %s %b "%R" "%u""#,
        r#"192.0.2.7 - - [10/Mar/2026:18:00:03 +0100] "GET /a HTTP/1.1" 200 5 "-" "x""#,
    ),
    (
        r#"%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s""#,
        r#"192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] "GET /a HTTP/1.1" 200 5 "-" "x""#,
    ),
    (
        "%h [%{%d/%b/%Y %T}t.%{msec_frac}t %{%z}t] %m %U%q %H %>s",
        "192.0.2.7 [10/Mar/2026 18:00:03.120 +0100] GET /a b?c HTTP/1.1 200",
    ),
    (
        r#"{"when":"%START_TIME(%s)%","what":"%REQ(:METHOD)% %REQ(:PATH)%","how":"%RESPONSE_CODE%","who":"%DOWNSTREAM_REMOTE_ADDRESS%"}"#,
        r#"{"when":"1773162003","what":"GET /a?b","how":200,"who":"192.0.2.7:4711"}"#,
    ),
];

#[test]
fn a_long_line_of_a_format_string_takes_no_longer_than_its_length() {
    for (string, line) in STRINGS {
        let decoder = from_string(string).unwrap();
        for filler in ["\"", "\" ", " ", "\\", "\\\"", ", ", "} ", "/", "{\"a\":"] {
            let long = line.replacen("/a", &format!("/a{}", filler.repeat((1 << 20) / filler.len())), 1);
            let begin = std::time::Instant::now();
            let _ = decoder.decode(long.as_bytes(), alone());
            let took = begin.elapsed();
            assert!(took.as_secs() < 5, "{string}: {filler:?} took {took:?}");
        }
    }
}

#[test]
fn a_line_longer_than_a_window_is_read_like_any_other() {
    let long = "x".repeat(100_000);
    let line = |path: &str| {
        format!("192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] \"GET /{path} HTTP/1.1\" 200 5 \"-\" \"c\"\n")
    };
    let block = [line("a"), line(&long), line("b"), line(&"\"".repeat(70_000)), line("c")].concat();
    let combined = by_name("combined").unwrap().open(&Opening::of(b"")).unwrap();
    assert_same(&*combined, block.as_bytes());
    let mut read = 0;
    combined
        .decode_block(block.as_bytes(), alone(), &mut |decoded| read += usize::from(decoded.event.is_ok()));
    assert_eq!(read, 5);
}

#[test]
fn quotes_at_every_odd_place_are_read_alike() {
    let line = r#"192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 5 "r" "c""#;
    let tails = ["", " 7", " 7 8", r#" "-""#, r#" kong_request_id: "a""#, r#" 1 "r" "u" 2ms"#];
    let puts = ["\\", "\\\\", "\"", "\\\"", "\" ", " \"", "\r", "\" 200 "];
    let mut lines = String::new();
    for tail in tails {
        let line = format!("{line}{tail}");
        let places = (0..=line.len()).filter(|&at| line[at..].starts_with('"') || line[..at].ends_with('"'));
        for (at, put) in places.flat_map(|at| puts.map(|put| (at, put))) {
            lines += &format!("{}{put}{}\n", &line[..at], &line[at..]);
        }
    }
    for decoder in FORMATS.iter().filter_map(|format| format.open(&Opening::of(b""))) {
        assert_same(&*decoder, lines.as_bytes());
    }
}
