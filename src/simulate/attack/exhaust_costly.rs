//! Requests that the service works on for many seconds, several at a time: page sizes without measure, searches for nothing
//! but wildcards. The answers are small, since the service caps them; a good part runs into its time limit.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "exhaust-costly",
    summary: "many dear requests at a time: huge page sizes or searches for wildcards, until answers time out",
    role: Role::Attack { kind: "resource-exhaustion", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(500, 2500)).max(200);
    let lanes = rng.between(6, 24);
    let median = i64::try_from(rng.spread(4, 14)).unwrap_or(4) * SECOND;
    let (from, _) = stage.some_slot(&mut rng, (0, 20), (10, 10));
    let length = median * i64::try_from(count / lanes + 1).unwrap_or(1);
    let to = Time(from.0 + length);
    let addresses = rng.between(1, 6);
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> = vec![super::disguise(stage, &mut rng.fork(), 600)];
    let mut clients = super::clients(&mut rng, &pool, &agents, part);
    // Others wait longer meanwhile, if the service has few workers.
    if rng.chance(600) {
        let times = rng.between(4, 20);
        stage.slow.push((Time(from.0 + length / 20), to, i64::try_from(times).unwrap_or(4)));
    }
    let failing = rng.between(350, 700);
    let (style, entries) = (rng.below(3), *rng.pick(&[20_000, 50_000, 100_000, 1_000_000]));
    super::paced(stage, (from, to), count, 0.5, rng.fork(), move |nth, now, stage| {
        let target = match style {
            0 => stage.site.records(nth % 7, entries),
            1 => stage.site.catalogue(nth % 7, entries),
            _ => format!("{}/search?q=%25%25&page={}", stage.site.prefix, 1 + nth % 40),
        };
        let limit = 30 * SECOND;
        let took = if rng.chance(failing) { limit } else { rng.pause(median, 0.5).min(limit) };
        let answer = if took == limit {
            Answer { status: 504, bytes: 160 }
        } else {
            Answer { status: 200, bytes: rng.log_normal(24_000, 0.4) }
        };
        super::any(&mut clients, &mut rng).wait_for(stage, (now, took), "GET", target, answer);
    });
    count
}
