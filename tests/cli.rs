#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
//! The binary as a stranger meets it: hostile and broken input, options, settings, pipes, exit codes.

#[path = "cli/input.rs"]
mod input;
#[path = "cli/memory.rs"]
mod memory;
#[path = "cli/options.rs"]
mod options;
#[path = "cli/others.rs"]
mod others;
#[path = "cli/reasons.rs"]
mod reasons;
#[path = "cli/rules.rs"]
mod rules;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/tuning.rs"]
mod tuning;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder of its own, without settings of the user's.
struct Place(TempDir);

/// What a run said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file with this content.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// gatehound in this folder, with nothing of the user's around it.
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatehound"));
        let variables =
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GATEHOUND"));
        for (name, _) in variables {
            command.env_remove(name);
        }
        command.env("XDG_CONFIG_HOME", self.path("home")).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        command.current_dir(self.0.path()).args(words).stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        said(&mut self.command(words))
    }

    /// With `input` piped into it.
    fn pipe(&self, words: &[&str], input: &[u8]) -> Said {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        of(&output)
    }
}

fn said(command: &mut Command) -> Said {
    of(&command.output().unwrap())
}

fn of(output: &std::process::Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A calm log: a few people who read.
fn calm(lines: usize) -> String {
    let mut log = String::new();
    for n in 0..lines {
        let (client, minute, second, page) = (n % 7, n / 60 % 60, n % 60, n % 5);
        let _ = writeln!(
            log,
            "198.51.100.{client} - - [10/Mar/2026:10:{minute:02}:{second:02} +0000] \
             \"GET /page/{page} HTTP/1.1\" 200 512 \"-\" \"Mozilla/5.0\""
        );
    }
    log
}

/// A log in which one address guesses at a login, until it is let in.
fn guessed() -> String {
    let mut log = calm(600);
    for n in 0..400 {
        let (minute, second, status) = (n / 60, n % 60, if n == 399 { 200 } else { 401 });
        let _ = writeln!(
            log,
            "203.0.113.9 - - [10/Mar/2026:11:{minute:02}:{second:02} +0000] \
             \"POST /login HTTP/1.1\" {status} 120 \"-\" \"curl/8.5\""
        );
    }
    log
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}
