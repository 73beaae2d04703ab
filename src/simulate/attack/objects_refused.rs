//! One token asks for other people's objects and is refused each time: the answers still tell which exist.

use crate::simulate::answer::Answer;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "objects-refused",
    summary: "one token asks for other people's objects and is refused; the answers tell which exist",
    role: Role::Attack { kind: "object-enumeration", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(200, 1500)).max(120);
    let span = stage.some_slot(&mut rng, (0, 20), (25, 250));
    let agent = super::disguise(stage, &mut rng, 700);
    let mut client = super::insider(stage, &mut rng, part, agent, span.0);
    // Either everything is forbidden, or what does not exist says so.
    let tells = rng.chance(700);
    stage.ends(part, if tells { "probed" } else { "blocked" });
    let exist = rng.between(300, 800);
    let bytes = stage.site.forbidden.bytes;
    let from = stage.site.numbered_from;
    let reach = stage.site.objects() * 3 / 2;
    super::paced(stage, span, count, 0.7, rng.fork(), move |_, now, stage| {
        let target = stage.site.numbered(from + rng.below(reach));
        let exists = !tells || rng.chance(exist);
        let answer = if exists { Answer { status: 403, bytes } } else { stage.site.missing };
        client.ask(stage, now, "GET", target, answer);
    });
    count
}
