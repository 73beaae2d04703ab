//! What `cargo fuzz` gives bytes to, given injured lines instead: our own of every format, and those of third parties that
//! lie beside the project. Nothing panics, nothing hangs.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[expect(unreachable_pub, reason = "it is the library of the fuzz targets as well")]
#[path = "../fuzz/src/lib.rs"]
mod entry;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gatehound::format::{Around, Decoder, FORMATS, Opening, Reader, Scratch, recognise};

/// A target by its name.
type Target = (&'static str, fn(&[u8]));

/// Each target of `fuzz/fuzz_targets`.
const TARGETS: [Target; 6] = [
    ("clf", |bytes| entry::family(entry::CLF, bytes)),
    ("columns", |bytes| entry::family(entry::COLUMNS, bytes)),
    ("headed", |bytes| entry::family(entry::HEADED, bytes)),
    ("json", entry::json),
    ("wrapped", entry::wrapped),
    ("strings", entry::strings),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Real logs, the first bytes of each.
fn logs() -> Vec<Vec<u8>> {
    let folders = ["samples/formats", "../shared/format_samples", "../shared/data/parse_lnav"];
    let there = folders.iter().filter_map(|folder| fs::read_dir(root().join(folder)).ok());
    let mut paths: Vec<PathBuf> = there.flatten().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut logs: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    for log in &mut logs {
        log.truncate(3000);
    }
    logs
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }
}

/// What injuries put in.
const PUT: [&[u8]; 16] = [
    b"\"",
    b"\\",
    b" ",
    b"\n",
    b"\r",
    b"\t",
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b"\" 200 5 \"",
    b"\x00",
    b"\xff",
    b"%",
    b"#",
];

/// `log` with a few bytes cut out, put in, or doubled.
fn injured(log: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut log = log.to_vec();
    for _ in 0..=dice.below(8) {
        let at = dice.below(log.len() + 1);
        let end = log.len().min(at + dice.below(6));
        let put = match dice.below(4) {
            0 => log[at..log.len().min(at + dice.below(80))].to_vec(),
            _ => PUT[dice.below(PUT.len())].repeat(1 + dice.below(3)),
        };
        log.splice(at..end, put);
    }
    log
}

#[test]
fn no_injury_of_a_real_line_makes_a_target_panic_or_hang() {
    let (logs, mut dice) = (logs(), Dice(7));
    assert!(logs.len() >= 60);
    for (name, target) in TARGETS {
        for log in &logs {
            for _ in 0..2 {
                let (bytes, start) = (injured(log, &mut dice), Instant::now());
                target(&bytes);
                assert!(
                    start.elapsed() < Duration::from_secs(20),
                    "{name} hangs on {}",
                    bytes.escape_ascii()
                );
            }
        }
    }
}

#[test]
fn every_format_belongs_to_a_target_and_every_target_has_its_file() {
    let families = [entry::CLF, entry::COLUMNS, entry::HEADED].concat();
    for name in families {
        assert!(FORMATS.iter().any(|format| format.name() == name), "{name} is no format");
    }
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(root().join("fuzz/fuzz_targets").join(name).with_extension("rs").exists(), "{name}");
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
    }
}

/// How long it takes to read `log` as combined, with all others to fall back on: the better of two.
fn cost(log: &[u8]) -> Duration {
    let sample = fs::read(root().join("samples/formats/combined.log")).unwrap();
    let opening = Opening::of(&sample);
    let reader = Reader::of(recognise(&opening).unwrap(), &opening);
    let once = || {
        let (scratch, start, mut lines) = (Scratch::default(), Instant::now(), 0_u64);
        reader.decode_block(log, Around::nothing(&scratch), &mut |_| lines += 1);
        assert!(lines > 0);
        start.elapsed()
    };
    (0..2).map(|_| once()).min().unwrap()
}

/// What strangers fill lines with.
const FILLS: [&str; 10] = [
    "a",
    "\"",
    "\" ",
    "\\\"",
    "\\",
    "\" 200 5 ",
    "[10/Mar/2026:17:00:03 +0000] \"",
    "] \"",
    "%22",
    "{\"a\":[",
];

#[test]
fn no_line_costs_more_a_byte_for_being_long() {
    const LONG: usize = 1 << 18;
    let before = "192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] \"GET /";
    for fill in FILLS {
        for (before, behind) in
            [(before, " HTTP/1.1\" 200 5 \"-\" \"x\"\n"), ("", "\n"), ("{\"a\":\"", "\"}\n")]
        {
            let line = |bytes: usize| format!("{before}{}{behind}", fill.repeat(bytes / fill.len()));
            let (long, short) = (line(LONG), line(LONG / 64).repeat(64));
            let (long, short) = (cost(long.as_bytes()), cost(short.as_bytes()));
            let ratio = long.as_secs_f64() / short.as_secs_f64().max(0.001);
            assert!(
                ratio < 10.0,
                "{LONG} bytes of {before}{fill}: {ratio:.1} times what it costs in 64 lines"
            );
        }
    }
}

/// How many bytes a line of a stranger's may have.
const LINE: usize = 1 << 20;

/// Lines as long as they can be, in which a stranger, or an application, writes what costs most.
fn long_lines() -> Vec<(String, Vec<u8>)> {
    let around = [
        ("CLF", "192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] \"GET /", " HTTP/1.1\" 200 5 \"-\" \"x\"\n"),
        (
            "JSON",
            "{\"time\":\"2026-03-10T17:00:03Z\",\"ip\":\"192.0.2.7\",\"method\":\"GET\",\"uri\":\"/",
            "\",\"status\":200}\n",
        ),
        ("logfmt", "time=2026-03-10T17:00:03Z method=GET remote_addr=192.0.2.7 status=200 path=\"/", "\"\n"),
        ("W3C", "2026-03-10 17:00:03 198.51.100.1 GET /", " - 443 - 192.0.2.7 curl - 200 0 0 5\n"),
        (
            "HAProxy",
            "192.0.2.7:99 [10/Mar/2026:17:00:03.123] web app/s1 0/0/1/5/6 200 5 - - ---- 5/5/0/0/0 0/0 \"GET /",
            " HTTP/1.1\"\n",
        ),
        (
            "syslog",
            "<134>Mar 10 17:00:03 web1 nginx: 192.0.2.7 - - [10/Mar/2026:17:00:03 +0000] \"GET /",
            " HTTP/1.1\" 200 5\n",
        ),
        ("CRI", "2026-03-10T17:00:03.123456789Z stdout F {\"ip\":\"192.0.2.7\",\"uri\":\"/", "\"}\n"),
        ("CSV", "\"1773162003000000\",\"192.0.2.7\",\"1\",\"\",\"GET\",\"/", "\",\"200\"\n"),
        ("binary", "\u{1}\u{2}", "\n"),
        ("array", "{\"ip\":\"192.0.2.7\",\"uri\":\"/\",\"x\":[1", "]}\n"),
        ("event", "<Event ", "</Event>\n"),
    ];
    let more = [
        ",1",
        ",[[1]]",
        ",{\"name\":\"a\",\"value\":\"1\"}",
        "\",\"status\":\"2",
        " a=b",
        "<Data Name=\"",
        "a\t",
        "\u{1}",
        ": ",
    ];
    let fills = FILLS.iter().chain(&more);
    let of_fill = |fill: &&'static str| {
        around.map(|(name, before, behind)| {
            let line = format!("{before}{}{behind}", fill.repeat(LINE / fill.len()));
            (format!("{name} with {}", fill.escape_default()), line.into_bytes())
        })
    };
    fills.flat_map(of_fill).collect()
}

/// The times that an ordinary line's bytes cost, and no others may; where nothing is inlined, that says less.
const TIMES: f64 = if cfg!(debug_assertions) { 40.0 } else { 10.0 };

#[test]
fn the_bytes_of_the_worst_line_cost_at_most_ten_times_those_of_an_ordinary_one() {
    let sample = fs::read(root().join("samples/formats/combined.log")).unwrap();
    let lines = sample.split_inclusive(|&byte| byte == b'\n').filter(|line| line.len() > 60);
    let ordinary: Vec<u8> = lines.take(8).flatten().copied().collect();
    let ordinary = ordinary.repeat(LINE / ordinary.len());
    let per_byte = |log: &[u8]| {
        (0..2).map(|_| cost(log)).min().unwrap().as_secs_f64() / f64::from(u32::try_from(log.len()).unwrap())
    };
    let usual = (0..5).map(|_| per_byte(&ordinary)).fold(f64::MAX, f64::min);
    for (name, line) in long_lines() {
        let times = per_byte(&line) / usual;
        assert!(times < TIMES, "a byte of {name} costs {times:.1} times that of an ordinary line");
    }
}

#[test]
fn a_header_in_the_middle_of_wrapped_lines_holds_for_those_behind_it() {
    let lines = [
        "Mar 24 14:02:50 web1 tomcat.log: 127.0.0.1 - - \"GET /includes/combined.js HTTP/1.1\" 200 65508 4.386",
        "Mar 24 14:02:50 web1 tomcat.log: 127.0.0.1 - - \"GET /bad.foo HTTP/1.1\" 404 65508 4.386",
        "Mar 24 14:02:51 web1 automount[7999]: lookup(file): lookup for opt failed",
        "#Start-Date: 2014-11-18 00:00:00.128",
        "#Fields: date-local time-local s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) \
         cs(Referer) cs(Host) sc-status sc-substatus sc-win32-status TimeTakenMS",
        "2012-08-15 17:00:00.363 1.2 24 14:02:50 web1 tomcat.log: 127.0.0.1 - - \"GET /bad.foo HTTP/1.1\" 404 65508 4.386",
        "Mar 24 14:02:51 web1 automount[7999]: lookup(file): lookup for opt failed",
    ];
    entry::wrapped(lines.join("\n").as_bytes());
}
