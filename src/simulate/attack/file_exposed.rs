//! One address asks for what was left lying on the server, and is given it.

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "file-exposed",
    summary: "one address asks for a forgotten file, and is given it",
    role: Role::Attack { kind: "exposure", difficulty: "medium" },
    cast,
};

/// What is forgotten on servers, and about how large it is.
const FILES: [(&str, u64); 6] = [
    ("/.git/index", 90_000),
    ("/.env.production", 1_900),
    ("/backup.zip", 80_000_000),
    ("/db/dump.sql", 240_000_000),
    ("/.ssh/id_rsa", 2_600),
    ("/actuator/heapdump", 310_000_000),
];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let span = stage.some_slot(&mut rng, (0, 22), (1, 30));
    let address = stage.pool(1, &mut rng)[0];
    let agent = super::disguise(stage, &mut rng, 500);
    let mut client = Client::new(rng.fork(), address, agent, part);
    let (file, size) = *rng.pick(&FILES);
    let bytes = rng.between(size * 2 / 3, size * 3 / 2);
    // A dump is all that there is; a file of settings is a way in.
    stage.ends(part, if size >= 1_000_000 { "exfiltrated" } else { "succeeded" });
    let misses = rng.between(1, 6);
    super::paced(stage, span, misses + 1, 0.6, rng.fork(), move |nth, now, stage| {
        let missing = stage.site.missing;
        if nth == misses {
            client.ask(stage, now, "GET", String::from(file), Answer { status: 200, bytes });
        } else {
            let target = super::paths_wordlist::word(nth * 5, "");
            client.ask(stage, now, "GET", target, missing);
        }
    });
    misses + 1
}
