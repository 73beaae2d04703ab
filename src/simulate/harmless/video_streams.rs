//! People who watch a film: ranges of a large file, each as long on its way as the player needs it.

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::Stage;
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "video-streams",
    summary: "people who watch a film: large ranges, each many seconds on its way",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let viewers = stage.scaled(rng.between(12, 40));
    let (from, to) = stage.some_slot(&mut rng, (17, 20), (150, 180));
    let film = rng.between(10, 99);
    for _ in 0..viewers {
        let person = if rng.chance(800) { rng.below(stage.people) } else { stage.newcomer() };
        let mut chance = rng.fork();
        let agent = stage.agents.browser(&mut chance);
        let mut client = Client::new(chance, stage.address(person), agent, part);
        let mut left = client.rng.between(8, 40);
        let start = Time(from.0 + client.rng.wait((to.0 - from.0) / 3));
        let actor = move |now: Time, stage: &mut Stage| {
            left = left.checked_sub(1)?;
            let target = format!("{}/media/films/{film}/stream", stage.site.prefix);
            let answer = Answer { status: 206, bytes: client.rng.between(4_000_000, 6_000_000) };
            let took = client.rng.pause(14 * SECOND, 0.2);
            client.wait_for(stage, (now, took), "GET", target, answer);
            (now < to).then_some(Time(now.0 + took + client.rng.wait(SECOND)))
        };
        stage.enter(start, Box::new(actor));
    }
    viewers * 24
}
