//! One account, attacked from several addresses over hours.

use std::rc::Rc;

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "brute-spread",
    summary: "hundreds of passwords on one account over hours, from several addresses",
    role: Role::Attack { kind: "brute-force", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let addresses = rng.spread(8, 45);
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> =
        (0..rng.between(1, 4)).map(|_| super::disguise(stage, &mut rng.fork(), 800)).collect();
    let clients = super::clients(&mut rng, &pool, &agents, part);
    let tries = stage.scaled(rng.spread(150, 900)).max(90);
    let span = stage.some_slot(&mut rng, (0, 16), (110, 450));
    super::brute_fast::brute(stage, rng, clients, tries, span, 0.9)
}
