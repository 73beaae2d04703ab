//! Every sample of ours is recognised as the format it is named after, and says what the file beside it says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use gatehound::event::Event;
use gatehound::format::{Around, Clock, Decoder, FORMATS, Opening, Reader, recognise};
use gatehound::source::{Feed, Limits, find};
use gatehound::time::Time;

/// Nothing around a record; the little that a decoder writes anew is never freed.
fn alone() -> Around<'static> {
    Around::nothing(Box::leak(Box::default()))
}

/// A source that begins with `head` and was last written on 11 March 2026, for lines that do not say when they are.
fn opening(head: &[u8]) -> Opening<'_> {
    static CLOCK: OnceLock<Clock> = OnceLock::new();
    let written = Some(Time::from_seconds(1_773_187_200));
    Opening { head, clock: CLOCK.get_or_init(|| Clock { written, ..Clock::default() }) }
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/formats")
}

/// An event in one line: what it has, in the order of the contract. Secrets show that they are there.
fn compact(event: &Event<'_>) -> String {
    let mut line = event.time.rfc3339(event.time_digits);
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            write!(line, " {name}={value}").unwrap();
        }
    };
    let text = |field: Option<&[u8]>| field.map(|field| event.plain(field).escape_ascii().to_string());
    add("client", event.client.map(|client| client.to_string()));
    add("client_name", text(event.client_name));
    add("client_port", event.client_port.map(|port| port.to_string()));
    add("forwarded", text(event.forwarded));
    add("user", text(event.user));
    add("consumer", text(event.consumer));
    add("token", event.token.map(|_| "…".to_owned()));
    add("session", event.session.map(|_| "…".to_owned()));
    add("method", text(event.method));
    add("scheme", text(event.scheme));
    add("host", text(event.host));
    add("path", text(event.path));
    add("query", text(event.query));
    add("protocol", text(event.protocol));
    add("status", event.status.map(|status| status.to_string()));
    add("out", event.bytes_out.map(|bytes| bytes.to_string()));
    add("in", event.bytes_in.map(|bytes| bytes.to_string()));
    add("us", event.duration.map(|time| time.to_string()));
    add("upstream", text(event.upstream));
    add("upstream_status", event.upstream_status.map(|status| status.to_string()));
    add("upstream_us", event.upstream_duration.map(|time| time.to_string()));
    add("referer", text(event.referer));
    add("agent", text(event.user_agent));
    add("id", text(event.request_id));
    add("route", text(event.gateway_route));
    add("api", text(event.api));
    add("tls", text(event.tls_version));
    add("cipher", text(event.tls_cipher));
    add("tls_client", text(event.tls_client));
    add("ja3", text(event.ja3));
    add("ja4", text(event.ja4));
    add("cache", text(event.cache));
    add("country", text(event.country));
    add("asn", event.asn.map(|asn| asn.to_string()));
    add("flags", text(event.flags));
    add("raw", text(event.raw_request));
    line
}

/// What `decoder` makes of `log`, a line for each record.
fn told(decoder: &dyn Decoder, log: &[u8]) -> Vec<String> {
    let mut told = Vec::new();
    decoder.decode_block(log, alone(), &mut |decoded| {
        let what = match decoded.event {
            Ok(event) => compact(event),
            Err(malformed) if malformed.is_skip() => format!("skipped: {}", malformed.reason()),
            Err(malformed) => format!("rejected: {}", malformed.reason()),
        };
        let read_by_another = decoded.event.is_ok() && decoded.format != decoder.format();
        let by = if read_by_another { format!("({}) ", decoded.format) } else { String::new() };
        told.push(format!("{by}{what}"));
    });
    told
}

#[test]
fn every_format_reads_its_sample_as_written_beside_it() {
    for format in FORMATS {
        let path = samples().join(format.name()).with_extension("log");
        let log = fs::read(&path).unwrap_or_else(|_| panic!("{} needs a sample", format.name()));
        let choice =
            recognise(&opening(&log)).unwrap_or_else(|| panic!("{} is not recognised", path.display()));
        assert_eq!(choice.format, format.name(), "{:?}", choice.tried);
        let told = told(&Reader::of(choice, &opening(&log)), &log).join("\n") + "\n";
        let beside = path.with_extension("events");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&beside, &told).unwrap();
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(told, expected, "{}; UPDATE=1 writes {}", format.name(), beside.display());
        assert!(told.lines().count() >= 20, "{} is short", path.display());
    }
}

/// Formats that escape nothing, or can be told to.
const UNESCAPED: [&str; 10] = [
    "combined",
    "common",
    "nginx-main",
    "ingress-nginx",
    "traefik-clf",
    "envoy",
    "istio",
    "aws-alb",
    "aws-s3",
    "combined-more",
];

#[test]
fn whoever_writes_columns_into_a_path_is_told_apart_and_gets_no_answer_of_their_choice() {
    for name in UNESCAPED {
        let log = fs::read(samples().join(name).with_extension("log")).unwrap();
        let reader = Reader::of(recognise(&opening(&log)).unwrap(), &opening(&log));
        let mut forged = 0;
        for line in log.split(|&byte| byte == b'\n').filter(|line| line.is_ascii()) {
            let line = String::from_utf8(line.to_vec()).unwrap();
            let Ok(event) = reader.decode(line.as_bytes(), alone()) else { continue };
            let path = String::from_utf8_lossy(event.path.unwrap_or_default()).into_owned();
            let Some((before, behind)) = line.split_once(&path).filter(|_| path.len() > 3) else { continue };
            if event.method.is_none()
                || event.query.is_some()
                || event.status.is_none()
                || !behind.starts_with(" HTTP/1")
            {
                continue;
            }
            // The answer that the stranger would like, then the one that was given.
            let line = format!("{before}{path}{behind}{behind}");
            let read = reader
                .decode(line.as_bytes(), alone())
                .unwrap_or_else(|why| panic!("{name}: {why:?}: {line}"));
            assert!(read.is_forged(), "{name}: {line}");
            assert_eq!((read.time.seconds(), read.path), (event.time.seconds(), event.path), "{line}");
            assert!(name == "envoy" || read.client == event.client, "{line}");
            forged += 1;
        }
        assert!(forged >= 3, "{name}: {forged} lines could be forged");
    }
}

/// Lines of combined, and how each is wrapped.
type Wrap = fn(usize, &str) -> String;

const WRAPS: &[(&str, Wrap)] = &[
    ("syslog", |_, line| format!("Mar 10 17:00:03 web1 nginx[811]: {line}")),
    ("syslog", |_, line| format!("<134>Mar  9 07:00:03 web1 nginx: {line}")),
    ("syslog", |_, line| format!("2026-03-10T17:00:03.5+00:00 web1 nginx: {line}")),
    ("syslog (RFC 5424)", |_, line| {
        format!("<134>1 2026-03-10T17:00:03.5Z web1 nginx 811 - [a@1 b=\"]\\\"\"] \u{feff}{line}")
    }),
    ("octet counting", |nth, line| {
        format!("{} <134>1 2026-03-10T17:00:03Z web1 nginx - - - {line}", 70 + nth)
    }),
    ("Kubernetes container log", |_, line| format!("2026-03-10T17:00:03.123456789+01:00 stdout F {line}")),
    ("docker compose", |_, line| format!("web-1  | {line}")),
    ("terminal colours", |_, line| format!("\u{1b}[2K\u{1b}[1;36mweb-1  | \u{1b}[0m{line}")),
    ("JSON of a shipper", |_, line| {
        let line = serde_json::to_string(&format!("{line}\n")).unwrap();
        format!("{{\"log\":{line},\"stream\":\"stdout\",\"time\":\"2026-03-10T17:00:03.5Z\"}}")
    }),
    ("JSON of a shipper", |_, line| {
        let line = serde_json::to_string(&format!("web.0 nginx: {line}")).unwrap();
        format!(
            "{{\"@timestamp\":\"2026-03-10T17:00:03.5Z\",\"host\":{{\"name\":\"web1\"}},\"message\":{line}}}"
        )
    }),
    ("journald", |nth, line| {
        let bytes: Vec<String> = line.bytes().map(|byte| byte.to_string()).collect();
        let text = serde_json::to_string(line).unwrap();
        let message = if nth % 2 == 0 { text } else { format!("[{}]", bytes.join(", ")) };
        format!("{{\"__REALTIME_TIMESTAMP\":\"1773162003500000\",\"_PID\":\"1\",\"MESSAGE\":{message}}}")
    }),
    ("stamps", |_, line| format!("2026-03-10T17:00:03.123Z {line}")),
    ("labels", |nth, line| format!("2026-03-10T17:00:03Z {{app=\"a}} \\\" b\", pod=\"web-{nth}\"}} {line}")),
    ("tags", |_, line| format!("frontend.0 nginx: {line}")),
    ("quotes", |_, line| format!("\"{line}\"")),
    ("application log", |_, line| format!("2026-03-10 17:00:03,120 - access - INFO - {line}")),
    ("application log", |_, line| format!("2026-03-10T17:00:03.120Z  INFO 7 --- [exec-1] access : {line}")),
    ("Ruby's logger", |_, line| format!("I, [2026-03-10T17:00:03.120456 #7]  INFO -- : {line}")),
];

#[test]
fn what_is_around_lines_is_peeled_off() {
    let log = fs::read(samples().join("combined.log")).unwrap();
    let text = String::from_utf8(log.iter().copied().filter(u8::is_ascii).collect()).unwrap();
    let lines: Vec<&str> =
        text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).collect();
    let bare = lines.join("\n");
    let choice = recognise(&opening(bare.as_bytes())).unwrap();
    let expected = told(&Reader::of(choice, &opening(bare.as_bytes())), bare.as_bytes());
    assert!(expected.iter().filter(|line| line.starts_with("20")).count() >= 15);
    for (name, wrap) in WRAPS {
        let wrapped: Vec<String> = lines.iter().enumerate().map(|(nth, line)| wrap(nth, line)).collect();
        let wrapped = wrapped.join("\n");
        let choice = recognise(&opening(wrapped.as_bytes())).unwrap_or_else(|| panic!("{name}: {wrapped}"));
        assert_eq!(choice.format, "combined", "{name}");
        assert!(choice.wrappers.contains(name), "{name} in {:?}", choice.wrappers);
        let read = told(&Reader::of(choice, &opening(wrapped.as_bytes())), wrapped.as_bytes());
        for (nth, expected) in expected.iter().enumerate().filter(|(_, line)| line.starts_with("20")) {
            assert_eq!(&read[nth], expected, "{name}: {}", wrapped.lines().nth(nth).unwrap());
        }
    }
}

#[test]
fn a_line_of_another_application_in_the_same_journal_is_skipped() {
    let request = "192.0.2.1 - - [10/Mar/2026:17:00:03 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"c\"";
    let log = format!(
        "Mar 10 17:00:03 web1 nginx: {request}\nMar 10 17:00:04 web1 sshd[5]: Accepted publickey for deploy\n\
         Mar 10 17:00:05 web1 nginx: {request}\n{request}\nMar 10 17:00:06 web1 nginx: 192.0.2.1 - - \"GET / HTTP/1.1\n"
    );
    let choice = recognise(&opening(log.as_bytes())).unwrap();
    let read = told(&Reader::of(choice, &opening(log.as_bytes())), log.as_bytes());
    let begins: Vec<&str> = read.iter().map(|line| &line[..8]).collect();
    assert_eq!(begins, ["2026-03-", "skipped:", "2026-03-", "2026-03-", "rejected"]);
}

/// What every record of a file says, with its offset, when it is read in blocks of about `block_size` bytes.
fn in_blocks(path: &Path, block_size: usize) -> Vec<(u64, String)> {
    let (sources, problems) = find(&[path.to_owned()], &Limits::default());
    assert_eq!(problems, []);
    let head = sources[0].head(1 << 18).unwrap();
    let decoder = Reader::of(recognise(&opening(&head)).unwrap(), &opening(&head));
    let feed = Feed::new(&sources, Limits::default(), block_size).unwrap();
    let mut read = Vec::new();
    while let Some(block) = feed.next() {
        let block = block.unwrap();
        let around = Around { directives: Vec::leak(block.directives().to_vec()), ..alone() };
        decoder.decode_block(block.bytes(), around, &mut |decoded| {
            let what = decoded.event.map_or_else(|malformed| malformed.reason().to_owned(), compact);
            read.push((block.offset + decoded.offset as u64, what));
        });
    }
    read.sort();
    read
}

#[test]
fn headers_that_change_within_a_file_hold_however_it_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let log = fs::read(samples().join("iis-w3c.log")).unwrap().repeat(5);
    let plain = folder.path().join("u_ex.log");
    let packed = folder.path().join("u_ex.log.zst");
    fs::write(&plain, &log).unwrap();
    fs::write(&packed, zstd::encode_all(&log[..], 0).unwrap()).unwrap();
    let whole = in_blocks(&plain, usize::MAX);
    assert_eq!(whole.iter().filter(|(_, what)| what.starts_with("2026")).count(), 80);
    for path in [&plain, &packed] {
        for block_size in [1, 100, 1000, 5000] {
            assert_eq!(in_blocks(path, block_size), whole, "{} in blocks of {block_size}", path.display());
        }
    }
}

#[test]
fn lines_that_a_container_runtime_cut_are_read_whole_however_the_file_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let bare = fs::read(samples().join("combined.log")).unwrap();
    let bare = String::from_utf8(bare.into_iter().filter(u8::is_ascii).collect()).unwrap();
    let lines: Vec<&str> =
        bare.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).collect();
    let mut log = String::new();
    for line in &lines {
        let (first, last) = line.split_at(line.len() / 2);
        writeln!(log, "2026-03-10T17:00:03.123456789Z stdout P {first}").unwrap();
        writeln!(log, "2026-03-10T17:00:03.123456789Z stderr F starting").unwrap();
        writeln!(log, "2026-03-10T17:00:03.123456790Z stdout F {last}").unwrap();
    }
    let (cut, plain) = (folder.path().join("0.log"), folder.path().join("plain.log"));
    fs::write(&cut, log).unwrap();
    fs::write(&plain, lines.join("\n")).unwrap();
    let events = |path: &Path, block_size: usize| -> Vec<String> {
        let read = in_blocks(path, block_size).into_iter().map(|(_, what)| what);
        read.filter(|what| what.starts_with("20")).collect()
    };
    let whole = events(&plain, usize::MAX);
    assert!(whole.len() >= 15);
    for block_size in [1, 100, usize::MAX] {
        assert_eq!(events(&cut, block_size), whole, "in blocks of {block_size}");
    }
}
