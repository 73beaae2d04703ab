//! Files that somebody needs: harmless, each beside the theft that it must not excuse.

use super::{Kind, Who, Written, is_told, reported, some, text};

/// No theft is told.
#[track_caller]
fn is_no_theft(log: Written) {
    let found = log.judged();
    assert_eq!(reported(&found, Kind::DataExfiltration), 0, "{}", text(&found));
}

#[test]
fn one_file_of_many_that_is_fetched_again_and_again_is_taken_once() {
    let log = |files: u64| {
        let mut log = Written::default();
        log.people(300);
        let poller = Who::program("198.51.100.31", "timetables/1.0");
        for nth in 0..90 {
            let target = format!("/dataset/{}/download/timetable.zip", 4000 + nth % files);
            log.add(nth * 900, &poller, ("GET", &target), (200, 17_400_000 + nth % files * 90_000));
        }
        log
    };
    is_no_theft(log(1));
    is_told(log(90), Kind::DataExfiltration);
}

#[test]
fn a_few_large_files_are_no_theft_and_as_much_in_small_ones_is() {
    let log = |files: u64| {
        let mut log = Written::default();
        log.people(300);
        let reader = Who::person(9_000);
        for nth in 0..files {
            let target = format!("/reports/{}/scan", 4000 + nth);
            log.add(
                30_000 + nth * 40,
                &reader,
                ("GET", &target),
                (200, 90_000_000 / files + some(nth, 9000)),
            );
        }
        log
    };
    is_no_theft(log(12));
    is_told(log(240), Kind::DataExfiltration);
}

#[test]
fn who_pulls_what_others_pull_of_other_projects_is_no_thief() {
    let log = |thief: bool| {
        let mut log = Written::default();
        log.people(300);
        // Each project has its own path and a machine or two that pull it.
        for nth in 0..24 {
            let machine = Who::program(&format!("198.51.100.{}", 40 + nth), "containerd/1.7");
            for at in 0..30 {
                let project = ["web", "api", "jobs", "mail", "docs", "shop", "auth", "logs"][nth % 8];
                let target = format!("/v2/team/{project}/blobs/sha256:{:064x}", 7 * nth as u64 + at);
                let second = 20_000 + nth as u64 * 1900 + at * 3;
                log.add(second, &machine, ("GET", &target), (200, 30_000_000 + some(at, 9_000_000)));
            }
        }
        if thief {
            let machine = Who::program("198.51.100.99", "containerd/1.7");
            for at in 0..900 {
                let target = format!("/v2/team/vault/blobs/sha256:{:064x}", 90_000 + at);
                log.add(60_000 + at * 9, &machine, ("GET", &target), (200, 60_000_000));
            }
        }
        log
    };
    is_no_theft(log(false));
    is_told(log(true), Kind::DataExfiltration);
}
