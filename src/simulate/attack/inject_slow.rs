//! Payloads that slip past filters, by hand-like pace among ordinary browsing, until one of them empties a table.

use super::payload;
use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "inject-slow",
    summary: "hidden payloads among ordinary browsing, slowly, until a table is read",
    role: Role::Attack { kind: "injection", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = rng.between(25, 90);
    let span = stage.some_slot(&mut rng, (0, 14), (120, 480));
    let address = stage.pool(1, &mut rng)[0];
    let agent = stage.agents.browser(&mut rng);
    let mut client = Client::new(rng.fork(), address, agent, part);
    stage.ends(part, "succeeded");
    let dumps = rng.between(3, 8);
    let size = rng.between(200, 900);
    let each = rng.between(300_000, 3_000_000);
    // Two of three requests are ordinary.
    super::paced(stage, span, count * 3, 1.0, rng.fork(), move |nth, now, stage| {
        if nth % 3 > 0 {
            let target =
                if rng.chance(500) { stage.site.search(&mut rng) } else { stage.site.entry(rng.below(900)) };
            client.read(stage, now, target, 2_500);
            return;
        }
        let written = payload::write(&mut rng, 1000);
        let target = format!("{}/search?q={}&page=1", stage.site.prefix, payload::hidden(&mut rng, &written));
        let is_dump = nth + 3 * dumps >= count * 3;
        let bytes = if is_dump { each + rng.below(each / 4) } else { size + rng.below(60) };
        client.ask(stage, now, "GET", target, Answer { status: 200, bytes });
    });
    count * 3
}
