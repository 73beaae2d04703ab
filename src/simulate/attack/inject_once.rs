//! Somebody who knows the hole: a probe or two, then the one request that reads what is behind it.

use super::payload;
use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "inject-once",
    summary: "one or two probes, then one request that reads what is behind them",
    role: Role::Attack { kind: "injection", difficulty: "hard" },
    cast,
};

/// What reads a table, a file, or the metadata of a cloud.
const READS: [&str; 5] = [
    "x' UNION SELECT login,secret,NULL FROM staff-- ",
    "-1 UNION ALL SELECT mail,hash,3 FROM members#",
    "../../../../../../etc/passwd",
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/app",
    ";cat /srv/app/settings.conf",
];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let probes = rng.between(1, 3);
    let span = stage.some_slot(&mut rng, (0, 20), (8, 90));
    let address = stage.pool(1, &mut rng)[0];
    let agent = stage.agents.browser(&mut rng);
    let mut client = Client::new(rng.fork(), address, agent, part);
    stage.ends(part, "succeeded");
    let read = *rng.pick(&READS);
    let (small, large) = (rng.between(150, 900), rng.between(400_000, 6_000_000));
    let browsed = rng.between(4, 20);
    super::paced(stage, span, browsed + probes + 1, 0.9, rng.fork(), move |nth, now, stage| {
        if nth < browsed {
            let target = stage.site.search(&mut rng);
            client.read(stage, now, target, 2_500);
            return;
        }
        let is_last = nth == browsed + probes;
        let text = if is_last { String::from(read) } else { payload::write(&mut rng, 1000) };
        let target = format!("{}/search?q={}&page=1", stage.site.prefix, payload::encoded(&text));
        let bytes = if is_last { large } else { small };
        client.ask(stage, now, "GET", target, Answer { status: 200, bytes });
    });
    browsed + probes + 1
}
