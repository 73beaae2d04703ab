//! A few common passwords tried on many accounts, round by round, by a pool of addresses.

use std::rc::Rc;

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "spray-pool",
    summary: "a few passwords on many accounts, in rounds, from a pool of addresses",
    role: Role::Attack { kind: "password-spraying", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let addresses = rng.spread(15, 90);
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> =
        (0..rng.between(1, 3)).map(|_| super::disguise(stage, &mut rng.fork(), 800)).collect();
    let clients = super::clients(&mut rng, &pool, &agents, part);
    let accounts = stage.scaled(rng.spread(200, 1200)).max(120);
    let rounds = rng.between(2, 4);
    let span = stage.some_slot(&mut rng, (0, 18), (120, 340));
    super::spray_single::spray(stage, rng, &clients, accounts, rounds, span)
}
