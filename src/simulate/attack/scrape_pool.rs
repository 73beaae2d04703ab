//! The public catalogue, taken whole by a pool of addresses that take turns.

use std::rc::Rc;

use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "scrape-pool",
    summary: "the public catalogue, taken whole by a rotating pool of addresses",
    role: Role::Attack { kind: "scraping", difficulty: "medium" },
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let count = stage.scaled(rng.spread(2500, 9000)).min(stage.site.catalogue_size).max(400);
    let span = stage.some_slot(&mut rng, (0, 19), (60, 280));
    let addresses = rng.spread(15, 120);
    let pool = stage.pool(addresses, &mut rng);
    let agents: Vec<Rc<str>> =
        (0..rng.between(1, 3)).map(|_| super::disguise(stage, &mut rng.fork(), 750)).collect();
    let mut clients = super::clients(&mut rng, &pool, &agents, part);
    let mut entries: Vec<u64> = (0..count).collect();
    if rng.chance(500) {
        rng.shuffle(&mut entries);
    }
    super::paced(stage, span, count, 0.6, rng.fork(), move |nth, now, stage| {
        let entry = entries[usize::try_from(nth).unwrap_or(0)];
        let target = stage.site.entry(entry);
        super::any(&mut clients, &mut rng).read(stage, now, target, 2_600);
    });
    count
}
