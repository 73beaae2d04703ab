//! `--memory`: how much a scan takes changes no byte of its report, and where evidence cannot go it says what to do.

use super::{Place, said};

/// Two requests each of so many addresses that their evidence is no longer little.
fn crowd() -> String {
    let line = |nth: u32| {
        let [_, high, middle, low] = (nth * 167).to_be_bytes();
        let second = nth / 40;
        let (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60);
        let path = ["/", "/api/news", "/login"][(nth % 3) as usize];
        format!(
            "10.{high}.{middle}.{low} - - [10/Mar/2026:{hours:02}:{minutes:02}:{seconds:02} +0000] \"GET {path} HTTP/1.1\" 200 512\n"
        )
    };
    (0..60_000).chain(0..60_000).map(line).collect()
}

#[test]
fn what_does_not_fit_goes_to_disk_and_the_report_is_the_same() {
    let place = Place::new();
    place.file("a.log", crowd());
    let temporary = place.path("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let scan = |memory: &str, temporary: &std::path::Path, words: &[&str]| {
        let mut command =
            place.command(&[&["scan", "a.log", "--format", "json", "--memory", memory], words].concat());
        said(command.env("TMPDIR", temporary))
    };
    let whole = scan("none", &temporary, &["-v"]);
    assert!(
        whole.out.contains("gatehound.report.v1") && !whole.err.contains("went to disk"),
        "{}",
        whole.err
    );
    let little = scan("1M", &temporary, &["-v"]);
    assert_eq!(little.out, whole.out);
    assert!(little.err.contains("of memory were taken instead of 1M"), "{}", little.err);
    assert_eq!(std::fs::read_dir(&temporary).unwrap().count(), 0, "files are left");
    let nowhere = scan("1M", &place.path("nowhere"), &["-q"]);
    assert_eq!((nowhere.code, &*nowhere.out), (2, ""));
    assert!(nowhere.err.contains("set TMPDIR to a folder with more room"), "{}", nowhere.err);
}

#[test]
fn a_size_that_is_none_is_told_with_its_place() {
    let place = Place::new();
    place.file("a.log", "");
    let told = |words: &[&str], variable: &str| {
        let mut command = place.command(&[&["scan", "a.log"], words].concat());
        let told = said(command.env("GATEHOUND_MEMORY", variable));
        assert_eq!(told.code, 2, "{}", told.err);
        told.err
    };
    assert!(told(&["--memory", "lots"], "").contains("--memory: `lots` is not a size; write `500M`"));
    assert!(told(&[], "5X").contains("GATEHOUND_MEMORY: `5X` is not a size"));
    place.file("gatehound.toml", "memory = \"2H\"\n");
    assert!(told(&[], "").contains("gatehound.toml:1: memory: `2H` is not a size"));
}
