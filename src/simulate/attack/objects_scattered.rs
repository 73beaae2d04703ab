//! One token reads other people's objects by ids that leaked, in no order, from a few addresses.

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::site::OWNED_EACH;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "objects-scattered",
    summary: "one token reads other people's objects by leaked ids, in no order, from a few addresses",
    role: Role::Attack { kind: "object-enumeration", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(180, 1200)).max(120);
    let span = stage.some_slot(&mut rng, (0, 18), (50, 340));
    let agent = super::disguise(stage, &mut rng, 700);
    let client = super::insider(stage, &mut rng, part, agent, span.0);
    let addresses = rng.between(1, 4);
    let pool = stage.pool(addresses, &mut rng);
    let mut clients = super::spread_over(&mut rng, &client, pool);
    stage.ends(part, "succeeded");
    let refused = rng.below(200);
    super::paced(stage, span, count, 0.9, rng.fork(), move |_, now, stage| {
        let account = stage.some_account(&mut rng);
        let target = stage.site.own(account, rng.below(OWNED_EACH));
        let client = super::any(&mut clients, &mut rng);
        if rng.chance(refused) {
            let forbidden = stage.site.forbidden;
            client.ask(stage, now, "GET", target, forbidden);
        } else {
            client.read(stage, now, target, 1_700);
        }
    });
    count
}
