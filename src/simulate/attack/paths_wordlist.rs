//! A word list run against the server by a tool that says its name.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "paths-wordlist",
    summary: "a word list against the server, by a tool that says its name",
    role: Role::Attack { kind: "path-enumeration", difficulty: "easy" },
    cast,
};

/// What word lists are made of.
const WORDS: [&str; 48] = [
    "admin",
    "api",
    "backup",
    "config",
    "console",
    "dashboard",
    "data",
    "db",
    "debug",
    "dev",
    "docs",
    "download",
    "export",
    "files",
    "graphql",
    "health",
    "hidden",
    "internal",
    "logs",
    "manage",
    "metrics",
    "monitor",
    "old",
    "panel",
    "private",
    "prod",
    "root",
    "secret",
    "server-status",
    "setup",
    "shell",
    "sql",
    "staging",
    "stats",
    "swagger",
    "system",
    "temp",
    "test",
    "tmp",
    "tools",
    "upload",
    "user",
    "users",
    "v1",
    "v2",
    "web",
    "wp-content",
    "actuator",
];
const ENDINGS: [&str; 12] =
    ["", ".php", ".bak", ".json", ".zip", ".old", ".txt", "/", ".sql", ".env", ".tar.gz", ".xml"];
const TOOLS: [&str; 5] = [
    "gobuster/3.6",
    "Fuzz Faster U Fool v2.1.0-dev",
    "feroxbuster/2.10.2",
    "Mozilla/4.0 (compatible; DirBuster-1.0-RC1)",
    "Wfuzz/3.1.0",
];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let words = stage.scaled(rng.spread(1200, 7000)).max(500);
    let a_second = rng.spread(4, 60);
    let span = stage.some_slot(&mut rng, (0, 22), (words / a_second / 60 + 1, words / a_second / 60 + 1));
    let address = stage.pool(1, &mut rng)[0];
    let agent: Rc<str> = Rc::from(*rng.pick(&TOOLS));
    let mut client = Client::new(rng.fork(), address, agent, part);
    stage.ends(part, "probed");
    let base = if stage.site.prefix.is_empty() { "/site" } else { stage.site.prefix };
    super::paced(stage, span, words, 0.5, rng.fork(), move |nth, now, stage| {
        let target = word(nth, base);
        let answer = find(stage, &mut rng, nth == words / 3);
        client.ask(stage, now, "GET", target, answer);
    });
    words
}

/// The `nth` line of the list: words, then words below words, each with every ending.
pub(super) fn word(nth: u64, base: &str) -> String {
    let part = |all: &[&'static str], nth: u64| all[usize::try_from(nth % all.len() as u64).unwrap_or(0)];
    let (ending, rest) = (part(&ENDINGS, nth), nth / ENDINGS.len() as u64);
    let (word, rest) = (part(&WORDS, rest), rest / WORDS.len() as u64);
    match rest {
        0 => format!("/{word}{ending}"),
        1 => format!("{base}/{word}{ending}"),
        deep => format!("/{}/{word}{ending}", part(&WORDS, deep)),
    }
}

/// What a guess finds: mostly nothing.
pub(super) fn find(stage: &Stage, rng: &mut Rng, sure: bool) -> crate::simulate::answer::Answer {
    match rng.below(1000) {
        0..8 => Answer { status: 403, bytes: 150 },
        8..14 => Answer { status: 401, bytes: 58 },
        14..20 => Answer { status: 301, bytes: 162 },
        20..24 => Answer { status: 200, bytes: rng.between(200, 9000) },
        _ if sure => Answer { status: 200, bytes: 1412 },
        _ => stage.site.missing,
    }
}
