//! One token counts through the numbers of other people's objects, and gets them.

use crate::simulate::answer::Answer;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::site::NUMBERED_BYTES;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "objects-walk",
    summary: "one token counts through the numbers of other people's objects and is given them",
    role: Role::Attack { kind: "object-enumeration", difficulty: "easy" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(300, 4000)).max(150);
    let span = stage.some_slot(&mut rng, (0, 22), (5, 70));
    let agent = super::disguise(stage, &mut rng, 500);
    let mut client = super::insider(stage, &mut rng, part, agent, span.0);
    stage.ends(part, "succeeded");
    let own = stage.site.number_of(stage.some_account(&mut rng), 0);
    let stride = rng.between(1, 3);
    let gone = rng.below(250);
    let last = stage.site.numbered_from + stage.site.objects();
    let first = own.min(last.saturating_sub(count * stride)).max(stage.site.numbered_from);
    let down = rng.chance(300);
    super::paced(stage, span, count, 0.4, rng.fork(), move |nth, now, stage| {
        let step = if down { count - 1 - nth } else { nth };
        let target = stage.site.numbered(first + step * stride);
        if rng.chance(gone) {
            let missing = stage.site.missing;
            client.ask(stage, now, "GET", target, missing);
        } else {
            let bytes = stage.site.size(&target, NUMBERED_BYTES);
            client.ask(stage, now, "GET", target, Answer { status: 200, bytes });
        }
    });
    count
}
