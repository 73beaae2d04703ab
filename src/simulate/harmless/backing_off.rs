//! A job that is refused for asking too often, waits twice as long each time, and goes on when it is let in again.

use std::rc::Rc;

use crate::simulate::answer::Answer;
use crate::simulate::client::Client;
use crate::simulate::random::Rng;
use crate::simulate::request::Part;
use crate::simulate::stage::{Stage, hours};
use crate::simulate::{Role, Scenario};
use crate::time::{SECOND, Time};

pub(in crate::simulate) static SCENARIO: Scenario = Scenario {
    name: "backing-off",
    summary: "a job that gets 429 all day and waits longer each time until it is let in again",
    role: Role::LookAlike,
    cast,
};

fn cast(stage: &mut Stage, part: Part, mut rng: Rng) -> u64 {
    let index = stage.newcomer();
    let user: Rc<str> = Rc::from("svc-indexer");
    let mut client =
        Client::new(rng.fork(), stage.address(index), Rc::from("indexer/2.4 (Go-http-client/2.0)"), part)
            .known_as(Rc::clone(&user), 1);
    stage.acts_as(part, Some(&user), client.token);
    let (from, to) = stage.slot(0, rng.between(60, 600), hours(6));
    let (mut budget, mut pause) = (0_u64, SECOND);
    let actor = move |now: Time, stage: &mut Stage| {
        let entry = client.rng.popular(stage.site.catalogue_size);
        let target = stage.site.entry(entry);
        if budget == 0 && pause < 64 * SECOND {
            client.ask(stage, now, "GET", target, Answer { status: 429, bytes: 40 });
            pause *= 2;
            return Some(Time(now.0 + pause + client.rng.wait(pause / 8)));
        }
        if budget == 0 {
            (budget, pause) = (client.rng.between(5, 15), SECOND);
        }
        budget -= 1;
        client.read(stage, now, target, 2_600);
        (now < to).then_some(Time(now.0 + client.rng.pause(4 * SECOND, 0.3)))
    };
    stage.enter(from, Box::new(actor));
    1000
}
