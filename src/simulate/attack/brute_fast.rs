//! One account, one address, thousands of passwords.

use std::rc::Rc;

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::Time;

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "brute-fast",
    summary: "thousands of passwords on one account from one address",
    role: Role::Attack { kind: "brute-force", difficulty: "easy" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let address = stage.pool(1, &mut rng)[0];
    let agent = super::disguise(stage, &mut rng, 200);
    let clients = vec![Client::new(rng.fork(), address, agent, part)];
    let tries = stage.scaled(rng.spread(300, 3000)).max(120);
    let span = stage.some_slot(&mut rng, (0, 22), (3, 25));
    brute(stage, rng, clients, tries, span, 0.4)
}

/// Tries on one account; in half of all attacks the last one opens it.
pub(super) fn brute(
    stage: &mut Stage,
    mut rng: Rng,
    mut clients: Vec<Client>,
    tries: u64,
    span: (Time, Time),
    sigma: f64,
) -> u64 {
    let part: Part = clients[0].part;
    let account = stage.some_account(&mut rng);
    let user = if rng.chance(300) { Rc::from("admin") } else { stage.site.account(account) };
    stage.acts_as(part, Some(&user), 0);
    let outcome = super::refused_outcome(stage);
    stage.ends(part, outcome);
    let guessed = rng.chance(500);
    super::paced(stage, span, tries, sigma, rng.fork(), move |nth, now, stage| {
        let opens = (guessed && nth + 1 == tries).then_some(account);
        super::try_pair(stage, now, super::any(&mut clients, &mut rng), &user, opens);
    });
    tries
}
