//! Stolen pairs tried from hundreds of rented addresses, a few tries each.

use std::rc::Rc;

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "stuffing-distributed",
    summary: "stolen pairs from hundreds of addresses, a few tries each; the opened accounts are used",
    role: Role::Attack { kind: "credential-stuffing", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let addresses = stage.scaled(rng.spread(150, 800)).max(80);
    let tries = addresses * rng.between(3, 14);
    let span = stage.some_slot(&mut rng, (0, 20), (80, 380));
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> =
        (0..rng.between(1, 5)).map(|_| super::disguise(stage, &mut rng.fork(), 850)).collect();
    let mut clients = super::clients(&mut rng, &pool, &agents, part);
    let known = rng.between(80, 400);
    let opening = rng.spread(8, 45);
    let sure = rng.below(tries / 2);
    super::paced(stage, span, tries, 0.9, rng.fork(), move |nth, now, stage| {
        let (user, account) = super::victim(stage, &mut rng, if nth == sure { 1000 } else { known });
        let opens = account.filter(|_| nth == sure || rng.chance(opening));
        super::try_pair(stage, now, super::any(&mut clients, &mut rng), &user, opens);
    });
    tries
}
