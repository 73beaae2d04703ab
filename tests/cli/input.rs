//! Input that is empty, broken, hostile or not there.

use std::fmt::Write as _;
use std::io::Read;
use std::process::Stdio;

use super::{Place, calm, guessed, name};

#[test]
fn paths_alone_are_scanned_and_incidents_told() {
    let place = Place::new();
    place.file("a.log", guessed());
    let said = place.run(&["a.log"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("1,000 lines"), "{}", said.out);
    assert!(said.out.contains("203.0.113.9"), "{}", said.out);
    assert!(said.err.contains("lines, ") && said.err.contains("/s"), "{}", said.err);
}

#[test]
fn a_pipe_is_read_without_a_path_and_with_a_dash() {
    let place = Place::new();
    let log = calm(50);
    for words in [&[][..], &["-"], &["scan", "-q", "-"]] {
        let said = place.pipe(words, log.as_bytes());
        assert_eq!(said.code, 0, "{words:?}: {}", said.err);
        assert!(said.out.contains("50 lines"), "{words:?}: {}", said.out);
    }
}

#[test]
fn an_empty_file_is_fine() {
    let place = Place::new();
    place.file("empty.log", "");
    assert_eq!(place.run(&["empty.log"]).code, 0);
    assert_eq!(place.pipe(&[], b"").code, 0);
}

#[test]
fn binary_garbage_is_told_and_fails() {
    let place = Place::new();
    let mut seed = 7_u32;
    let garbage: Vec<u8> = std::iter::repeat_with(|| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed.to_le_bytes()[3]
    })
    .take(100_000)
    .collect();
    place.file("garbage", garbage);
    let said = place.run(&["garbage"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("warning: garbage: no known format"), "{}", said.err);
    assert!(said.err.contains("error: no line could be read as an access line"), "{}", said.err);
    assert!(!said.out.contains('\u{1b}'));
}

#[test]
fn a_folder_is_read_whole_and_an_empty_one_fails() {
    let place = Place::new();
    place.file("logs/a.log", calm(10));
    place.file("logs/deep/b.log", calm(20).replace("2026:10", "2026:12"));
    let said = place.run(&["logs"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("30 lines"), "{}", said.out);
    std::fs::create_dir(place.path("none")).unwrap();
    let said = place.run(&["none"]);
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: none: "), "{}", said.err);
}

#[test]
fn a_missing_file_does_not_stop_the_others_but_fails_in_the_end() {
    let place = Place::new();
    place.file("a.log", calm(10));
    let said = place.run(&["a.log", "missing.log"]);
    assert_eq!(said.code, 2);
    assert!(said.out.contains("10 lines"), "{}", said.out);
    assert!(said.err.contains("warning: missing.log: "), "{}", said.err);
    assert!(said.err.contains("error: missing.log: "), "{}", said.err);
    let alone = place.run(&["missing.log"]);
    assert_eq!(alone.code, 2);
    assert_eq!(alone.out, "", "there is nothing to report on");
}

#[test]
fn a_truncated_archive_gives_what_it_has_and_fails() {
    let place = Place::new();
    let mut archive = Vec::new();
    let mut noisy = String::new();
    for n in 0..20_000_u64 {
        let salt = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let _ = writeln!(
            noisy,
            "198.51.100.7 - - [10/Mar/2026:10:00:00 +0000] \"GET /{salt:016x} HTTP/1.1\" 200 5 \"-\" \"x\""
        );
    }
    flate2::read::GzEncoder::new(noisy.as_bytes(), flate2::Compression::fast())
        .read_to_end(&mut archive)
        .unwrap();
    place.file("cut.gz", &archive[..archive.len() / 2]);
    let said = place.run(&["cut.gz", "--fail-on", "info"]);
    assert_eq!(said.code, 2, "incomplete goes before incidents");
    assert!(said.err.contains("error: cut.gz: "), "{}", said.err);
    assert!(!said.out.contains(" 0 lines"), "{}", said.out);
}

#[test]
fn nul_bytes_and_hostile_bytes_do_nothing_to_the_terminal() {
    let place = Place::new();
    let mut log = calm(50).into_bytes();
    log.extend_from_slice(b"\0\0\0\0\n\x1b]0;owned\x07 \x1b[2J\xff\n");
    log.extend_from_slice(
        b"203.0.113.9 - \x1b[31m [10/Mar/2026:10:00:00 +0000] \"GET /\x1b[2J\x00 HTTP/1.1\" 404 5 \"-\" \"\x1b]0;x\x07\"\n",
    );
    place.file("a.log", &log);
    let text = place.run(&["a.log"]);
    assert_eq!(text.code, 0, "{}", text.err);
    assert!(!text.out.contains('\u{1b}') && !text.out.contains('\0'), "{}", text.out);
    let events = place.run(&["events", "a.log", "-q"]);
    assert!(!events.out.contains('\u{1b}') && !events.out.contains('\0'));
    assert!(events.out.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[cfg(unix)]
#[test]
fn hostile_names_of_files_do_nothing_to_the_terminal() {
    let said = Place::new().run(&["\u{1b}[2Jno.log"]);
    assert_eq!(said.code, 2);
    assert!(!said.err.contains('\u{1b}'), "{}", said.err);
}

#[test]
fn a_line_of_sixteen_megabytes_is_cut_and_counted() {
    let place = Place::new();
    let mut log = calm(20).into_bytes();
    log.extend_from_slice(b"203.0.113.9 - - [10/Mar/2026:10:00:00 +0000] \"GET /");
    log.resize(log.len() + (16 << 20), b'a');
    log.extend_from_slice(b" HTTP/1.1\" 200 5 \"-\" \"x\"\n");
    log.extend_from_slice(calm(20).as_bytes());
    place.file("a.log", &log);
    let said = place.run(&["a.log", "--format", "json", "-q"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["run"]["cut"], 1);
    assert_eq!(report["run"]["lines"], 41);
    assert_eq!(report["run"]["bytes"].as_u64(), Some(log.len() as u64));
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let place = Place::new();
    let log = place.file("a.log", calm(20_000));
    let mut command = place.command(&["events", name(&log)]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 64];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn too_many_unreadable_lines_fail_where_the_user_says_so() {
    let place = Place::new();
    place.file("a.log", calm(70) + &"no access line\n".repeat(30));
    assert_eq!(place.run(&["a.log"]).code, 0);
    assert_eq!(place.run(&["a.log", "--max-rejected", "50"]).code, 0);
    let said = place.run(&["a.log", "--max-rejected", "10"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("30 of 100 access lines could not be read"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_reports_what_it_read_while_a_pipe_is_silent() {
    use std::io::Write;
    let place = Place::new();
    let mut command = place.command(&["-"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(calm(30_000).as_bytes()).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let killed =
        std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!(output.status.code(), Some(143), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("interrupted"));
}
