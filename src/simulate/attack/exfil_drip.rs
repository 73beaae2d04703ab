//! Somebody who works here takes a report now and then, all day, besides the day's work.

use crate::simulate::person::{ORDINARY, at_home, visit};
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "exfil-drip",
    summary: "an insider takes a report now and then, all day, besides the day's work",
    role: Role::Attack { kind: "data-exfiltration", difficulty: "hard" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = rng.spread(60, 350);
    let span = stage.some_slot(&mut rng, (0, 9), (540, 840));
    // A real person: the visits are ordinary, the reports are taken between them with the same token.
    let index = stage.newcomer();
    let mut client = at_home(stage, index, span.0, part);
    let user = client.user.clone();
    stage.acts_as(part, user.as_ref(), client.token);
    stage.ends(part, "exfiltrated");
    for _ in 0..rng.between(4, 12) {
        let (time, _) = stage.some_slot(&mut rng, (7, 20), (0, 0));
        let visitor = visit(stage, index, time, None, ORDINARY, Part::Nobody);
        stage.enter(time, visitor);
    }
    let median = rng.spread(2_000_000, 9_000_000);
    super::paced(stage, span, count, 1.0, rng.fork(), move |nth, now, stage| {
        let target = stage.site.export(nth);
        client.read(stage, now, target, median);
    });
    count
}
