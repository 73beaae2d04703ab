//! A few payloads each from many addresses, each with a browser's name.

use super::payload;
use crate::simulate::answer::Answer;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "inject-pool",
    summary: "payloads from many addresses, a few each, as browsers",
    role: Role::Attack { kind: "injection", difficulty: "hard" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let addresses = stage.pool(rng.between(18, 90), &mut rng);
    let count = addresses.len() as u64 * rng.between(3, 7);
    let span = stage.some_slot(&mut rng, (0, 16), (40, 400));
    let agents: Vec<_> = (0..rng.between(2, 9)).map(|_| stage.agents.browser(&mut rng)).collect();
    let mut clients = super::clients(&mut rng, &addresses, &agents, part);
    stage.ends(part, "attempted");
    let size = rng.between(200, 900);
    super::paced(stage, span, count, 0.7, rng.fork(), move |_, now, stage| {
        let written = payload::write(&mut rng, 900);
        let text =
            if rng.chance(300) { payload::hidden(&mut rng, &written) } else { payload::encoded(&written) };
        let target = format!("{}/search?q={text}&page=1", stage.site.prefix);
        let bytes = size + rng.below(60);
        super::any(&mut clients, &mut rng).ask(stage, now, "GET", target, Answer { status: 200, bytes });
    });
    count
}
