//! `docs/formats.md` is made of the code and of the samples. After a change that is meant, `UPDATE=1 cargo test --test docs`
//! writes it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use gatehound::detect::{self, Sight};
use gatehound::doctor::{Examined, FIELDS, GATEWAYS, Gateway, examine, gateways};
use gatehound::format::{Clock, FORMATS, Format, Opening, Reader, recognise};
use gatehound::request::Meaning;
use gatehound::source::{Feed, Limits, find};
use gatehound::time::Time;

use super::{page, root};

/// What stands before the table that only a machine with the third-party logs can make.
const THIRD_PARTY: &str = "### Logs of third parties\n";

const HEAD: &str = r#"# Log formats

Every log is recognised by its first 200 lines: each format is tried on them, the one that reads most of them wins, then the one that finds more fields. Wrappers (syslog, containers, shippers) are peeled off where no format reads the lines as they stand. Columns that a site adds behind combined, common or nginx `main` are learned from the same lines: by their keys (`rt=0.123`), or by what all their values look like. `gatehound formats detect FILE` tells how each did; `--input-format NAME` and `--log-format STRING` say it yourself.

Lines that a container runtime cut are joined, and the members of JSON documents become a line each: of arrays, `Records`, `records`, `logEvents`, Elasticsearch's `hits` and Loki's `values`. Where a producer escapes no quotes, whoever makes a request can write columns into a line: lines are read from both ends, and where the two disagree the line has the flag `forged`, keeps what is certain, and counts against its client.

Format strings are taken as configurations have them: `--log-format` reads the directive or its string alone, `--log-format @FILE:NAME` finds it in the configuration itself, and `gatehound formats from FILE` lists what is there and in the files that it includes. A string that cannot be read is told with the column where it is wrong.

| producer | for example | in a configuration |
|---|---|---|
| nginx | `$remote_addr [$time_local] "$request" $status` | `log_format` with its `escape` |
| Apache, Tomcat, Jetty, varnishncsa | `%h %t "%r" %>s %b` | `LogFormat`, `CustomLog` |
| Envoy, Istio | `[%START_TIME%] %REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %RESPONSE_CODE%` | `text_format`, `json_format`, `typed_json_format` and the like, in YAML or JSON |
| HAProxy | `%ci:%cp [%tr] %ft %b/%s %ST %B %{+Q}r` | `log-format`, `option httplog` and `httpslog` |
| gunicorn | `%(h)s %(t)s "%(r)s" %(s)s` | |
| GoAccess | `%h %^[%d:%t %^] "%r" %s %b`, or `COMBINED` and its other names | `log-format` with `date-format` and `time-format` |

`gatehound doctor FILE` tells what this page tells, for one log: the fields that it fills, the detectors that it blinds, and the line to add.
"#;

/// A file that lies in a folder of logs, as `gatehound` reads it; `None` where no format is recognised.
fn look(path: &Path) -> Option<(&'static str, Examined)> {
    let (sources, problems) = find(&[path.to_owned()], &Limits::default());
    assert_eq!(problems, []);
    let head = sources[0].head(256 << 10).unwrap();
    // Some lines do not say in which year they are.
    let clock = Clock { written: Some(Time::from_seconds(1_773_187_200)), ..Clock::default() };
    let opening = Opening { head: &head, clock: &clock };
    let choice = recognise(&opening)?;
    let format = choice.format;
    let feed = Feed::new(&sources, Limits::default(), 1 << 20).unwrap();
    Some((format, examine(&feed, &Reader::of(choice, &opening), &Meaning::default())))
}

/// The table of what was read.
fn table<'f>(page: &mut String, rows: impl Iterator<Item = (&'f str, [u64; 4])>) {
    page.push_str("\n| format | lines | accepted | skipped | rejected |\n|---|--:|--:|--:|--:|\n");
    for (format, [lines, accepted, skipped, rejected]) in rows {
        let _ = writeln!(page, "| `{format}` | {lines} | {accepted} | {skipped} | {rejected} |");
    }
}

fn counts(examined: &Examined) -> [u64; 4] {
    [examined.lines, examined.events(), examined.skipped, examined.rejected]
}

/// A log without a known format: all of it is rejected.
fn unread(path: &Path) -> [u64; 4] {
    let lines = fs::read_to_string(path).unwrap().lines().filter(|line| !line.is_empty()).count() as u64;
    [lines, 0, 0, lines]
}

/// The paragraph of one format.
fn section(page: &mut String, format: &dyn Format, examined: &Examined) {
    let name = format.name();
    let _ = writeln!(page, "\n### `{name}`\n\n{}. Told by {}.\n", upper(format.about()), format.told_by());
    let fields = |filled: bool| {
        let some = FIELDS.iter().filter(|field| examined.fills(field) == filled);
        some.map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
    };
    if format.holds_requests() {
        let _ = writeln!(page, "- fills {}", fields(true));
        let detectors = detect::all();
        let lacking: Vec<String> = examined
            .seen(&detectors)
            .iter()
            .filter(|seen| seen.sight != Sight::All)
            .map(|seen| {
                let missing: Vec<&str> = seen.lacks.iter().map(|needs| needs.missing).collect();
                format!("{} ({}: no {})", seen.detector, seen.sight.name(), missing.join(", no "))
            })
            .collect();
        let _ = match lacking.as_slice() {
            [] => writeln!(page, "- every detector sees all that it can use"),
            lacking => writeln!(page, "- all detectors see all, but {}", lacking.join(", ")),
        };
    }
    let written_by = |gateway: &Gateway| {
        let adds = gateway.adds.iter().filter(|(field, _)| !examined.fills(field));
        let adds: Vec<String> = adds.map(|(field, part)| format!("`{field}` by {}", code(part))).collect();
        let link = gateway.name.to_lowercase().replace(' ', "-").replace([',', '(', ')'], "");
        let adds = if adds.is_empty() { String::new() } else { format!(": {}", adds.join(", ")) };
        format!("[{}](#{link}){adds}", gateway.name)
    };
    let by: Vec<String> = gateways(name).map(written_by).collect();
    let _ = writeln!(page, "- to log more: {}", by.join("; "));
}

/// `text` as code, whatever stands in it.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// With a capital, unless it begins with a name that has none.
fn upper(text: &str) -> String {
    let own = ["nginx", "gin", "uvicorn", "uWSGI", "key=value", "common", "combined"];
    if own.iter().any(|name| text.starts_with(name)) {
        return text.to_owned();
    }
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What to write in the configuration of one gateway.
fn gateway(page: &mut String, gateway: &Gateway) {
    let _ = writeln!(page, "\n### {}\n", gateway.name);
    if !gateway.config.is_empty() {
        let _ = writeln!(page, "In {}:\n\n```text\n{}\n```\n", gateway.place, gateway.config);
    }
    if !gateway.note.is_empty() {
        let _ = writeln!(page, "{}", gateway.note);
    }
}

/// All of the page but the last table, and what each format did on its own sample.
fn ours() -> String {
    let mut told = HEAD.to_owned();
    let mut rows = Vec::new();
    told.push_str("\n## Formats\n");
    for format in FORMATS {
        let sample = root().join("samples/formats").join(format.name()).with_extension("log");
        let (recognised, examined) = look(&sample).expect("a sample is recognised");
        assert_eq!(recognised, format.name());
        section(&mut told, *format, &examined);
        rows.push((format.name(), counts(&examined)));
    }
    told.push_str("\n## What to add to a configuration\n");
    GATEWAYS.iter().copied().flatten().for_each(|one| gateway(&mut told, one));
    told.push_str(
        "\n## What is read\n\nA skipped line is no access line; a rejected one is, and could not be read: our own samples hold a few \
         of both. `gatehound events --rejects FILE` shows them.\n\n### Our own samples\n",
    );
    table(&mut told, rows.into_iter());
    told.push('\n');
    told
}

/// The last table: what is read of the logs that third parties publish; `None` where they do not lie beside the project.
fn theirs() -> Option<String> {
    let beside = root().join("../shared");
    if !beside.is_dir() {
        eprintln!("SKIPPED: no third-party logs at {}", beside.display());
        return None;
    }
    let mut sums: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for folder in ["format_samples", "data/parse_lnav"] {
        let entries = fs::read_dir(beside.join(folder)).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_none_or(|extension| extension != "md"));
        files.sort();
        for path in files {
            let (format, counts) = look(&path)
                .map_or_else(|| ("none", unread(&path)), |(format, examined)| (format, counts(&examined)));
            let sum = sums.entry(format).or_default();
            sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    let mut told = format!(
        "{THIRD_PARTY}\nLines that producers and other parsers publish as examples, odd ones before all. The one without a format \
         is of Azure, with its time and its client blacked out.\n"
    );
    table(&mut told, sums.into_iter());
    Some(told)
}

#[test]
fn the_page_of_formats_is_what_the_code_says() {
    let place = root().join("docs/formats.md");
    let kept =
        || page("docs/formats.md").split_once(THIRD_PARTY).map(|(_, table)| format!("{THIRD_PARTY}{table}"));
    let told = ours() + &theirs().or_else(kept).expect("the page has the table of third parties");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&place, &told).expect("the page can be written");
        return;
    }
    let there = page("docs/formats.md");
    for (ours, expected) in there.lines().zip(told.lines()) {
        assert_eq!(ours, expected, "UPDATE=1 cargo test --test docs writes {}", place.display());
    }
    assert_eq!(there.len(), told.len());
}
