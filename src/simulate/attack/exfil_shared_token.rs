//! One stolen token is used from many addresses at once to take all records.

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "exfil-shared-token",
    summary: "one stolen token, used from many addresses, takes all records",
    role: Role::Attack { kind: "data-exfiltration", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(300, 2000)).max(200);
    let span = stage.some_slot(&mut rng, (0, 19), (45, 260));
    let agent = super::disguise(stage, &mut rng, 600);
    let client = super::insider(stage, &mut rng, part, agent, span.0);
    let addresses = rng.spread(8, 60);
    let pool = stage.pool(addresses, &mut rng);
    let mut clients = super::spread_over(&mut rng, &client, pool);
    stage.ends(part, "exfiltrated");
    let median = rng.spread(250_000, 1_800_000);
    super::paced(stage, span, count, 0.8, rng.fork(), move |nth, now, stage| {
        let target = stage.site.records(nth, 500);
        super::any(&mut clients, &mut rng).read(stage, now, target, median);
    });
    count
}
