//! Stolen pairs tried from one address as fast as it goes.

use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "stuffing-burst",
    summary: "stolen pairs from one address, as fast as it goes; some open an account",
    role: Role::Attack { kind: "credential-stuffing", difficulty: "easy" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let tries = stage.scaled(rng.spread(500, 4000)).max(200);
    let span = stage.some_slot(&mut rng, (0, 22), (8, 70));
    let address = stage.pool(1, &mut rng)[0];
    let agent = super::disguise(stage, &mut rng, 400);
    let mut client = Client::new(rng.fork(), address, agent, part);
    let known = rng.between(50, 400);
    let opening = rng.spread(8, 50);
    let sure = rng.below(tries / 2);
    super::paced(stage, span, tries, 0.5, rng.fork(), move |nth, now, stage| {
        let (user, account) = super::victim(stage, &mut rng, if nth == sure { 1000 } else { known });
        let opens = account.filter(|_| nth == sure || rng.chance(opening));
        super::try_pair(stage, now, &mut client, &user, opens);
    });
    tries
}
