//! The commands in the pages of `docs/` do what they say: they are run, as they stand, but for the names of places. Programs
//! of others that are not there are played by one that reads what it is given.

use std::path::Path;
use std::process::{Command, Stdio};

use regex::{Captures, Regex};

use super::receiver::{Receiver, Request};
use super::{page, pages, root};

/// Programs of others that are not asked for what they really do.
const PLAYED: [&str; 8] = ["aws", "az", "gcloud", "python3", "nc", "nft", "systemctl", "curl"];

/// Receivers for what the pages send, and the folder that the commands run in.
struct Stage {
    folder: tempfile::TempDir,
    http: Receiver,
    syslog: std::net::TcpListener,
    datagrams: std::net::UdpSocket,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "etc", "out", "run", "sigma/rules"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        file("access.log", &log());
        let rules = Command::new("cp")
            .arg("-r")
            .arg(root().join("rules"))
            .arg(folder.path().join("sigma/rules/web"))
            .status();
        assert!(rules.unwrap().success());
        for secret in ["etc/key", "etc/hec.token", "etc/elastic.key"] {
            file(secret, "0123456789abcdef0123456789abcdef\n");
        }
        for program in PLAYED {
            let has_own = program == "curl" && Path::new("/usr/bin/curl").exists();
            if !has_own {
                file(
                    &format!("bin/{program}"),
                    "#!/bin/sh\n[ \"$1\" = -c ] || cat >/dev/null\necho played\n",
                );
                let mode = Command::new("chmod")
                    .args(["+x", program])
                    .current_dir(folder.path().join("bin"))
                    .status();
                assert!(mode.unwrap().success());
            }
        }
        let any = ("127.0.0.1", 0);
        let syslog = std::net::TcpListener::bind(any).unwrap();
        let listener = syslog.try_clone().unwrap();
        std::thread::spawn(move || {
            listener
                .incoming()
                .flatten()
                .for_each(|mut socket| drop(std::io::copy(&mut socket, &mut std::io::sink())));
        });
        let datagrams = std::net::UdpSocket::bind(any).unwrap();
        Self { folder, http: Receiver::start(reply), syslog, datagrams }
    }

    /// `text` with our receivers and folders in the place of those that it names.
    fn placed(&self, text: &str) -> String {
        let (http, udp) = (self.http.port, self.datagrams.local_addr().unwrap().port());
        let tcp = self.syslog.local_addr().unwrap().port();
        let place =
            Regex::new(r"(https|syslog\+udp|syslog\+tcp|syslog\+tls)://[a-z0-9.-]+\.example(:[0-9]+)?")
                .unwrap();
        let placed = place.replace_all(text, |found: &Captures<'_>| match &found[1] {
            "https" => format!("http://127.0.0.1:{http}"),
            "syslog+udp" => format!("syslog+udp://127.0.0.1:{udp}"),
            _ => format!("syslog+tcp://127.0.0.1:{tcp}"),
        });
        placed
            .replace("/etc/gatehound/", "etc/")
            .replace("/var/log/gatehound/", "out/")
            .replace("/run/gatehound/", "run/")
    }

    /// Runs the lines of a block that are commands; what they print must not be an error.
    fn run(&self, name: &str, block: &str) {
        let commands: Vec<String> =
            block.lines().filter_map(|line| line.strip_prefix("$ ")).map(|line| self.placed(line)).collect();
        let before = self.http.taken().len();
        let binary = Path::new(env!("CARGO_BIN_EXE_gatehound")).parent().unwrap();
        let path = format!(
            "{}:{}:{}",
            self.folder.path().join("bin").display(),
            binary.display(),
            std::env::var("PATH").unwrap()
        );
        let output = Command::new("bash")
            .args(["-e", "-o", "pipefail", "-c", &commands.join("\n")])
            .current_dir(self.folder.path())
            .env_clear()
            .envs([("PATH", &*path), ("HOME", "."), ("TOKEN", "t"), ("KEY", "k"), ("GATEHOUND_RESEND", "0")])
            .env("XDG_STATE_HOME", self.folder.path().join("state").join(name.replace('/', "-")))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {commands:#?}\n{said}");
        if commands.iter().any(|command| command.contains("http://127.0.0.1")) {
            assert!(self.http.taken().len() > before, "{name}: nothing was sent: {commands:#?}\n{said}");
        }
    }
}

/// What receivers say.
fn reply(request: &Request) -> (u16, String) {
    let body = if request.line.contains("/services/collector") {
        "{\"text\":\"Success\",\"code\":0}".to_owned()
    } else if request.line.contains("/_bulk") {
        let items = vec!["{\"create\":{\"status\":201}}"; request.body.lines().count() / 2];
        format!("{{\"errors\":false,\"items\":[{}]}}", items.join(","))
    } else {
        "ok".to_owned()
    };
    (200, body)
}

/// A log in which one address guesses at a login, until it is let in.
fn log() -> String {
    let line = |n: u32, client: &str, request: &str, status: u32| {
        let (minute, second) = (n / 60, n % 60);
        format!(
            "{client} - - [10/Mar/2026:11:{minute:02}:{second:02} +0000] \"{request} HTTP/1.1\" {status} 120 \"-\" \"curl/8.5\"\n"
        )
    };
    let calm =
        (0..600).map(|n| line(n, &format!("198.51.100.{}", n % 7), &format!("GET /page/{}", n % 5), 200));
    let guesses = (0..400).map(|n| line(n, "203.0.113.9", "POST /login", if n == 399 { 200 } else { 401 }));
    calm.chain(guesses).collect()
}

#[test]
fn every_command_in_the_pages_runs() {
    if Command::new("bash").arg("--version").output().is_err() {
        eprintln!("SKIPPED: no bash");
        return;
    }
    let mut ran = 0;
    for name in pages("docs").into_iter().chain(pages("docs/siem")) {
        let stage = Stage::new();
        let page = page(&name);
        for settings in page.split("```toml\n# gatehound.toml\n").skip(1) {
            std::fs::write(
                stage.folder.path().join("gatehound.toml"),
                stage.placed(settings.split("```").next().unwrap()),
            )
            .unwrap();
        }
        for block in page.split("```console\n").skip(1) {
            stage.run(&name, block.split("```").next().unwrap());
            ran += 1;
        }
    }
    assert!(ran > 20, "{ran} blocks");
}
