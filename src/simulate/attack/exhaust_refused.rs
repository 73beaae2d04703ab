//! Somebody who is told to slow down and does not: a few answers, then thousands of refusals without a pause.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "exhaust-refused",
    summary: "one or a few addresses that go on at full speed through thousands of 429 or 503",
    role: Role::Attack { kind: "resource-exhaustion", difficulty: "easy" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(1500, 9000)).max(700);
    let span = stage.some_slot(&mut rng, (0, 22), (4, 9));
    let addresses = rng.between(1, 3);
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> = vec![super::disguise(stage, &mut rng.fork(), 400)];
    let mut clients = super::clients(&mut rng, &pool, &agents, part);
    stage.ends(part, "attempted");
    let refused = Answer { status: *rng.pick(&[429, 429, 503]), bytes: rng.between(20, 200) };
    let let_through = rng.between(20, 150);
    super::paced(stage, span, count, 0.7, rng.fork(), move |_, now, stage| {
        let target = stage.site.search(&mut rng);
        let client = super::any(&mut clients, &mut rng);
        if rng.chance(let_through) {
            client.read(stage, now, target, 6_000);
        } else {
            client.ask(stage, now, "GET", target, refused);
        }
    });
    count
}
