//! Options of `scan`: values, outputs, exit codes.

use super::{Place, calm, guessed};

#[test]
fn an_unknown_value_names_the_nearest() {
    let place = Place::new();
    place.file("a.log", calm(10));
    for (words, near) in [
        (&["a.log", "--min-severity", "hgh"][..], "'high'"),
        (&["a.log", "--format", "jsn"], "'json'"),
        (&["a.log", "--input-format", "combned"], "`combined`"),
        (&["a.log", "--trusted-proxy", "cloudflair"], "`cloudflare`"),
        (&["a.log", "-o", "jsn:x"], "`json`"),
        (&["a.log", "--topp", "3"], "'--top'"),
        (&["scn"], "`scan`"),
        (&["explain", "brute-froce"], "`brute-force`"),
        (&["schema", "inciden"], "`incident`"),
        (&["simulate", "--scenario", "brute-fsat"], "`brute-fast`"),
    ] {
        let said = place.run(words);
        assert_eq!(said.code, 2, "{words:?}");
        assert!(said.err.starts_with("error: ") && said.err.contains(near), "{words:?}: {}", said.err);
        assert_eq!(said.out, "", "{words:?}");
    }
}

#[test]
fn a_wrong_format_string_names_the_column() {
    let place = Place::new();
    place.file("a.log", calm(10));
    let said = place.run(&["a.log", "--log-format", "$remote_addr $status$request"]);
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: --log-format: ") && said.err.contains("column 21"), "{}", said.err);
}

#[test]
fn a_format_string_reads_a_log_of_its_own() {
    let place = Place::new();
    place.file("a.log", "[10/Mar/2026:10:00:00 +0000]|203.0.113.9|200|GET /x HTTP/1.1\n".repeat(9));
    let format = "[$time_local]|$remote_addr|$status|$request";
    let said = place.run(&["a.log", "--log-format", format]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("9 lines"), "{}", said.out);
}

#[test]
fn incidents_fail_only_where_the_user_says_so() {
    let place = Place::new();
    place.file("a.log", guessed());
    place.file("calm.log", calm(300));
    assert_eq!(place.run(&["a.log"]).code, 0);
    assert_eq!(place.run(&["a.log", "--fail-on", "none"]).code, 0);
    assert_eq!(place.run(&["a.log", "--fail-on", "info"]).code, 1);
    assert_eq!(place.run(&["a.log", "--fail-on", "medium"]).code, 1);
    assert_eq!(place.run(&["calm.log", "--fail-on", "info"]).code, 0);
    assert_eq!(place.run(&["a.log", "missing.log", "--fail-on", "info"]).code, 2);
}

#[test]
fn reports_go_where_the_user_says() {
    let place = Place::new();
    place.file("a.log", guessed());
    let words = ["a.log", "-q", "-o", "r.json", "-o", "ndjson:r.txt", "-o", "json:-"];
    let said = place.run(&words);
    assert_eq!((said.code, &*said.err), (0, ""));
    assert_eq!(said.out, place.read("r.json"));
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["schema"], "gatehound.report.v1");
    assert!(report["run"].get("timing").is_none(), "the clock is no part of a report");
    let lines = place.read("r.txt").lines().count();
    assert_eq!(report["incidents"].as_array().unwrap().len(), lines);
    assert!(lines > 0);
    place.run(&words);
    assert_eq!(place.read("r.json"), said.out, "a document is replaced");
    assert_eq!(place.read("r.txt").lines().count(), 2 * lines, "a file of records grows");
}

#[test]
fn a_report_that_has_no_place_is_told_before_the_scan() {
    let place = Place::new();
    place.file("a.log", calm(10));
    let said = place.run(&["a.log", "-o", "no/such/folder/r.json"]);
    assert_eq!((said.code, &*said.out), (2, ""));
    assert!(said.err.starts_with("error: no/such/folder: "), "{}", said.err);
}

#[test]
fn quiet_says_errors_only_and_twice_nothing() {
    let place = Place::new();
    place.file("a.log", calm(10));
    let said = place.run(&["a.log", "missing.log", "-q"]);
    assert!(said.err.starts_with("error: missing.log") && said.err.lines().count() == 1, "{}", said.err);
    let said = place.run(&["a.log", "missing.log", "-qq", "-o", "json:r", "-o", "-"]);
    assert_eq!((said.code, &*said.out, &*said.err), (2, "", ""));
    assert!(place.read("r").contains("gatehound.report.v1"));
}

#[test]
fn the_summary_has_the_clock_and_the_report_has_not() {
    let place = Place::new();
    place.file("a.log", calm(100));
    let said = place.run(&["a.log", "--summary", "s.json", "--threads", "2"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let run: serde_json::Value = serde_json::from_str(&place.read("s.json")).unwrap();
    assert_eq!(run["schema"], "gatehound.run.v1");
    assert_eq!(run["lines"], 100);
    assert_eq!(run["sources"][0]["format"], "combined");
    assert_eq!(run["timing"]["threads"], 2);
}

#[test]
fn times_are_half_open_and_relative_ones_count_from_now() {
    let place = Place::new();
    place.file("a.log", calm(3600));
    let events = |words: &[&str]| {
        let said = place.run(&[&["events", "a.log", "-q"], words].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        said.out.lines().count()
    };
    assert_eq!(events(&["--since", "2026-03-10 10:10", "--until", "2026-03-10T10:20:00Z"]), 600);
    assert_eq!(events(&["--since", "10m", "--now", "2026-03-10T11:00:00Z"]), 600);
    assert_eq!(events(&["--since", "2026-03-10 11:50", "--tz", "+01:00"]), 600);
    assert_eq!(events(&["--until", "2026-03-10"]), 0);
    let outside = place.run(&["a.log", "--since", "2026-03-11"]);
    assert_eq!(outside.code, 0);
    assert!(outside.out.contains("no request lies in the time"), "{}", outside.out);
    assert!(!outside.out.contains("blind"), "{}", outside.out);
    let wrong = place.run(&["a.log", "--since", "soon", "--tz", "Mars"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("--since: `soon`") && wrong.err.contains("--tz: "), "{}", wrong.err);
}

#[test]
fn neither_threads_nor_blocks_change_a_report() {
    let place = Place::new();
    place.file("a.log", guessed());
    let report = |words: &[&str]| place.run(&[&["a.log", "-q", "--format", "json"], words].concat()).out;
    let whole = report(&[]);
    assert!(whole.contains("gatehound.incident.v1"), "{whole}");
    assert_eq!(report(&["--threads", "1", "--block-size", "1000"]), whole);
    assert_eq!(report(&["--threads", "3", "--block-size", "1"]), whole);
}

#[test]
fn colours_are_used_only_where_they_are_wanted() {
    let place = Place::new();
    place.file("a.log", guessed());
    let color = |words: &[&str], variable: &str| {
        let words = [&["a.log", "-q"], words].concat();
        let mut command = place.command(&words);
        if !variable.is_empty() {
            command.env(variable, "1");
        }
        super::said(&mut command).out.contains('\u{1b}')
    };
    assert!(!color(&[], ""));
    assert!(color(&["--color", "always"], ""));
    assert!(color(&[], "CLICOLOR_FORCE"));
    assert!(!color(&["--color", "never"], "CLICOLOR_FORCE"));
    assert!(!color(&[], "NO_COLOR"));
    assert!(color(&["--color", "always"], "NO_COLOR"));
}

#[test]
fn the_highest_ranks_alone_are_told_to_programs_too() {
    let place = Place::new();
    place.file("a.log", guessed());
    let lines = |words: &[&str]| {
        place.run(&[&["a.log", "-q", "--format", "ndjson"], words].concat()).out.lines().count()
    };
    let all = lines(&["--show-suppressed"]);
    assert!(all >= 1);
    assert_eq!(lines(&["--top", "1"]), 1);
    assert_eq!(lines(&["--top", "0", "--show-suppressed"]), all);
    assert!(lines(&["--min-severity", "critical"]) <= lines(&["--min-severity", "low"]));
}
