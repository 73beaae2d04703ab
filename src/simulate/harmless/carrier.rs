//! A mobile carrier's pool: thousands of people share a few addresses all day.

use crate::simulate::person::{Habits, ORDINARY};
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "carrier-nat",
    summary: "a mobile carrier's pool of addresses, each shared by hundreds of people",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let addresses: Vec<_> = (0..rng.between(6, 16))
        .map(|_| {
            let gateway = stage.newcomer();
            stage.address(gateway)
        })
        .collect();
    let visits = stage.in_proportion(rng.between(900, 1500), 90) * stage.days().unsigned_abs();
    let habits = Habits { apps: 750, ..ORDINARY };
    let span = (stage.start, stage.end);
    super::crowd_behind(stage, part, rng, span, visits, addresses, habits);
    visits * 15
}
