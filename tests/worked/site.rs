//! A site with readers, an attacker, and what is told of them.

use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

/// A site's log: as many readers as it is busy, who load pages with all that belongs to them.
pub(crate) struct Site {
    log: String,
    second: u64,
}

/// So many readers come in a day: a tenth of, as many as, and ten times as many as usual.
pub(crate) const READERS: [u64; 3] = [60, 600, 6000];

impl Site {
    pub(crate) fn with(readers: u64) -> Self {
        let mut site = Self { log: String::new(), second: 0 };
        for reader in 0..readers {
            let from = format!("192.0.{}.{}", reader / 250, reader % 250 + 1);
            site.opens_pages(&from);
            let bytes = |salt: u64| 4000 + (reader * 7919 + salt * 104_729) % 3000;
            site.reads(&from, &format!("/search?q=word{}", reader % 90), bytes(1));
            site.reads(&from, &format!("/download?file=paper{}.pdf", reader % 40), bytes(2));
            site.reads(&from, &format!("/docs/search?q=term{}", reader % 70), bytes(3));
        }
        site
    }

    /// What a browser loads beside what it came for.
    pub(crate) fn opens_pages(&mut self, from: &str) {
        self.asks(from, "GET", "/", 200, 9000, "-");
        self.asks(from, "GET", "/static/app.js", 200, 90_000, "https://www.example.com/");
    }

    /// A request from a page of the site's.
    pub(crate) fn reads(&mut self, from: &str, target: &str, bytes: u64) {
        self.asks(from, "GET", target, 200, bytes, "https://www.example.com/");
    }

    pub(crate) fn asks(
        &mut self,
        from: &str,
        method: &str,
        target: &str,
        status: u16,
        size: u64,
        page: &str,
    ) {
        self.asks_by(from, "-", (method, target), (status, size), page);
    }

    /// A request by somebody who has logged in by name.
    pub(crate) fn asks_by(
        &mut self,
        from: &str,
        user: &str,
        (method, target): (&str, &str),
        (status, size): (u16, u64),
        page: &str,
    ) {
        self.second += 3;
        let (hour, minute, second) = (self.second / 3600 % 24, self.second / 60 % 60, self.second % 60);
        let day = 10 + self.second / 86_400;
        writeln!(
            self.log,
            "{from} - {user} [{day}/Mar/2026:{hour:02}:{minute:02}:{second:02} +0000] \"{method} {target} HTTP/1.1\" {status} {size} \
             \"{page}\" \"Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0\""
        )
        .unwrap();
    }

    /// Nobody asks for anything for so long.
    pub(crate) fn rests(&mut self, seconds: u64) {
        self.second += seconds;
    }

    /// One address asks for these, each answered with 2xx and so many bytes.
    pub(crate) fn is_asked(&mut self, targets: &[(&str, u64)]) {
        for &(target, size) in targets {
            self.asks(ATTACKER, "GET", target, 200, size, "-");
        }
    }

    pub(crate) fn report(&self) -> Value {
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

    pub(crate) fn incidents(&self) -> Vec<Value> {
        self.report()["incidents"].as_array().unwrap().clone()
    }

    /// The incident that names the attacker and hardly anybody else.
    pub(crate) fn incident(&self) -> Value {
        let all = self.incidents();
        let found =
            all.iter().find(|incident| incident["entities"]["source_ips"] == Value::from(vec![ATTACKER]));
        found.cloned().unwrap_or_else(|| panic!("nothing is told of the attacker: {:?}", told(&all)))
    }

    /// What is told at medium or above.
    pub(crate) fn loud(&self) -> Vec<String> {
        let all = self.incidents();
        let loud = all.iter().filter(|one| !matches!(one["severity"].as_str(), Some("low" | "info")));
        told(&loud.cloned().collect::<Vec<_>>())
    }
}

pub(crate) const ATTACKER: &str = "203.0.113.9";

/// Severities, outcomes, titles and summaries.
fn told(incidents: &[Value]) -> Vec<String> {
    let one = |incident: &Value| {
        ["severity", "outcome", "title", "summary"]
            .map(|name| incident[name].as_str().unwrap_or(""))
            .join(" | ")
    };
    incidents.iter().map(one).collect()
}
