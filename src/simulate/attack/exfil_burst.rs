//! One token pages through all records at the largest page size, or takes one export after the other.

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "exfil-burst",
    summary: "one token pages through all records, or takes one export after the other, within minutes",
    role: Role::Attack { kind: "data-exfiltration", difficulty: "easy" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(150, 1500)).max(100);
    let span = stage.some_slot(&mut rng, (0, 22), (6, 60));
    let agent = super::disguise(stage, &mut rng, 500);
    let mut client = super::insider(stage, &mut rng, part, agent, span.0);
    client.bandwidth = 30_000_000;
    stage.ends(part, "exfiltrated");
    let median = rng.spread(600_000, 3_500_000);
    let exports = rng.chance(300);
    super::paced(stage, span, count, 0.4, rng.fork(), move |nth, now, stage| {
        let target = if exports { stage.site.export(nth) } else { stage.site.records(nth, 1000) };
        client.read(stage, now, target, median);
    });
    count
}
