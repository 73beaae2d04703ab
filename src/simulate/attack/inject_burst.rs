//! A tool throws payloads at the search, hundreds or thousands, and now and then the server fails over one.

use std::rc::Rc;

use super::payload;
use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "inject-burst",
    summary: "a tool throws payloads at the search, and the server fails over some",
    role: Role::Attack { kind: "injection", difficulty: "easy" },
    cast,
};

/// What such tools call themselves.
const TOOLS: [&str; 3] =
    ["sqlmap/1.8.2#stable (https://sqlmap.org)", "python-requests/2.31.0", "Go-http-client/1.1"];

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(120, 2500)).max(60);
    let span = stage.some_slot(&mut rng, (0, 22), (3, 60));
    let address = stage.pool(1, &mut rng)[0];
    let agent = if rng.chance(250) { stage.agents.browser(&mut rng) } else { Rc::from(*rng.pick(&TOOLS)) };
    let mut client = Client::new(rng.fork(), address, agent, part);
    let sql = *rng.pick(&[300, 700, 1000]);
    let fails = rng.between(20, 120);
    stage.ends(part, "probed");
    let size = rng.between(300, 2_000);
    super::paced(stage, span, count, 0.5, rng.fork(), move |_, now, stage| {
        let text = payload::encoded(&payload::write(&mut rng, sql));
        let target = format!("{}/search?q={text}&page=1", stage.site.prefix);
        let answer = if rng.chance(fails) {
            Answer { status: 500, bytes: 130 }
        } else {
            Answer { status: 200, bytes: size + rng.below(40) }
        };
        client.ask(stage, now, "GET", target, answer);
    });
    count
}
