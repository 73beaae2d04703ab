//! A release comes out, and everybody fetches the same large file within some hours.

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{MINUTE, SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "release-day",
    summary: "a release: everybody fetches the same large file within some hours",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let takers = stage.scaled(rng.between(500, 1500));
    let bytes = rng.spread(25_000_000, 180_000_000);
    let (from, to) = stage.some_slot(&mut rng, (9, 15), (360, 360));
    let target = stage.site.shape.release;
    let mut left = takers;
    let actor = move |now: Time, stage: &mut Stage| {
        left = left.checked_sub(1)?;
        let person = if rng.chance(700) { rng.below(stage.people) } else { stage.newcomer() };
        let mut chance = rng.fork();
        let agent = if chance.chance(500) {
            stage.agents.app(&mut chance)
        } else {
            stage.agents.browser(&mut chance)
        };
        let mut client = Client::new(chance, stage.address(person), agent, part);
        // Some lose the connection, and fetch the rest.
        let lost = client.rng.chance(80);
        let first = if lost { client.rng.between(bytes / 10, bytes * 9 / 10) } else { bytes };
        client.ask(stage, now, "GET", String::from(target), Answer { status: 200, bytes: first });
        if lost {
            let later = Time(now.0 + 2 * MINUTE + client.rng.wait(30 * SECOND));
            client.ask(
                stage,
                later,
                "GET",
                String::from(target),
                Answer { status: 206, bytes: bytes - first },
            );
        }
        // Most come in the first hours.
        let waited = now.0 - from.0 + 20 * MINUTE;
        Some(Time(now.0 + rng.wait(waited / i64::try_from(takers / 4 + 1).unwrap_or(1))))
            .filter(|next| *next < to)
    };
    stage.enter(from, Box::new(actor));
    takers
}
